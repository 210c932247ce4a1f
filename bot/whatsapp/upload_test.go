package whatsapp

import (
	"sync/atomic"
	"testing"
	"time"

	"titian/bot/chat"
)

func TestAFileOfTheVaultIsUploadedOnceForEverybodyAndAnewTheNextDay(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	var later atomic.Int64
	c := n.channel(func(o *Options) { o.Now = func() time.Time { return time.Now().Add(time.Duration(later.Load())) } })
	run(t, c)
	stands(t, c, Up)
	send := func(vault string) {
		t.Helper()
		p, a := n.person(t), file("sertifikat-halal.pdf")
		a.Vault = vault
		if _, err := c.Send(t.Context(), p.Address(), chat.Outgoing{Text: "Sertifikat", Attachment: a}); err != nil {
			t.Fatal(err)
		}
		if heard, err := p.Hears(t.Context()); err != nil || string(heard.Bytes) != "%PDF-1.7" {
			t.Errorf("it opens as %q: %v", heard.Bytes, err)
		}
	}
	want := func(uploads int, when string) {
		t.Helper()
		if got := n.Uploads(); got != uploads {
			t.Errorf("%s: %d uploads, want %d", when, got, uploads)
		}
	}
	before := n.Uploads()
	send("one")
	send("one")
	want(before+1, "the same file twice")
	send("two")
	want(before+2, "another one")
	send("") // made anew for each person, with their name in it
	send("")
	want(before+4, "files that are no file of the vault")
	later.Store(int64(25 * time.Hour))
	send("one")
	want(before+5, "a day later")
}
