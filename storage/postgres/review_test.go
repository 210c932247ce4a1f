package postgres_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"titian/storage"
)

// staff makes a person of the dinas.
func (f *fixture) staff(name string, role storage.Role) *person {
	f.t.Helper()
	p := &person{contact: f.contact("staff" + name)}
	invited, err := f.InviteStaff(f.t.Context(), name, role)
	f.must(err)
	f.does(p, start, storage.JoinStaff{Code: invited.Code})
	return p
}

// says carries out one effect as a person's next turn and returns what came of it.
func (f *fixture) says(p *person, at time.Time, e storage.Effect) storage.HalalOutcome {
	f.t.Helper()
	return f.does(p, at, e).Halal
}

// done is says for what must not be refused.
func (f *fixture) done(p *person, at time.Time, e storage.Effect) storage.HalalOutcome {
	f.t.Helper()
	out := f.says(p, at, e)
	if out.Refused != "" {
		f.t.Fatalf("%T is refused: %s", e, out.Refused)
	}
	return out
}

func (f *fixture) refused(p *person, at time.Time, e storage.Effect, want storage.Refusal) storage.HalalOutcome {
	f.t.Helper()
	out := f.says(p, at, e)
	if out.Refused != want {
		f.t.Fatalf("%T came to %q, want %q", e, out.Refused, want)
	}
	return out
}

// accept reviews a file to its end: every item accepted.
func (f *fixture) accept(o *person, at time.Time, id storage.ApplicationID) {
	f.t.Helper()
	f.done(o, at, storage.ClaimApplication{Application: id})
	out := f.done(o, at, storage.AcceptRest{Application: id})
	for _, item := range out.Application.Items {
		if item.Verdict == storage.VerdictNone {
			f.done(o, at, storage.GiveVerdict{Application: id, Item: item.Key, Revision: item.Revision, Verdict: storage.VerdictAccepted})
		}
	}
	if out := f.done(o, at, storage.SendBack{Application: id}); out.Application.State != storage.StateComplete {
		f.t.Fatalf("all is accepted, and the file is %s", out.Application.State)
	}
}

func TestOfTwoOfficersWhoClaimOneFileExactlyOneGetsIt(t *testing.T) {
	f := setup(t)
	f.open(120)
	ani, budi := f.staff("Ani", storage.RoleOfficer), f.staff("Budi", storage.RoleOfficer)
	p := f.person(1)
	id := f.files(p, start).Application.ID
	for n := range 50 {
		var both sync.WaitGroup
		outs := make([]storage.HalalOutcome, 2)
		for i, o := range []*person{ani, budi} {
			k := o.turn(start)
			both.Go(func() {
				out, err := try(t.Context(), f.DB, k, storage.ClaimApplication{Application: id})
				if err != nil {
					t.Error(err)
				}
				outs[i] = out.Halal
			})
		}
		both.Wait()
		won := slices.IndexFunc(outs, func(o storage.HalalOutcome) bool { return o.Refused == "" })
		if won < 0 || outs[1-won].Refused != storage.RefusedClaimed || outs[1-won].HeldBy != []string{"Ani", "Budi"}[won] {
			t.Fatalf("race %d: %+v", n, outs)
		}
		f.done([]*person{ani, budi}[won], start, storage.ReleaseClaim{Application: id})
	}
}

func TestOfTwoOfficersWhoTakeTheNextEachGetsAnotherInTheOrderOfRank(t *testing.T) {
	f := setup(t)
	f.open(120)
	ani, budi := f.staff("Ani", storage.RoleOfficer), f.staff("Budi", storage.RoleOfficer)
	for n := range 4 {
		f.files(f.person(n+1), start.Add(time.Duration(4-n)*time.Minute))
	}
	for pair := range 2 {
		var both sync.WaitGroup
		numbers := make([]string, 2)
		for i, o := range []*person{ani, budi} {
			k := o.turn(start)
			both.Go(func() {
				out, err := try(t.Context(), f.DB, k, storage.ClaimApplication{})
				if err != nil {
					t.Error(err)
				}
				numbers[i] = out.Halal.Application.Number
			})
		}
		both.Wait()
		slices.Sort(numbers)
		want := []string{fmt.Sprintf("HAL-2026-%06d", 3-2*pair), fmt.Sprintf("HAL-2026-%06d", 4-2*pair)}
		if !slices.Equal(numbers, want) {
			t.Fatalf("pair %d got %v, want %v", pair, numbers, want)
		}
	}
	f.refused(ani, start, storage.ClaimApplication{}, storage.RefusedEmpty)
}

func TestAClaimLapsesAfterHalfAnHourAndEveryActRenewsIt(t *testing.T) {
	f := setup(t)
	f.open(120)
	ani, budi := f.staff("Ani", storage.RoleOfficer), f.staff("Budi", storage.RoleOfficer)
	id := f.files(f.person(1), start).Application.ID
	f.done(ani, start, storage.ClaimApplication{Application: id})
	f.done(ani, start.Add(20*time.Minute), storage.GiveVerdict{Application: id, Item: "ktp", Revision: 1, Verdict: storage.VerdictAccepted})
	f.refused(budi, start.Add(49*time.Minute), storage.ClaimApplication{Application: id}, storage.RefusedClaimed)
	f.done(budi, start.Add(50*time.Minute), storage.ClaimApplication{Application: id})
	f.refused(ani, start.Add(51*time.Minute), storage.GiveVerdict{Application: id, Item: "nib", Revision: 1, Verdict: storage.VerdictAccepted}, storage.RefusedClaimed)
	f.refused(ani, start.Add(2*time.Hour), storage.GiveVerdict{Application: id, Item: "nib", Revision: 1, Verdict: storage.VerdictAccepted}, storage.RefusedUnclaimed)
}

func TestAFileIsReviewedSentBackReplacedAndComplete(t *testing.T) {
	f := setup(t)
	f.open(120)
	ani := f.staff("Ani", storage.RoleOfficer)
	p := f.person(1)
	id := f.files(p, start).Application.ID
	f.done(ani, start, storage.ClaimApplication{})
	f.refused(ani, start, storage.GiveVerdict{Application: id, Item: "nib", Revision: 1, Verdict: storage.VerdictFix}, storage.RefusedReason)
	f.refused(ani, start, storage.SendBack{Application: id}, storage.RefusedUnseen)
	f.done(ani, start, storage.GiveVerdict{Application: id, Item: "nib", Revision: 1, Verdict: storage.VerdictFix, Reason: "blurred", Words: "Mohon difoto ulang"})
	if out := f.done(ani, start, storage.AcceptRest{Application: id}); out.Application.Items[0].Verdict != storage.VerdictAccepted || out.Application.Items[1].Verdict != storage.VerdictFix {
		t.Fatalf("items %+v", out.Application.Items)
	}
	out := f.done(ani, start, storage.SendBack{Application: id})
	if s := out.Stand; s.State != storage.StateFixing || len(s.Missing) != 1 || s.Missing[0].Key != "nib" || s.Missing[0].Words != "Mohon difoto ulang" || !s.Until.IsZero() {
		t.Fatalf("stands %+v", s)
	}
	e := application(p, start.Add(time.Hour))
	e.Application = id
	if out := f.says(p, start, e); out.Application.State != storage.StateFixing {
		t.Fatal("a file in which nothing was replaced went back to review")
	}
	e.Items[1].Files, e.Items[1].Digest, e.Items[1].Marks = []storage.FileID{file(p, "nib", 2)}, "n2", nil
	replaced := f.does(p, start.Add(time.Hour), kept(p, "nib", 2), e).Halal
	a := replaced.Application
	if a.State != storage.StateSubmitted || a.Items[1].Revision != 2 || a.Items[1].Verdict != "" || a.Items[0].Verdict != storage.VerdictAccepted || !a.RankAt.Equal(start) {
		t.Fatalf("replaced %+v", a)
	}
	if n := f.count(`SELECT count(*) FROM files WHERE id = $1 AND deleted_at IS NULL`, string(file(p, "nib", 1))); n != 0 {
		t.Fatal("the replaced photo is kept")
	}
	f.done(ani, start, storage.ClaimApplication{})
	f.refused(ani, start, storage.GiveVerdict{Application: id, Item: "nib", Revision: 1, Verdict: storage.VerdictAccepted}, storage.RefusedChanged)
	f.done(ani, start, storage.AcceptRest{Application: id})
	if out := f.done(ani, start, storage.SendBack{Application: id}); out.Application.State != storage.StateComplete {
		t.Fatalf("state %s", out.Application.State)
	}
}

func TestAVerdictCanBeUndoneForFiveMinutesAndByWhoSaidIt(t *testing.T) {
	f := setup(t)
	f.open(120)
	ani, budi := f.staff("Ani", storage.RoleOfficer), f.staff("Budi", storage.RoleOfficer)
	id := f.files(f.person(1), start).Application.ID
	f.done(ani, start, storage.ClaimApplication{Application: id})
	for _, at := range []time.Duration{0, time.Minute} {
		verdict := []storage.Verdict{storage.VerdictFix, storage.VerdictAccepted}[min(1, int(at/time.Minute))]
		f.done(ani, start.Add(at), storage.GiveVerdict{Application: id, Item: "ktp", Revision: 1, Verdict: verdict, Reason: "cut"})
	}
	f.refused(budi, start.Add(time.Minute), storage.UndoVerdict{Application: id, Item: "ktp"}, storage.RefusedClaimed)
	f.refused(ani, start.Add(6*time.Minute+time.Second), storage.UndoVerdict{Application: id, Item: "ktp"}, storage.RefusedTooLate)
	out := f.done(ani, start.Add(5*time.Minute), storage.UndoVerdict{Application: id, Item: "ktp"})
	if v := out.Application.Items[0].Verdict; v != storage.VerdictFix {
		t.Fatalf("the verdict before does not hold again: %q", v)
	}
	f.done(ani, start.Add(5*time.Minute), storage.UndoVerdict{Application: id, Item: "ktp"})
	f.refused(ani, start.Add(5*time.Minute), storage.UndoVerdict{Application: id, Item: "ktp"}, storage.RefusedUnknown)
}

func TestUndoingTheVerdictThatEndedAReviewTakesBackWhatTheOwnerIsTold(t *testing.T) {
	f := setup(t)
	f.open(120)
	ani := f.staff("Ani", storage.RoleOfficer)
	id := f.files(f.person(1), start).Application.ID
	f.accept(ani, start, id)
	out := f.done(ani, start.Add(time.Minute), storage.UndoVerdict{Application: id, Item: "nib"})
	if out.Application.State != storage.StateSubmitted || out.Application.ClaimedName != "Ani" {
		t.Fatalf("undone %+v", out.Application)
	}
	var event string
	f.must(f.raw.QueryRow(`SELECT id FROM owner_notices WHERE kind = 'complete'`).Scan(&event))
	_, err := f.OwnerEvent(t.Context(), event)
	f.is(err, storage.ErrNotFound)
}

func TestATurnThatIsCarriedOutTwiceGivesOneVerdict(t *testing.T) {
	f := setup(t)
	f.open(120)
	ani := f.staff("Ani", storage.RoleOfficer)
	id := f.files(f.person(1), start).Application.ID
	f.done(ani, start, storage.ClaimApplication{Application: id})
	k := ani.turn(start)
	verdict := storage.GiveVerdict{Application: id, Item: "ktp", Revision: 1, Verdict: storage.VerdictAccepted}
	_, err := try(t.Context(), f.DB, k, verdict)
	f.must(err)
	_, err = try(t.Context(), f.DB, k, verdict)
	f.is(err, storage.ErrConflict)
	if n := f.count(`SELECT count(*) FROM verdicts`); n != 1 {
		t.Fatalf("%d verdicts", n)
	}
}

func TestEveryActOfStaffStandsInTheAuditByNamesAndNeverValues(t *testing.T) {
	f := setup(t)
	f.open(120)
	ani := f.staff("Ani", storage.RoleOfficer)
	id := f.files(f.person(1), start).Application.ID
	f.done(ani, start, storage.ClaimApplication{Application: id})
	f.done(ani, start, storage.ShowItem{Application: id, Item: "ktp"})
	f.done(ani, start, storage.GiveVerdict{Application: id, Item: "ktp", Revision: 1, Verdict: storage.VerdictFix, Words: "KTP milik orang lain"})
	f.done(ani, start, storage.AcceptRest{Application: id})
	f.done(ani, start, storage.UndoVerdict{Application: id, Item: "ktp"})
	f.done(ani, start, storage.ReleaseClaim{Application: id})
	for _, action := range []string{"claim application", "show item", "give verdict", "accept rest", "undo verdict", "release claim"} {
		if n := f.count(`SELECT count(*) FROM audit WHERE action = $1 AND subject = $2 AND actor LIKE 'staff:%'`, action, string(id)); n != 1 {
			t.Errorf("%q stands in %d audit rows", action, n)
		}
	}
	if n := f.count(`SELECT count(*) FROM audit WHERE before::text || after::text LIKE '%orang lain%'`); n != 0 {
		t.Error("the audit repeats what was written")
	}
}

func TestNobodyButOfficersAndAdminsWorksAtTheDesk(t *testing.T) {
	f := setup(t)
	f.open(120)
	owner, companion := f.person(1), f.staff("Citra", storage.RoleCompanion)
	id := f.files(owner, start).Application.ID
	for _, e := range []storage.Effect{
		storage.ClaimApplication{}, storage.ClaimApplication{Application: id}, storage.ReleaseClaim{Application: id}, storage.AcceptRest{Application: id},
		storage.GiveVerdict{Application: id, Item: "ktp", Revision: 1, Verdict: storage.VerdictAccepted}, storage.UndoVerdict{Application: id, Item: "ktp"},
		storage.SendBack{Application: id},
	} {
		f.refused(owner, start, e, storage.RefusedRights)
		f.refused(companion, start, e, storage.RefusedRights)
	}
	f.refused(owner, start, storage.ShowItem{Application: id, Item: "ktp"}, storage.RefusedRights)
	f.refused(companion, start, storage.ShowItem{Application: id, Item: "ktp"}, storage.RefusedUnknown)
	f.refused(companion, start, storage.SetProgramme{Programme: storage.Programme{Name: "Lain", Year: 2026, Quota: 1}}, storage.RefusedRights)
}
