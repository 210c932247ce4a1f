package redis

import (
	"testing"

	"titian/storage"
)

func TestRaiseOnlyEverRaises(t *testing.T) {
	onEach(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		commit(t, s, turn("siti", 1), turn("siti", 2))
		other := turn("siti", 2)
		other.State = []byte("not newer")
		for _, r := range []storage.Record{turn("siti", 1), other} {
			if err := s.Raise(ctx, r); err != nil {
				t.Fatal(err)
			}
		}
		wantSame(t, load(t, s, "siti"), withOwed(turn("siti", 2), turn("siti", 1)))
		if err := s.Raise(ctx, turn("siti", 7)); err != nil {
			t.Fatal(err)
		}
		r := load(t, s, "siti")
		wantIDs(t, r.Owed, "1.0", "1.1", "2.0", "2.1", "7.0", "7.1")
		if r.Seq != 7 {
			t.Fatalf("seq %d", r.Seq)
		}
	})
}

func TestALostRecordIsWrittenWholeAgain(t *testing.T) {
	onEach(t, func(t *testing.T, s *Store) {
		r := turn("siti", 40)
		r.Mark, r.Inboxed = "m41", true
		r.Owed = append(turn("siti", 39).Owed, r.Owed...)
		if err := s.Raise(t.Context(), r); err != nil {
			t.Fatal(err)
		}
		wantSame(t, load(t, s, "siti"), r)
		if !owing(t, s, "siti") {
			t.Fatal("nobody will send what a raised record owes")
		}
	})
}

func TestATombstoneKeepsNothingButItsSeqAndTheInbox(t *testing.T) {
	onEach(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		commit(t, s, turn("siti", 1))
		if err := s.SetInboxed(ctx, "siti", true); err != nil {
			t.Fatal(err)
		}
		grave := storage.Record{Contact: "siti", Seq: 2, Deleted: true, Seen: []string{"m2"}}
		if err := s.Raise(ctx, grave); err != nil {
			t.Fatal(err)
		}
		grave.Inboxed = true
		wantSame(t, load(t, s, "siti"), grave)
		if owing(t, s, "siti") {
			t.Fatal("a tombstone owes replies")
		}
	})
}

func TestADeletedContactWhoWritesAgainIsAliveAgain(t *testing.T) {
	onEach(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		gone := turn("siti", 1)
		gone.Deleted, gone.State = true, nil
		if err := s.Settle(ctx, gone, "m1"); err != nil {
			t.Fatal(err)
		}
		r := load(t, s, "siti")
		wantIDs(t, r.Owed, "1.0", "1.1")
		if !r.Deleted || r.State != nil {
			t.Fatal(show(r))
		}
		commit(t, s, turn("siti", 2))
		if load(t, s, "siti").Deleted {
			t.Fatal("still deleted")
		}
	})
}
