package postgres_test

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"titian/storage"
)

// secrets are what may never be read of wati without the keys; names may.
var secrets = []string{"7471014107850001", "6281234567890", "7654321", "SETUJU wati"}

func TestABackupShowsNoNIKNoPhoneAndNoWords(t *testing.T) {
	f := setup(t)
	c := f.contact("6281234567890@s.whatsapp.net")
	k := key(c, 1)
	k.MessageID = "device/6281234567890@s.whatsapp.net/ABC"
	_, err := try(t.Context(), f.DB, k, filing(wati()))
	f.must(err)
	f.must(f.SaveSnapshots(t.Context(), []storage.Snapshot{{Record: storage.Record{Contact: c, Seq: 1, Seen: []string{k.MessageID}}, HeardAt: start, ChangedAt: start}}))
	_, err = f.InboxPut(t.Context(), storage.Inboxed{Contact: c, Network: "whatsapp", MessageID: k.MessageID, ReceivedAt: start, Body: []byte("sealed")})
	f.must(err)
	_, err = f.CountTry(t.Context(), "whatsapp", k.MessageID)
	f.must(err)
	f.must(f.Park(t.Context(), storage.Parked{Contact: c, Network: "whatsapp", MessageID: k.MessageID + "2", ParkedAt: start, Body: []byte("sealed")}))
	dump := f.pgDump()
	if !strings.Contains(dump, "Wati Binti La Ode") {
		t.Fatal("the dump holds nothing")
	}
	for _, s := range secrets {
		if strings.Contains(dump, s) || strings.Contains(dump, hex.EncodeToString([]byte(s))) {
			t.Errorf("the dump shows %q", s)
		}
	}
}

func TestADeletedOwnerLeavesNothingThatCanBeRead(t *testing.T) {
	f := setup(t)
	c, helper := f.contact("100"), f.contact("200")
	r := wati()
	r.Photos = []storage.FileID{"f1"}
	tells := func(k storage.TurnKey) func(storage.Outcome) (storage.Record, error) {
		return func(storage.Outcome) (storage.Record, error) {
			return storage.Record{Contact: k.Contact, Seq: k.Seq, State: []byte("tells of 7471014107850001 Wati")}, nil
		}
	}
	var filed storage.Outcome
	k := key(c, 1)
	_, err := f.Commit(t.Context(), k, []storage.Effect{storage.KeepFile{ID: "f1", SHA256: "sum"}, filing(r)}, func(o storage.Outcome) (storage.Record, error) {
		filed = o
		return tells(k)(o)
	})
	f.must(err)
	f.run(`INSERT INTO speaks_for (contact, owner, role, since) VALUES ($1, $2, 'companion', $3)`, string(helper), string(filed.Owner), start)
	amended := r
	amended.Owner = filed.Owner
	_, err = f.Commit(t.Context(), key(helper, 1), []storage.Effect{filing(amended), storage.AskOfficer{Reason: "asked", Owner: filed.Owner}}, tells(key(helper, 1)))
	f.must(err)
	other := f.contact("300")
	f.commit(other, 2, filing(wati())) // a lookalike, flagged for this owner
	f.must(f.SaveSnapshots(t.Context(), []storage.Snapshot{
		{Record: storage.Record{Contact: c, Seq: 4, State: []byte("tells of 7471014107850001 Wati")}, Flow: "registration", Question: "nik", HeardAt: start, ChangedAt: start},
		{Record: storage.Record{Contact: helper, Seq: 5, State: []byte("new")}, HeardAt: start, ChangedAt: start}}))
	f.must(f.Park(t.Context(), storage.Parked{Contact: c, Network: "telegram", MessageID: "m0", ParkedAt: start, Body: []byte("tells of 7471014107850001")}))
	f.commit(other, 6, storage.DeleteOwner{Owner: f.owners(other)[0].ID})

	out := f.commit(c, 5, storage.DeleteOwner{Owner: filed.Owner})
	if out.Deleted != filed.Number || out.Owner != filed.Owner {
		t.Fatalf("outcome %+v", out)
	}
	everything := f.dump() + f.opened()
	for _, s := range append(secrets, "Wati", "Abon", "Jl. Bunga", "sum\"") {
		if strings.Contains(everything, s) || strings.Contains(everything, hex.EncodeToString([]byte(s))) {
			t.Errorf("%q can still be read:\n%s", s, everything)
		}
	}
	if n := f.count(`SELECT count(*) FROM tombstones WHERE kind = 'owner' AND id = $1 AND number = $2`, string(filed.Owner), filed.Number); n != 1 {
		t.Fatal("no tombstone")
	}
	_, err = try(t.Context(), f.DB, key(c, 6), storage.DeleteOwner{Owner: filed.Owner})
	f.is(err, storage.ErrDeleted)
	_, _, err = f.StoredTurn(t.Context(), c, 1)
	f.is(err, storage.ErrDeleted)
	_, err = try(t.Context(), f.DB, k, filing(r))
	f.is(err, storage.ErrConflict) // the key of an erased turn is not free
	if out := f.commit(c, 7, filing(wati())); out.Number != "IKM-2026-000003" || len(out.Flags) != 0 {
		t.Fatalf("filing again: %+v", out)
	}
}

func (f *fixture) owners(c storage.ContactID) []storage.Owner {
	f.t.Helper()
	list, err := f.Owners(f.t.Context(), c)
	f.must(err)
	return list
}

// opened opens every sealed value of the database with the keys.
func (f *fixture) opened() string {
	f.t.Helper()
	var all strings.Builder
	n := 0
	for query, aad := range map[string]string{
		`SELECT contact || '/' || seq, record FROM turns WHERE record IS NOT NULL`:                        "turns/record/",
		`SELECT contact, record FROM snapshots`:                                                           "snapshots/record/",
		`SELECT owner, nik_sealed FROM registrations WHERE nik_sealed IS NOT NULL`:                        "registrations/nik/",
		`SELECT owner, phone_sealed FROM registrations WHERE phone_sealed IS NOT NULL`:                    "registrations/phone/",
		`SELECT owner, turnover_sealed FROM registrations WHERE turnover_sealed IS NOT NULL`:              "registrations/turnover/",
		`SELECT owner, answers_sealed FROM registrations`:                                                 "registrations/answers/",
		`SELECT id, word_sealed FROM consents WHERE word_sealed IS NOT NULL`:                              "consents/word/",
		`SELECT network || '/' || encode(key_index, 'hex'), key_sealed FROM addresses`:                    "addresses/key/",
		`SELECT encode(message_index, 'hex'), message_sealed FROM parked`:                                 "parked/message/",
		`SELECT encode(message_index, 'hex'), message_sealed FROM inbox WHERE message_sealed IS NOT NULL`: "inbox/message/",
	} {
		rows, err := f.raw.Query(query)
		f.must(err)
		for rows.Next() {
			var row string
			var sealed []byte
			f.must(rows.Scan(&row, &sealed))
			plain, err := f.keys.Open(sealed, []byte(aad+row))
			if err != nil {
				f.t.Fatalf("open %s%s: %v", aad, row, err)
			}
			var rec storage.Record // what it holds stands there in base64
			_ = json.Unmarshal(plain, &rec)
			fmt.Fprintln(&all, aad+row, string(plain), string(rec.State))
			n++
		}
		f.must(rows.Err())
		rows.Close()
	}
	if n == 0 {
		f.t.Fatal("nothing sealed was found")
	}
	return all.String()
}

func TestADeletedContactLosesItsDraftAndADayLaterItsAddress(t *testing.T) {
	f := setup(t)
	c := f.contact("100")
	f.commit(c, 1, storage.KeepFile{ID: "f1", SHA256: "sum"}, storage.AskOfficer{Reason: "asked"}, storage.StopAnnouncements{Consent: agreed("announcements")})
	f.commit(c, 2, storage.DeleteContact{})
	if f.count(`SELECT count(*) FROM wishes`)+f.count(`SELECT count(*) FROM files WHERE deleted_at IS NULL`)+f.count(`SELECT count(*) FROM consents WHERE word_sealed IS NOT NULL`) != 0 {
		t.Fatal("something of the draft stayed")
	}
	if a, err := f.AddressOf(t.Context(), c); err != nil || a.Key != "100" {
		t.Fatalf("the answer cannot be sent: %v", err)
	}
	f.must(f.Sweep(t.Context()))
	if f.count(`SELECT count(*) FROM contacts`) != 1 {
		t.Fatal("swept too early")
	}
	f.clock.Move(25 * 60 * 60 * 1e9)
	f.must(f.Sweep(t.Context()))
	_, err := f.AddressOf(t.Context(), c)
	f.is(err, storage.ErrNotFound)
	if f.count(`SELECT count(*) FROM contacts`)+f.count(`SELECT count(*) FROM turns`)+f.count(`SELECT count(*) FROM snapshots`) != 0 || f.count(`SELECT count(*) FROM tombstones WHERE kind = 'contact'`) != 1 {
		t.Fatal("not swept")
	}
	if again := f.contact("100"); again == c {
		t.Fatal("the same contact came back")
	}
}

func TestADeletedContactThatComesBackIsNotSwept(t *testing.T) {
	f := setup(t)
	c := f.contact("100")
	f.commit(c, 1, storage.DeleteContact{})
	if f.contact("100") != c {
		t.Fatal("another contact within the day")
	}
	f.clock.Move(25 * 60 * 60 * 1e9)
	f.must(f.Sweep(t.Context()))
	if f.contact("100") != c {
		t.Fatal("swept though they wrote again")
	}
}
