package flows

import (
	"strings"

	"titian/flows/answer"
	"titian/flows/flow"
	"titian/storage"
)

// halalFor finds out for which owner a halal file is opened. After a long silence it asks for proof.
func halalFor() *flow.Flow {
	return flow.New("halal_for", 1,
		flow.When(flow.Fact("owners", "many"), flow.Ask(which)),
		flow.When(flow.Fact("silent", "yes"), flow.Ask(proof)),
		flow.Submit("opened", func(v flow.View) any { return storage.ShowOwner{Owner: meant(v)} }),
	)
}

// withdraw takes a halal application back, once that is sure.
func withdraw() *flow.Flow {
	return flow.New("withdraw", 1,
		flow.When(flow.Fact("owners", "many"), flow.Ask(which)),
		flow.Ask(proof),
		flow.Ask(back),
		flow.When(back.Is("no"), flow.End("kept")),
		flow.Submit("withdrawn", func(v flow.View) any {
			return storage.WithdrawApplication{Application: storage.ApplicationID(v.Fact("application." + string(meant(v))))}
		}),
	)
}

// back wants the word, not a yes: a place that was given back goes to the next.
var back = &flow.Field{
	Key: "back", Kind: flow.Choice, Options: flow.Options("withdraw", "no"), Parse: parseBack,
	Samples: []string{"TARIK", "tidak"}, Bad: []string{"ya"},
}

func parseBack(text string, v flow.View) (flow.Understood, error) {
	u, err := yesNo(text, v)
	if err == nil && u.Value == "no" {
		return u, nil
	}
	for _, word := range listed(text) {
		if strings.EqualFold(word, "tarik") {
			return flow.Understood{Value: "withdraw"}, nil
		}
	}
	return flow.Understood{}, &answer.Problem{Reason: "word"}
}
