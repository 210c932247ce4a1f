package postgres_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"titian/storage"
)

// stone is what stays of a contact's conversation after a merge.
func stone(from, into storage.ContactID, seq int64) storage.Merge {
	return storage.Merge{From: from, Into: into, Record: storage.Record{Contact: from, Seq: seq, Seen: []string{"m1", "merge"},
		Owed: []storage.Owed{{ID: "1.0", Body: []byte("owed")}}}}
}

// What names a contact goes over in a merge. Whoever adds a table that does adds it to the merge, and here.
func TestEverythingThatNamesAContactGoesOverInAMerge(t *testing.T) {
	f := setup(t)
	var tables []string
	rows, err := f.raw.Query(`SELECT table_name FROM information_schema.columns
		WHERE table_schema = 'public' AND column_name = 'contact' AND table_name NOT LIKE 'river%' ORDER BY 1`)
	f.must(err)
	for rows.Next() {
		var name string
		f.must(rows.Scan(&name))
		tables = append(tables, name)
	}
	f.must(rows.Err())
	moved := []string{"addresses", "applications", "codes", "fetches", "files", "inbox", "misses", "parked", "sendings", "speaks_for", "staff", "threads", "wishes"}
	stay := []string{"consents", "questions_owed", "recipients", "reminders", "snapshots", "turns"} // proof; asked of the other; looked up when sent to; the stone
	if known := slices.Sorted(slices.Values(slices.Concat(moved, stay))); !slices.Equal(tables, known) {
		t.Fatalf("tables with a contact: %v, known to this test: %v", tables, known)
	}

	gone, stays := f.writes(f.DB, "L1").ID, f.writes(f.DB, "N1").ID
	owner := f.commit(gone, 1, filing(wati()), storage.AskOfficer{Reason: "asked", Words: "halo"}, storage.KeepFile{ID: "f1", Purpose: "x", MIME: "image/jpeg"},
		storage.FetchLater{ID: "f2", Body: []byte("later")}).Owner
	f.commit(stays, 1, storage.AskOfficer{Reason: "asked", Words: "dan saya"})
	f.run(`INSERT INTO staff (id, contact, name, role, since) VALUES ('s1', $1, 'Contoh Admin', 'admin', now()), ('s2', $2, 'Contoh Petugas', 'petugas', now())`, gone, stays)
	f.run(`INSERT INTO codes (code_index, kind, contact, phone_index, made_by, made_at, expires_at)
		VALUES (sha256('a'), 'merge', $1, sha256('b'), 'x', now(), now())`, gone)
	f.run(`INSERT INTO sendings (network, ref_index, contact, many, about, taken_at) VALUES ('whatsapp', sha256('c'), $1, false, '', now())`, gone)
	f.run(`UPDATE contacts SET stopped_at = now() WHERE id = $1`, gone)
	f.run(`INSERT INTO misses (contact, at) VALUES ($1, now())`, gone)
	f.run(`INSERT INTO questions_owed (contact, since) VALUES ($1, now())`, gone)
	_, err = f.InboxPut(t.Context(), storage.Inboxed{Contact: gone, Network: "whatsapp", MessageID: "m7", ReceivedAt: start, Body: []byte("x")})
	f.must(err)
	f.must(f.Park(t.Context(), storage.Parked{Contact: gone, Network: "whatsapp", MessageID: "m8", Body: []byte("x"), Cause: "c", ParkedAt: start}))
	f.run(`INSERT INTO applications (id, owner, contact, state, since, product, flow_version, list_version, files, answers_sealed)
		VALUES ('a1', $1, $2, 'parked', now(), 'Abon', 1, '1', '{}', '')`, owner, gone)

	waits, err := f.Merge(t.Context(), stone(gone, stays, 2))
	if err != nil || !waits {
		t.Fatalf("waits %t, %v", waits, err)
	}
	for _, table := range moved {
		if left, n := f.count(`SELECT count(*) FROM `+table+` WHERE contact = $1`, gone), f.count(`SELECT count(*) FROM `+table+` WHERE contact = $1`, stays); left > 0 || n == 0 {
			t.Errorf("%s: %d left behind, %d with who stays", table, left, n)
		}
	}
	for what, want := range map[string]int{
		`SELECT count(*) FROM threads`: 1, `SELECT count(*) FROM thread_messages WHERE thread = (SELECT id FROM threads)`: 2,
		`SELECT count(*) FROM staff WHERE removed_at IS NULL AND id = 's1'`: 1, `SELECT count(*) FROM staff WHERE removed_at IS NULL`: 1,
		`SELECT count(*) FROM questions_owed`: 0, `SELECT count(*) FROM contacts WHERE stopped_at IS NOT NULL AND merged_into IS NULL`: 1, `SELECT count(*) FROM audit WHERE action = 'merge contacts'`: 1,
	} {
		if n := f.count(what); n != want {
			t.Errorf("%s: %d, want %d", what, n, want)
		}
	}
	if said, err := f.Consents(t.Context(), stays); err != nil || len(said) == 0 {
		t.Errorf("consents %v, %v", said, err)
	}
	for _, names := range []string{"L1", "N1", "L1 N1"} {
		if c := f.writes(f.DB, names); c.ID != stays || c.Twin != "" {
			t.Errorf("%s is %+v", names, c)
		}
	}
	// What still names the one that went is led to the other, and nothing begins there again.
	if a, err := f.AddressOf(t.Context(), gone); err != nil || a != writer("L1").Address {
		t.Errorf("address %+v, %v", a, err)
	}
	stored, err := f.Conversation(t.Context(), gone)
	if err != nil || stored.Into != stays || stored.Snapshot == nil || len(stored.Snapshot.State) > 0 || len(stored.Snapshot.Owed) != 1 {
		t.Errorf("the stone %+v, %v", stored, err)
	}
	if stored, err = f.Conversation(t.Context(), stays); err != nil || !slices.Contains(stored.Seen, "m1") {
		t.Errorf("seen %v, %v", stored.Seen, err)
	}
	_, err = try(t.Context(), f.DB, key(gone, 3), storage.AskOfficer{Reason: "asked"})
	f.is(err, storage.ErrConflict)
	_, err = f.InboxPut(t.Context(), storage.Inboxed{Contact: gone, Network: "whatsapp", MessageID: "m9", ReceivedAt: start, Body: []byte("x")})
	f.must(err)
	if n := f.count(`SELECT count(*) FROM inbox WHERE contact = $1`, stays); n != 2 {
		t.Errorf("%d in the inbox", n)
	}
	_, err = f.Merge(t.Context(), stone(gone, stays, 3))
	f.is(err, storage.ErrConflict)
	_, err = f.Merge(t.Context(), stone(stays, gone, 2))
	f.is(err, storage.ErrConflict)

	// A third one: who was led to the second is led to the third, and all go with it.
	third := f.writes(f.DB, "L3").ID
	_, err = f.Merge(t.Context(), stone(stays, third, 2))
	f.must(err)
	if stored, err := f.Conversation(t.Context(), gone); err != nil || stored.Into != third {
		t.Errorf("led to %q, %v", stored.Into, err)
	}
	f.commit(third, 1, storage.DeleteOwner{Owner: owner})
	f.commit(third, 2, storage.DeleteContact{})
	if n := f.count(`SELECT count(*) FROM turns WHERE contact <> $1 AND record IS NOT NULL`, third); n != 0 {
		t.Errorf("%d records of the deleted can still be read", n)
	}
	f.run(`DELETE FROM staff`)
	f.run(`DELETE FROM inbox`)
	f.clock.Move(25 * time.Hour)
	f.must(f.Sweep(t.Context()))
	for _, table := range []string{"contacts", "addresses", "turns", "snapshots"} {
		if n := f.count(`SELECT count(*) FROM ` + table); n != 0 {
			t.Errorf("%d left in %s", n, table)
		}
	}
}

func TestTurnsAndMergesOfOneContactWaitForEachOther(t *testing.T) {
	f := setup(t)
	other := f.another()
	for round := range 8 {
		a, b := f.contact(fmt.Sprint("a", round)), f.contact(fmt.Sprint("b", round))
		var all sync.WaitGroup
		var filed, merged, reversed error
		all.Go(func() { _, filed = try(t.Context(), f.DB, key(a, 1), filing(wati())) })
		all.Go(func() { _, merged = other.Merge(t.Context(), stone(a, b, 1)) })
		all.Go(func() { _, reversed = f.DB.Merge(t.Context(), stone(b, a, 1)) })
		all.Wait()
		owner := f.count(`SELECT count(*) FROM speaks_for WHERE contact IN (SELECT id FROM contacts WHERE id IN ($1, $2) AND merged_into IS NULL)`, a, b)
		want := 0
		if filed == nil {
			want = 1
		}
		if owner != want || merged == nil && reversed == nil || merged != nil && reversed != nil && filed != nil {
			t.Fatalf("round %d: %d owners, filed %v, merged %v, reversed %v", round, owner, filed, merged, reversed)
		}
	}
}
