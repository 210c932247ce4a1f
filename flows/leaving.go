package flows

import (
	"titian/flows/flow"
	"titian/storage"
)

// stop asks what "berhenti" means in the middle of a conversation; it never guesses.
func stop() *flow.Flow {
	return flow.New("stop", 1,
		flow.Ask(leaving),
		flow.When(leaving.Is("rest"), flow.Submit("rest")),
		flow.When(leaving.Is("cancel"), flow.Submit("cancel")),
		flow.Submit("announcements", func(v flow.View) any {
			a, _ := v.Answer(leaving.Key)
			return storage.StopAnnouncements{Consent: storage.Consent{
				Purpose: "announcements", TextVersion: ConsentVersion, TextSHA256: v.Fact("consent_sha256.announcements"),
				Answer: a.Raw, MessageID: a.ID, At: a.At,
			}}
		}),
	)
}

var leaving = &flow.Field{
	Key: "leaving", Kind: flow.Choice, Options: flow.Options("rest", "cancel", "announcements"),
}

// cancel throws a draft away, once that is sure.
func cancel() *flow.Flow {
	return flow.New("cancel", 1,
		flow.Ask(discard),
		flow.When(discard.Is("no"), flow.End("kept")),
		flow.Submit("discarded"),
	)
}

var discard = &flow.Field{
	Key: "discard", Kind: flow.Choice, Options: flow.Options("yes", "no"), Parse: yesNo,
	Samples: []string{"ya", "tidak"}, Bad: []string{"mungkin"},
}

// menu offers what can be done from here. The facts decide what it shows:
// "draft" (the conversation that waits) and "owners".
func menu() *flow.Flow {
	return flow.New("menu", 1, flow.Ask(choice), flow.Submit("chosen"))
}

var choice = &flow.Field{
	Key: "choice", Kind: flow.Choice,
	Options: func(v flow.View) []flow.Option {
		var ids []string
		if v.Fact("draft") != "" {
			ids = append(ids, "continue")
		} else {
			ids = append(ids, "register")
		}
		if v.Fact("owners") != "none" {
			ids = append(ids, "status", "halal", "complete", "my_data")
		}
		ids = append(ids, "help", "officer")
		var options []flow.Option
		for _, id := range ids {
			options = append(options, flow.Option{ID: id})
		}
		return options
	},
}

// Chosen reads the answer a finished flow steered by: the menu's choice, whom
// a registration is for, which owner is meant.
func Chosen(s flow.State, key string) string {
	if a, ok := s.Answers[key]; ok && !a.Skipped {
		return a.Value
	}
	return ""
}

// Proof is what the fact "owner.n.proof" holds.
func Proof(o storage.Owner) string { return o.NIKTail + " " + o.Number }
