package desk_test

import (
	"strings"
	"testing"
	"time"

	"titian/bot/bottest"
	"titian/storage"
)

func TestAnOwnerIsRemindedOfTheDocumentsThatAreMissingByTheirNamesAndNotAfterBerhenti(t *testing.T) {
	h := bottest.New(t, bottest.Options{Staff: true, Reminding: true, Frail: true})
	opens(t, h, 120)
	ani := h.Invite("Ani", storage.RoleOfficer)
	remind := func(after time.Duration, words ...string) {
		t.Helper()
		from := len(h.Network.Sent("contoh"))
		h.Clock.Move(after)
		if err := h.Reminders.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		has(t, hears(t, h, "contoh", from, "BERHENTI"), words...)
	}
	owner := files(t, h, "contoh", "7471051203850001", "0000000000017")
	sendsBack(t, ani)
	hears(t, h, "contoh", 0, "Yang perlu dikirim ulang") // Monday: the clock runs to Thursday night
	quiet := files(t, h, "contoh dua", "7471051203850002", "0000000000025")
	has(t, quiet.Says("berhenti"), "pengumuman dan pengingat kami hentikan")
	sendsBack(t, ani)
	hears(t, h, "contoh dua", 0, "Yang perlu dikirim ulang") // what is about one's own file goes on
	idle(t, h)

	remind(49*time.Hour, "Urutan tempat gratis berkas halal HAL-2026-000001 tetap", "paling lambat Kamis, 26 November 2026", "KTP pemilik", "HALAL")
	h.Clock.Move(48 * time.Hour)
	if err := h.DB.SweepClocks(t.Context()); err != nil { // the rank has lapsed, which is told by itself
		t.Fatal(err)
	}
	hears(t, h, "contoh", 0, "urutannya nanti mengikuti waktu dikirim")
	remind(72*time.Hour, "HAL-2026-000001 masih menunggu kiriman ulang: KTP pemilik", "HALAL")
	owner.Hears()
	has(t, owner.Says("halal"), "Yang perlu dikirim ulang hanya ini", "KTP pemilik")
	for _, m := range h.Network.Sent("contoh dua") {
		if strings.Contains(m.Text, "diingatkan") {
			t.Errorf("after BERHENTI it is said: %q", m.Text)
		}
	}
}
