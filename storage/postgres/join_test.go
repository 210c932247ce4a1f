package postgres_test

import (
	"testing"
	"time"

	"titian/bot/chat"
	"titian/storage"
)

// onTelegram is a chat there, of somebody who shared the number N as their own; "": of nobody who did.
func (f *fixture) onTelegram(key, number string) storage.ContactID {
	f.t.Helper()
	w := storage.Writer{Address: chat.Address{Network: chat.Telegram, Key: key}}
	if number != "" {
		w.Vouched = writer(number).Vouched
	}
	c, err := f.Writer(f.t.Context(), w, f.clock.Now())
	f.must(err)
	return c.ID
}

func TestWordJoinsTwoChatsOfOneVouchedNumberOnceInTimeAndNowhereElse(t *testing.T) {
	f := setup(t)
	shown, typed := f.onTelegram("1", "N1"), f.writes(f.DB, "L1 N1").ID
	other, unvouched := f.writes(f.DB, "L2 N2").ID, f.onTelegram("3", "")
	seq := map[storage.ContactID]int64{}
	does := func(c storage.ContactID, e storage.Effect) storage.Outcome {
		t.Helper()
		seq[c]++
		return f.commit(c, seq[c], e)
	}
	for c, want := range map[storage.ContactID]chat.Network{shown: chat.WhatsApp, typed: chat.Telegram, other: "", unvouched: ""} {
		if twin, err := f.Twin(t.Context(), c); err != nil || twin != want {
			t.Fatalf("twin on %q, %v, want %q", twin, err, want)
		}
	}
	if out := does(other, storage.OfferJoin{}); out.Join.Word != "" {
		t.Fatalf("a word for nobody: %+v", out.Join)
	}
	old := does(shown, storage.OfferJoin{}).Join.Word
	late := does(shown, storage.OfferJoin{}).Join.Word
	f.clock.Move(storage.JoinLife)
	at := func(c storage.ContactID, word string) storage.Outcome {
		t.Helper()
		seq[c]++
		k := key(c, seq[c])
		k.At = f.clock.Now()
		out, err := try(t.Context(), f.DB, k, storage.JoinChats{Word: word})
		f.must(err)
		return out
	}
	fresh := func() string {
		t.Helper()
		seq[shown]++
		k := key(shown, seq[shown])
		k.At = f.clock.Now()
		out, err := try(t.Context(), f.DB, k, storage.OfferJoin{})
		f.must(err)
		return out.Join.Word
	}
	for what, out := range map[string]storage.Outcome{
		"one that was withdrawn": at(typed, old), "one that is too old": at(typed, late),
	} {
		if out.Staff.Refused != storage.RefusedCode || out.Join.With != "" {
			t.Errorf("%s: %+v %+v", what, out.Staff, out.Join)
		}
	}
	word := fresh()
	for what, out := range map[string]storage.Outcome{
		"where it is shown": at(shown, word), "by another number": at(other, word), "by no number": at(unvouched, word), "misspelt": at(typed, word[1:]+"2"),
	} {
		if out.Staff.Refused != storage.RefusedCode || out.Join.With != "" {
			t.Errorf("%s: %+v %+v", what, out.Staff, out.Join)
		}
	}
	if out := at(typed, word); out.Staff.Refused != "" || out.Join.With != shown || out.Join.Other != chat.Telegram {
		t.Fatalf("the right word in the right chat: %+v %+v", out.Staff, out.Join)
	}
	if out := at(typed, word); out.Staff.Refused == "" {
		t.Error("a word counts twice")
	}
	if n := f.count(`SELECT count(*) FROM river_job WHERE kind = 'join_contacts'`); n != 1 {
		t.Errorf("%d jobs", n)
	}
	if n := f.count(`SELECT count(*) FROM codes WHERE codes::text LIKE '%' || $1 || '%'`, word); n != 0 {
		t.Error("the word can be read")
	}
	// Few tries: the fifth miss within the hour is the last that is answered, and then the right word is none either.
	word = fresh()
	for range storage.CodeMisses {
		at(typed, "AAAA-AAAA-AAAA")
	}
	if out := at(typed, word); out.Staff.Refused != storage.RefusedSilently {
		t.Errorf("after too many tries: %+v", out.Staff)
	}
	f.clock.Move(2 * time.Hour)
	f.run(`INSERT INTO staff (id, contact, name, role, since) VALUES ('s1', $1, 'Contoh Petugas', 'petugas', now())`, shown)
	if twin, err := f.Twin(t.Context(), typed); err != nil || twin != "" {
		t.Errorf("the chat of staff is offered: %q, %v", twin, err)
	}
}
