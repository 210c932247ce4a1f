package bot

import (
	"strconv"
	"strings"

	"titian/flows/answer"
	"titian/locales"
	"titian/storage"
)

// stand says where the applications of an owner stand, what is missing and since when. It promises no date.
func (t *talk) stand(owner storage.OwnerID) {
	for _, s := range t.ahead.stands {
		if s.Owner != owner || s.State == storage.StateWithdrawn {
			continue
		}
		t.script.Say("bot.stand."+string(s.State), t.standArgs(s))
		if s.SiHalalCode != "" && s.State == storage.StateApplied {
			t.script.Say("bot.stand.code", map[string]string{"says": t.codeSays(s.SiHalalCode)})
		}
		if len(s.Corrections) > 0 {
			t.script.Say("bot.stand.correction", nil)
		}
	}
}

func (t *talk) standArgs(s storage.Stand) map[string]string {
	args := map[string]string{
		"number": s.Number, "product": s.Product, "since": answer.PrintDate(s.Since.In(locales.WITA)), "missing": t.reasons(s), "rank": "",
		"until": "", "person": s.HandedTo, "sihalal": s.SiHalal, "certificate": s.Certificate, "reason": s.Reason,
	}
	if s.Rank > 0 {
		args["rank"] = t.b.Voice.Text("bot.stand_rank", map[string]string{"rank": strconv.Itoa(s.Rank), "left": strconv.Itoa(s.Left)})
	}
	if !s.Until.IsZero() {
		args["until"] = t.b.Voice.Text("bot.stand_until", map[string]string{"date": day(s.Until), "time": clock(s.Until)})
	}
	if s.State == storage.StateParked {
		args["reason"] = t.b.Voice.Text("halal.parked_"+s.Reason, nil)
	}
	return args
}

// reasons are the items to replace, a line each with why.
func (t *talk) reasons(s storage.Stand) string {
	var lines []string
	for _, item := range s.Missing {
		why := item.Words
		if key := "bot.fix." + item.Reason; item.Reason != "" && t.b.Voice.Has(key) {
			why = strings.TrimSpace(t.b.Voice.Text(key, nil) + " " + item.Words)
		}
		lines = append(lines, "• "+item.Title+": "+why)
	}
	return strings.Join(lines, "\n")
}

// codeSays is a status code of SiHalal in the owner's words.
func (t *talk) codeSays(code string) string {
	if key := "bot.sihalal." + code; t.b.Voice.Has(key) {
		return t.b.Voice.Text(key, nil)
	}
	return t.b.Voice.Text("bot.sihalal", map[string]string{"code": code})
}
