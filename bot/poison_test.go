package bot_test

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"titian/bot/bottest"
	"titian/bot/chat"
	"titian/bot/chattest"
	"titian/bot/whatsapp/whatsapptest"
	"titian/storage/storagetest"
)

// A message that always fails comes over a real WhatsApp client: its sender is told, and their next ones go on in order.
func TestPoisonFromWhatsAppIsParkedAndItsSenderGoesOn(t *testing.T) {
	var poison atomic.Value
	poison.Store("")
	o := bottest.Options{Keeping: true}
	bottest.At(&o, func(s bottest.Step, id string) error {
		if s == bottest.BeforeCommit && id == poison.Load().(string) {
			panic("poison")
		}
		return nil
	})
	h := bottest.New(t, o)
	s, office := onWhatsApp(t, func(ctx context.Context, m chat.Message) <-chan error {
		if m.Text == "racun" {
			poison.Store(m.ID)
		}
		return h.Bot.Receive(ctx, m)
	}, storagetest.Postgres(t), nil)
	siti := s.Phone(t, "Contoh Satu")
	siti.Shows(whatsapptest.ByNumber)
	for _, words := range []string{"halo", "racun", "daftar", "setuju"} {
		siti.Says(office, words)
	}
	name := "wa/+" + siti.Number()
	for n, want := range []string{"", "gagal kami olah", "SETUJU", "nama lengkap"} {
		if said := h.Network.Await(t, name, n+1)[n].Text; !strings.Contains(said, want) {
			t.Errorf("answer %d is %q, want %q", n+1, said, want)
		}
	}
	if got := parkedAfterAWhile(t, h); got.MessageID != poison.Load().(string) {
		t.Errorf("parked is %s", got.MessageID)
	}
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for late := time.After(chattest.Patience); office.Unread() != 0; { // what is parked is acknowledged too: it never comes again
		select {
		case <-tick.C:
		case <-late:
			t.Fatalf("%d messages are not acknowledged", office.Unread())
		}
	}
}
