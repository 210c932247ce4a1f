package dialogue

import (
	"slices"
	"strconv"
	"strings"

	"titian/bot/chat"
	"titian/flows/flow"
)

// A button carries "<run>|<question>|<option>". The run and the question tell
// whether it is still about what is asked; "~skip" presses a word instead of an
// option, and "*" as the run is a word that holds at any time.
const (
	separator = "|"
	wordMark  = "~"
	anyRun    = "*"
)

// Choices are the options of a question as they are shown. Their order is what
// a typed number counts in.
func (v *Voice) Choices(q flow.Question) []chat.Choice {
	shown := shown(q)
	list := make([]chat.Choice, 0, len(shown))
	for _, o := range shown {
		label := v.Label(o.Label)
		if o.Picked && o.Does == flow.DoesTick {
			label = "✅ " + label
		}
		list = append(list, chat.Choice{ID: choiceID(q, o.ID), Label: label})
	}
	return list
}

// shown are the options that are drawn: "Selesai" only once something is ticked.
func shown(q flow.Question) []flow.Offered {
	if !several(q) || anyPicked(q) {
		return q.Options
	}
	return slices.DeleteFunc(slices.Clone(q.Options), func(o flow.Offered) bool { return o.Does == flow.DoesDone })
}

func anyPicked(q flow.Question) bool {
	return slices.ContainsFunc(q.Options, func(o flow.Offered) bool { return o.Picked })
}

// shortcuts are words as buttons, for networks that have buttons.
func (v *Voice) shortcuts(q flow.Question) []chat.Choice {
	var list []chat.Choice
	add := func(word string) {
		list = append(list, chat.Choice{ID: choiceID(q, wordMark+word), Label: v.Text("flow.word."+word, nil)})
	}
	if q.Skippable {
		add("skip")
	}
	if q.CanEnough {
		add("enough")
	}
	if q.Misses >= 3 {
		list = append(list, chat.Choice{ID: anyRun + separator + "word" + separator + "officer", Label: v.Text("flow.word.officer", nil)})
	}
	return list
}

func choiceID(q flow.Question, option string) string {
	return q.Run + separator + q.ID + separator + option
}

// splitID takes a pressed button apart.
func splitID(id string) (run, question, option string, ok bool) {
	run, rest, ok := strings.Cut(id, separator)
	if !ok {
		return "", "", "", false
	}
	question, option, ok = strings.Cut(rest, separator)
	return run, question, option, ok
}

func itoa(n int) string { return strconv.Itoa(n) }
