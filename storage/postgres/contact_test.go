package postgres_test

import (
	"sync"
	"testing"
	"time"

	"titian/bot/chat"
	"titian/storage"
)

func TestAContactIsTheSameOnEverySightAndKeepsItsFirstSource(t *testing.T) {
	f := setup(t)
	a := chat.Address{Network: chat.WhatsApp, Key: "6281234567890@s.whatsapp.net"}
	first, err := f.Contact(t.Context(), a, "pasar", start)
	f.must(err)
	again, err := f.Contact(t.Context(), a, "other", start.Add(time.Hour))
	f.must(err)
	if !first.New || again.New {
		t.Errorf("new at first: %t, and again: %t", first.New, again.New)
	}
	first.New = false
	if first != again || first.Source != "pasar" || first.Address != a || !first.CreatedAt.Equal(start) || first.Unreachable {
		t.Fatalf("first %+v, again %+v", first, again)
	}
	a.Network = chat.Telegram
	if other, err := f.Contact(t.Context(), a, "", start); err != nil || other.ID == first.ID {
		t.Fatalf("the same key on another network: %+v, %v", other, err)
	}
}

func TestProcessesThatMeetSomebodyAtOnceAgree(t *testing.T) {
	f := setup(t)
	other := f.another()
	for _, key := range []string{"1", "2", "3", "4", "5"} {
		var ids [8]storage.ContactID
		var all sync.WaitGroup
		for i := range ids {
			db := f.DB
			if i%2 == 1 {
				db = other
			}
			all.Go(func() {
				c, err := db.Contact(t.Context(), chat.Address{Network: chat.Telegram, Key: key}, "", start)
				if err != nil {
					t.Error(err)
				}
				ids[i] = c.ID
			})
		}
		all.Wait()
		for _, id := range ids {
			if id != ids[0] || id == "" {
				t.Fatalf("contacts %v", ids)
			}
		}
	}
	if n := f.count(`SELECT count(*) FROM contacts`); n != 5 {
		t.Fatalf("%d contacts", n)
	}
}

func TestAContactIsReachedWhereItLastWroteFrom(t *testing.T) {
	f := setup(t)
	c := f.contact("one")
	f.contact("two")
	f.run(`UPDATE addresses SET contact = $1`, string(c)) // the two chats were joined
	f.run(`DELETE FROM contacts WHERE id <> $1`, string(c))
	for i, key := range []string{"one", "two", "one", "one", "two"} {
		f.clock.Move(time.Minute)
		if f.contact(key) != c {
			t.Fatal("another contact")
		}
		if a, err := f.AddressOf(t.Context(), c); err != nil || a.Key != key {
			t.Fatalf("step %d: address %q, %v", i, a.Key, err)
		}
	}
	_, err := f.AddressOf(t.Context(), "nobody")
	f.is(err, storage.ErrNotFound)
}

func TestABlockedContactStaysUnreachableUntilSaidOtherwise(t *testing.T) {
	f := setup(t)
	for _, reachable := range []bool{false, true} {
		f.must(f.SetReachable(t.Context(), f.contact("1"), reachable))
		c, err := f.Contact(t.Context(), chat.Address{Network: chat.Telegram, Key: "1"}, "", start)
		f.must(err)
		if c.Unreachable == reachable {
			t.Fatalf("unreachable %v", c.Unreachable)
		}
	}
}

func TestSnapshotsOnlyRiseAndTheSameSeqMayLoseItsReplies(t *testing.T) {
	f := setup(t)
	a, b := f.contact("1"), f.contact("2")
	snap := func(c storage.ContactID, seq int64, state string) storage.Snapshot {
		return storage.Snapshot{Record: storage.Record{Contact: c, Seq: seq, State: []byte(state)}, Flow: "registration", Question: state, HeardAt: start, ChangedAt: start}
	}
	state := func(c storage.ContactID) string {
		stored, err := f.Conversation(t.Context(), c)
		f.must(err)
		return string(stored.Snapshot.State)
	}
	f.must(f.SaveSnapshots(t.Context(), []storage.Snapshot{snap(a, 5, "five"), snap(b, 1, "one"), snap(b, 2, "two"), snap("unknown", 1, "x")}))
	f.must(f.SaveSnapshots(t.Context(), []storage.Snapshot{snap(a, 4, "four"), snap(b, 2, "two trimmed")}))
	f.must(f.SaveSnapshots(t.Context(), nil))
	if state(a) != "five" || state(b) != "two trimmed" || f.count(`SELECT count(*) FROM snapshots`) != 2 {
		t.Fatalf("a %s, b %s", state(a), state(b))
	}
}
