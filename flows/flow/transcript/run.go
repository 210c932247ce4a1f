package transcript

import (
	"os"
	"slices"
	"strings"
	"testing"
)

// Speaker is a bot that a transcript is held with.
type Speaker interface {
	// Hear gives one line, and returns the messages it was answered with and
	// what was stored because of it, as one would read them.
	Hear(line Line) (said, stored []string)
}

// Run holds the conversation kept at path, and fails where the bot says or
// stores anything else. With update it writes down what the bot said instead.
func Run(t testing.TB, path string, speaker Speaker, update bool) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	kept, err := Parse(string(text))
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	differs := kept.hold(speaker, func(line Line, want, got []string) {
		if !update {
			t.Errorf("%s:%d: %s\nwant\n%s\ngot\n%s", path, line.Number, line.Text, indent(want), indent(got))
		}
	})
	if update && (differs || kept.String() != string(text)) {
		if err := os.WriteFile(path, []byte(kept.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// hold gives each line to the speaker, notes what came of it, and reports
// where that is something else than what was kept.
func (t *Transcript) hold(speaker Speaker, differ func(line Line, want, got []string)) (differs bool) {
	for i := range t.exchanges {
		e := &t.exchanges[i]
		said, stored := speaker.Hear(e.line)
		want, got := written(e.said, e.stored), written(said, stored)
		if !slices.Equal(want, got) {
			differ(e.line, want, got)
			differs = true
		}
		e.said, e.stored = said, stored
	}
	return differs
}

func indent(rows []string) string { return "\t" + strings.Join(rows, "\n\t") }
