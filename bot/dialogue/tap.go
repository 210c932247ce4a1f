package dialogue

import (
	"strings"

	"titian/bot/chat"
	"titian/flows/answer"
	"titian/flows/flow"
)

// tap hears a pressed button.
func (v *Voice) tap(in flow.Input, q *flow.Question, id string) Heard {
	run, question, option, ok := splitID(id)
	switch {
	case !ok:
		in.Run, in.Key = "?", "?" // a button of nothing Titian knows: expired
	case run == anyRun:
		return Heard{Word: answer.Word(option), Input: in}
	case strings.HasPrefix(option, wordMark):
		in.Run, in.Key, in.Word = run, question, flow.Word(strings.TrimPrefix(option, wordMark))
	default:
		in.Run, in.Key, in.Option = run, question, option
		if q != nil && q.Run == run && q.ID == question {
			in.Text = v.labelOf(*q, option) // the words that were pressed, for what is kept verbatim
		}
	}
	return Heard{Input: in}
}

// Run is the run that a pressed button was drawn for; empty for anything else.
func (v *Voice) Run(m chat.Message) string {
	run, _, _, ok := splitID(m.Choice)
	if m.Kind != chat.Tap || !ok || run == anyRun {
		return ""
	}
	return run
}

func (v *Voice) labelOf(q flow.Question, option string) string {
	for _, o := range q.Options {
		if o.ID == option {
			return v.Label(o.Label)
		}
	}
	return ""
}
