package broadcast

import (
	"fmt"
	"slices"
	"strings"

	"titian/bot/chat"
	"titian/locales"
	"titian/storage"
)

// Preview is what a broadcast would do if it started now: to how many, who is left out and why, how long it takes, and how the
// first of them read it.
func (p *Pumps) Preview(b storage.Broadcast, invites storage.Invitation, plan storage.Plan) string {
	begins := p.Now().Add(p.closed(b))
	ends := Ends(plan.Counts, begins, p.Pace)
	lines := []string{p.Texts.Say("broadcast.preview.due", map[string]string{"n": fmt.Sprint(plan.Counts.Of(storage.RecipientPending)), "by": p.byNetwork(plan.Counts)})}
	if n := plan.Counts.Of(storage.RecipientSkipped); n > 0 {
		lines = append(lines, p.Texts.Say("broadcast.preview.left_out", map[string]string{"n": fmt.Sprint(n), "why": LeftOut(p.Texts, plan.Counts)}))
	}
	if plan.Unknown > 0 {
		lines = append(lines, p.Texts.Say("broadcast.preview.unknown", map[string]string{"n": fmt.Sprint(plan.Unknown)}))
	}
	lines = append(lines, p.Texts.Say("broadcast.preview.takes", map[string]string{
		"long": Lasting(p.Texts, ends.Sub(begins)), "ends": ends.In(locales.WITA).Format("02-01-2006 15.04"),
	}))
	for _, r := range plan.First {
		lines = append(lines, "", "── "+short(r.Name), p.Example(b, invites, r).Text)
	}
	return strings.Join(lines, "\n")
}

// Example is the message as somebody would get it, but for the buttons of an invitation.
func (p *Pumps) Example(b storage.Broadcast, invites storage.Invitation, to storage.Reached) chat.Outgoing {
	offer := &invites
	if invites.Places == 0 {
		offer = nil
	}
	m := Message(p.Texts, b, offer, to)
	m.Shortcuts = nil
	return m
}

func (p *Pumps) byNetwork(c storage.Counts) string {
	sums := map[chat.Network]int{}
	for _, one := range c {
		if one.State == storage.RecipientPending {
			sums[one.Network] += one.N
		}
	}
	var parts []string
	for n, people := range sums {
		parts = append(parts, p.Texts.Say("broadcast.network."+string(n), nil)+" "+fmt.Sprint(people))
	}
	slices.Sort(parts)
	if len(parts) == 0 {
		return ""
	}
	return " (" + strings.Join(parts, ", ") + ")"
}
