package postgres_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"titian/storage"
)

// both lets two people do the same at once, each with a replica of their own, and returns what came of it.
func (f *fixture) both(ani, budi *person, at time.Time, e storage.Effect) [2]storage.HalalOutcome {
	f.t.Helper()
	var outs [2]storage.HalalOutcome
	var all sync.WaitGroup
	other := f.another()
	for i, o := range []*person{ani, budi} {
		k, db := o.turn(at), f.DB
		if i == 1 {
			db = other
		}
		all.Go(func() {
			out, err := try(f.t.Context(), db, k, e)
			if err != nil {
				f.t.Error(err)
			}
			outs[i] = out.Halal
		})
	}
	all.Wait()
	return outs
}

// once wants one of two to have done it and the other to be told why not.
func (f *fixture) once(outs [2]storage.HalalOutcome, why storage.Refusal) {
	f.t.Helper()
	a, b := outs[0].Refused, outs[1].Refused
	if a != "" {
		a, b = b, a
	}
	if a != "" || b != why {
		f.t.Errorf("of two at once one is %q and one %q, want one done and the other %q", a, b, why)
	}
}

func TestTheSameVerdictTappedTwiceIsSaidOnce(t *testing.T) {
	f := setup(t)
	programme := f.open(120)
	ani := f.staff("Ani", storage.RoleOfficer)
	p := f.person(1)
	id := f.done(p, start, clean(p, start)).Application.ID
	f.done(ani, start, storage.ClaimApplication{Application: id})
	e := storage.GiveVerdict{Application: id, Item: "ktp", Revision: 1, Verdict: storage.VerdictAccepted}
	for range 3 {
		f.done(ani, start, e)
	}
	if n, told := f.count(`SELECT count(*) FROM verdicts`), f.count(`SELECT count(*) FROM audit WHERE action = 'give verdict'`); n != 1 || told != 1 {
		t.Errorf("%d verdicts, %d rows of the audit", n, told)
	}
	f.done(ani, start, storage.UndoVerdict{Application: id, Item: "ktp"})
	f.refused(ani, start, storage.UndoVerdict{Application: id, Item: "ktp"}, storage.RefusedUnknown)
	f.done(ani, start, storage.AcceptRest{Application: id})
	f.done(ani, start, storage.AcceptRest{Application: id})
	f.done(ani, start, storage.SendBack{Application: id})
	f.refused(ani, start, storage.SendBack{Application: id}, storage.RefusedUnclaimed)
	f.done(ani, start, storage.GrantPlace{Application: id})
	f.refused(ani, start, storage.GrantPlace{Application: id}, storage.RefusedMove)
	if ledger, err := f.Ledger(t.Context(), programme); err != nil || len(ledger) != 1 || ledger[0].Accepted != 3 {
		t.Errorf("the ledger is %+v, %v", ledger, err)
	}
	for _, kind := range []string{"complete", "place"} {
		if n := f.count(`SELECT count(*) FROM owner_notices WHERE kind = $1`, kind); n != 1 {
			t.Errorf("the owner is told %q %d times", kind, n)
		}
	}
}

func TestOfTwoOfficersWhoDoTheSameAtOnceOneDoesIt(t *testing.T) {
	f := setup(t)
	f.open(120)
	ani, budi := f.staff("Ani", storage.RoleOfficer), f.staff("Budi", storage.RoleAdmin)
	for n := range 4 {
		p := f.person(n + 1)
		filed := f.done(p, start, application(p, start)).Application
		f.once(f.both(ani, budi, start, storage.SettleTask{Task: filed.Tasks[0].ID}), storage.RefusedUnknown)

		f.once(f.both(ani, budi, start, storage.ClaimApplication{Application: filed.ID}), storage.RefusedClaimed)
		verdict := storage.GiveVerdict{Application: filed.ID, Item: "nib", Revision: 1, Verdict: storage.VerdictAccepted}
		f.once(f.both(ani, budi, start, verdict), storage.RefusedClaimed)
		f.once(f.both(ani, budi, start, storage.AcceptRest{Application: filed.ID}), storage.RefusedClaimed)
		ended := f.both(ani, budi, start, storage.SendBack{Application: filed.ID}) // the loser comes before or after the end
		if a, b := ended[0].Refused, ended[1].Refused; a != "" && b != "" || a == b {
			t.Errorf("of two ends of a review one is %q and one %q", a, b)
		}

		f.once(f.both(ani, budi, start, storage.GrantPlace{Application: filed.ID}), storage.RefusedMove)
		f.once(f.both(ani, budi, start, storage.MoveApplication{Application: filed.ID, To: storage.StateHanded, Person: "Contoh Tiga"}), storage.RefusedAlready)
		f.once(f.both(ani, budi, start, storage.MoveApplication{Application: filed.ID, To: storage.StateApplied, SiHalal: "SH1"}), storage.RefusedMove)
		f.once(f.both(ani, budi, start, storage.NoteCode{Application: filed.ID, Code: "OF74"}), storage.RefusedAlready)
		f.once(f.both(ani, budi, start, storage.MoveApplication{Application: filed.ID, To: storage.StateIssued, Certificate: "ID1"}), storage.RefusedMove)
		for _, kind := range []string{"complete", "place", "handed", "applied", "code", "issued"} {
			if told := f.count(`SELECT count(*) FROM owner_notices WHERE application = $1 AND kind = $2`, string(filed.ID), kind); told != 1 {
				t.Errorf("owner %d is told %q %d times", n, kind, told)
			}
		}
		if n := f.count(`SELECT count(*) FROM audit WHERE subject = $1 AND action IN ('give verdict', 'accept rest', 'end review', 'grant place', 'settle task')`,
			string(filed.ID)); n != 5 {
			t.Errorf("%d rows of the audit for five acts", n)
		}
	}
}

func TestOfTwoOfficersWhoTelephonedOneOwnerTheFirstBeginsTheClock(t *testing.T) {
	f := setup(t)
	f.open(120)
	ani, budi := f.staff("Ani", storage.RoleOfficer), f.staff("Budi", storage.RoleOfficer)
	for n := range 3 {
		p := f.person(n + 1)
		id := f.done(p, start, clean(p, start)).Application.ID
		f.sentBack(ani, start, id)
		event := f.notice(id, storage.OwnerFix)
		f.must(f.OwnerUntold(t.Context(), event, storage.CallBlocked))
		calls, err := f.Calls(t.Context())
		f.must(err)
		f.once(f.both(ani, budi, start, storage.NoteCall{Call: calls[0].ID}), storage.RefusedUnknown)
		if n := f.count(`SELECT count(*) FROM audit WHERE action = 'note call' AND subject = $1`, string(id)); n != 1 {
			t.Errorf("the call stands in %d rows of the audit", n)
		}
	}
}

func TestAFileThatAnotherOfficerHoldsIsNotRefusedOrGivenAPlaceBesideThem(t *testing.T) {
	f := setup(t)
	f.open(120)
	ani, budi := f.staff("Ani", storage.RoleOfficer), f.staff("Budi", storage.RoleOfficer)
	p := f.person(1)
	id := f.done(p, start, clean(p, start)).Application.ID
	f.done(ani, start, storage.ClaimApplication{Application: id})
	out := f.refused(budi, start, storage.MoveApplication{Application: id, To: storage.StateRefused, Reason: "bukan makanan"}, storage.RefusedClaimed)
	if out.HeldBy != "Ani" {
		t.Errorf("held by %q", out.HeldBy)
	}
	f.done(ani, start, storage.MoveApplication{Application: id, To: storage.StateRefused, Reason: "bukan makanan"})
}

func TestAReturnOfAnUnknownItemJudgesNone(t *testing.T) {
	f := setup(t)
	f.open(120)
	ani := f.staff("Ani", storage.RoleOfficer)
	p := f.person(1)
	id := f.done(p, start, clean(p, start)).Application.ID
	f.accept(ani, start, id)
	f.done(ani, start, storage.GrantPlace{Application: id})
	f.done(ani, start, storage.MoveApplication{Application: id, To: storage.StateHanded, Person: "Contoh Tiga"})
	before := f.count(`SELECT count(*) FROM verdicts`)
	f.refused(ani, start, storage.MoveApplication{Application: id, To: storage.StateReturned, Items: []string{"ktp", "lain"}, Reason: "buram"}, storage.RefusedUnknown)
	if n := f.count(`SELECT count(*) FROM verdicts`); n != before {
		t.Errorf("%d verdicts of a return that was refused", n-before)
	}
}

// sentBack lets an officer send the KTP of a file back.
func (f *fixture) sentBack(o *person, at time.Time, id storage.ApplicationID) {
	f.t.Helper()
	f.done(o, at, storage.ClaimApplication{Application: id})
	out := f.does(o, at, storage.AcceptRest{Application: id}).Halal
	revision := out.Application.Items[0].Revision
	f.done(o, at, storage.GiveVerdict{Application: id, Item: "ktp", Revision: revision, Verdict: storage.VerdictFix, Reason: "blurred"})
	if out := f.done(o, at, storage.SendBack{Application: id}); out.Application.State != storage.StateFixing {
		f.t.Fatalf("sent back, and the file is %s", out.Application.State)
	}
}

// notice is the id of what an owner is to be told: the last of its kind that counts.
func (f *fixture) notice(id storage.ApplicationID, kind storage.OwnerNoticeKind) (event string) {
	f.t.Helper()
	f.must(f.raw.QueryRow(`SELECT id FROM owner_notices WHERE application = $1 AND kind = $2 ORDER BY ended_at IS NULL DESC, at DESC LIMIT 1`, string(id), string(kind)).Scan(&event))
	return event
}

// repairs sends another KTP, in a message of a time.
func (f *fixture) repairs(p *person, id storage.ApplicationID, sent time.Time) storage.HalalOutcome {
	f.t.Helper()
	e := clean(p, sent)
	e.Application, e.Items[0].Digest = id, fmt.Sprint("k", sent.UnixNano())
	return f.done(p, sent, e)
}
