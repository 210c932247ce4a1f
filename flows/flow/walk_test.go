package flow_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"titian/flows/flow"
)

func TestWalkDrawsTheRegistration(t *testing.T) {
	m, err := flow.Walk(registration, flow.WalkOptions{})
	if err != nil {
		t.Fatal(err)
	}
	want := `flowchart TD
    q_start[start] --> q_consent[consent]
    q_consent[consent] -->|"no"| q_no_consent[no_consent]
    q_consent[consent] -->|"yes"| q_name[name]
    q_name[name] --> q_nik[nik]
    q_nik[nik] --> q_business[business]
    q_business[business] --> q_sector[sector]
    q_sector[sector] --> q_has_nib[has_nib]
    q_has_nib[has_nib] -->|"yes"| q_nib[nib]
    q_has_nib[has_nib] -->|"no"| q_summary[summary]
    q_nib[nib] --> q_summary[summary]
    q_summary[summary] --> q_filed[filed]
`
	if got := flow.Mermaid(m); got != want {
		t.Fatalf("drawn\n%s", got)
	}
}

func TestWalkTakesEveryKindOfStep(t *testing.T) {
	m, err := flow.Walk(halal, flow.WalkOptions{})
	if err != nil {
		t.Fatal(err)
	}
	drawn := flow.Mermaid(m)
	for _, edge := range []string{
		`q_birth_year[birth_year] -->|"minor"| q_underage[underage]`,
		`q_material_more[material.more] -->|"add"| q_material_name[material.name]`,
		`q_nib_sheet[nib_sheet] --> q_papers[papers]`,
	} {
		if !strings.Contains(drawn, edge) {
			t.Errorf("%s is not in\n%s", edge, drawn)
		}
	}
	again, _ := flow.Walk(halal, flow.WalkOptions{})
	if flow.Mermaid(again) != drawn {
		t.Error("another walk is drawn otherwise")
	}
}

func TestWalkFindsWhatIsWrong(t *testing.T) {
	anything := func(string, flow.View) (flow.Understood, error) { return flow.Understood{Value: "x"}, nil }
	nothing := func(string, flow.View) (flow.Understood, error) { return flow.Understood{}, errors.New("no") }
	year := &flow.Field{Key: "year", Kind: flow.Text, Samples: []string{"1980"}}
	young := flow.Band("young", year, func(string, time.Time) string { return "no" }, "yes", "no")
	for _, c := range []struct {
		says  string
		steps []flow.Step
	}{
		{"dead end at x", []flow.Step{flow.Ask(&flow.Field{Key: "x", Kind: flow.Text})}},
		{"dead end at x", []flow.Step{flow.Ask(&flow.Field{Key: "x", Kind: flow.Choice, Options: flow.Options()})}},
		{`"a" is refused as an answer to x`, []flow.Step{flow.Ask(&flow.Field{Key: "x", Kind: flow.Text, Parse: nothing, Samples: []string{"a"}})}},
		{`"?" is taken for an answer to x`, []flow.Step{flow.Ask(&flow.Field{Key: "x", Kind: flow.Text, Parse: anything, Samples: []string{"a"}, Bad: []string{"?"}})}},
		{`option "no" of has_nib cannot be chosen`, []flow.Step{flow.Ask(&flow.Field{Key: "has_nib", Kind: flow.Choice, Options: flow.Options("yes", "no"),
			Valid: func(value string, _ flow.View) bool { return value == "yes" }})}},
		{"Tell(t) is never reached", []flow.Step{flow.Ask(hasNIB), flow.When(hasNIB.Is("maybe"), flow.Tell("t"))}},
		{"no sample leads to the band young=yes", []flow.Step{flow.Ask(year), flow.When(young.Is("no"), flow.Tell("t"))}},
	} {
		f := flow.New("demo", 1, append(c.steps, flow.Submit("filed"))...)
		if _, err := flow.Walk(f, flow.WalkOptions{Turns: 20}); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%v, want %s", err, c.says)
		}
	}
}

func TestWalkBeginsWithTheFactsItIsGiven(t *testing.T) {
	whom := &flow.Field{Key: "whom", Kind: flow.Choice, Options: func(v flow.View) []flow.Option {
		return optionsOf(strings.Fields(v.Fact("owners"))...)(v)
	}}
	f := flow.New("demo", 1, flow.Ask(whom), flow.Submit("chosen"))
	if _, err := flow.Walk(f, flow.WalkOptions{}); err == nil {
		t.Error("a question without options was walked")
	}
	starts := []map[string]string{{"owners": "siti wa_ode"}}
	if _, err := flow.Walk(f, flow.WalkOptions{Starts: starts}); err != nil {
		t.Error(err)
	}
}

func TestTenThousandRandomConversationsKeepEveryPromise(t *testing.T) {
	n := 10_000
	if testing.Short() || raceEnabled {
		n = 1_000
	}
	for _, f := range []*flow.Flow{registration, halal} {
		if err := flow.RandomWalk(f, 2026, n/2, flow.WalkOptions{}); err != nil {
			t.Error(err)
		}
	}
}

func TestRandomWalkFindsAConversationThatDoesNotEnd(t *testing.T) {
	never := &flow.Field{Key: "x", Kind: flow.Text, Samples: []string{"a"},
		Parse: func(string, flow.View) (flow.Understood, error) { return flow.Understood{}, errors.New("no") }}
	f := flow.New("demo", 1, flow.Ask(never), flow.Submit("filed"))
	err := flow.RandomWalk(f, 1, 4, flow.WalkOptions{Turns: 20})
	if err == nil || !strings.Contains(err.Error(), "conversation 0 of seed 1 of demo: the conversation does not end") {
		t.Fatal(err)
	}
}
