package bot_test

import (
	"strings"
	"testing"
	"time"

	"titian/bot/bottest"
	"titian/bot/chat"
	"titian/bot/chattest"
	"titian/bot/whatsapp/whatsapptest"
	"titian/storage/storagetest"
)

// What comes over a real WhatsApp client in odd ways: each is answered as often as it should be, everything is acknowledged, and
// its sender goes on.
func TestOddThingsOnWhatsAppAreAnsweredOnceAndHarmNothing(t *testing.T) {
	h := bottest.New(t, bottest.Options{Keeping: true})
	s, office := onWhatsApp(t, h.Bot.Receive, storagetest.Postgres(t), nil)
	for _, tt := range []struct {
		what    string
		sends   func(p *whatsapptest.Phone)
		answers []string
	}{
		{"a text of a megabyte", func(p *whatsapptest.Phone) { p.Says(office, strings.Repeat("sagu mete ", 100_000)) }, []string{""}},
		{"an album of ten photos", func(p *whatsapptest.Phone) {
			photos := make([][]byte, 10)
			for i := range photos {
				photos[i] = []byte{0xff, 0xd8, 0xff, byte(i)}
			}
			p.SendsAlbum(office, photos)
		}, []string{"Fotonya belum bisa"}},
		{"a message that WhatsApp delivers twice", func(p *whatsapptest.Phone) { office.Twice(1); p.Says(office, "bantuan") }, []string{"LAPOR"}},
		{"words in a group, a status and a channel, while nobody was there", func(p *whatsapptest.Phone) { office.Drop(); office.Overhears(p) }, nil},
	} {
		p := s.Phone(t, "Contoh Satu")
		p.Shows(whatsapptest.ByNumber)
		name := "wa/+" + p.Number()
		p.Says(office, "halo")
		h.Network.Await(t, name, 1)
		tt.sends(p)
		for n, want := range tt.answers {
			if said := h.Network.Await(t, name, n+2)[n+1].Text; said == "" || !strings.Contains(said, want) {
				t.Errorf("%s is answered %q", tt.what, said)
			}
		}
		acknowledged(t, office, tt.what)
		p.Says(office, "daftar")
		if said := h.Network.Await(t, name, len(tt.answers)+2)[len(tt.answers)+1].Text; !strings.Contains(said, "SETUJU") {
			t.Errorf("after %s, daftar is answered %q", tt.what, said)
		}
	}
}

// acknowledged waits until nothing waits at WhatsApp.
func acknowledged(t *testing.T, office *whatsapptest.Phone, what string) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for late := time.After(chattest.Patience); office.Unread() != 0; {
		select {
		case <-tick.C:
		case <-late:
			t.Fatalf("%s: %d messages are not acknowledged", what, office.Unread())
		}
	}
}

func TestAMessageIsAnsweredWhateverTheClockOfItsSenderSays(t *testing.T) {
	h := bottest.New(t, bottest.Options{Keeping: true})
	for name, off := range map[string]time.Duration{"a day ahead": 24 * time.Hour, "a year behind": -365 * 24 * time.Hour} {
		for n, line := range []string{"halo", "daftar", "setuju"} {
			m := h.Network.Message(name, chat.Text, line)
			m.At = m.At.Add(off)
			if err := bottest.Wait(t, h.Bot.Receive(t.Context(), m)); err != nil {
				t.Fatal(err)
			}
			h.Clock.Move(6 * time.Second) // a backlog is gathered
			said := h.Network.Await(t, name, n+1)
			if want := []string{"", "SETUJU", "nama lengkap"}[n]; !strings.Contains(said[n].Text, want) {
				t.Errorf("%s: %q is answered %q", name, line, said[n].Text)
			}
		}
	}
}
