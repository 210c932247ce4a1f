package bot

import (
	"strings"

	"titian/flows/answer"
	"titian/locales"
	"titian/storage"
)

// status says where each registration stands: filed ones, and the draft.
func (t *talk) status() error {
	known, err := t.known()
	if err != nil {
		return err
	}
	if len(known) > 0 {
		f, err := t.facts()
		if err != nil {
			return err
		}
		t.begin(t.b.Flows.Status, f, nil)
		return nil
	}
	t.draftStatus()
	t.ask()
	t.lookForTwin()
	t.offersJoin()
	return nil
}

// draftStatus says how far a draft is; without one, that nothing is stored.
func (t *talk) draftStatus() {
	s, ok := t.draft()
	if !ok {
		t.script.Say("bot.nothing_stored", nil)
		return
	}
	key, args := t.progress(s)
	t.script.Say("bot.status_"+key, args)
}

// filed describes one filed owner: number, date, what is missing.
func (t *talk) filed(o storage.Owner) {
	t.script.Say("bot.status_filed", map[string]string{
		"business": o.Business, "name": o.Name, "number": o.Number, "date": answer.PrintDate(o.FiledAt.In(locales.WITA)),
	})
	if names := t.b.Voice.Names(t.b.Flows.Registration.Name, o.Missing); strings.TrimSpace(names) != "" {
		t.script.Say("bot.status_missing", map[string]string{"missing": names})
	}
}
