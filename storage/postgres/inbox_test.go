package postgres_test

import (
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"titian/storage"
)

const lease = 30 * time.Second

var telegram = []string{"telegram"}

func (f *fixture) put(c storage.ContactID, id string) {
	f.t.Helper()
	fresh, err := f.InboxPut(f.t.Context(), storage.Inboxed{Contact: c, Network: "telegram", MessageID: id, ReceivedAt: start, Body: []byte("body " + id)})
	f.must(err)
	if !fresh {
		f.t.Fatalf("message %s is not fresh", id)
	}
}

func (f *fixture) take(worker string, limit int) []storage.Inboxed {
	f.t.Helper()
	taken, err := f.InboxTake(f.t.Context(), worker, lease, telegram, limit)
	f.must(err)
	return taken
}

func (f *fixture) ends(id int64) (more bool) {
	f.t.Helper()
	more, err := f.InboxDone(f.t.Context(), id)
	f.must(err)
	return more
}

func TestTheEndOfAMessageTellsWhetherOthersOfItsContactWait(t *testing.T) {
	f := setup(t)
	f.put("a", "a1")
	f.put("a", "a2")
	f.put("b", "b1")
	taken := f.takes("one", 10, "a1", "a2", "b1")
	for i, more := range []bool{true, false, false} {
		for range 2 { // its end may be told again
			if f.ends(taken[i].ID) != more {
				t.Errorf("after %s more wait: %v", taken[i].MessageID, !more)
			}
		}
	}
}

func ids(taken []storage.Inboxed) []string {
	list := []string{}
	for _, m := range taken {
		list = append(list, m.MessageID)
	}
	return list
}

func (f *fixture) takes(worker string, limit int, want ...string) []storage.Inboxed {
	f.t.Helper()
	taken := f.take(worker, limit)
	if got := ids(taken); !reflect.DeepEqual(got, append([]string{}, want...)) {
		f.t.Fatalf("%s took %v, want %v", worker, got, want)
	}
	return taken
}

func TestTheInboxGivesTheOldestFirstAndEachContactToOneWorker(t *testing.T) {
	f := setup(t)
	for _, m := range []string{"a1", "b1", "a2", "c1", "a3"} {
		f.put(storage.ContactID(m[:1]), m)
	}
	first := f.takes("one", 2, "a1", "b1", "a2", "a3")
	if m := first[0]; m.Contact != "a" || m.Network != "telegram" || string(m.Body) != "body a1" || !m.ReceivedAt.Equal(start) || m.Tries != 0 {
		t.Fatalf("took %+v", m)
	}
	f.put("a", "a4")
	f.takes("two", 10, "c1") // a4 waits for the worker of a1
	for _, m := range first[:3] {
		f.ends(m.ID)
	}
	f.takes("two", 10) // a3 is still being worked
	f.ends(first[3].ID)
	f.takes("two", 10, "a4")
}

func TestAMessageThatMustWaitHoldsUpWhatWaitsWithItAndNobodyElse(t *testing.T) {
	f := setup(t)
	f.put("a", "a1")
	later := storage.Inboxed{Contact: "a", Network: "telegram", MessageID: "a2", ReceivedAt: start, NotBefore: start.Add(time.Second), Body: []byte("x")}
	_, err := f.InboxPut(t.Context(), later)
	f.must(err)
	f.put("b", "b1")
	f.takes("one", 10, "b1")
	f.clock.Move(time.Second)
	f.takes("one", 10, "a1", "a2")
}

func TestARowThatCannotBeOpenedHoldsUpNobodyElse(t *testing.T) {
	f := setup(t)
	f.put(f.contact("1"), "1")
	f.put(f.contact("2"), "2")
	if _, err := f.raw.Exec(`UPDATE inbox SET message_sealed = 'altered' WHERE id = (SELECT min(id) FROM inbox)`); err != nil {
		t.Fatal(err)
	}
	taken := f.take("w", 9)
	if got := ids(taken); len(got) != 2 || got[1] != "2" || !strings.HasPrefix(got[0], "unreadable ") {
		t.Fatalf("took %v", got)
	}
}

func TestAnExpiredLeaseIsTakenOverInOrderAndItsTriesAreCounted(t *testing.T) {
	f := setup(t)
	f.put("a", "a1")
	f.put("a", "a2")
	taken := f.takes("one", 10, "a1", "a2")
	f.clock.Move(lease - time.Second)
	f.must(f.InboxRenew(t.Context(), []int64{taken[0].ID, taken[1].ID}, lease))
	f.clock.Move(lease - time.Second)
	f.takes("two", 10)
	f.clock.Move(2 * time.Second)
	again := f.takes("two", 10, "a1", "a2")
	if again[0].Tries != 1 {
		t.Fatalf("%d tries", again[0].Tries)
	}
	f.must(f.InboxRelease(t.Context(), []int64{again[0].ID, again[1].ID}))
	if again = f.takes("three", 10, "a1", "a2"); again[0].Tries != 1 {
		t.Fatalf("%d tries: a message that was given back counts", again[0].Tries)
	}
}

func TestAMessageIsPutOnceEvenWhenItIsDone(t *testing.T) {
	f := setup(t)
	f.put("a", "a1")
	m := storage.Inboxed{Contact: "a", Network: "telegram", MessageID: "a1", ReceivedAt: start, Body: []byte("again")}
	for range 2 {
		if fresh, err := f.InboxPut(t.Context(), m); err != nil || fresh {
			t.Fatalf("fresh %v, %v", fresh, err)
		}
		if taken := f.take("one", 10); len(taken) == 1 {
			f.ends(taken[0].ID)
		}
	}
	m.Network = "whatsapp" // ids are unique on their network only
	if fresh, err := f.InboxPut(t.Context(), m); err != nil || !fresh {
		t.Fatalf("fresh %v, %v", fresh, err)
	}
	f.takes("one", 10) // nor is another network's message ours to work
}

func TestAContactOfTwoNetworksIsWorkedByOneWorkerAtATime(t *testing.T) {
	f := setup(t)
	_, err := f.InboxPut(t.Context(), storage.Inboxed{Contact: "a", Network: "whatsapp", MessageID: "w1", ReceivedAt: start, Body: []byte("x")})
	f.must(err)
	f.put("a", "t1")
	f.takes("one", 10, "t1") // nobody here runs WhatsApp: its message does not hold up Telegram's
	taken, err := f.InboxTake(t.Context(), "two", lease, []string{"whatsapp"}, 10)
	if err != nil || len(taken) != 0 {
		t.Fatalf("took %v, %v", ids(taken), err)
	}
}

func TestWaitingMessagesAreSeen(t *testing.T) {
	f := setup(t)
	c := f.contact("100")
	waits := func(want bool) {
		t.Helper()
		waiting, err := f.InboxWaiting(t.Context(), c)
		f.must(err)
		stored, err := f.Conversation(t.Context(), c)
		f.must(err)
		if waiting != want || stored.Inboxed != want {
			t.Fatalf("waiting %v, inboxed %v, want %v", waiting, stored.Inboxed, want)
		}
	}
	waits(false)
	f.put(c, "m1")
	waits(true)
	if n, oldest, err := f.InboxDepth(t.Context()); err != nil || n != 1 || !oldest.Equal(start) {
		t.Fatalf("%d since %v, %v", n, oldest, err)
	}
	taken := f.take("one", 1)
	waits(true)
	f.ends(taken[0].ID)
	waits(false)
}

func TestTwoWorkersNeverWorkOneContactAtOnceAndLoseNothing(t *testing.T) {
	f := setup(t)
	const contacts, each = 8, 12
	for i := range each {
		for c := range contacts {
			f.put(storage.ContactID(fmt.Sprint(c)), fmt.Sprintf("%d/%02d", c, i))
		}
	}
	var mu sync.Mutex
	busy, last, total := map[storage.ContactID]string{}, map[storage.ContactID]string{}, 0
	var all sync.WaitGroup
	for _, worker := range []string{"one", "two", "three"} {
		db := f.another()
		all.Go(func() {
			for {
				taken, err := db.InboxTake(t.Context(), worker, lease, telegram, 5)
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				for _, m := range taken {
					if busy[m.Contact] != "" && busy[m.Contact] != worker {
						t.Errorf("%s and %s work %s", busy[m.Contact], worker, m.Contact)
					}
					if m.MessageID <= last[m.Contact] {
						t.Errorf("%s came after %s", m.MessageID, last[m.Contact])
					}
					busy[m.Contact], last[m.Contact] = worker, m.MessageID
				}
				total += len(taken)
				finished := total == contacts*each
				mu.Unlock()
				for i, m := range taken {
					if i == len(taken)-1 || !holds(taken[i+1:], m.Contact) {
						mu.Lock()
						busy[m.Contact] = ""
						mu.Unlock()
					}
					if _, err := db.InboxDone(t.Context(), m.ID); err != nil {
						t.Error(err)
					}
				}
				if finished || len(taken) == 0 && f.count(`SELECT count(*) FROM inbox WHERE done_at IS NULL`) == 0 || t.Failed() {
					return
				}
			}
		})
	}
	all.Wait()
	if total != contacts*each {
		t.Fatalf("%d of %d messages", total, contacts*each)
	}
}

func holds(taken []storage.Inboxed, c storage.ContactID) bool {
	for _, m := range taken {
		if m.Contact == c {
			return true
		}
	}
	return false
}

func TestTriesAreCountedUntilTheyAreCleared(t *testing.T) {
	f := setup(t)
	for want := 1; want <= 3; want++ {
		if n, err := f.CountTry(t.Context(), "telegram", "m1"); err != nil || n != want {
			t.Fatalf("%d tries, %v", n, err)
		}
	}
	f.must(f.ClearTries(t.Context(), "telegram", "m1"))
	if n, err := f.CountTry(t.Context(), "telegram", "m1"); err != nil || n != 1 {
		t.Fatalf("%d tries, %v", n, err)
	}
}

func TestAParkedMessageLeavesTheInboxAndIsKept(t *testing.T) {
	f := setup(t)
	f.put("a", "a1")
	f.takes("one", 1, "a1")
	f.put("a", "a2")
	_, err := f.CountTry(t.Context(), "telegram", "a1")
	f.must(err)
	p := storage.Parked{Contact: "a", Network: "telegram", MessageID: "a1", ParkedAt: start, Cause: "panic in advance", Body: []byte("raw")}
	f.must(f.Park(t.Context(), p))
	f.must(f.Park(t.Context(), p))
	f.takes("two", 10, "a2")
	got, err := f.Parked(t.Context())
	f.must(err)
	if len(got) != 1 {
		t.Fatalf("parked %+v", got)
	}
	p.ID = got[0].ID
	if !reflect.DeepEqual(got[0], p) || f.count(`SELECT count(*) FROM tries`) != 0 {
		t.Fatalf("parked %+v", got[0])
	}
	f.must(f.DropParked(t.Context(), p.ID, "ani@kantor", "spoke with them"))
	f.is(f.DropParked(t.Context(), p.ID, "ani@kantor", "again"), storage.ErrNotFound)
	if n := f.count(`SELECT count(*) FROM audit WHERE actor = 'ani@kantor' AND subject = 'a' AND after->>'reason' = 'spoke with them'`); n != 1 {
		t.Errorf("%d rows of the audit tell of it", n)
	}
}

func TestAParkedMessageIsRetriedBehindWhatWaits(t *testing.T) {
	f := setup(t)
	f.put("a", "a1")
	f.takes("one", 1, "a1")
	for range 3 {
		_, err := f.CountTry(t.Context(), "telegram", "a1")
		f.must(err)
	}
	f.must(f.Park(t.Context(), storage.Parked{Contact: "a", Network: "telegram", MessageID: "a1", ParkedAt: start, Cause: "panic", Body: []byte("raw")}))
	f.put("a", "a2")
	parked, err := f.Parked(t.Context())
	f.must(err)
	contact, err := f.RetryParked(t.Context(), parked[0].ID, "ani@kantor")
	if err != nil || contact != "a" {
		t.Fatalf("%q, %v", contact, err)
	}
	f.takes("two", 10, "a2", "a1")
	if n := f.count(`SELECT count(*) FROM inbox WHERE done_at IS NULL AND tries = 1 AND body = 'raw'`); n != 1 {
		t.Errorf("%d rows hold the message with its tries before it", n)
	}
	_, err = f.RetryParked(t.Context(), parked[0].ID, "ani@kantor")
	f.is(err, storage.ErrNotFound)
	if n := f.count(`SELECT count(*) FROM audit WHERE actor = 'ani@kantor' AND subject = 'a' AND before->>'cause' = 'panic'`); n != 1 {
		t.Errorf("%d rows of the audit tell of it", n)
	}
}
