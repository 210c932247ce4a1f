package bot

import (
	"strconv"
	"strings"

	"titian/bot/chat"
	"titian/flows/flow"
)

// card tells where a person was when they left, and what is still open.
func (t *talk) card() {
	if draft, ok := t.conv.top(); ok && t.b.isDraft(draft.Flow) {
		key, args := t.progress(draft)
		args["greeting"] = t.greeting()
		t.script.Say("bot.resume", args)
		t.script.Say("bot.resume_"+key, args)
	}
	t.ask()
}

// progress says how far a draft is, and what of it is open: "at" a question,
// "ready" at its summary, or "amending" what was filed; of a halal file "halal" or "halal_ready".
func (t *talk) progress(draft flow.State) (key string, args map[string]string) {
	f := t.b.Flows.Registration
	if draft.Flow != f.Name {
		return t.halalProgress(draft)
	}
	q := f.Table(draft, t.now)
	whole := draft
	whole.Enough, whole.Wanted = true, ""
	var open []string
	for _, row := range f.Table(whole, t.now).Rows {
		if len(row.Value) == 0 && !row.Skipped {
			open = append(open, row.ID)
		}
	}
	args = map[string]string{
		"step": strconv.Itoa(q.Step), "of": strconv.Itoa(q.Of), "number": draft.Facts["number"],
		"missing": t.b.Voice.Names(f.Name, open),
	}
	switch {
	case draft.Facts["owner"] != "":
		return "amending", args
	case q.Step == 0 || len(open) == 0:
		return "ready", args
	}
	return "at", args
}

// noted says back what the first message after a long pause was taken for,
// where the question would not say it itself: it may have been no answer.
func (t *talk) noted(q flow.Question, turn flow.Turn) {
	a, answered := turn.State.Answers[q.ID]
	if !answered || a.Skipped || a.ID != t.m.ID || q.Field == nil || q.Field.Kind != flow.Text || q.Field.Echo {
		return
	}
	t.script.Say("bot.noted", map[string]string{
		"label": t.b.Voice.Name(turn.State.Flow, q.ID), "value": a.Value,
	})
}

// rested: whoever comes back to the summary after a long pause sees it before
// a word like "ya" sends it.
func (t *talk) rested(q flow.Question) bool {
	return t.paused > longPause && q.Kind == flow.KindReview && t.m.Kind == chat.Text &&
		!strings.EqualFold(strings.TrimSpace(t.m.Text), t.b.Voice.Text("flow.option.send", nil))
}
