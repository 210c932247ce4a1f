package transcript

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

const kept = `# Bu Siti answers, and her photo is stored.
> Siti
>> Aminah
# the name is said back
< Terima kasih, Siti
< Aminah.

< Kirim foto produk.
= name Siti Aminah

@ +1d2h
> [photo] abon.jpg
< Tersimpan.
# the end
`

// echo answers everything with what it was given.
type echo struct{ lines []Line }

func (e *echo) Hear(line Line) (said, stored []string) {
	e.lines = append(e.lines, line)
	if line.Kind == Clock {
		return nil, nil
	}
	return []string{"Anda: " + line.Text, "Lanjut?"}, []string{strings.TrimSpace("text " + string(line.Kind))}
}

func TestTranscriptIsReadAndWrittenBackAsItWas(t *testing.T) {
	parsed, err := Parse(kept)
	if err != nil {
		t.Fatal(err)
	}
	if got := parsed.String(); got != kept {
		t.Fatalf("written back as\n%s", got)
	}
	e := parsed.exchanges[0]
	if e.line.Text != "Siti\nAminah" || len(e.said) != 2 || e.said[0] != "Terima kasih, Siti\nAminah." {
		t.Fatalf("read as %+v", e)
	}
}

func TestEachLineIsHeardForWhatItIs(t *testing.T) {
	text := "> halo\n> [tap] Ya\n> [contact own] 0812\n> [edit] Siti\n> [1] saja\n@ +1d2h\n@ +90m\n"
	parsed, err := Parse(strings.Replace(text, "> [1] saja\n", "", 1))
	if err != nil {
		t.Fatal(err)
	}
	e := &echo{}
	parsed.hold(e, func(Line, []string, []string) {})
	want := []Line{
		{1, Typed, "halo", 0}, {2, Tap, "Ya", 0}, {3, ContactOwn, "0812", 0}, {4, Edit, "Siti", 0},
		{5, Clock, "", 26 * time.Hour}, {6, Clock, "", 90 * time.Minute},
	}
	if !slices.Equal(e.lines, want) {
		t.Fatalf("heard %+v", e.lines)
	}
}

func TestUpdateWritesWhatTheBotSaysAndKeepsTheComments(t *testing.T) {
	path := filepath.Join(t.TempDir(), "siti.txt")
	if err := os.WriteFile(path, []byte(kept), 0o600); err != nil {
		t.Fatal(err)
	}
	Run(t, path, &echo{}, true)
	Run(t, path, &echo{}, false)
	got, _ := os.ReadFile(path)
	want := "# Bu Siti answers, and her photo is stored.\n> Siti\n>> Aminah\n# the name is said back\n" +
		"< Anda: Siti\n< Aminah\n\n< Lanjut?\n= text\n\n@ +1d2h\n> [photo] abon.jpg\n< Anda: abon.jpg\n\n< Lanjut?\n= text photo\n# the end\n"
	if string(got) != want {
		t.Fatalf("written\n%s", got)
	}
}

func TestTranscriptThatMakesNoSenseIsRefusedWithItsLine(t *testing.T) {
	for name, row := range map[string]string{
		"line 1: a line begins with":       "halo",
		"line 1: nothing was asked before": "< halo",
		"line 1: there is no [fax]":        "> [fax] x",
		"line 1: the clock only goes on":   "@ -1d",
		"line 1: \"x\" is no number":       "@ +xd",
	} {
		if _, err := Parse(row); err == nil || !strings.HasPrefix(err.Error(), name) {
			t.Errorf("%q: %v, want %s", row, err, name)
		}
	}
}

func TestAnotherReplyFailsWithBothSides(t *testing.T) {
	parsed, _ := Parse(kept)
	var lines []int
	parsed.hold(&echo{}, func(line Line, want, got []string) { lines = append(lines, line.Number) })
	if !slices.Equal(lines, []int{2, 12}) {
		t.Fatalf("differs at lines %v", lines)
	}
}
