package flows

import (
	"strconv"
	"strings"

	"titian/flows/answer"
	"titian/flows/flow"
	"titian/storage"
)

// A chat may speak for several owners. The bot gives a flow these facts:
// "owners" (none, one, many), "owner" (the id when there is one), and for
// n = 1, 2, …: "owner.n.id", "owner.n.label", "owner.n.proof" (the last four
// digits of the NIK and the registration number, with a space between).

// which asks for the owner a chat with several means.
var which = &flow.Field{Key: "which", Kind: flow.Choice, Options: owners}

func owners(v flow.View) []flow.Option {
	var options []flow.Option
	for n := 1; ; n++ {
		at := "owner." + strconv.Itoa(n)
		id := v.Fact(at + ".id")
		if id == "" {
			return options
		}
		options = append(options, flow.Option{ID: id, Label: v.Fact(at + ".label")})
	}
}

// meant is the owner the conversation is about.
func meant(v flow.View) storage.OwnerID {
	if id := v.Get(which.Key); id != "" {
		return storage.OwnerID(id)
	}
	return storage.OwnerID(v.Fact("owner"))
}

// proof asks for the last four digits of the NIK or the registration number:
// a phone that is shared, lost or sold must not open what is filed. Three
// misses go to staff.
var proof = &flow.Field{
	Key: "proof", Kind: flow.Text, Hidden: true, Locks: true,
	OnStuck: func(v flow.View) any { return storage.AskOfficer{Reason: "locked", Owner: meant(v)} },
	Parse:   parseProof,
	Valid:   func(value string, _ flow.View) bool { return value == "ok" },
	Samples: []string{"0001", "IKM-2026-000001"}, Bad: []string{"9999"},
}

func parseProof(text string, v flow.View) (flow.Understood, error) {
	typed := digits(answer.NormaliseText(text))
	for n := 1; ; n++ {
		at := "owner." + strconv.Itoa(n)
		id := v.Fact(at + ".id")
		if id == "" {
			return flow.Understood{}, &answer.Problem{Reason: "wrong"}
		}
		if storage.OwnerID(id) != meant(v) {
			continue
		}
		for _, known := range strings.Fields(v.Fact(at + ".proof")) {
			if d := digits(known); d != "" && d == typed {
				return flow.Understood{Value: "ok"}, nil
			}
		}
	}
}

func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}

// forWhom keeps two owners of one chat apart before a second registration.
func forWhom() *flow.Flow {
	return flow.New("for_whom", 1,
		flow.Ask(whom),
		flow.When(whom.Is("new"), flow.Submit("new")),
		flow.Submit("known"),
	)
}

var whom = &flow.Field{
	Key: "whom", Kind: flow.Choice,
	Options: func(v flow.View) []flow.Option { return append(owners(v), flow.Option{ID: "new"}) },
}

// status says where one owner's registration stands.
func status() *flow.Flow {
	return flow.New("status", 1,
		flow.When(flow.Fact("owners", "many"), flow.Ask(which)),
		flow.Submit("said"),
	)
}
