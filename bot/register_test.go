package bot_test

import (
	"testing"
	"time"

	"titian/bot/bottest"
)

// registering is what an owner types from hello to the number.
var registering = []string{
	"halo", "daftar", "setuju", "Contoh Satu", "7471051203850001", "081200000001", "Dapur Contoh", "pangan",
	"abon ikan marlin, stik ikan", "lepo-lepo", "Jl. Contoh No 1", "lewati", "berdua sama suami", "2 juta",
	"belum", "1,4", "lewati", "tidak", "kirim",
}

func TestAnOwnerChatsAndStandsInPostgresAsARegistration(t *testing.T) {
	h := bottest.New(t, bottest.Options{})
	p := h.Person("contoh")
	for _, line := range registering {
		at := time.Now()
		p.Says(line)
		t.Log(line, time.Since(at))
	}
	owners := h.Owners("contoh")
	if len(owners) != 1 || owners[0].Number != "IKM-2026-000001" {
		t.Fatalf("owners are %+v", owners)
	}
	r, err := h.DB.Registration(t.Context(), owners[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	if r.NIK.Digits() != "7471051203850001" || r.Phone.E164() != "+6281200000001" || r.Kelurahan != "Lepo Lepo" || r.Workers != 2 {
		t.Errorf("what stands in Postgres is not what was typed: %+v", r)
	}
}
