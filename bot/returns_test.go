package bot_test

import (
	"testing"
	"time"

	"titian/bot/bottest"
	"titian/bot/chat"
)

func TestSomeoneWhoWasForgottenIsMetAnewByTheSameProcess(t *testing.T) {
	h := bottest.New(t, bottest.Options{})
	p := h.Person("contoh")
	for _, line := range []string{"halo", "daftar", "setuju", "Contoh Satu", "hapus data"} {
		p.Says(line)
	}
	before := h.Contact("contoh")
	if err := bottest.Wait(t, h.Bot.Receive(t.Context(), h.Network.Message("contoh", chat.Text, "hapus"))); err != nil {
		t.Fatal(err)
	}
	h.Network.Await(t, "contoh", 6)
	h.Clock.Move(25 * time.Hour)
	if err := h.DB.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, line := range registering {
		p.Says(line)
	}
	if now := h.Contact("contoh"); now == before {
		t.Fatal("the contact was not swept")
	}
	if owners := h.Owners("contoh"); len(owners) != 1 {
		t.Errorf("whoever comes back a day after HAPUS DATA has %d registrations, want one", len(owners))
	}
	if parked, err := h.DB.Parked(t.Context()); err != nil || len(parked) != 0 {
		t.Errorf("parked are %d messages (%v), want none", len(parked), err)
	}
}
