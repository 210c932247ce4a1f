package postgres_test

import (
	"testing"
	"time"

	"titian/storage"
)

// withPenyelia is a complete file whose penyelia is somebody else, who has not agreed.
func withPenyelia(p *person, name string) storage.FileApplication {
	e := application(p, start)
	e.Dossier.Supervisor = storage.Supervisor{Name: name}
	e.Tasks = append(e.Tasks, storage.Task{Kind: "supervisor_consent", Subject: name})
	return e
}

func (f *fixture) agrees(p *person, at time.Time, word string) storage.Outcome {
	f.t.Helper()
	return f.does(p, at, storage.AgreeSupervisor{Word: word, Consent: storage.Consent{Purpose: "supervisor", Answer: "SETUJU", Given: true, TypedBy: storage.TypedBySelf}})
}

func TestAPenyeliaAgreesByAWordInAChatOfTheirOwn(t *testing.T) {
	f := setup(t)
	f.open(120)
	owner, other := f.person(1), f.person(2)
	filed := f.does(owner, start, kept(owner, "ktp", 1), kept(owner, "nib", 1), withPenyelia(owner, "Contoh Tiga")).Halal
	if len(filed.Word) != 14 {
		t.Fatalf("the word is %q", filed.Word)
	}
	if out := f.agrees(owner, start, filed.Word); out.Halal.Refused != storage.RefusedRights {
		t.Errorf("in the owner's own chat: %q", out.Halal.Refused)
	}
	if out := f.agrees(other, start, "AAAA-BBBB-CCCC"); out.Staff.Refused != storage.RefusedCode {
		t.Errorf("a word that is none: %q", out.Staff.Refused)
	}
	if out := f.agrees(other, start, filed.Word); out.Halal.Refused+out.Staff.Refused != "" || out.Halal.Application.ID != filed.Application.ID {
		t.Fatalf("the word is refused: %+v", out)
	}
	if out := f.agrees(other, start, filed.Word); out.Staff.Refused != storage.RefusedCode {
		t.Errorf("the second time: %q", out.Staff.Refused)
	}
	d, err := f.Dossier(t.Context(), filed.Application.ID)
	f.must(err)
	if d.Supervisor.Agreed != storage.AgreedByWord {
		t.Error("the dossier does not say so")
	}
	if n := f.count(`SELECT count(*) FROM application_tasks WHERE kind = 'supervisor_consent' AND done_at IS NULL`); n != 0 {
		t.Error("staff still have to ask")
	}
	if n := f.count(`SELECT count(*) FROM consents WHERE purpose = 'supervisor' AND given AND word_sealed IS NOT NULL`); n != 1 {
		t.Errorf("%d consents of the penyelia", n)
	}
	if n := f.count(`SELECT count(*) FROM codes WHERE name LIKE '%Contoh%'`); n != 0 {
		t.Error("the name stands beside the word")
	}
}

func TestAPenyeliaWhoAgreedNeedNotAgreeToARepairAndAnotherOneMust(t *testing.T) {
	f := setup(t)
	f.open(120)
	ani := f.staff("Ani", storage.RoleOfficer)
	owner, other := f.person(1), f.person(2)
	filed := f.does(owner, start, kept(owner, "ktp", 1), kept(owner, "nib", 1), withPenyelia(owner, "Contoh Tiga")).Halal
	again := func(name string) storage.HalalOutcome {
		t.Helper()
		e := withPenyelia(owner, name)
		e.Application = filed.Application.ID
		return f.does(owner, start, e).Halal
	}
	id := filed.Application.ID
	f.done(ani, start, storage.ClaimApplication{})
	f.done(ani, start, storage.GiveVerdict{Application: id, Item: "nib", Revision: 1, Verdict: storage.VerdictFix, Reason: "blurred"})
	f.done(ani, start, storage.AcceptRest{Application: id})
	f.done(ani, start, storage.SendBack{Application: id})
	if out := again("Contoh Tiga"); out.Refused != "" || out.Word != "" {
		t.Fatalf("before they agreed a repair makes another word, or is refused: %+v", out.Refused)
	}
	f.agrees(other, start, filed.Word)
	if out := again("Contoh Tiga"); out.Word != "" {
		t.Error("who agreed is asked again")
	}
	d, err := f.Dossier(t.Context(), filed.Application.ID)
	f.must(err)
	if d.Supervisor.Agreed != storage.AgreedByWord {
		t.Error("the repair forgot who agreed")
	}
	if n := f.count(`SELECT count(*) FROM application_tasks WHERE kind = 'supervisor_consent' AND done_at IS NULL`); n != 0 {
		t.Error("staff have to ask who agreed")
	}
	if out := again("Contoh Empat"); out.Word == "" {
		t.Error("another penyelia is not asked")
	}
}
