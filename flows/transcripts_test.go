package flows_test

import (
	"crypto/sha256"
	"encoding/binary"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"titian/bot/bottest"
	"titian/bot/chat"
	"titian/bot/paper/papertest"
	"titian/bot/photo/phototest"
	"titian/flows/flow/transcript"
	"titian/storage"
	"titian/storage/roster"
)

var update = flag.Bool("update", false, "write down what the bot says now")

// A one-time word is another one each time.
const shownWord = "‹kata›"

var oneTime = regexp.MustCompile(`[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}`)

// first is who writes until a transcript says otherwise.
const first = "contoh"

func TestConversationsGoAsTheyAreKept(t *testing.T) {
	paths, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no transcripts: %v", err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txt"), func(t *testing.T) {
			t.Parallel()
			h := bottest.New(t, bottest.Options{Staff: strings.HasPrefix(filepath.Base(path), "undangan")})
			transcript.Run(t, path, newSpeaker(h), *update)
		})
	}
}

// speaker holds a transcript with the bot as it runs for people.
type speaker struct {
	h      *bottest.House
	people map[string]*bottest.Person
	at     string            // who writes
	last   map[string]string // the Ref of what each typed last
	albums int
	acts   int64 // of staff
	event  storage.BroadcastID
	word   string // the one-time word that was said last

	before  standing
	numbers map[storage.OwnerID]string
}

func newSpeaker(h *bottest.House) *speaker {
	return &speaker{
		h: h, people: map[string]*bottest.Person{}, at: first,
		last: map[string]string{}, numbers: map[storage.OwnerID]string{},
	}
}

func (s *speaker) person() *bottest.Person {
	if s.people[s.at] == nil {
		s.people[s.at] = s.h.Person(s.at)
	}
	return s.people[s.at]
}

// Hear gives one line to the bot.
func (s *speaker) Hear(line transcript.Line) (said, stored []string) {
	line.Text = strings.ReplaceAll(line.Text, shownWord, s.word)
	before := len(s.h.Network.Sent(s.at))
	switch line.Kind {
	case transcript.Clock:
		s.h.Clock.Move(line.Shift)
		return nil, nil
	case transcript.As:
		s.at = line.Text
		return nil, nil
	case transcript.Programme:
		s.opens(line.Text)
		return nil, nil
	case transcript.Desk:
		s.desk(strings.Fields(line.Text))
		return nil, s.news()
	case transcript.Bahan:
		s.bahan(line.Text)
		return nil, nil
	case transcript.Import:
		s.imports(line.Text)
		return nil, nil
	case transcript.Invite:
		s.invite(line.Text)
	case transcript.Reply:
		s.person().Replies("Balas IKUT", line.Text)
	case transcript.Tap:
		s.person().Taps(line.Text)
	case transcript.Album:
		s.album(strings.Fields(line.Text))
	default:
		s.person().Gives(s.message(line))
	}
	for _, m := range s.h.Network.Sent(s.at)[before:] {
		if strings.ContainsAny(m.Text, "{}⟨⟩") {
			s.h.T.Errorf("line %d is answered with a text that is not finished: %s", line.Number, m.Text)
		}
		if n := emoji(m.Text); n > 1 {
			s.h.T.Errorf("line %d is answered with %d emoji", line.Number, n)
		}
		if word := oneTime.FindString(m.Text); word != "" {
			s.word, m.Text = word, strings.ReplaceAll(m.Text, word, shownWord)
		}
		said = append(said, bottest.Show(m))
	}
	return said, s.news()
}

// opens begins a year's halal facilitation as the command line does.
func (s *speaker) opens(quota string) {
	s.h.T.Helper()
	n, err := strconv.Atoi(quota)
	if err != nil {
		s.h.T.Fatal(err)
	}
	p := storage.Programme{Name: "Fasilitasi Halal", Year: s.h.Clock.Now().Year(), Quota: n}
	if refused, err := s.h.DB.SetProgramme(s.h.T.Context(), p); err != nil || refused != "" {
		s.h.T.Fatal(refused, err)
	}
}

// imports takes in the dinas's own list as the command line does.
func (s *speaker) imports(table string) {
	s.h.T.Helper()
	path := filepath.Join(s.h.T.TempDir(), "ikm.csv")
	if err := os.WriteFile(path, []byte(table), 0o600); err != nil {
		s.h.T.Fatal(err)
	}
	list, err := roster.Read(path, roster.Options{City: city(s.h.T), Today: s.h.Clock.Now()})
	if err != nil || len(list.Bad)+len(list.Open) > 0 {
		s.h.T.Fatalf("the list is read as %+v, %v", list, err)
	}
	if _, err := s.h.DB.ImportOwners(s.h.T.Context(), "ikm.csv", "test", false, list.Owners); err != nil {
		s.h.T.Fatal(err)
	}
}

func (s *speaker) message(line transcript.Line) chat.Message {
	net := s.h.Network
	switch line.Kind {
	case transcript.Photo, transcript.File:
		return s.photo(line.Text, "")
	case transcript.Location:
		m := net.Message(s.at, chat.Location, "")
		lat, lon, _ := strings.Cut(line.Text, ",")
		m.Place = &chat.Place{}
		m.Place.Latitude, _ = strconv.ParseFloat(lat, 64)
		m.Place.Longitude, _ = strconv.ParseFloat(lon, 64)
		return m
	case transcript.Contact, transcript.ContactOwn:
		m := net.Message(s.at, chat.Contact, "")
		m.Card = &chat.Card{Phone: line.Text, Own: line.Kind == transcript.ContactOwn}
		if m.Card.Own {
			m.Vouched = line.Text
		}
		return m
	case transcript.Edit:
		m := net.Message(s.at, chat.Edited, line.Text)
		m.Edits = s.last[s.at]
		return m
	case transcript.Voice, transcript.Sticker, transcript.Video:
		return net.Message(s.at, chat.Kind(line.Kind), "")
	}
	m := net.Message(s.at, chat.Text, line.Text)
	s.last[s.at] = m.Ref
	return m
}

func emoji(text string) (n int) {
	for _, r := range text {
		if r >= 0x1f000 || r >= 0x2600 && r < 0x2800 {
			n++
		}
	}
	return n
}

// album sends several photos as one act.
func (s *speaker) album(names []string) {
	s.albums++
	for _, name := range names {
		s.person().Gives(s.photo(name, "album"+strconv.Itoa(s.albums)))
	}
}

// photo is a photo of that name; some names are of files that will not do.
func (s *speaker) photo(name, album string) chat.Message {
	content := content(name)
	m := s.h.Network.Photo(s.at, content, album)
	if strings.HasPrefix(name, "25MB") {
		m.Files[0].SizeBytes = 25 << 20
	}
	return m
}

// content is what a file of that name holds: any but these is a photo that can be read, another one for another name.
func content(name string) []byte {
	seed := seedOf(name)
	switch stem, kind, _ := strings.Cut(name, "."); {
	case kind == "heic":
		return []byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic")
	case kind == "apk":
		return []byte("PK\x03\x04\x14\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x13\x00\x00\x00AndroidManifest.xml")
	case name == "nib-lain.pdf":
		return papertest.Sheet(papertest.NIB("0000000000025", "CONTOH SATU")...)
	case name == "nib-orang-lain.pdf":
		return papertest.Sheet(papertest.NIB("0000000000017", "CONTOH DUA")...)
	case name == "nib.pdf":
		return papertest.Sheet(papertest.NIB("0000000000017", "CONTOH SATU")...)
	case name == "program.pdf":
		return papertest.Write("/OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>")
	case name == "terkunci.pdf":
		return papertest.Locked()
	case kind == "pdf":
		return []byte("%PDF-1.7\n")
	case strings.HasPrefix(stem, "buram"):
		return phototest.Scene{Subject: "card", W: 660, H: 480, Fills: 0.98, Gain: 1, Noise: 3, Quality: 80, Defocus: 6}.Shoot(seed)
	case strings.HasPrefix(stem, "gelap"):
		return phototest.Scene{Subject: "card", W: 660, H: 480, Fills: 0.98, Gain: 0.05, Noise: 3, Quality: 80}.Shoot(seed)
	}
	return phototest.Clear(seed)
}

func seedOf(name string) uint64 {
	sum := sha256.Sum256([]byte(name))
	return binary.BigEndian.Uint64(sum[:])
}
