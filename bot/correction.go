package bot

import (
	"strings"

	"titian/flows/flow"
	"titian/storage"
)

// beginCorrection asks an owner whether what staff wrote is right.
func (t *talk) beginCorrection(c storage.Correction) {
	t.begin(t.b.Flows.Correction, map[string]string{
		"correction": c.ID, "label": t.b.Voice.Text("field."+leaf(c.Field), nil), "before": c.Before, "after": c.After,
	}, nil)
}

// leaf is the last part of a path: what is asked, whichever bahan or product it is asked of.
func leaf(path string) string {
	if strings.HasPrefix(path, "process.") {
		return "process"
	}
	return path[strings.LastIndexByte(path, '.')+1:]
}

// endedCorrection says what holds now, and asks about the next.
func (t *talk) endedCorrection(say flow.Say, o storage.Outcome) {
	if o.Halal.Refused != storage.RefusedNothing {
		t.script.Say("bot.correction_gone", nil)
		t.ask()
		return
	}
	t.script.Say(say.Key, nil)
	if next := o.Halal.Stand.Corrections; len(next) > 0 {
		t.beginCorrection(next[0])
		return
	}
	t.ask()
}
