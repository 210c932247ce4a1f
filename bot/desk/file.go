package desk

import (
	"strconv"
	"strings"

	"titian/bot/chat"
	"titian/flows/answer"
	"titian/locales"
	"titian/storage"
)

// card is a file as an officer sees it, with what can be done now.
func (d *Desk) card(a storage.Application, who storage.Staff, above string) []chat.Outgoing {
	var lines []string
	if above != "" {
		lines = append(lines, above, "")
	}
	args := map[string]string{
		"number": a.Number, "product": a.Product, "name": a.Name, "business": a.Business, "registration": a.Registration,
		"state": d.Texts.Say("desk.state."+string(a.State), nil), "rank": strconv.Itoa(a.Rank),
		"since": answer.PrintDate(a.Since.In(locales.WITA)), "person": a.HandedTo, "sihalal": a.SiHalal, "says": "", "certificate": a.Certificate,
	}
	if a.SiHalalCode != "" {
		args["says"] = d.code(a.SiHalalCode)
	}
	lines = append(lines, d.Texts.Say("desk.card", args))
	if a.Rank > 0 {
		lines = append(lines, d.Texts.Say("desk.rank", args))
	}
	if a.ClaimedBy != "" {
		lines = append(lines, d.Texts.Say("desk.held", map[string]string{"name": a.ClaimedName, "until": clock(a.ClaimedUntil)}))
	}
	for _, key := range []string{"person", "sihalal", "says", "certificate"} {
		if args[key] != "" {
			lines = append(lines, d.Texts.Say("desk.line."+key, args))
		}
	}
	lines = append(lines, "")
	for n, item := range a.Items {
		lines = append(lines, strconv.Itoa(n+1)+". "+d.itemLine(item))
	}
	for _, task := range a.Tasks {
		if !task.Done {
			lines = append(lines, d.Texts.Say("desk.task", map[string]string{"what": d.Texts.Say("desk.task."+task.Kind, nil), "subject": task.Subject}))
		}
	}
	return []chat.Outgoing{{Text: strings.Join(lines, "\n"), Choices: append(d.acts(a, who), d.takes(a)...)}}
}

// itemLine is one item in the list: what was said of it, and why a check wants it looked at.
func (d *Desk) itemLine(item storage.Item) string {
	sign := "⬜"
	switch item.Verdict {
	case storage.VerdictAccepted:
		sign = "✅"
	case storage.VerdictFix:
		sign = "↩️"
	}
	line := sign + " " + item.Title
	if item.Verdict == storage.VerdictFix {
		line += ": " + d.why(item)
	}
	if len(item.Marks) > 0 && item.Verdict == storage.VerdictNone {
		line += " – " + d.Texts.Say("desk.marked", nil)
	}
	return line
}

// acts are what can be done with a file now, the items first.
func (d *Desk) acts(a storage.Application, who storage.Staff) []chat.Choice {
	id := string(a.ID)
	say := func(key string) string { return d.Texts.Say("desk.act."+key, nil) }
	var list []chat.Choice
	reviews := who.Role != storage.RoleCompanion && (a.State == storage.StateSubmitted || a.State == storage.StateReturned)
	if who.Role == storage.RoleCompanion || a.ClaimedBy == who.ID {
		for n, item := range a.Items {
			line := button(strconv.Itoa(n+1)+". "+item.Title, actItem, id, item.Key)
			line.Written = true // by itemLine, under the same number
			list = append(list, line)
		}
	}
	switch {
	case reviews && a.ClaimedBy != who.ID:
		return append(list, button(say("claim"), actClaim, id))
	case reviews:
		list = append(list, button(say("rest"), actRest, id), button(say("end"), actEnd, id), button(say("release"), actRelease, id))
	}
	for _, task := range a.Tasks {
		if !task.Done && a.ClaimedBy == who.ID {
			list = append(list, button(say("settle")+" "+task.Subject, actSettle, strconv.FormatInt(task.ID, 10)))
		}
	}
	officer := who.Role != storage.RoleCompanion
	switch {
	case a.State == storage.StateComplete && officer:
		list = append(list, button(say("place"), actPlace, id), button(say("refuse"), actRefuse, id))
	case a.State == storage.StatePlaced && officer:
		list = append(list, button(say("hand"), actHand, id))
	case a.State == storage.StateHanded:
		list = append(list, button(say("apply"), actApply, id), button(say("return"), actReturn, id))
	case a.State == storage.StateApplied:
		list = append(list, button(say("code"), actCodes, id), button(say("return"), actReturn, id), button(say("issue"), actIssue, id), button(say("refuse"), actRefuse, id))
	case a.State == storage.StateReturned:
		list = append(list, button(say("again"), actApply, id))
	}
	return list
}

// verdicts are what can be said of one item.
func (d *Desk) verdicts(a storage.Application, item storage.Item) []chat.Choice {
	id, revision := string(a.ID), strconv.Itoa(item.Revision)
	list := []chat.Choice{button(d.Texts.Say("desk.act.accept", nil), actAccept, id, item.Key, revision)}
	for n, reason := range reasons {
		list = append(list, button(d.Texts.Say("desk.act.fix."+reason, nil), actFix, id, item.Key, revision, strconv.Itoa(n)))
	}
	write := button(d.Texts.Say("desk.act.add", nil), actAdd, id, item.Key)
	if item.Kind == storage.ItemSection {
		write = button(d.Texts.Say("desk.act.correct", nil), actCorrect, id, item.Key)
	}
	return append(list,
		button(d.Texts.Say("desk.act.words", nil), actWords, id, item.Key, revision),
		write,
		button(d.Texts.Say("desk.act.undo", nil), actUndo, id, item.Key),
		button(d.Texts.Say("desk.act.back", nil), actOpen, id))
}

// reasons are the ready ones; a button holds their place in this list, which only grows.
var reasons = []string{"blurred", "cut", "wrong", "differs", "expired"}
