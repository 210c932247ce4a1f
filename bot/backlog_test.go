package bot_test

import (
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"titian/bot/bottest"
	"titian/bot/chat"
)

func TestABacklogOfOneChatIsWorkedInOrderAndAnsweredOnce(t *testing.T) {
	t.Parallel()
	text := func(words ...string) (all []chat.Message) {
		for _, w := range words {
			all = append(all, chat.Message{Kind: chat.Text, Text: w})
		}
		return all
	}
	photo := func(album string, bytes int64) []chat.Message {
		return []chat.Message{{Kind: chat.Files, Album: album, Files: []chat.File{{Ref: "none", SizeBytes: bytes, Photo: true}}}}
	}
	join := func(parts ...[]chat.Message) (all []chat.Message) {
		for _, p := range parts {
			all = append(all, p...)
		}
		return all
	}
	cases := map[string]struct {
		said    []string // before the bot was away
		sent    []chat.Message
		answers []string
	}{
		"questions answered one after the other": {nil, text("daftar", "setuju", "Contoh Satu", "menyusul", "0812 0000 0001"), []string{"nama usahanya"}},
		"what was filed is said all the same":    {registering[:18], text("kirim", "menu", "bantuan"), []string{"IKM-2026-", "LAPOR"}},
		"what was refused is said all the same":  {registering[:16], join(photo("", 25<<20), text("lewati")), []string{"25", "pengumuman"}},
		"the last has no answer of its own":      {registering[:1], join(photo("a", 1000), photo("a", 1000)), []string{"Fotonya belum bisa"}},
		"the last is given up":                   {registering[:1], text("daftar", "setuju", "gagal"), []string{"gagal kami olah", "nama lengkap"}},
		"one alone":                              {registering[:1], text("daftar"), []string{"SETUJU"}},
	}
	for _, keeping := range []bool{true, false} {
		var poison atomic.Value
		poison.Store("")
		o := bottest.Options{Keeping: keeping}
		bottest.At(&o, func(s bottest.Step, id string) error {
			if s == bottest.BeforeCommit && id == poison.Load().(string) {
				panic("poison")
			}
			return nil
		})
		h := bottest.New(t, o)
		for name, c := range cases {
			begun := 0
			for _, line := range c.said {
				begun++
				if err := bottest.Wait(t, h.Bot.Receive(t.Context(), h.Network.Message(name, chat.Text, line))); err != nil {
					t.Fatal(err)
				}
				h.Network.Await(t, name, begun)
			}
			var done []<-chan error
			for _, sent := range c.sent {
				m := h.Network.Message(name, sent.Kind, sent.Text)
				m.Files, m.Album, m.At = sent.Files, sent.Album, m.At.Add(-time.Hour)
				if sent.Text == "gagal" {
					poison.Store(m.ID)
				}
				if answer := h.Bot.Receive(t.Context(), m); !keeping {
					done = append(done, answer)
				} else if err := bottest.Wait(t, answer); err != nil {
					t.Fatal(err)
				}
			}
			h.Clock.Move(6 * time.Second) // what comes in has come
			for _, answer := range done {
				if err := bottest.Wait(t, answer); err != nil {
					t.Fatal(err)
				}
			}
			heard := h.Network.Await(t, name, begun+len(c.answers))[begun:]
			p := h.Person(name)
			p.Hears()
			if all := h.Network.Sent(name)[begun:]; len(all) != len(c.answers) {
				t.Errorf("keeping %t, %s: %d answers", keeping, name, len(all))
			}
			for i, want := range c.answers {
				if !strings.Contains(heard[i].Text, want) {
					t.Errorf("keeping %t, %s: answer %d is %q", keeping, name, i+1, heard[i].Text)
				}
			}
		}
	}
}
