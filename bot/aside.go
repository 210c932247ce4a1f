package bot

import "titian/flows/flow"

// aside clears the way for a message that is about the question below the one
// on the table: a menu that was opened in the middle never swallows an answer,
// and the buttons of what waits below still work.
func (t *talk) aside() {
	top, ok := t.conv.top()
	if !ok || len(t.conv.Stack) < 2 || t.conv.Strange {
		return
	}
	if run := t.b.Voice.Run(t.m); run != "" {
		for n, s := range t.conv.Stack {
			if s.Run == run {
				t.conv.Stack = t.conv.Stack[: n+1 : n+1]
			}
		}
		return
	}
	if top.Flow == t.b.Flows.Menu.Name && !t.b.Voice.Answers(t.b.Flows.Menu.Table(top, t.now), t.m) {
		t.conv = t.conv.pop()
	}
}

// leaves says whether a word that steers within a flow is meant for what lies below it.
func (t *talk) leaves(w flow.Word) bool {
	switch t.conv.flowName() {
	case t.b.Flows.Registration.Name, t.b.Flows.Halal().Name, t.b.Flows.Comeback.Name:
		return false
	case t.b.Flows.Menu.Name:
		return w != ""
	}
	q, _ := t.question()
	return w == flow.Continue && len(t.conv.Stack) > 1 && t.conv.flowName() != t.b.Flows.Announce.Name || w == flow.Back && q.Step <= 1
}

// leave puts what lies below on the table again, with the word where it is about that.
func (t *talk) leave(in flow.Input) error {
	menu := t.conv.flowName() == t.b.Flows.Menu.Name
	t.conv = t.conv.pop()
	_, busy := t.question()
	switch w := in.Word; {
	case menu && (w == flow.Complete || w == flow.Edit):
		return t.amends(w == flow.Edit)
	case !busy:
		return t.menu()
	case menu && (w == flow.Skip || w == flow.Enough || w == flow.Done || w == flow.Why):
		return t.advance(in)
	}
	return t.resume()
}

// amends opens what was filed, to complete or to correct it. A draft comes
// first: two registrations at a time would be taken for each other.
func (t *talk) amends(edit bool) error {
	if _, draft := t.conv.find(t.b.Flows.Registration.Name); draft {
		known, err := t.known()
		if err != nil {
			return err
		}
		if len(known) > 0 {
			t.script.Say("bot.draft_first", nil)
		}
		return t.resume()
	}
	mode := "complete"
	if edit {
		mode = "edit"
	}
	return t.withOwner(t.b.Flows.Amend, map[string]string{"mode": mode})
}
