package bot

import (
	"regexp"

	"titian/bot/chat"
	"titian/flows"
	"titian/flows/flow"
	"titian/storage"
)

// askPenyelia gives the owner the words to pass on to a penyelia who has to agree from a chat of their own.
func (t *talk) askPenyelia(s flow.State, o storage.HalalOutcome) {
	t.script.Say("bot.penyelia_word", map[string]string{"person": flows.Chosen(s, "supervisor_name")})
	t.script.Say("bot.penyelia_asked", map[string]string{
		"person": flows.Chosen(s, "supervisor_name"), "owner": o.Application.Name, "business": o.Application.Business, "word": o.Word,
	})
}

// agreement is what a penyelia types: the word of consent, then the one-time word.
var agreement = regexp.MustCompile(`(?i)^\s*(?:setuju|bersedia)[\s:,]+([2-9a-z]{4}[\s-]*[2-9a-z]{4}[\s-]*[2-9a-z]{4})[\s.!]*$`)

// agrees hears the one-time word of a penyelia, whatever is on the table.
func (t *talk) agrees() bool {
	said := agreement.FindStringSubmatch(t.m.Text)
	if t.m.Kind != chat.Text || said == nil {
		return false
	}
	t.effects = append(t.effects, storage.AgreeSupervisor{Word: said[1], Consent: storage.Consent{
		Purpose: "supervisor", TextVersion: flows.AgreementVersion, TextSHA256: t.b.consentHash("supervisor"),
		Answer: t.m.Text, Given: true, MessageID: t.m.ID, At: t.m.At, TypedBy: storage.TypedBySelf,
	}})
	t.after = append(t.after, func(t *talk, o storage.Outcome) {
		switch {
		case o.Staff.Refused == storage.RefusedSilently:
		case o.Halal.Refused == storage.RefusedRights:
			t.script.Say("bot.penyelia_own", nil)
		case o.Staff.Refused != storage.RefusedNothing || o.Halal.Refused != storage.RefusedNothing:
			t.script.Say("bot.penyelia_wrong", nil)
		default:
			t.script.Say("bot.penyelia_agreed", map[string]string{"business": o.Halal.Application.Business})
		}
		t.ask()
	})
	return true
}
