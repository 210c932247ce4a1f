package flow_test

import (
	"maps"
	"testing"

	"titian/flows/flow"
)

func toSummary(t *testing.T) *talk {
	return start(t, registration).chooses("yes").types("Siti Aminah").says(flow.Skip).
		types("Abon Sulawesi").chooses("food", "yes").types("9120001234567").asks("summary")
}

func TestAnOwnerRegistersFromHelloToFiled(t *testing.T) {
	k := start(t, registration).asks("consent").hears("registration.consent")
	k.taps("yes").asks("name")
	k.types("  Siti   Aminah ").asks("nik").has("name", "Siti Aminah")
	k.types("7471 0102 0390 0001").asks("business").hears("registration.nik.ok", "registration.business")
	if got := k.turn.Says[0].Args["value"]; got != "7471••••0001" {
		t.Fatalf("the NIK was said back as %q", got)
	}
	k.types("Abon Sulawesi").chooses("food").taps("no").asks("summary")
	k.taps("send").ends("filed").hears("registration.filed")
	want := filed{"consent": "yes", "name": "Siti Aminah", "nik": "7471010203900001", "business": "Abon Sulawesi",
		"sector": "food", "has_nib": "no"}
	if got := k.turn.Effects[0].(filed); !maps.Equal(got, want) {
		t.Fatalf("filed %v", got)
	}
}

func TestWithoutConsentTheConversationEndsAndNothingIsFiled(t *testing.T) {
	k := start(t, registration).taps("no").ends("no_consent").hears("registration.no_consent")
	if len(k.turn.Effects) != 0 {
		t.Fatal("something was filed")
	}
	k.types("halo").ends("no_consent").hears()
}

func TestOneAnswerIsChangedFromTheSummary(t *testing.T) {
	k := toSummary(t).taps("edit").hears("registration.summary.edit")
	k.taps("edit:name").asks("name")
	if k.turn.Question.Was[0].Text != "Siti Aminah" {
		t.Fatal("the old name is not shown")
	}
	k.types("Siti Aminah Rahman").asks("summary").has("name", "Siti Aminah Rahman").taps("send").ends("filed")
}

func TestBackAtAnEditedQuestionKeepsTheOldAnswer(t *testing.T) {
	toSummary(t).chooses("edit:name").asks("name").says(flow.Back).asks("summary").has("name", "Siti Aminah")
}

func TestClosedBranchStopsCountingAndComesBack(t *testing.T) {
	k := toSummary(t).chooses("edit:has_nib", "no").asks("summary")
	for _, row := range k.turn.Question.Rows {
		if row.ID == "nib" {
			t.Fatal("a NIB is still shown")
		}
	}
	k.chooses("edit:has_nib", "yes").asks("summary").has("nib", "9120001234567")
}
