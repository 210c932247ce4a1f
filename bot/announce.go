package bot

import (
	"strings"

	"titian/bot/chat"
	"titian/bot/dialogue"
	"titian/flows/flow"
)

// dictates says whether a member of staff is writing the text of an announcement: nothing in it is a wish or a question of theirs.
func (t *talk) dictates() bool {
	if t.m.Kind != chat.Text || t.slash() || !t.announces("text") {
		return false
	}
	q, _ := t.question()
	return t.b.Voice.Listen(&q, t.m).Word == ""
}

// written takes the text of an announcement. One word is said to the bot, not to everybody.
func (t *talk) written() error {
	q, _ := t.question()
	in := t.b.Voice.Listen(&q, t.m).Input
	answers := in.Word == "" || in.Word == flow.Done || in.Word == flow.Enough // the last two may be, where nothing is to be ended
	if answers && in.Option == "" && len(strings.Fields(t.m.Text)) == 1 {
		t.script.Say("announce.text.short", nil)
		t.ask()
		return nil
	}
	return t.advance(in)
}

// captioned takes what stands under the picture of an announcement for its text: that is how a phone sends both at once. before is
// what was said before the picture was heard.
func (t *talk) captioned(before *dialogue.Script) error {
	if len(strings.Fields(t.m.Text)) < 2 || !t.announces("text") {
		return nil
	}
	t.script = before
	return t.advance(flow.Input{ID: t.m.ID, Ref: t.m.Ref, At: t.m.At, Text: t.m.Text})
}

// fewWords may be said to the bot; an announcement has more.
const fewWords = 3

// atOnce takes an announcement that is written where its picture is asked for: it has none.
func (t *talk) atOnce() (bool, error) {
	if t.m.Kind != chat.Text || t.slash() || !t.announces("picture") || len(strings.Fields(t.m.Text)) <= fewWords {
		return false, nil
	}
	top, _ := t.conv.top()
	q, _ := t.question()
	if _, written := top.Answers["text"]; written || t.b.Voice.Answers(q, t.m) {
		return false, nil
	}
	before := t.script.Clone()
	if err := t.advance(flow.Input{ID: t.m.ID, Ref: t.m.Ref, At: t.m.At, Word: flow.Skip}); err != nil {
		return true, err
	}
	return true, t.captioned(before)
}

// announces says whether a question about an announcement is on the table. It is asked with every message of everybody: the table
// itself is laid only where it is an announcement's.
func (t *talk) announces(question string) bool {
	if t.conv.flowName() != t.b.Flows.Announce.Name {
		return false
	}
	q, busy := t.question()
	return busy && q.ID == question
}
