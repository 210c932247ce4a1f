package bot

// again puts the question on the table once more, after an end that may have cost the last answer. A conversation of
// which nothing is left is greeted; one in which nothing is asked hears nothing.
func (t *talk) again() error {
	if len(t.conv.Held) > 0 {
		return nil // it is said now
	}
	if _, asked := t.question(); asked {
		t.script.Say("bot.interrupted", nil)
		t.ask()
		return nil
	}
	if !t.conv.Met && len(t.conv.Stack) == 0 {
		t.script.Say("bot.interrupted", nil)
		return t.greet()
	}
	return nil
}
