package desk

import (
	"errors"
	"strings"

	"titian/bot/chat"
	"titian/storage"
)

// mostToChoose is how many people a card names of whom staff choose; the others stand on the list.
const mostToChoose = 30

// showsChoice shows who wants to come to an invitation whose rule is that staff choose, and how one is chosen.
func (h *hearing) showsChoice(id storage.BroadcastID) error {
	i, list, err := h.desk.Store.Participants(h.ctx, id)
	say := h.desk.Texts.Say
	switch {
	case errors.Is(err, storage.ErrNotFound):
		h.answer("desk.broadcast.no_places", map[string]string{"number": id.String()})
		return nil
	case err != nil:
		return err
	case i.Rule != storage.RuleStaff:
		h.answer("desk.broadcast.unclosed.rule", nil)
		return nil
	}
	free := i.Places
	var lines, example []string
	for _, p := range list {
		switch p.State {
		case storage.ParticipantHeld, storage.ParticipantAttended, storage.ParticipantOffered:
			free--
		case storage.ParticipantComing, storage.ParticipantUnchosen:
			if len(lines) < mostToChoose {
				lines = append(lines, say("desk.broadcast.choosable", map[string]string{"number": p.Number, "name": p.Name, "business": p.Business, "kecamatan": p.Kecamatan}))
			}
			example = append(example, p.Number)
		}
	}
	args := map[string]string{"event": i.Event, "free": itoa(free), "n": itoa(len(example)), "number": id.String()}
	if len(example) == 0 {
		h.answer("desk.broadcast.nobody_to_choose", args)
		return nil
	}
	args["example"] = example[0]
	lines = append([]string{say("desk.broadcast.choose", args)}, lines...)
	if more := len(example) - mostToChoose; more > 0 {
		lines = append(lines, say("desk.broadcast.choosable_more", map[string]string{"n": itoa(more)}))
	}
	var choices []chat.Choice
	if i.FilledAt.IsZero() {
		choices = append(choices, button(say("desk.act.broadcast_close", nil), actCloses, id.String()))
	}
	h.shows(strings.Join(append(lines, "", say("desk.broadcast.choose_with", args)), "\n"),
		append(choices, button(say("desk.act.broadcast_list", nil), actList, id.String()), button(say("desk.act.back", nil), actBroadcast, id.String())))
	return nil
}

// endsChoice has whoever was not chosen told so.
func (h *hearing) endsChoice(id storage.BroadcastID) {
	h.effects = append(h.effects, storage.CloseChoice{Broadcast: id})
	h.say = func(o storage.Outcome) []chat.Outgoing {
		key := "desk.broadcast.choice_closed"
		switch r := o.Invitation.Refused; {
		case o.Staff.Refused != "":
			key = "staff.rights_officer"
		case r != "":
			key = "desk.broadcast.unclosed." + string(r)
		}
		return []chat.Outgoing{{Text: h.desk.Texts.Say(key, map[string]string{"number": id.String()})}}
	}
}

// asksAgain asks before a message goes once more to whom it may have reached: some may then have it twice.
func (h *hearing) asksAgain(id storage.BroadcastID) error {
	o, found, err := h.looked(id)
	if !found {
		return err
	}
	d := h.desk
	n := o.Counts.Of(storage.RecipientUnsure)
	if n == 0 {
		h.answer("desk.broadcast.none_unsure", map[string]string{"number": id.String()})
		return nil
	}
	h.shows(d.Texts.Say("desk.broadcast.unsure", map[string]string{"n": itoa(n)}), []chat.Choice{
		button(d.Texts.Say("desk.act.broadcast_retry", nil), actRetry, id.String()), button(d.Texts.Say("desk.act.broadcast_keep", nil), actBroadcast, id.String()),
	})
	return nil
}

// writesVersion begins a new version of a broadcast that started: its text is asked anew, everything else stands and can be changed
// on the card. One of an invitation would take the answers away that people gave, so there is none.
func (h *hearing) writesVersion(id storage.BroadcastID) error {
	o, found, err := h.looked(id)
	if !found {
		return err
	}
	b := o.Broadcast
	args := map[string]string{"number": id.String()}
	switch {
	case b.StartedAt.IsZero():
		h.answer("desk.broadcast.refused.former", args)
		return nil
	case b.Places > 0:
		h.answer("desk.broadcast.version_invites", args)
		return nil
	}
	b.ID, b.Former, b.State = 0, id, storage.BroadcastDraft
	if err := h.writesBroadcast(storage.BroadcastOutcome{Broadcast: b}, changeText); err != nil {
		return err
	}
	h.say = func(storage.Outcome) []chat.Outgoing {
		return []chat.Outgoing{{Text: h.desk.Texts.Say("desk.broadcast.version", args)}}
	}
	return nil
}
