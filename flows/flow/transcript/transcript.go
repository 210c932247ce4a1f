// Package transcript reads, runs and writes conversations kept as text, so that
// a reviewer reads a test as dialogue. It is imported by tests only.
//
//	# why this conversation is kept
//	> what the person types
//	>> its next line
//	> [tap] Ya, benar
//	> [photo] ktp.jpg
//	> [location] -3.97,122.51
//	> [edit] a correction of the message before
//	> [programme] how many places of the halal facilitation there are
//	> [desk] what staff do with the only application
//	> [bahan] the list of confirmed brands, line by line
//	> [import] the dinas's own list, line by line
//	> [reply] what the person types in reply to the invitation
//	> [invite] what becomes of an invitation
//	> [as] who writes from here on
//	< what the bot says,
//	< line by line; a blank line begins another message
//	= what is stored
//	@ +3d
package transcript

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Kind says what a person did.
type Kind string

// What a person, or the clock, can do.
const (
	Typed      Kind = ""
	Tap        Kind = "tap"         // Text is the label
	Photo      Kind = "photo"       // Text is the file's name
	File       Kind = "file"        // a document
	Album      Kind = "album"       // Text names several photos, with spaces between
	Location   Kind = "location"    // "lat,lon"
	Contact    Kind = "contact"     // someone else's number
	ContactOwn Kind = "contact own" // the sender's own number
	Edit       Kind = "edit"        // Text replaces the message before
	Voice      Kind = "voice"
	Sticker    Kind = "sticker"
	Video      Kind = "video"
	Programme  Kind = "programme" // a year's halal facilitation opens: Text is its quota
	Desk       Kind = "desk"      // staff act on the application: Text says how
	Bahan      Kind = "bahan"     // brands that staff confirmed come in: Text is a table with commas
	Import     Kind = "import"    // the dinas's own list comes in: Text is a table with commas
	Invite     Kind = "invite"    // an invitation is sent, filled or answered by somebody else: Text says which
	Reply      Kind = "reply"     // below the message of the invitation
	As         Kind = "as"        // another person's chat, by a name: Text
	Clock      Kind = "clock"     // time passes: Shift
)

var directives = []Kind{Tap, Photo, File, Album, Location, Contact, ContactOwn, Edit, Voice, Sticker, Video, Programme, Desk, Bahan, Import, Invite, Reply, As}

// Line is one thing that happens to the bot.
type Line struct {
	Number int // in the file, from 1
	Kind   Kind
	Text   string
	Shift  time.Duration // with Clock
}

// Transcript is a conversation as it is kept.
type Transcript struct {
	exchanges []exchange
	tail      []string // comments and blank lines after the last exchange
}

// exchange is one line, what was said to it and what was stored.
type exchange struct {
	before []string // comments and blank lines
	line   Line
	source []string
	why    []string // comments between the line and what was said
	said   []string
	stored []string
}

// Parse reads a transcript.
func Parse(text string) (*Transcript, error) {
	t := &Transcript{}
	var loose []string
	for i, row := range strings.Split(strings.TrimRight(text, "\n"), "\n") {
		mark, rest := cut(row)
		var err error
		switch mark {
		case ">", "@":
			loose, err = nil, t.begin(i+1, mark, rest, row, loose)
		case ">>", "<", "=":
			err = t.add(mark, rest, row, len(loose) > 0 && !strings.HasPrefix(loose[len(loose)-1], "#"), &loose)
		case "#", "":
			loose = append(loose, row)
		default:
			err = fmt.Errorf("a line begins with one of > >> < = # @")
		}
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", i+1, err)
		}
	}
	t.tail = loose
	return t, nil
}

func cut(row string) (mark, rest string) {
	for _, mark := range []string{">>", ">", "<", "=", "#", "@"} {
		if rest, ok := strings.CutPrefix(row, mark); ok {
			return mark, strings.TrimPrefix(rest, " ")
		}
	}
	return strings.TrimSpace(row), ""
}

func (t *Transcript) begin(number int, mark, rest, row string, before []string) error {
	line, err := parseLine(mark, rest)
	line.Number = number
	t.exchanges = append(t.exchanges, exchange{before: before, line: line, source: []string{row}})
	return err
}

func parseLine(mark, rest string) (Line, error) {
	if mark == "@" {
		shift, err := parseShift(rest)
		return Line{Kind: Clock, Shift: shift}, err
	}
	kind, text, ok := strings.Cut(rest, "]")
	if !ok || !strings.HasPrefix(kind, "[") {
		return Line{Text: rest}, nil
	}
	line := Line{Kind: Kind(kind[1:]), Text: strings.TrimSpace(text)}
	if !slices.Contains(directives, line.Kind) {
		return Line{}, fmt.Errorf("there is no [%s]; there are %v", line.Kind, directives)
	}
	return line, nil
}

// parseShift reads "+3d", "+90m", "+1d2h".
func parseShift(text string) (time.Duration, error) {
	rest, ok := strings.CutPrefix(strings.TrimSpace(text), "+")
	if !ok {
		return 0, fmt.Errorf("the clock only goes on: %q is not like +3d or +90m", text)
	}
	var shift time.Duration
	if days, after, found := strings.Cut(rest, "d"); found {
		n, err := strconv.Atoi(days)
		if err != nil {
			return 0, fmt.Errorf("%q is no number of days", days)
		}
		shift, rest = time.Duration(n)*24*time.Hour, after
	}
	if rest == "" {
		return shift, nil
	}
	more, err := time.ParseDuration(rest)
	if err != nil {
		return 0, fmt.Errorf("%q is no time", rest)
	}
	return shift + more, nil
}

// add writes a row to the exchange it belongs to.
func (t *Transcript) add(mark, rest, row string, apart bool, loose *[]string) error {
	if len(t.exchanges) == 0 {
		return fmt.Errorf("nothing was asked before %q", mark)
	}
	e := &t.exchanges[len(t.exchanges)-1]
	comments := slices.DeleteFunc(*loose, func(s string) bool { return !strings.HasPrefix(s, "#") })
	e.why = append(e.why, comments...)
	*loose = nil
	switch last := len(e.said) - 1; {
	case mark == ">>":
		e.line.Text += "\n" + rest
		e.source = append(e.source, row)
	case mark == "=":
		e.stored = append(e.stored, rest)
	case last < 0 || apart:
		e.said = append(e.said, rest)
	default:
		e.said[last] += "\n" + rest
	}
	return nil
}

// String writes the transcript as it is kept.
func (t *Transcript) String() string {
	var rows []string
	for _, e := range t.exchanges {
		rows = append(rows, e.before...)
		rows = append(rows, e.source...)
		rows = append(rows, e.why...)
		rows = append(rows, written(e.said, e.stored)...)
	}
	return strings.Join(append(rows, t.tail...), "\n") + "\n"
}

// written is what a bot said and stored, as it stands in a file.
func written(said, stored []string) []string {
	var rows []string
	for i, message := range said {
		if i > 0 {
			rows = append(rows, "")
		}
		for line := range strings.SplitSeq(message, "\n") {
			rows = append(rows, strings.TrimRight("< "+line, " "))
		}
	}
	for _, line := range stored {
		rows = append(rows, strings.TrimRight("= "+line, " "))
	}
	return rows
}
