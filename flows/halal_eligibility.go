package flows

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"titian/flows/answer"
	"titian/flows/flow"
)

func (q *halalQuestions) eligibility() {
	q.kind = &flow.Field{
		Key: "kind", Kind: flow.Choice,
		Options: func(flow.View) []flow.Option {
			var options []flow.Option
			for _, k := range q.rules.now().Kinds {
				options = append(options, flow.Option{ID: k.ID, Label: k.Label})
			}
			return options
		},
		Parse: q.parseKind, Samples: []string{"abon ikan"}, Bad: []string{"entah"},
	}
	q.listed = flow.Band("listed", q.kind, func(value string, _ time.Time) string {
		if k, ok := q.rules.now().Kind(value); ok && k.Reguler {
			return "no"
		}
		return "yes"
	}, "yes", "no")
	q.yearly = &flow.Field{Key: "yearly", Kind: flow.Choice, Options: q.yearlyOptions}
}

func (q *halalQuestions) parseKind(text string, _ flow.View) (flow.Understood, error) {
	r := q.rules.now()
	for _, k := range r.Kinds {
		if strings.EqualFold(k.Label, strings.TrimSpace(text)) {
			return flow.Understood{Value: k.ID}, nil
		}
	}
	if k, ok := r.KindOf(text); ok {
		return flow.Understood{Value: k.ID}, nil
	}
	return flow.Understood{}, &answer.Problem{Reason: "unclear"}
}

// yearlyOptions are bands of the turnover of a year: it is asked no closer than the law needs it.
func (q *halalQuestions) yearlyOptions(flow.View) []flow.Option {
	r := q.rules.now()
	micro, most := milliards(r.TurnoverMicro), milliards(r.TurnoverMost)
	return []flow.Option{
		{ID: "micro", Label: "Sampai " + micro},
		{ID: "small", Label: "Sampai " + most},
		{ID: "above", Label: "Lebih dari " + most},
	}
}

// milliards prints an amount as people say it: "Rp15 miliar".
func milliards(amount int64) string {
	if amount%1_000_000_000 == 0 {
		return "Rp" + strconv.FormatInt(amount/1_000_000_000, 10) + " miliar"
	}
	return "Rp" + strconv.FormatInt(amount/1_000_000, 10) + " juta"
}

// yearlyOf is the band of a turnover a month.
func (q *Rules) yearlyOf(month answer.Rupiah) string {
	r, year := q.now(), int64(month)*12
	switch {
	case year <= r.TurnoverMicro:
		return "micro"
	case year <= r.TurnoverMost:
		return "small"
	}
	return "above"
}

// checks asks at once for what would stand in the way: one tap for most.
var checks = &flow.Field{
	Key: "checks", Kind: flow.Several,
	Options: flow.Options("haram", "danger", "machine", "methods", "sites", "before", flow.None),
}

// obstacle is the first thing that stands in the way.
var obstacle = flow.Band("obstacle", checks, func(value string, _ time.Time) string {
	first, _, _ := strings.Cut(value, ",")
	if slices.Contains(obstacles, first) {
		return first
	}
	return "clear"
}, append(obstacles, "clear")...)

var obstacles = []string{"haram", "danger", "machine", "methods", "sites", "before"}

// animal: fish is no slaughtered animal, and no obstacle.
var animal = &flow.Field{
	Key: "animal", Kind: flow.Choice, Options: flow.Options("no", "yes"), Parse: yesNo,
	Samples: []string{"ya", "tidak"}, Bad: []string{"mungkin"},
}

var slaughter = &flow.Field{
	Key: "slaughter", Kind: flow.Choice, Options: flow.Options("yes", "no"), Parse: yesNo,
	Samples: []string{"ya", "tidak"}, Bad: []string{"mungkin"},
}

var grinding = &flow.Field{Key: "grinding", Kind: flow.Choice, Options: flow.Options("whole", "own", "certified", "no")}

// blocking is the question whose answer parked a file, by its reason.
var blocking = map[string]string{
	"kind": "kind", "nib": hasNIB.Key, "turnover": "yearly", "slaughter": "slaughter", "grinding": "grinding", "outside": "kecamatan",
	"haram": "checks", "danger": "checks", "machine": "checks", "methods": "checks", "sites": "checks", "before": "checks",
}
