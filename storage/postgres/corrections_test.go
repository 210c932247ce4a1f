package postgres_test

import (
	"testing"

	"titian/storage"
)

func TestACorrectionOfWhatTheOwnerHasChangedMeanwhileHoldsNoMore(t *testing.T) {
	f := setup(t)
	f.open(120)
	ani, p := f.staff("Ani", storage.RoleOfficer), f.person(1)
	id := f.files(p, start).Application.ID
	asked := f.done(ani, start, storage.CorrectAnswer{Application: id, Field: "products.p1.name", Value: "Abon Lain"}).Correction
	f.does(ani, start, storage.ClaimApplication{Application: id},
		storage.GiveVerdict{Application: id, Item: "ktp", Revision: 1, Verdict: storage.VerdictFix, Reason: "blurred"}, storage.SendBack{Application: id})
	e := application(p, start)
	e.Application, e.Items[0].Digest, e.Dossier.Products[0].Name = id, "k2", "Abon Baru"
	f.does(p, start, e)
	out := f.does(p, start, storage.AnswerCorrection{ID: asked.ID, Agreed: true}).Halal
	if out.Refused != storage.RefusedUnknown {
		t.Errorf("it is %+v, want it refused: it would change nothing", out.Refused)
	}
	d, err := f.Dossier(t.Context(), id)
	f.must(err)
	stands, err := f.Stands(t.Context(), p.contact)
	f.must(err)
	if d.Products[0].Name != "Abon Baru" || len(stands[0].Corrections) != 0 {
		t.Errorf("the product is %q, and %d corrections are still asked", d.Products[0].Name, len(stands[0].Corrections))
	}
	if again := f.does(p, start, storage.AnswerCorrection{ID: asked.ID, Agreed: true}).Halal; again.Refused != storage.RefusedUnknown {
		t.Errorf("answered twice it is %+v", again)
	}
}
