package desk_test

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"strings"
	"testing"

	"titian/bot/chat"
	"titian/storage"
)

func blocks(name string) func(chat.Address, chat.Outgoing) error {
	return func(to chat.Address, _ chat.Outgoing) error {
		if to.Key == name {
			return &chat.SendError{Failure: chat.FailedBlocked, Cause: errors.New("blocked")}
		}
		return nil
	}
}

func shot(t *testing.T, shade uint8) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 640, 480))
	for x := range 640 {
		for y := range 480 {
			v := shade
			if (x/16+y/16)%2 == 0 {
				v = 255 - shade
			}
			img.Set(x, y, color.RGBA{v, uint8(x), uint8(y), 255})
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestPhotosGoBothWaysAndLeaveTheOfficersChatAgain(t *testing.T) {
	h := setup(t)
	ani := h.Invite("Ani", storage.RoleOfficer)
	p := h.Person("contoh")
	p.Says("petugas, kemasan ini boleh?")
	hears(t, h, "Ani", 0, "kemasan ini boleh?")
	has(t, p.Gives(h.Network.Photo("contoh", shot(t, 40), "")), "Sudah kami teruskan")
	hears(t, h, "Ani", 0, "mengirim foto atau berkas")
	idle(t, h)
	var shown *chat.Outgoing
	for _, m := range h.Network.Sent("Ani") {
		if m.Attachment != nil {
			shown = &m
		}
	}
	if shown == nil || !shown.Protect || shown.Attachment.Vault != "" {
		t.Fatalf("the officer is shown %+v, want a protected picture with words over it", shown)
	}
	if n := count(t, h, `SELECT count(*) FROM river_job WHERE kind = 'take_away' AND scheduled_at > now() - interval '100 years'`); n != 1 {
		t.Errorf("%d messages are to be taken away again, want the photo", n)
	}
	m := h.Network.Photo("Ani", shot(t, 90), "")
	m.ReplyTo, m.Text = h.Network.RefOf(t, "Ani", "kemasan ini boleh?"), "Contohnya begini."
	ani.Gives(m)
	idle(t, h)
	has(t, p.Hears(), "Contohnya begini.")
	sent := h.Network.Sent("contoh")
	if last := sent[len(sent)-1]; last.Attachment == nil || last.Attachment.Vault == "" {
		t.Errorf("the owner is sent %+v, want the officer's photo", last)
	}
}

func TestAPhotoThatTheWaitingQuestionWantsCountsWhileAnOfficerHasTheFloor(t *testing.T) {
	h := setup(t)
	ani := h.Invite("Ani", storage.RoleOfficer)
	p := h.Person("contoh")
	asks := ""
	for _, line := range registering {
		if asks = p.Says(line); strings.Contains(asks, "foto produk") && !strings.Contains(asks, "Foto produk,") {
			break
		}
	}
	p.Says("petugas, fotonya harus bagaimana?")
	hears(t, h, "Ani", 0, "harus bagaimana?")
	idle(t, h)
	ani.Replies("harus bagaimana?", "Dari depan saja.")
	idle(t, h)
	p.Hears()
	has(t, p.Gives(h.Network.Photo("contoh", shot(t, 60), "")), "sebagai jawaban", "LANJUT")
	hears(t, h, "Ani", 0, "mengirim foto untuk")
	hasNot(t, p.Says("lanjut"), "Mohon kirim foto")
	if n := count(t, h, `SELECT count(*) FROM files WHERE purpose LIKE '%photo%'`); n != 1 {
		t.Errorf("%d photos are kept for the question, want one", n)
	}
}
