package desk_test

import (
	"strings"
	"testing"
	"time"

	"titian/bot/bottest"
	"titian/storage"
)

// registering is what an owner types from hello to the number.
var registering = []string{
	"halo", "daftar", "setuju", "Contoh Satu", "7471051203850001", "081200000001", "Dapur Contoh", "pangan",
	"abon ikan marlin, stik ikan", "lepo-lepo", "Jl. Contoh No 1", "lewati", "berdua sama suami", "2 juta",
	"belum", "1,4", "lewati", "tidak", "kirim",
}

func setup(t *testing.T) *bottest.House {
	t.Helper()
	return bottest.New(t, bottest.Options{Staff: true})
}

// registers lets a name register; the answers of registering but for those given.
func registers(h *bottest.House, name string, own map[int]string) {
	p := h.Person(name)
	for i, line := range registering {
		if other, ok := own[i]; ok {
			line = other
		}
		p.Says(line)
	}
}

// hears waits for the next message that holds the words, beginning after those a name was sent already.
func hears(t *testing.T, h *bottest.House, name string, from int, words string) string {
	t.Helper()
	for n := from + 1; ; n++ {
		if text := h.Network.Await(t, name, n)[n-1].Text; strings.Contains(text, words) {
			return text
		}
	}
}

func has(t *testing.T, text string, words ...string) {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(text, w) {
			t.Errorf("%q does not say %q", text, w)
		}
	}
}

func hasNot(t *testing.T, text string, words ...string) {
	t.Helper()
	for _, w := range words {
		if strings.Contains(text, w) {
			t.Errorf("%q says %q", text, w)
		}
	}
}

func TestStaffHearOfAFiledRegistrationWithoutNIKAndPhone(t *testing.T) {
	h := setup(t)
	ani := h.Invite("Ani", storage.RoleOfficer)
	before := len(h.Network.Sent(ani.Name))
	registers(h, "contoh", nil)
	begun := time.Now()
	text := hears(t, h, "Ani", before, "Pendaftaran baru")
	t.Log("heard after", time.Since(begun))
	has(t, text, "IKM-2026-000001", "Contoh Satu", "Dapur Contoh", "Baruga")
	hasNot(t, text, "7471051203850001", "0001203", "81200000001")
}
