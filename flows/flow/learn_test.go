package flow_test

import (
	"testing"

	"titian/flows/flow"
)

var (
	number = &flow.Field{Key: "number", Kind: flow.Phone, Samples: []string{"0812"}}
	known  = &flow.Field{Key: "known", Kind: flow.Choice, Options: flow.Options(flow.Yes, flow.No)}
	street = &flow.Field{Key: "street", Kind: flow.Text, Parse: words(2), Samples: []string{"Jl. Contoh"}}

	learning = flow.New("learning", 1,
		flow.Offer(nik), flow.Ask(number),
		flow.When(flow.Fact("listed", "yes"), flow.Ask(known)),
		flow.When(known.Is(flow.Yes), flow.Tell("found")),
		flow.Ask(business), flow.Ask(street),
		flow.Review("summary"), flow.Submit("filed", fileRegistration),
	)
)

func listed() *flow.Learned {
	return &flow.Learned{Facts: map[string]string{"listed": "yes", "hint": "C•••"}}
}

func TestANumberIsOnesOwnOnlyByTheWordOfTheNetwork(t *testing.T) {
	for _, c := range []struct {
		says string
		in   flow.Input
		own  bool
	}{
		{"typed", flow.Input{Text: "0812"}, false},
		{"typed, with a card's claim beside it", flow.Input{Text: "0812", PhoneOwn: true}, false},
		{"shared, the sender's own", flow.Input{Phone: "0812", PhoneOwn: true}, true},
		{"vouched for", flow.Input{Text: "nomor ini", Vouched: "0812"}, true},
	} {
		k := start(t, learning).says(flow.Skip).hear(c.in).asks("business")
		if got := k.turn.State.Answers["number"].Own; got != c.own {
			t.Errorf("%s: own is %v", c.says, got)
		}
	}
	k := start(t, learning).says(flow.Skip).hear(flow.Input{Phone: "0812", PhoneOwn: true}).says(flow.Back).types("0899")
	if k.turn.State.Answers["number"].Own {
		t.Error("a number typed in place of a shared one passes for the sender's own")
	}
}

func TestWhatIsLearnedFillsWhatIsOpenAndLeavesWhatWasGiven(t *testing.T) {
	k := start(t, learning).says(flow.Skip).hear(flow.Input{Phone: "0812", PhoneOwn: true, Learned: listed()}).asks("known")
	k.hear(flow.Input{Option: flow.Yes, Learned: &flow.Learned{Answers: map[string]string{
		"nik": "7471010203900001", "number": "0000", "business": "Abon", "street": "Jl."}}}).asks("street")
	if k.value("nik") != "7471010203900001" || k.value("number") != "0812" || k.value("business") != "Abon" {
		t.Errorf("the answers are %+v", k.turn.State.Answers)
	}
	k.types("Jl. Contoh").asks("summary").chooses("edit:business").types("Abon Baru").asks("summary").chooses(flow.OptionSend).ends("filed")
	if got := k.turn.Effects[0].(filed); got["business"] != "Abon Baru" || got["nik"] != "7471010203900001" {
		t.Errorf("filed is %v", got)
	}
}

func TestWhatIsLearnedAnewTakesAwayWhatWasLearnedBefore(t *testing.T) {
	k := start(t, learning).says(flow.Skip).hear(flow.Input{Phone: "0812", PhoneOwn: true, Learned: listed()})
	k.hear(flow.Input{Option: flow.Yes, Learned: &flow.Learned{Answers: map[string]string{"business": "Abon", "street": "Jl. Contoh"}}})
	k.asks("summary").chooses("edit:business").asks("business").says(flow.Back).asks("summary").says(flow.Back).asks("known")
	k.hear(flow.Input{Option: flow.No, Learned: &flow.Learned{}}).asks("business")
	if len(k.turn.Question.Was) > 0 {
		t.Errorf("what was learned is still offered: %v", k.turn.Question.Was)
	}
	k.types("Abon Sendiri").hear(flow.Input{Text: "Jl. Sendiri", Learned: &flow.Learned{Facts: map[string]string{"listed": "", "hint": ""}}}).asks("summary")
	if k.value("business") != "Abon Sendiri" || len(k.turn.State.Facts) > 0 {
		t.Errorf("an answer that was given went too, or a fact stayed: %+v", k.turn.State)
	}
}
