package flow_test

import (
	"testing"

	"titian/flows/flow"
)

func TestEditOfTheMessageThatGaveTheLastAnswerCorrectsIt(t *testing.T) {
	k := start(t, registration).chooses("yes").hear(flow.Input{Text: "Stii", Ref: "7"}).asks("nik")
	k.hear(flow.Input{Text: "Siti", Edits: "7"}).hears("flow.corrected", "registration.nik").has("name", "Siti")
}

func TestEditOfARefusedLastMessageIsJudgedAnew(t *testing.T) {
	k := start(t, registration).chooses("yes").hear(flow.Input{Text: "?", Ref: "7"}).asks("name")
	k.hear(flow.Input{Text: "??", Edits: "7"}).hears("registration.name.invalid", "registration.name")
	if k.turn.State.Misses["name"] != 1 {
		t.Fatal("an edit counted as a miss")
	}
	k.hear(flow.Input{Text: "Siti", Edits: "7"}).asks("nik").has("name", "Siti")
}

func TestEditOfAnEarlierMessageIsTooLate(t *testing.T) {
	k := start(t, registration).chooses("yes").hear(flow.Input{Text: "Siti", Ref: "7"}).says(flow.Skip).types("Abon")
	k.hear(flow.Input{Text: "Sita", Edits: "7"}).hears("flow.edit_late", "registration.sector").has("name", "Siti")
}

func TestEditToSomethingThatIsNoAnswerChangesNothing(t *testing.T) {
	k := start(t, registration).chooses("yes").hear(flow.Input{Text: "Siti", Ref: "7"})
	k.hear(flow.Input{Text: "?", Edits: "7"}).hears("registration.name.invalid", "registration.nik").has("name", "Siti")
}

func TestTheCallerLearnsWhichQuestionAnEditIsAbout(t *testing.T) {
	k := start(t, registration).hear(flow.Input{Option: "yes", Ref: "7"}).asks("name")
	q, ok := registration.Edited(k.turn.State, "7", now)
	if !ok || q.ID != "consent" || len(q.Options) != 2 {
		t.Fatalf("edited %+v %v", q, ok)
	}
	k.hear(flow.Input{Option: "no", Text: "tidak", Edits: "7"}).ends("no_consent")
}

func TestEditTakesBackWhatElseTheMessageGaveAway(t *testing.T) {
	k := toKecamatan(t).hear(flow.Input{Text: "Korumba", Ref: "k"}).asks("spot").has("kelurahan", "korumba")
	k.hear(flow.Input{Text: "Kambu", Edits: "k"}).asks("kelurahan").has("kecamatan", "kambu").has("kelurahan", "")
}
