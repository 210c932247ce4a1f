package flow

import (
	"strconv"
	"strings"
	"time"
)

// Input is one message of a person, as the bot understood it. Numbers, labels
// and navigation words are resolved by the caller: it has the language.
type Input struct {
	ID  string
	Ref string // the network's name for the message
	At  time.Time

	Text   string // what was typed, untouched
	Word   Word   // set when the whole message was a navigation word
	Option string // an option of the question on the table that a button, number or label named; of a Several "a,b"

	Run, Key string // with a pressed button: the Run and ID of the question it was drawn for

	Files   []FileAnswer // fetched, checked and sealed already
	Refused *Refusal     // or refused at the door
	Album   string       // messages with the same album are one act

	Place    *Point
	Phone    string // of a shared contact
	PhoneOwn bool   // the contact is the sender's own
	Vouched  string // the sender's number, where the network vouches for it and it was asked to

	Edits string // the Ref of the message that this one corrects

	Learned *Learned // what the caller looked up because of this message
}

// Learned is what the caller found out by a message that was heard once already: Facts from now on, an empty one to be
// forgotten, and Answers to questions that were left open or skipped. What was learned before holds no longer.
// Back passes by what was learned.
type Learned struct{ Facts, Answers map[string]string }

// Word is a navigation word.
type Word string

// The navigation words.
const (
	Back     Word = "back"     // kembali
	Skip     Word = "skip"     // lewati
	Enough   Word = "enough"   // cukup
	Complete Word = "complete" // lengkapi
	Again    Word = "again"    // ulang: ask it again
	Why      Word = "why"      // kenapa
	Done     Word = "done"     // selesai
	Edit     Word = "edit"     // ubah
	Continue Word = "continue" // lanjut
)

// Point is a place, in degrees (WGS 84).
type Point struct{ Lat, Lon float64 }

// String is the normalised text of a Place answer: "lat,lon".
func (p Point) String() string {
	return strconv.FormatFloat(p.Lat, 'f', -1, 64) + "," + strconv.FormatFloat(p.Lon, 'f', -1, 64)
}

// ReadPoint reads what Point.String wrote, and refuses what is not on the globe.
func ReadPoint(value string) (Point, bool) {
	lat, lon, ok := strings.Cut(value, ",")
	p := Point{}
	var err1, err2 error
	p.Lat, err1 = strconv.ParseFloat(lat, 64)
	p.Lon, err2 = strconv.ParseFloat(lon, 64)
	ok = ok && err1 == nil && err2 == nil
	return p, ok && p.Lat >= -90 && p.Lat <= 90 && p.Lon >= -180 && p.Lon <= 180
}
