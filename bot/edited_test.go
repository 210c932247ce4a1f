package bot_test

import (
	"strings"
	"testing"

	"titian/bot/bottest"
	"titian/bot/chat"
)

func TestAnEditedMessageIsWeighedAgainstTheQuestionItAnswered(t *testing.T) {
	for _, c := range []struct {
		name, first, second, want string
		lines                     int
	}{
		{"a label of the question that was answered", "pangan", "furnitur", "Furnitur", 7},
		{"a text", "Contoh Satu", "Contoh Dua", "Contoh Dua", 3},
		{"a word that would be a command is none", "Contoh Satu", "menu", "Itu kata perintah", 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			h := bottest.New(t, bottest.Options{})
			p := h.Person("contoh")
			for _, line := range registering[:c.lines] {
				p.Says(line)
			}
			m := h.Network.Message("contoh", chat.Text, c.first)
			p.Gives(m)
			edit := h.Network.Message("contoh", chat.Edited, c.second)
			edit.Edits = m.Ref
			if said := p.Gives(edit); !strings.Contains(said, c.want) {
				t.Errorf("%q edited to %q is met with %q, want %q", c.first, c.second, said, c.want)
			}
		})
	}
}
