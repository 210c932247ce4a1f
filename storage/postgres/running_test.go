package postgres_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"titian/storage"
	"titian/storage/postgres"
)

func TestAnUncleanEndIsToldOnceToTheNextProcess(t *testing.T) {
	f := setup(t)
	begin := func(id string, want bool) {
		t.Helper()
		if unclean, err := f.Begin(t.Context(), id, "telegram"); err != nil || unclean != want {
			t.Fatalf("%s: unclean %v, %v", id, unclean, err)
		}
	}
	begin("a", false)
	begin("b", false) // a lives beside it
	f.must(f.Finish(t.Context(), "b"))
	f.clock.Move(20 * time.Second)
	f.must(f.Beat(t.Context(), "a"))
	f.clock.Move(20 * time.Second)
	begin("b", false)
	begin("a", true) // the same id again: it was killed
	f.must(f.Finish(t.Context(), "b"))
	f.clock.Move(time.Minute)
	begin("c", true) // a fell silent
	begin("d", false)
	f.must(f.Finish(t.Context(), "c"))
	begin("c", false)
}

func TestDraftsAreWarnedAWeekBeforeTheyGoAndOnlyIdleOnesGo(t *testing.T) {
	f := setup(t)
	idle, back, owner, began := f.contact("idle"), f.contact("back"), f.contact("owner"), f.contact("began")
	f.commit(idle, 1, storage.KeepFile{ID: "f1"})
	f.commit(owner, 1, filing(wati()))
	f.commit(began, 1, filing(wati()))
	heard := func(c storage.ContactID, flow string) {
		f.must(f.SaveSnapshots(t.Context(), []storage.Snapshot{{Record: storage.Record{Contact: c, Seq: 9}, Flow: flow, HeardAt: f.clock.Now(), ChangedAt: f.clock.Now()}}))
	}
	heard(back, "registration")
	heard(owner, "")
	heard(began, "registration")
	const days = 90
	list := func(of func(context.Context, int) ([]postgres.Draft, error), want ...storage.ContactID) {
		t.Helper()
		got, err := of(t.Context(), days)
		f.must(err)
		found := map[storage.ContactID]bool{}
		for _, d := range got {
			found[d.Contact] = true
			if d.Registered != (d.Contact == began) {
				t.Errorf("draft %+v", d)
			}
		}
		for _, c := range want {
			if !found[c] {
				t.Errorf("%s is missing", c)
			}
		}
		if len(got) != len(want) {
			t.Fatalf("got %+v", got)
		}
	}
	f.clock.Move(82 * 24 * time.Hour)
	list(f.DraftsToWarn)
	f.clock.Move(24 * time.Hour)
	list(f.DraftsToWarn, idle, back, began)
	for _, c := range []storage.ContactID{idle, back, began} {
		f.must(f.DraftWarned(t.Context(), c))
	}
	list(f.DraftsToWarn)
	list(f.DraftsToPurge)
	f.clock.Move(time.Hour)
	heard(back, "registration")
	f.clock.Move(7 * 24 * time.Hour)
	list(f.DraftsToPurge, idle, began)
	f.is(f.PurgeDraft(t.Context(), back, days), storage.ErrConflict)
	f.is(f.PurgeDraft(t.Context(), began, days), storage.ErrConflict)
	f.must(f.PurgeDraft(t.Context(), idle, days))
	list(f.DraftsToPurge, began)
	if f.count(`SELECT count(*) FROM contacts WHERE id = $1`, string(idle)) != 0 || f.count(`SELECT count(*) FROM river_job WHERE kind = 'delete_files'`) != 1 ||
		f.count(`SELECT count(*) FROM tombstones WHERE id = $1 AND reason = 'idle'`, string(idle)) != 1 {
		t.Fatal("the draft is not gone")
	}
}

func TestADraftBegunAfterADeletionGoesLikeAnyOther(t *testing.T) {
	f := setup(t)
	c := f.contact("100")
	f.commit(c, 1, storage.DeleteContact{})
	f.clock.Move(5 * time.Minute) // a process that still knows the contact does not ask for it again
	f.must(f.SaveSnapshots(t.Context(), []storage.Snapshot{{Record: storage.Record{Contact: c, Seq: 2}, Flow: "registration", HeardAt: f.clock.Now(), ChangedAt: f.clock.Now()}}))
	f.clock.Move(90 * 24 * time.Hour)
	f.must(f.Sweep(t.Context()))
	if got, err := f.DraftsToWarn(t.Context(), 90); err != nil || len(got) != 1 {
		t.Fatalf("to warn are %+v, %v; want the draft", got, err)
	}
	f.must(f.DraftWarned(t.Context(), c))
	f.clock.Move(8 * 24 * time.Hour)
	f.must(f.PurgeDraft(t.Context(), c, 90))
}

func TestAContactWhoseMessageStillWaitsDoesNotGo(t *testing.T) {
	f := setup(t)
	idle, asked := f.contact("idle"), f.contact("asked")
	f.commit(asked, 1, storage.DeleteContact{})
	f.clock.Move(90 * 24 * time.Hour)
	f.must(f.DraftWarned(t.Context(), idle))
	f.clock.Move(8 * 24 * time.Hour)
	f.put(idle, "1")
	f.put(asked, "2")
	f.is(f.PurgeDraft(t.Context(), idle, 90), storage.ErrConflict)
	f.must(f.Sweep(t.Context()))
	f.takes("w", 9, "1", "2")
}

func TestTheSweepRemovesWhatHasServed(t *testing.T) {
	f := setup(t)
	c := f.contact("1")
	for seq := int64(1); seq <= 3; seq++ {
		f.commit(c, seq)
	}
	f.must(f.Void(t.Context(), c, 4))
	f.must(f.SaveSnapshots(t.Context(), []storage.Snapshot{{Record: storage.Record{Contact: c, Seq: 3}, HeardAt: start, ChangedAt: start}}))
	f.put(c, "done")
	f.put(c, "waits")
	f.ends(f.take("one", 1)[0].ID)
	_, err := f.CountTry(t.Context(), "telegram", "m")
	f.must(err)
	f.clock.Move(6 * 24 * time.Hour)
	before := f.dump()
	f.must(f.Sweep(t.Context()))
	if f.dump() != before {
		t.Fatal("swept too early")
	}
	f.clock.Move(2 * 24 * time.Hour)
	f.must(f.Sweep(t.Context()))
	if n := f.count(`SELECT count(*) FROM turns WHERE seq >= 3`); n != 2 || f.count(`SELECT count(*) FROM turns`) != 2 {
		t.Fatal("the wrong turns were swept")
	}
	if f.count(`SELECT count(*) FROM inbox`) != 1 || f.count(`SELECT count(*) FROM tries`) != 0 {
		t.Fatal("the inbox was not swept")
	}
	if fresh, err := f.InboxPut(t.Context(), storage.Inboxed{Contact: c, Network: "telegram", MessageID: "waits", ReceivedAt: start, Body: []byte("x")}); err != nil || fresh {
		t.Fatal("a message that waits was swept")
	}
}

// vault is a Deleter that fails once.
type vault struct {
	mu      sync.Mutex
	failed  bool
	deleted chan string
}

func (v *vault) Delete(_ context.Context, id string) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	if !v.failed {
		v.failed = true
		return context.DeadlineExceeded
	}
	v.deleted <- id
	return nil
}

func TestGivenUpFilesAreDeletedByWhicheverProcessWorks(t *testing.T) {
	f := setup(t)
	v := &vault{deleted: make(chan string, 8)}
	jobs, err := f.another().Jobs(postgres.JobsOptions{Networks: []string{"telegram"}, Files: v})
	f.must(err)
	f.must(jobs.Start(context.Background()))
	t.Cleanup(func() {
		if err := jobs.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	})
	c := f.contact("1")
	f.commit(c, 1, storage.KeepFile{ID: "f1"}, storage.KeepFile{ID: "f2"})
	f.commit(c, 2, storage.DropFiles{IDs: []storage.FileID{"f1"}}) // by a process that only inserts
	select {
	case id := <-v.deleted:
		if id != "f1" {
			t.Fatalf("deleted %s", id)
		}
	case <-time.After(30 * time.Second):
		t.Fatal("the file was never deleted")
	}
	for f.count(`SELECT count(*) FROM files WHERE id = 'f1'`) != 0 {
		if t.Context().Err() != nil {
			t.Fatal("the row stayed")
		}
	}
	if f.count(`SELECT count(*) FROM files WHERE id = 'f2'`) != 1 {
		t.Fatal("another file went with it")
	}
	if _, err := f.JobCounts(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func TestALostTransactionLeavesNoJob(t *testing.T) {
	f := setup(t)
	c := f.contact("1")
	f.commit(c, 1, storage.KeepFile{ID: "f1"})
	_, err := try(t.Context(), f.DB, key(c, 2), storage.DropFiles{IDs: []storage.FileID{"f1"}}, storage.ShowOwner{Owner: "stranger"})
	f.is(err, storage.ErrNotFound)
	if f.count(`SELECT count(*) FROM river_job`) != 0 {
		t.Fatal("a job of a turn that failed stayed")
	}
}
