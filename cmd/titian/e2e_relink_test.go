package main

import (
	"bytes"
	"context"
	"image/png"
	"regexp"
	"strings"
	"testing"

	"rsc.io/qr/coding"

	"titian/bot/telegram/telegramtest"
	"titian/bot/whatsapp/whatsapptest"
)

// scanned reads a picture of a QR code of level M, eight points a module, as a camera would.
func scanned(t *testing.T, picture []byte) string {
	t.Helper()
	img, err := png.Decode(bytes.NewReader(picture))
	if err != nil {
		t.Fatal(err)
	}
	version := coding.Version((img.Bounds().Dx()/8 - 8 - 17) / 4)
	plan, err := coding.NewPlan(version, coding.M, 0)
	if err != nil {
		t.Fatal(err)
	}
	data := make([]byte, plan.DataBytes+plan.CheckBytes)
	for y, row := range plan.Pixel {
		for x, p := range row {
			if role := p.Role(); role != coding.Data && role != coding.Check {
				continue
			}
			r, _, _, _ := img.At((x+4)*8+4, (y+4)*8+4).RGBA()
			if dark := r < 0x8000; dark != (p&coding.Black != 0) {
				data[p.Offset()/8] |= 1 << (7 - p.Offset()%8)
			}
		}
	}
	nibbles := func(at int) byte { return data[at]<<4 | data[at+1]>>4 }
	length, begin := int(nibbles(0)), 1
	if version >= 10 {
		length, begin = length<<8|int(nibbles(1)), 2
	}
	var text []byte
	for i := range length {
		text = append(text, nibbles(begin+i))
	}
	return string(text)
}

// Two processes run; the phone is unlinked on it, and an admin links it anew from Telegram: by scanning, then by typing.
func TestAnAdminLinksWhatsAppAnewFromTelegram(t *testing.T) {
	t.Parallel()
	s, api := whatsapptest.New(t), botAPI(t, telegramtest.Options{})
	office := s.Phone(t, "Dinas")
	p := elsewhere(t, append(onWhatsApp(s), onTelegram(api)...)...)
	p.pairs(office)
	invitation := p.prints("", "staff", "invite", "--name", "Ani", "--role", "admin")
	first, second := p.workday(address()), p.workday(address())
	first.up()
	second.up()
	office.AwaitLinked()
	ani := p.joins(t, api, invitation)
	siti := newWa(t, s, office, 1)
	ctx, cancel := context.WithTimeout(t.Context(), 2*patience)
	defer cancel()

	office.Unlink()
	awaits(t, ani.Phone, "tidak tertaut")
	ani.taps("Hubungkan WhatsApp", "segera kami kirim")
	awaits(t, ani.Phone, "Pindai dengan HP dinas")
	shown := ani.last(func(m telegramtest.Sent) bool { return m.Photo != "" })
	picture, there := api.File(shown.Photo)
	if !there || !shown.Protected {
		t.Fatalf("there %t, protected %t", there, shown.Protected)
	}
	secret := scanned(t, picture)
	office.Link(secret)
	awaits(t, ani.Phone, "sudah tersambung")
	siti.Phone.Says(office, "halo")
	if _, err := siti.hears(ctx, "menu.choice"); err != nil {
		t.Fatal(err)
	}

	office.Unlink()
	ani.Say("hubungkan whatsapp " + office.Number())
	code := regexp.MustCompile(`[1-9A-Z]{4}-[1-9A-Z]{4}`).FindString(awaits(t, ani.Phone, "Ketik di HP dinas"))
	office.LinkTyped(code)
	awaits(t, ani.Phone, "sudah tersambung")
	siti.Phone.Says(office, "1")
	if _, err := siti.hears(ctx, "registration.consent"); err != nil {
		t.Fatal(err)
	}
	codes := 0
	for _, m := range ani.Events() {
		if strings.Contains(m.Text, "Pindai dengan") || strings.Contains(m.Text, "Ketik di HP dinas") {
			if m.Act == telegramtest.ActSent {
				codes++
			}
			if _, there := ani.Message(m.ID); there {
				t.Errorf("a code stands in the chat still: %.40q", m.Text)
			}
		}
	}
	if codes != 2 {
		t.Errorf("%d codes were shown, want one each time", codes)
	}
	_, ref, _ := strings.Cut(secret, "#")
	ref, _, _ = strings.Cut(ref, ",")
	for _, word := range []string{code, strings.ReplaceAll(code, "-", ""), ref, office.Number()} {
		if strings.Contains(first.errs.String()+second.errs.String(), word) {
			t.Errorf("a log holds %.4q…", word)
		}
	}
}

// last is the newest message that is meant.
func (o *officer) last(meant func(telegramtest.Sent) bool) (found telegramtest.Sent) {
	o.t.Helper()
	for _, m := range o.Transcript() {
		if meant(m) {
			found = m
		}
	}
	return found
}
