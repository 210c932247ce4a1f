package flow_test

import (
	"testing"

	"titian/flows/flow"
)

func TestWhySaysWhyAndAsksAgainWithoutCountingAMiss(t *testing.T) {
	k := start(t, registration).says(flow.Why).hears("registration.consent.why", "registration.consent").asks("consent")
	if len(k.turn.State.Misses) != 0 {
		t.Fatal("a miss was counted")
	}
}

func TestThirdMissOffersAPersonAndTheQuestionStays(t *testing.T) {
	k := start(t, registration).chooses("yes").types("?").hears("registration.name.invalid", "registration.name")
	k.types("?").hears("registration.name.invalid", "registration.name")
	k.types("?").hears("registration.name.invalid", "flow.stuck", "registration.name").asks("name")
	k.types("Siti").asks("nik")
	if len(k.turn.State.Misses) != 0 {
		t.Fatal("misses are kept after the answer")
	}
}

func TestAProblemSaysItsReasonAndWhatWasReceived(t *testing.T) {
	k := start(t, registration).chooses("yes").types("Siti", "747101").hears("registration.nik.length", "registration.nik")
	if got := k.turn.Says[0].Args["got"]; got != "747101" {
		t.Fatalf("received %q", got)
	}
}

func TestSkipPassesAnOfferAndNotAnAsk(t *testing.T) {
	k := start(t, registration).chooses("yes").says(flow.Skip).hears("flow.cannot_skip", "registration.name")
	k.types("Siti").says(flow.Skip).asks("business")
	if len(k.turn.State.Misses) != 0 {
		t.Fatal("a miss was counted")
	}
}

func TestBackAsksThePreviousQuestionAndShowsWhatItWas(t *testing.T) {
	k := start(t, registration).chooses("yes").types("Siti").says(flow.Back).asks("name")
	if k.turn.Question.Was[0].Text != "Siti" {
		t.Fatal("the old name is not offered")
	}
	k.offers("keep").taps("keep").asks("nik").has("name", "Siti")
}

func TestBackPassesASkippedQuestionToo(t *testing.T) {
	start(t, registration).chooses("yes").types("Siti").says(flow.Skip).asks("business").says(flow.Back).asks("nik").has("nik", "")
}

func TestBackAtTheFirstQuestionSaysThatThereIsNone(t *testing.T) {
	start(t, registration).says(flow.Back).hears("flow.no_back", "registration.consent")
}

func TestCukupLeadsToTheSummaryWhichSaysWhatIsMissing(t *testing.T) {
	k := start(t, registration).chooses("yes").types("Siti").says(flow.Enough).asks("summary")
	k.offers("complete", "edit")
	missing := k.turn.Question.Missing
	if len(missing) != 3 || missing[0] != "business" || missing[2] != "has_nib" {
		t.Fatalf("missing %v", missing)
	}
	k.hear(flow.Input{Option: "send"}).asks("summary").hears("registration.summary")
}

func TestLengkapiReturnsToTheFirstOpenQuestion(t *testing.T) {
	k := start(t, registration).chooses("yes").types("Siti").says(flow.Enough).taps("complete").asks("nik")
	k.says(flow.Enough).says(flow.Complete).asks("nik")
}

func TestKembaliAfterCukupReturnsToTheQuestion(t *testing.T) {
	start(t, registration).chooses("yes").types("Siti").says(flow.Enough).says(flow.Back).asks("nik").has("name", "Siti")
}

func TestCukupWhereNothingMayBeLeftOutIsAnAnswerOrRefused(t *testing.T) {
	k := start(t, registration).chooses("yes")
	k.hear(flow.Input{Word: flow.Enough, Text: "Cukup"}).asks("nik").has("name", "Cukup")
	start(t, registration).hear(flow.Input{Word: flow.Enough, Text: "cukup"}).hears("flow.cannot_skip", "registration.consent")
}

func TestAnOpenQuestionIsAnsweredFromTheSummary(t *testing.T) {
	k := start(t, registration).chooses("yes").types("Siti").says(flow.Enough)
	k.chooses("edit:has_nib").asks("has_nib").chooses("yes").asks("summary")
	if m := k.turn.Question.Missing; m[len(m)-1] != "nib" {
		t.Fatalf("missing %v: the branch that opened is not seen", m)
	}
}

func TestUbahAtTheSummaryAsksWhichRow(t *testing.T) {
	k := toSummary(t).says(flow.Edit).hears("registration.summary.edit")
	k.offers("edit:consent", "edit:name", "edit:nik", "edit:business", "edit:sector", "edit:has_nib", "edit:nib")
	k.says(flow.Back).hears("registration.summary")
	start(t, registration).says(flow.Edit).hears("flow.edit_later", "registration.consent")
}

func TestUlangAsksAgain(t *testing.T) {
	start(t, registration).says(flow.Again).hears("registration.consent")
	start(t, registration).says(flow.Continue).hears("registration.consent")
}

func TestProgressCountsTheQuestionsThatApply(t *testing.T) {
	k := start(t, registration)
	if q := k.turn.Question; q.Step != 1 || q.Of != 6 {
		t.Fatalf("step %d of %d", q.Step, q.Of)
	}
	k.chooses("yes").types("Siti").says(flow.Skip).types("Abon").chooses("food", "yes")
	if q := k.turn.Question; q.Step != 7 || q.Of != 7 {
		t.Fatalf("step %d of %d", q.Step, q.Of)
	}
}

func TestAButtonOfAnotherQuestionOrRunIsExpired(t *testing.T) {
	k := start(t, registration).chooses("yes").asks("name")
	for name, in := range map[string]flow.Input{
		"of an answered question": {Option: "no", Run: "r1", Key: "consent"},
		"of another run":          {Option: "x", Run: "r0", Key: "name"},
		"of an option not there":  {Option: "x", Run: "r1", Key: "name"},
		"that skips another":      {Word: flow.Skip, Run: "r1", Key: "nik"},
	} {
		t.Run(name, func(t *testing.T) {
			k.t = t
			k.hear(in).hears("flow.expired", "registration.name").has("consent", "yes")
			if len(k.turn.State.Misses) != 0 {
				t.Fatal("a miss was counted")
			}
		})
	}
}

func TestSelesaiFinishesAListAndIsNothingElsewhere(t *testing.T) {
	toPhotos(t).sends("a").says(flow.Done).hears("halal.material.name")
	k := toKecamatan(t).types("Korumba").says(flow.Skip).asks("permits").says(flow.Done).asks("photos").has("permits", "none")
	k.says(flow.Back).taps("bpom").says(flow.Done).asks("photos").has("permits", "bpom")
	toMaterial(t).types("garam").chooses("no").says(flow.Done).asks("papers")
}
