package flow_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"titian/flows/flow"
)

// yes answers the questions of twenty, whether they offer it or read it.
var yes = flow.Input{Text: "yes", Option: "yes", ID: "telegram:12345678", Ref: "1234"}

// twenty is a flow of twenty questions, answered up to the last.
func twenty(b *testing.B) (*flow.Flow, flow.State) {
	var steps []flow.Step
	for i := range 20 {
		key := fmt.Sprintf("q%02d", i)
		f := &flow.Field{Key: key, Kind: flow.Text, Parse: words(1)}
		if i%3 == 0 {
			f = &flow.Field{Key: key, Kind: flow.Choice, Options: flow.Options("yes", "no", "maybe")}
		}
		steps = append(steps, flow.Ask(f))
	}
	f := flow.New("twenty", 1, append(steps, flow.Review("summary"), flow.Submit("filed"))...)
	t := f.Start("r", nil, nil, now)
	for t.Question.ID != "q19" {
		before := t.Question.ID
		if t = f.Advance(t.State, yes, now); t.Question.ID == before {
			b.Fatalf("%s is asked again", before)
		}
	}
	return f, t.State
}

func BenchmarkAdvanceInTheMiddleOfTwentyQuestions(b *testing.B) {
	f, s := twenty(b)
	delete(s.Answers, "q10")
	b.ReportAllocs()
	for b.Loop() {
		f.Advance(s, yes, now)
	}
}

func BenchmarkAdvanceToTheSummaryOfTwentyQuestions(b *testing.B) {
	f, s := twenty(b)
	b.ReportAllocs()
	for b.Loop() {
		f.Advance(s, yes, now)
	}
}

func BenchmarkStoringAndLoadingTwentyAnswers(b *testing.B) {
	f, s := twenty(b)
	b.ReportAllocs()
	for b.Loop() {
		raw, _ := json.Marshal(s)
		b.SetBytes(int64(len(raw)))
		if _, err := f.Load(raw); err != nil {
			b.Fatal(err)
		}
	}
}
