package flow_test

import (
	"errors"
	"strings"
	"time"

	"titian/flows/flow"
)

// The registration of the design, as the demo most tests talk to.
var (
	consent = &flow.Field{Key: "consent", Kind: flow.Choice, Options: flow.Options(flow.Yes, flow.No)}
	name    = &flow.Field{Key: "name", Kind: flow.Text, Parse: words(1), Samples: []string{"Siti Aminah"}, Bad: []string{"?"}}
	nik     = &flow.Field{Key: "nik", Kind: flow.Text, Parse: digits(16), Show: masked, Echo: true,
		Samples: []string{"7471010203900001"}, Bad: []string{"747101"}}
	business = &flow.Field{Key: "business", Kind: flow.Text, Samples: []string{"Abon Sulawesi"}}
	sector   = &flow.Field{Key: "sector", Kind: flow.Choice, Options: flow.Options("food", "craft", "furniture")}
	hasNIB   = &flow.Field{Key: "has_nib", Kind: flow.Choice, Options: flow.Options(flow.Yes, flow.No)}
	nib      = &flow.Field{Key: "nib", Kind: flow.Text, Parse: digits(13), Samples: []string{"9120001234567"}, Bad: []string{"12"}}

	registration = flow.New("registration", 1,
		flow.Ask(consent),
		flow.When(consent.Is(flow.No), flow.End("no_consent")),
		flow.Ask(name),
		flow.Offer(nik),
		flow.Ask(business),
		flow.Ask(sector),
		flow.Ask(hasNIB),
		flow.When(hasNIB.Is(flow.Yes), flow.Ask(nib)),
		flow.Review("summary"),
		flow.Submit("filed", fileRegistration),
	)
)

// filed is the lasting result of the demo.
type filed map[string]string

func fileRegistration(v flow.View) any { return filed(v.Answers()) }

var now = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

type problem struct {
	reason  string
	args    map[string]string
	options []string
}

func (p problem) Error() string { return p.reason }

func (p problem) Problem() (string, map[string]string, []string) { return p.reason, p.args, p.options }

func digits(n int) func(string, flow.View) (flow.Understood, error) {
	return func(text string, _ flow.View) (flow.Understood, error) {
		text = strings.ReplaceAll(text, " ", "")
		if strings.Trim(text, "0123456789") != "" {
			return flow.Understood{}, errors.New("not a number")
		}
		if len(text) != n {
			return flow.Understood{}, problem{reason: "length", args: map[string]string{"got": text}}
		}
		return flow.Understood{Value: text}, nil
	}
}

func words(least int) func(string, flow.View) (flow.Understood, error) {
	return func(text string, _ flow.View) (flow.Understood, error) {
		if len(strings.Fields(text)) < least || strings.Contains(text, "?") {
			return flow.Understood{}, errors.New("too short")
		}
		return flow.Understood{Value: strings.Join(strings.Fields(text), " ")}, nil
	}
}

func masked(value string, _ flow.View) string { return value[:4] + "••••" + value[12:] }
