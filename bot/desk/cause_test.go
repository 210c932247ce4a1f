package desk_test

import (
	"testing"

	"titian/storage"
)

func TestAdminsHearOfWhatTheSetUpNeedsOnceADayAndNobodyElseDoes(t *testing.T) {
	h := setup(t)
	ani, budi := h.Invite("Ani", storage.RoleAdmin), h.Invite("Budi", storage.RoleOfficer)
	was, other := len(h.Network.Sent(ani.Name)), len(h.Network.Sent(budi.Name))
	for range 3 {
		if err := h.DB.TellCause(t.Context(), "disk", "2026-11-23", "Disk server mulai penuh, sisa 9%."); err != nil {
			t.Fatal(err)
		}
	}
	hears(t, h, ani.Name, was, "sisa 9%")
	idle(t, h)
	if n := len(h.Network.Sent(ani.Name)) - was; n != 1 {
		t.Errorf("the admin was told %d times on one day, want once", n)
	}
	if n := len(h.Network.Sent(budi.Name)) - other; n != 0 {
		t.Errorf("someone who is no admin was told %d times", n)
	}
	if err := h.DB.TellCause(t.Context(), "disk", "2026-11-24", "Disk server mulai penuh, sisa 8%."); err != nil {
		t.Fatal(err)
	}
	hears(t, h, ani.Name, was, "sisa 8%")
}
