package flow_test

import (
	"strings"
	"testing"
	"time"

	"titian/flows/flow"
)

func TestContradictionsAreToldWhenAFlowIsBuilt(t *testing.T) {
	choice := &flow.Field{Key: "choice", Kind: flow.Choice, Options: flow.Options("a", "b")}
	other := &flow.Field{Key: "other", Kind: flow.Text}
	size := flow.Band("size", other, func(string, time.Time) string { return "big" }, "big", "small")
	end := flow.Submit("filed")
	ask := func(f flow.Field) flow.Step { return flow.Ask(&f) }
	for _, c := range []struct {
		says  string
		steps []flow.Step
	}{
		{`key "other" is used twice`, []flow.Step{flow.Ask(other), flow.Offer(other), end}},
		{`key "other" is used twice`, []flow.Step{flow.Ask(other), flow.Tell("other"), end}},
		{`key "filed" is used twice`, []flow.Step{ask(flow.Field{Key: "filed", Kind: flow.Text}), end}},
		{`looks at "choice", which is not asked before it`, []flow.Step{flow.When(choice.Is("a"), flow.Ask(other)), flow.Ask(choice), end}},
		{`looks at "choice", which is not asked before it`, []flow.Step{flow.Ask(other), flow.When(flow.Not(choice.Is("a")), flow.Tell("t")), end}},
		{`looks at "other", which is no Choice`, []flow.Step{flow.Ask(other), flow.When(other.Is("a"), flow.Tell("t")), end}},
		{`"huge" of the band "size", which has no such option`, []flow.Step{flow.Ask(other), flow.When(size.Is("huge"), flow.Tell("t")), end}},
		{`looks at "size", which is not asked before it`, []flow.Step{flow.Ask(choice), flow.When(size.Is("big"), flow.Tell("t")), end}},
		{`a Band is never asked`, []flow.Step{flow.Ask(other), flow.Ask(size), end}},
		{`a When with nothing in it`, []flow.Step{flow.Ask(choice), flow.When(choice.Is("a")), end}},
		{`a When without a condition`, []flow.Step{flow.Ask(choice), flow.When(flow.Cond{}, flow.Tell("t")), end}},
		{`a condition made of none`, []flow.Step{flow.Ask(choice), flow.When(flow.All(), flow.Tell("t")), end}},
		{`names no option`, []flow.Step{flow.Ask(choice), flow.When(choice.In(), flow.Tell("t")), end}},
		{`Review(summary) has no Submit after it`, []flow.Step{flow.Ask(other), flow.Review("summary"), flow.End("bye")}},
		{`Review(summary) has nothing to show`, []flow.Step{flow.Review("summary"), end}},
		{`can never be reached`, []flow.Step{end, flow.Ask(other)}},
		{`must end in an End or a Submit`, []flow.Step{flow.Ask(other)}},
		{`a question without a Field`, []flow.Step{flow.Ask(nil), end}},
		{`there is no kind ""`, []flow.Step{ask(flow.Field{Key: "x"}), end}},
		{`a choice needs Options`, []flow.Step{ask(flow.Field{Key: "x", Kind: flow.Choice}), end}},
		{`option "a" is empty or offered twice`, []flow.Step{ask(flow.Field{Key: "x", Kind: flow.Choice, Options: flow.Options("a", "a")}), end}},
		{`option "why" belongs to the engine`, []flow.Step{ask(flow.Field{Key: "x", Kind: flow.Choice, Options: flow.Options("why")}), end}},
		{`a key is made of`, []flow.Step{ask(flow.Field{Key: "nib.x", Kind: flow.Text}), end}},
		{`a question that locks cannot be skipped`, []flow.Step{flow.Offer(&flow.Field{Key: "x", Kind: flow.Text, Locks: true}), end}},
		{`Optional is for the items of a Checklist`, []flow.Step{ask(flow.Field{Key: "x", Kind: flow.Text, Optional: true}), end}},
		{`Checklist(papers) has no items`, []flow.Step{flow.Checklist("papers"), end}},
		{`Repeat(list) asks nothing`, []flow.Step{flow.Repeat("list", flow.Limits{Max: 1}), end}},
		{`from 2 to 1 items cannot be`, []flow.Step{flow.Repeat("list", flow.Limits{Min: 2, Max: 1}, flow.Ask(other)), end}},
		{`cannot stand in Repeat list`, []flow.Step{flow.Repeat("list", flow.Limits{Max: 1}, flow.Tell("t")), end}},
		{`"choice" of an item of "list" from outside`, []flow.Step{flow.Repeat("list", flow.Limits{Max: 1}, flow.Ask(choice)), flow.When(choice.Is("a"), flow.Tell("t")), end}},
		{`key "other" is used twice`, []flow.Step{flow.Ask(other), flow.Repeat("list", flow.Limits{Max: 1}, flow.Ask(other)), end}},
		{`the old key is still in use`, []flow.Step{flow.Ask(other), flow.Renamed("other", "new"), end}},
		{`there is no such new key`, []flow.Step{flow.Ask(other), end, flow.Renamed("old", "new")}},
	} {
		_, err := flow.Build("demo", 1, c.steps...)
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%v, want %s", err, c.says)
		}
	}
}

func TestAFlowHasANameAndAVersion(t *testing.T) {
	for name, version := range map[string]int{"": 1, "Registration": 1, "flow": 1, "demo": 0} {
		if _, err := flow.Build(name, version, flow.End("bye")); err == nil {
			t.Errorf("%q version %d was built", name, version)
		}
	}
}

func TestNewPanicsWithTheContradiction(t *testing.T) {
	defer func() {
		err, _ := recover().(error)
		if err == nil || err.Error() != `flow demo: key "name" is used twice` {
			t.Fatalf("panicked with %v", err)
		}
	}()
	flow.New("demo", 1, flow.Ask(name), flow.Ask(name), flow.End("bye"))
}
