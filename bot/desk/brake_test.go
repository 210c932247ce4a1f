package desk_test

import (
	"testing"
	"time"

	"titian/bot/chat"
	"titian/storage"
)

func TestAdminsHearOfTheBrakeEvenAtNightAndReleaseItByAWord(t *testing.T) {
	h := setup(t)
	ani, budi := h.Invite("Ani", storage.RoleAdmin), h.Invite("Budi", storage.RoleOfficer)
	has(t, ani.Says("/rem"), "tidak terpasang")
	h.Clock.Move(13 * time.Hour) // 22.00 WITA
	before := len(h.Network.Sent(ani.Name))
	until := h.Clock.Now().Add(time.Hour)
	for _, b := range []storage.Brake{
		{Network: chat.WhatsApp, Cause: storage.BrakeCold}, {Network: chat.WhatsApp, Cause: storage.BrakeBan, Code: 104, Until: until},
	} {
		if err := h.DB.PullBrake(t.Context(), b); err != nil {
			t.Fatal(err)
		}
	}
	hears(t, h, ani.Name, before, "lama tidak menulis")
	hears(t, h, ani.Name, before, "(104)")
	idle(t, h)
	for _, m := range h.Network.Sent(budi.Name) {
		hasNot(t, m.Text, "Rem", "dihentikan")
	}
	has(t, budi.Says("buka rem"), "hanya untuk admin")
	has(t, ani.Says("/rem"), "terpasang", "lama tidak menulis", "(104)", "Buka rem")
	has(t, ani.Says("Buka rem"), "Belum bisa", "23 November 2026 pukul 23.")
	h.Clock.Move(time.Hour + time.Minute)
	has(t, ani.Says("buka rem wa"), "sudah dibuka")
	has(t, ani.Says("/rem buka"), "memang tidak terpasang")
}
