package postgres_test

import (
	"fmt"
	"testing"

	"titian/bot/chat"
	"titian/storage"
)

func TestWhoseMessageWasCalledBackByANewVersionGetsTheNewVersion(t *testing.T) {
	f := setup(t)
	for i := range 3 {
		f.owner(chat.Telegram, fmt.Sprint(i), true)
	}
	old := f.begun(storage.Broadcast{Text: "salah ketik"})
	leased := f.leases(old, chat.Telegram, "w", 2)
	next := f.begun(storage.Broadcast{Text: "betul", Former: old})
	f.settles(next, "w", storage.RecipientSent, f.leases(next, chat.Telegram, "w", 9)...)
	if state, err := f.EndBroadcast(t.Context(), next); state != storage.BroadcastDone || err != nil {
		t.Fatal(state, err)
	}
	f.settles(old, "w", storage.RecipientSent, leased[0])
	f.settles(old, "w", storage.RecipientPending, leased[1]) // it waited for its turn
	if got := f.said(next); got != "pending 1, sent 1, skipped/had_it 1" {
		t.Errorf("the new version: %s", got)
	}
	f.run(`DELETE FROM river_job`) // those of before have ended
	f.must(f.TakeOver(t.Context(), "w", false))
	if again := f.leases(next, chat.Telegram, "w", 9); len(again) != 1 || again[0].Contact != leased[1].Contact {
		t.Errorf("sent to next: %v", again)
	}
	if jobs := f.count(`SELECT count(*) FROM river_job WHERE kind = 'pump_broadcast' AND (args->>'id')::bigint = $1`, next); jobs != 2 {
		t.Errorf("%d pumps of the new version", jobs)
	}
}

func TestWhoWasWrittenToBeforeTwoContactsBecameOneHearsOnce(t *testing.T) {
	f := setup(t)
	a, b := f.owner(chat.Telegram, "satu", true), f.owner(chat.WhatsApp, "satu", true)
	id := f.begun(storage.Broadcast{})
	f.settles(id, "w", storage.RecipientSent, f.leases(id, chat.WhatsApp, "w", 9)...)
	f.run(`UPDATE addresses SET contact = $2 WHERE contact = $1`, b, a)
	f.run(`UPDATE contacts SET merged_into = $2 WHERE id = $1`, b, a)
	if got := f.leases(id, chat.Telegram, "w", 9); len(got) != 0 || f.said(id) != "sent 1, skipped/had_it 1" {
		t.Errorf("%d leased: %s", len(got), f.said(id))
	}
}
