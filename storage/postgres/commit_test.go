package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"sync"
	"testing"

	"titian/flows/answer"
	"titian/storage"
)

func TestAFiledRegistrationIsReadAsItWasFiled(t *testing.T) {
	f := setup(t)
	c := f.contact("100")
	out := f.commit(c, 1, filing(wati()))
	if out.Number != "IKM-2026-000001" || out.Owner == "" || len(out.Flags) != 0 {
		t.Fatalf("outcome %+v", out)
	}
	want := wati()
	want.Owner, want.Number, want.FiledAt = out.Owner, out.Number, start
	got, err := f.Registration(t.Context(), out.Owner)
	f.must(err)
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("got  %+v\nwant %+v", got, want)
	}
}

func TestARegistrationWithEverythingLeftOpenIsFiled(t *testing.T) {
	f := setup(t)
	out := f.commit(f.contact("100"), 1, storage.File{Registration: storage.Registration{Name: "La Ode", TypedBy: storage.TypedByFamily, Missing: []string{"nik", "photos"}}})
	got, err := f.Registration(t.Context(), out.Owner)
	f.must(err)
	if got.NIK != "" || got.Phone != "" || got.Turnover != nil || got.HasNIB != nil || got.Latitude != nil || got.Answers != nil || len(got.Missing) != 2 {
		t.Fatalf("got %+v", got)
	}
}

func TestACommittedTurnIsStoredAndFoundInOneLook(t *testing.T) {
	f := setup(t)
	c := f.contact("100")
	f.must(f.SaveSnapshots(t.Context(), []storage.Snapshot{{Record: storage.Record{Contact: c, Seq: 3, State: []byte("s")}, HeardAt: start, ChangedAt: start}}))
	f.commit(c, 4, filing(wati()))
	f.must(f.Void(t.Context(), c, 6))
	stored, err := f.Conversation(t.Context(), c)
	f.must(err)
	if stored.Snapshot.Seq != 3 || stored.Turn.Seq != 4 || stored.Taken != 6 || stored.Inboxed {
		t.Fatalf("stored %+v", stored)
	}
	rec, void, err := f.StoredTurn(t.Context(), c, 4)
	f.must(err)
	if void || string(rec.Owed[0].Body) != "number IKM-2026-000001" || !rec.HasSeen("m4") {
		t.Fatalf("void %v, record %+v", void, rec)
	}
	if _, void, err = f.StoredTurn(t.Context(), c, 6); err != nil || !void {
		t.Fatalf("void %v, %v", void, err)
	}
	_, _, err = f.StoredTurn(t.Context(), c, 5)
	f.is(err, storage.ErrNotFound)
}

func TestATurnThatFailsAnywhereLeavesNothing(t *testing.T) {
	boom := errors.New("boom")
	unnamed := wati()
	unnamed.Name = ""
	for name, broken := range map[string]storage.Effect{
		"a registration without a name":          filing(unnamed),
		"an amendment of somebody else's":        storage.File{Registration: storage.Registration{Owner: "stranger", Name: "x"}},
		"a file of negative size":                storage.KeepFile{ID: "f9", SizeBytes: -1},
		"a file of somebody else's":              storage.KeepFile{ID: "other"},
		"a wish without a reason":                storage.AskOfficer{},
		"a withdrawal that cannot be stored":     storage.StopAnnouncements{Consent: storage.Consent{TextVersion: "\x00"}},
		"a look at somebody else's owner":        storage.ShowOwner{Owner: "stranger"},
		"a deletion of somebody else's owner":    storage.DeleteOwner{Owner: "stranger"},
		"files whose job cannot be queued":       storage.DropFiles{IDs: []storage.FileID{"f1"}},
		"finish after everything else went well": nil,
	} {
		t.Run(name, func(t *testing.T) {
			f := setup(t)
			c := f.contact("100")
			f.commit(f.contact("200"), 1, storage.KeepFile{ID: "other"})
			own := f.commit(c, 1, storage.KeepFile{ID: "f1", Purpose: "photos"}, filing(wati()))
			if _, ok := broken.(storage.DropFiles); ok {
				f.run(`ALTER TABLE river_job ADD CHECK (kind <> 'delete_files')`)
			}
			before := f.dump()
			effects := []storage.Effect{
				storage.KeepFile{ID: "f2"}, storage.AskOfficer{Reason: "asked"}, storage.StopAnnouncements{}, filing(wati()),
				storage.ShowOwner{Owner: own.Owner},
			}
			if broken != nil {
				effects = append(effects, broken)
			}
			_, err := f.Commit(t.Context(), key(c, 2), effects, func(storage.Outcome) (storage.Record, error) { return storage.Record{}, boom })
			if err == nil || (broken == nil) != errors.Is(err, boom) || errors.Is(err, storage.ErrDown) {
				t.Fatalf("error %v", err)
			}
			if after := f.dump(); after != before {
				t.Fatalf("something stayed:\n%s\nwas:\n%s", after, before)
			}
			if out := f.commit(c, 2, filing(wati())); out.Number != "IKM-2026-000002" {
				t.Fatalf("number %s: one was lost", out.Number)
			}
		})
	}
}

func TestARecordOfAnotherTurnIsRefused(t *testing.T) {
	f := setup(t)
	c := f.contact("100")
	_, err := f.Commit(t.Context(), key(c, 2), nil, finish(key(c, 3)))
	if err == nil || f.count(`SELECT count(*) FROM turns`) != 0 {
		t.Fatal("a record of seq 3 was stored under seq 2")
	}
}

func TestOneKeyIsCommittedOnce(t *testing.T) {
	f := setup(t)
	c := f.contact("100")
	dbs := []interface {
		Commit(context.Context, storage.TurnKey, []storage.Effect, func(storage.Outcome) (storage.Record, error)) (storage.Record, error)
	}{f.DB, f.another()}
	for seq := int64(1); seq <= 10; seq++ {
		errs := make([]error, 8)
		var all sync.WaitGroup
		for i := range errs {
			all.Go(func() {
				_, errs[i] = dbs[i%2].Commit(t.Context(), key(c, seq), []storage.Effect{filing(wati())}, finish(key(c, seq)))
			})
		}
		all.Wait()
		won := 0
		for _, err := range errs {
			if err == nil {
				won++
			} else {
				f.is(err, storage.ErrConflict)
			}
		}
		if n := f.count(`SELECT count(*) FROM registrations`); won != 1 || n != int(seq) {
			t.Fatalf("%d commits of one key, %d registrations after %d turns", won, n, seq)
		}
	}
}

// inFlight starts a commit that stands still in finish until it is told how to end.
func (f *fixture) inFlight(k storage.TurnKey, effects ...storage.Effect) (end chan<- error, done <-chan error) {
	f.t.Helper()
	here, ends, ended := make(chan struct{}), make(chan error), make(chan error, 1)
	go func() {
		_, err := f.Commit(f.t.Context(), k, effects, func(o storage.Outcome) (storage.Record, error) {
			close(here)
			if err := <-ends; err != nil {
				return storage.Record{}, err
			}
			return finish(k)(o)
		})
		ended <- err
	}()
	select {
	case <-here:
	case err := <-ended:
		f.t.Fatalf("the commit ended early: %v", err)
	}
	return ends, ended
}

func TestVoidWaitsForACommitInFlightAndYieldsToIt(t *testing.T) {
	f := setup(t)
	k := key(f.contact("100"), 1)
	end, done := f.inFlight(k, filing(wati()))
	voided := make(chan error, 1)
	other := f.another()
	go func() { voided <- other.Void(t.Context(), k.Contact, k.Seq) }()
	f.waiters(1)
	end <- nil
	f.must(<-done)
	f.is(<-voided, storage.ErrConflict)
	if _, void, err := f.StoredTurn(t.Context(), k.Contact, k.Seq); err != nil || void {
		t.Fatalf("void %v, %v", void, err)
	}
}

func TestVoidTakesTheKeyOfACommitThatFailed(t *testing.T) {
	f := setup(t)
	k := key(f.contact("100"), 1)
	end, done := f.inFlight(k, filing(wati()))
	voided := make(chan error, 1)
	go func() { voided <- f.Void(t.Context(), k.Contact, k.Seq) }()
	f.waiters(1)
	end <- errors.New("boom")
	if err := <-done; err == nil {
		t.Fatal("committed")
	}
	f.must(<-voided)
	_, err := try(t.Context(), f.DB, k, filing(wati()))
	f.is(err, storage.ErrConflict)
	f.is(f.Void(t.Context(), k.Contact, k.Seq), storage.ErrConflict)
	if f.count(`SELECT count(*) FROM registrations`) != 0 {
		t.Fatal("a turn that was given up left a registration")
	}
}

func TestNumbersHaveNoGapsUnderFiftyFilingsAtOnce(t *testing.T) {
	f := setup(t)
	var all sync.WaitGroup
	for i := range 50 {
		c := f.contact(fmt.Sprint(i))
		all.Go(func() {
			k := key(c, 1)
			r := wati()
			r.NIK, r.Phone = answer.NIK(fmt.Sprintf("74710141078%05d", i)), ""
			_, err := f.Commit(t.Context(), k, []storage.Effect{storage.File{Registration: r}}, func(o storage.Outcome) (storage.Record, error) {
				if i%5 == 0 {
					return storage.Record{}, errors.New("boom")
				}
				return finish(k)(o)
			})
			if (err != nil) != (i%5 == 0) {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if n := f.count(`SELECT count(DISTINCT number) FROM registrations WHERE number BETWEEN 'IKM-2026-000001' AND 'IKM-2026-000040'`); n != 40 {
		t.Fatalf("%d of 40 numbers", n)
	}
}

func TestTheYearOfANumberIsThatOfKendari(t *testing.T) {
	f := setup(t)
	k := key(f.contact("100"), 1)
	k.At = start.AddDate(0, 1, 8).Add(15 * 60 * 60 * 1e9) // 31 December 2026, 16.00 UTC: midnight in WITA
	out, err := try(t.Context(), f.DB, k, filing(wati()))
	f.must(err)
	if out.Number != "IKM-2027-000001" {
		t.Fatalf("number %s at %s", out.Number, k.At)
	}
}

func TestVoidDoesNotWaitForeverForACommitThatNeverEnds(t *testing.T) {
	t.Parallel()
	f := setup(t)
	k := key(f.contact("100"), 1)
	end, done := f.inFlight(k)
	f.is(f.Void(t.Context(), k.Contact, k.Seq), storage.ErrDown)
	end <- nil
	<-done
}
