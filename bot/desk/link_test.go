package desk_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"titian/bot/bottest"
	"titian/bot/chat"
	"titian/bot/desk"
	"titian/flows/answer"
	"titian/storage"
)

// phone is the dinas's phone: each Link waits for what the test lets it say.
type phone struct {
	asked chan answer.Phone
	steps chan desk.LinkStep // closed: the attempt ends with end
	end   error
}

func (p *phone) Link(ctx context.Context, number answer.Phone, tell func(desk.LinkStep)) error {
	p.asked <- number
	for step := range p.steps {
		tell(step)
	}
	return p.end
}

func TestAnAdminLinksThePhoneAnewFromTheirChat(t *testing.T) {
	dinas := &phone{asked: make(chan answer.Phone, 9)}
	h := bottest.New(t, bottest.Options{Staff: true, Linker: dinas})
	ani, budi := h.Invite("Ani", storage.RoleAdmin), h.Invite("Budi", storage.RoleOfficer)
	has(t, budi.Says("hubungkan whatsapp"), "hanya untuk admin")
	hasNot(t, h.Person("contoh").Says("hubungkan whatsapp"), "admin", "Tautkan")
	has(t, ani.Says("hubungkan whatsapp"), "tidak dijalankan")
	if _, err := h.DB.Begin(t.Context(), "test", "terminal", "whatsapp"); err != nil {
		t.Fatal(err)
	}
	has(t, ani.Says("hubungkan whatsapp nol"), "Contoh: hubungkan whatsapp")

	// links asks, lets the phone say its steps, and returns what was sent into the chat since.
	links := func(words string, end error, steps ...desk.LinkStep) (sent []chat.Outgoing) {
		t.Helper()
		dinas.steps, dinas.end = make(chan desk.LinkStep), end
		begun := len(h.Network.Sent("Ani"))
		has(t, ani.Says(words), "Di HP dinas, buka WhatsApp")
		<-dinas.asked
		has(t, ani.Says("/hubungkan"), "sedang dikirim")
		for _, s := range steps {
			dinas.steps <- s
		}
		close(dinas.steps)
		idle(t, h)
		return h.Network.Sent("Ani")[begun+2:]
	}
	sent := links("Hubungkan WhatsApp", nil, desk.LinkStep{Picture: []byte("png 1")}, desk.LinkStep{Passkey: true}, desk.LinkStep{Picture: []byte("png 2")})
	has(t, bottest.Show(sent[0]), "Pindai dengan HP dinas")
	if a := sent[0].Attachment; len(sent) != 4 || a == nil || !a.Photo || !sent[0].Protect {
		t.Fatalf("%d messages, the first %+v", len(sent), sent[0])
	}
	has(t, sent[1].Text, "passkey")
	has(t, sent[3].Text, "sudah tersambung")
	if gone := h.Network.Removed("Ani"); !slices.Contains(gone, sent[0].ID) || !slices.Contains(gone, sent[2].ID) {
		t.Errorf("%v are gone, want both codes", gone)
	}

	sent = links("/hubungkan wa 0812-0000-0001", desk.ErrOutdated, desk.LinkStep{Typed: "ABCD-1234"})
	has(t, sent[0].Text, "ABCD-1234", "rahasia")
	has(t, sent[1].Text, "versi Titian yang lebih baru")
	has(t, links("/hubungkan", desk.ErrLinked)[0].Text, "sudah tertaut")

	for query, want := range map[string]int{
		`SELECT count(*) FROM audit WHERE action = 'ask to link whatsapp' AND actor LIKE 'staff:%'`: 3,
		`SELECT count(*) FROM audit WHERE action = 'whatsapp link made'`:                            1,
		`SELECT count(*) FROM link_requests WHERE ended_at IS NULL OR phone IS NOT NULL`:            0,
		`SELECT count(*) FROM river_job WHERE kind = 'take_away'`:                                   3,
		`SELECT count(*) FROM river_job WHERE args::text ~ 'ABCD|0812|6281'`:                        0,
		`SELECT count(*) FROM audit WHERE after::text ~ 'ABCD|0812|6281'`:                           0,
	} {
		if n := count(t, h, query); n != want {
			t.Errorf("%d, want %d: %s", n, want, query)
		}
	}
}

func TestAnAdminWhoHearsThatNoPhoneIsLinkedHasAButtonForIt(t *testing.T) {
	dinas := &phone{asked: make(chan answer.Phone, 1), steps: make(chan desk.LinkStep)}
	close(dinas.steps)
	h := bottest.New(t, bottest.Options{Staff: true, Linker: dinas})
	ani := h.Invite("Ani", storage.RoleAdmin)
	if _, err := h.DB.Begin(t.Context(), "test", "terminal", "whatsapp"); err != nil {
		t.Fatal(err)
	}
	for key, says := range map[string]string{"disk": "penuh", storage.CauseUnlinked: "tidak tertaut"} {
		if err := h.DB.TellCause(t.Context(), key, "2026-11-23", says); err != nil {
			t.Fatal(err)
		}
	}
	hears(t, h, "Ani", 0, "penuh")
	hears(t, h, "Ani", 0, "tidak tertaut")
	idle(t, h)
	for _, m := range h.Network.Sent("Ani") {
		if strings.Contains(m.Text, "penuh") && len(m.Choices) > 0 {
			t.Errorf("a full disk has buttons: %+v", m.Choices)
		}
		if strings.Contains(m.Text, "tidak tertaut") && len(m.Choices) != 1 {
			t.Errorf("the broken link has %d buttons", len(m.Choices))
		}
	}
	has(t, ani.Taps("Hubungkan WhatsApp"), "segera kami kirim")
	<-dinas.asked
	hears(t, h, "Ani", 0, "sudah tersambung")
}

func TestAdminsHearAtNightToldElsewhereThatWhatsAppBroke(t *testing.T) {
	h := setup(t)
	h.Invite("Ani", storage.RoleAdmin)
	there := h.Person("wa/+6281200000001")
	there.Says("halo")
	if err := h.Bot.Join(t.Context(), h.Contact("Ani"), h.Contact(there.Name)); err != nil {
		t.Fatal(err)
	}
	there.Says("menu")           // WhatsApp is where the admin wrote last
	h.Clock.Move(13 * time.Hour) // 22.00 WITA
	before, elsewhere := len(h.Network.Sent("Ani")), len(h.Network.Sent(there.Name))
	for range 2 {
		if err := h.DB.TellLink(t.Context(), "whatsapp banned", "2026-11-23 22", "WhatsApp memblokir nomor dinas"); err != nil {
			t.Fatal(err)
		}
	}
	hears(t, h, "Ani", before, "memblokir nomor dinas")
	if err := h.DB.PullBrake(t.Context(), storage.Brake{Network: chat.WhatsApp, Cause: storage.BrakeCold}); err != nil {
		t.Fatal(err)
	}
	hears(t, h, "Ani", before, "lama tidak menulis")
	idle(t, h)
	if n := len(h.Network.Sent("Ani")) - before; n != 2 {
		t.Errorf("the admin was told %d times, want once of each", n)
	}
	if n := len(h.Network.Sent(there.Name)) - elsewhere; n != 0 {
		t.Errorf("%d notices went to where nothing arrives", n)
	}
}
