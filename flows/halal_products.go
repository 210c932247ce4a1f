package flows

import (
	"strconv"
	"strings"
	"time"

	"titian/flows/answer"
	"titian/flows/flow"
	"titian/flows/rules"
)

// label is the brand on the package: of most owners the same for all products.
var label = &flow.Field{
	Key: "label", Kind: flow.Choice, Samples: []string{"Cap Contoh"}, Bad: []string{"?"},
	Options: func(v flow.View) []flow.Option {
		options := []flow.Option{{ID: "unbranded"}}
		if name := v.Fact("business"); name != "" {
			options = append([]flow.Option{{ID: "business", Label: name}}, options...)
		}
		return options
	},
	Parse: func(text string, v flow.View) (flow.Understood, error) {
		name, err := answer.ParseBusiness(text)
		if err == nil && strings.EqualFold(name, v.Fact("business")) {
			return flow.Understood{Value: "business"}, nil
		}
		return flow.Understood{Value: typed + name}, err
	},
	Valid: func(value string, v flow.View) bool {
		name, ok := own(value)
		return ok && name != "" || value == "unbranded" || value == "business" && v.Fact("business") != ""
	},
	Show: func(value string, _ flow.View) string { name, _ := own(value); return name },
}

var productName = &flow.Field{
	Key: "product_name", Kind: flow.Text, Parse: text(answer.ParseBusiness),
	Samples: []string{"abon ikan", "abon setan"}, Bad: []string{"?"},
}

var newName = &flow.Field{
	Key: "new_name", Kind: flow.Text, Parse: text(answer.ParseBusiness),
	Samples: []string{"abon pedas"}, Bad: []string{"?"},
}

// uses spares most owners the list.
var uses = &flow.Field{
	Key: "uses", Kind: flow.Choice, Options: flow.Options("all", "some"),
	Args: func(v flow.View) map[string]string { return map[string]string{"product": productCalled(v)} },
}

func (q *halalQuestions) products() {
	q.doubt = flow.Band("doubt", productName, func(value string, _ time.Time) string {
		if word, _ := q.rules.now().Doubtful(value); word != "" {
			return "doubtful"
		}
		return "fine"
	}, "fine", "doubtful")
	q.rename = &flow.Field{
		Key: "rename", Kind: flow.Choice, Hidden: true, Options: flow.Options("change", "stay"),
		Args: func(v flow.View) map[string]string {
			word, why := q.rules.now().Doubtful(v.Get(productName.Key))
			return map[string]string{"word": word, "reason": why}
		},
	}
	q.madeOf = &flow.Field{
		Key: "made_of", Kind: flow.Several, Options: q.madeOptions, Args: uses.Args,
	}
}

// productCalled is what the product of an item is called now.
func productCalled(v flow.View) string {
	if name := v.Get(newName.Key); name != "" {
		return name
	}
	return v.Get(productName.Key)
}

// madeOptions are the bahan that were named, to pick from by number.
func (q *halalQuestions) madeOptions(v flow.View) []flow.Option {
	var options []flow.Option
	for _, b := range q.picked(v) {
		if b.Kind == rules.Ingredient {
			options = append(options, flow.Option{ID: b.ID, Label: b.Label})
		}
	}
	for _, other := range v.Items("others") {
		if name := other.Get(otherName.Key); name != "" {
			options = append(options, flow.Option{ID: "o" + other.Item(), Label: name})
		}
	}
	return options
}

func (q *halalQuestions) steps() {
	q.process = &flow.Field{
		Key: "process", Kind: flow.Choice, Options: flow.Options("same", "changed"),
		Args: func(v flow.View) map[string]string {
			r := q.rules.now()
			k, _ := r.Kind(v.Get("kind"))
			var lines []string
			for i, step := range rules.StepKeys {
				lines = append(lines, strconv.Itoa(i+1)+". "+r.Steps[step]+": "+k.Process[step])
			}
			return map[string]string{"draft": strings.Join(lines, "\n"), "kind": k.Label}
		},
	}
	q.changed = &flow.Field{
		Key: "changed", Kind: flow.Several, Hidden: true,
		Options: func(flow.View) []flow.Option { return q.stepOptions(rules.StepKeys) },
	}
	q.step = &flow.Field{
		Key: "step", Kind: flow.Text, Parse: text(answer.ParseAddress), Samples: []string{"Ikan dibeli di pasar setiap pagi"}, Bad: []string{"-"},
		Args: func(v flow.View) map[string]string {
			r, step := q.rules.now(), stepOf(v.Item())
			k, _ := r.Kind(v.Get("kind"))
			return map[string]string{"item": r.Steps[step], "draft": k.Process[step]}
		},
	}
}

func (q *halalQuestions) changedSteps(v flow.View) []flow.Option {
	var steps []string
	for _, option := range v.List("changed") {
		steps = append(steps, stepOf(option))
	}
	return q.stepOptions(steps)
}

func (q *halalQuestions) stepOptions(steps []string) []flow.Option {
	var options []flow.Option
	for _, step := range steps {
		options = append(options, flow.Option{ID: stepMark + step, Label: q.rules.now().Steps[step]})
	}
	return options
}

// stepMark sets a step's option apart from those of the engine, of which one is "keep".
const stepMark = "s_"

func stepOf(option string) string { return strings.TrimPrefix(option, stepMark) }
