package flows

import (
	"strings"

	"titian/flows/answer"
	"titian/flows/flow"
	"titian/storage"
)

// myData sends a person what is stored about one owner (UU 27/2022, the right of access).
func myData() *flow.Flow {
	return flow.New("my_data", 1,
		flow.When(flow.Fact("owners", "many"), flow.Ask(which)),
		flow.Ask(proof),
		flow.Submit("shown", func(v flow.View) any { return storage.ShowOwner{Owner: meant(v)} }),
	)
}

// deletion erases one owner, or a draft when nothing was filed.
func deletion() *flow.Flow {
	return flow.New("delete", 1,
		flow.When(flow.Fact("owners", "many"), flow.Ask(which)),
		flow.When(flow.Not(flow.Fact("owners", "none")), flow.Ask(proof)),
		flow.Ask(erase),
		flow.When(erase.Is("no"), flow.End("kept")),
		flow.Submit("deleted", func(v flow.View) any {
			if id := meant(v); id != "" {
				return storage.DeleteOwner{Owner: id}
			}
			return storage.DeleteContact{Listed: storage.ImportedID(v.Fact("listed.id"))}
		}),
	)
}

// erase wants the word, not a yes: it cannot be undone.
var erase = &flow.Field{
	Key: "erase", Kind: flow.Choice, Options: flow.Options("erase", "no"),
	Parse: func(text string, v flow.View) (flow.Understood, error) {
		if word := strings.ToLower(strings.Trim(answer.NormaliseText(text), " .!")); word == "hapus" || word == "hapus data" {
			return flow.Understood{Value: "erase"}, nil
		}
		yes, err := answer.ParseYesNo(text)
		if err == nil && !yes {
			return flow.Understood{Value: "no"}, nil
		}
		return flow.Understood{}, &answer.Problem{Reason: "word"}
	},
	Samples: []string{"HAPUS", "tidak"}, Bad: []string{"ya"},
}

// amend opens a filed registration again, to complete or to correct it.
func amend() *flow.Flow {
	return flow.New("amend", 1,
		flow.When(flow.Fact("owners", "many"), flow.Ask(which)),
		flow.Ask(proof),
		flow.Submit("opened", func(v flow.View) any { return storage.ShowOwner{Owner: meant(v)} }),
	)
}

// comeback asks for proof when a draft is taken up after a long silence: the
// phone may have another owner by then.
func comeback() *flow.Flow {
	return flow.New("comeback", 1, flow.Ask(proof), flow.Submit("welcome"))
}
