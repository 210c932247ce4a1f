package flow

import (
	"fmt"
	"slices"
	"strings"
)

// trial is one thing that Walk and RandomWalk try at a question.
type trial struct {
	by     string // as the map names it: an option, or the kind of input
	in     Input
	main   bool // takes the conversation on; the first one is what most people do
	bad    bool // must be refused
	option bool // must be taken
}

// answers are the inputs that answer a question.
func answers(q Question, file func() FileAnswer) []trial {
	switch {
	case q.Kind == KindReview, q.Kind == KindMore, q.Kind == KindChecklist:
		return groupTrials(q, file)
	case q.Kind == KindWhich, q.Kind == KindPick:
		return optionTrials(q)
	}
	switch q.Field.Kind {
	case Choice:
		trials := optionTrials(q)
		if q.WantsFiles > 0 {
			trials = append(trials, trial{by: "photo", in: Input{Files: []FileAnswer{file()}}, main: true})
		}
		return trials
	case Several:
		return severalTrials(q)
	case Files:
		return fileTrials(q, file)
	case Place:
		return []trial{{by: "place", in: Input{Place: &Point{-3.97, 122.51}}, main: true}}
	}
	return textTrials(q)
}

func optionTrials(q Question) []trial {
	var trials []trial
	onward := []Does{DoesAnswer, DoesAdd, DoesDone, DoesSend, DoesSuggest}
	for _, o := range q.Options {
		picksNext := o.Does == DoesPick && q.Kind != KindMore && !o.Picked
		trials = append(trials, trial{
			by: o.ID, in: Input{Option: o.ID, Run: q.Run, Key: q.ID},
			main: picksNext || slices.Contains(onward, o.Does), option: o.Does == DoesAnswer,
		})
	}
	return trials
}

// groupTrials puts what finishes the question, or brings it nearer, first.
func groupTrials(q Question, file func() FileAnswer) []trial {
	trials := optionTrials(q)
	rank := func(t trial) int {
		order := []string{OptionDone, OptionSend, OptionComplete, OptionAdd}
		if i := slices.Index(order, t.by); i >= 0 {
			return i
		}
		return len(order)
	}
	slices.SortStableFunc(trials, func(a, b trial) int { return rank(a) - rank(b) })
	for _, row := range q.Rows {
		if q.Kind == KindReview && !row.waits {
			id := itemOption("edit", row.ID)
			trials = append(trials, trial{by: id, in: Input{Option: id, Run: q.Run, Key: q.ID}})
		}
	}
	if q.WantsFiles > 0 {
		trials = append(trials, trial{by: "file", in: Input{Files: []FileAnswer{file()}}})
	}
	return trials
}

func severalTrials(q Question) []trial {
	var ids []string
	var taps []trial
	for _, o := range q.Options {
		if o.Does == DoesTick && o.ID != None {
			ids = append(ids, o.ID)
		}
		taps = append(taps, trial{by: "tap", in: Input{Option: o.ID, Run: q.Run, Key: q.ID}})
	}
	if len(ids) == 0 {
		return taps
	}
	var trials []trial
	if q.Field.offers(None, View{}) { // what most people do
		trials = append(trials, trial{by: "answer", in: Input{Option: None}, main: true})
	}
	for _, list := range append([]string{strings.Join(ids, ",")}, ids...) {
		trials = append(trials, trial{by: "answer", in: Input{Option: list}, main: true})
	}
	return append(trials, taps...)
}

func fileTrials(q Question, file func() FileAnswer) []trial {
	var files []FileAnswer
	for range q.WantsFiles {
		files = append(files, file())
	}
	trials := []trial{
		{by: "file", in: Input{Files: files[:1]}, main: true},
		{by: "file", in: Input{Files: files}, main: true},
	}
	for _, sample := range q.Field.Samples {
		some := ReadFiles(sample)
		for i := range some {
			some[i].ID = file().ID
		}
		trials = append(trials, trial{by: "file", in: Input{Files: some}, main: true})
	}
	return trials
}

func textTrials(q Question) []trial {
	var trials []trial
	for _, text := range q.Field.Samples {
		trials = append(trials, trial{by: "answer", in: Input{Text: text}, main: true})
		if q.Field.Kind == Phone {
			trials = append(trials, trial{by: "contact", in: Input{Phone: text, PhoneOwn: true}, main: true})
		}
	}
	for _, o := range q.Options {
		trials = append(trials, trial{by: o.ID, in: Input{Option: o.ID, Run: q.Run, Key: q.ID}})
	}
	return trials
}

// asides are the inputs that do not answer a question.
func asides(q Question) []trial {
	trials := []trial{
		{by: "back", in: Input{Word: Back}},
		{by: "why", in: Input{Word: Why}},
		{by: "again", in: Input{Word: Again}},
		{by: "edit", in: Input{Word: Edit}},
		{by: "enough", in: Input{Word: Enough}},
		{by: "complete", in: Input{Word: Complete}},
		{by: "skip", in: Input{Word: Skip}, main: q.Skippable},
	}
	if q.Field != nil {
		for _, text := range q.Field.Bad {
			trials = append(trials, trial{by: "bad", in: Input{Text: text}, bad: true})
		}
	}
	return trials
}

// files makes file answers of ever new ids.
func files(prefix string) func() FileAnswer {
	n := 0
	return func() FileAnswer {
		n++
		return FileAnswer{ID: fmt.Sprintf("%s%d", prefix, n), MIME: "image/jpeg", SizeBytes: 1000, SHA256: "00"}
	}
}
