package flows

import (
	"titian/flows/flow"
	"titian/storage"
)

// correction asks an owner whether what staff wrote in the place of their answer is right. Facts: "correction" (its id),
// "label", "before" and "after".
func correction() *flow.Flow {
	return flow.New("correction", 1,
		flow.Ask(right),
		flow.When(right.Is("no"), flow.Submit("declined", answerCorrection)),
		flow.Submit("agreed", answerCorrection),
	)
}

var right = &flow.Field{
	Key: "right", Kind: flow.Choice, Hidden: true, Options: flow.Options("yes", "no"), Parse: yesNo,
	Samples: []string{"ya betul", "bukan"}, Bad: []string{"mungkin"},
	Args: func(v flow.View) map[string]string {
		return map[string]string{"label": v.Fact("label"), "before": v.Fact("before"), "after": v.Fact("after")}
	},
}

func answerCorrection(v flow.View) any {
	return storage.AnswerCorrection{ID: v.Fact("correction"), Agreed: v.Get(right.Key) == "yes"}
}
