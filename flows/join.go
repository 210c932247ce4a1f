package flows

import (
	"titian/flows/flow"
	"titian/storage"
)

// join offers to make one of two chats of a person. Fact: "other" (the name of the network of the other chat).
func join() *flow.Flow {
	return flow.New("join", 1,
		flow.Ask(together),
		flow.When(together.Is("no"), flow.End("apart")),
		flow.Submit("word", func(flow.View) any { return storage.OfferJoin{} }),
	)
}

var together = &flow.Field{
	Key: "together", Kind: flow.Choice, Hidden: true, Options: flow.Options("yes", "no"), Parse: yesNo,
	Samples: []string{"ya", "tidak"}, Bad: []string{"mungkin"},
	Args: func(v flow.View) map[string]string { return map[string]string{"other": v.Fact("other")} },
}
