package desk

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"titian/bot/chat"
	"titian/storage"
)

// broadcastActs are the acts that go straight to the ledger.
var broadcastActs = map[act]storage.BroadcastAct{
	actSend: storage.BroadcastSend, actApprove: storage.BroadcastApprove, actDecline: storage.BroadcastDecline, actPause: storage.BroadcastPause,
	actResume: storage.BroadcastResume, actRetry: storage.BroadcastRetry, actCancelYes: storage.BroadcastCancel,
}

// broadcasts hears a button of a broadcast; false: it is none.
func (h *hearing) broadcasts(who storage.Staff, t tap) (bool, error) {
	d, id := h.desk, storage.BroadcastID(t.number())
	moves, does := broadcastActs[t.does]
	if !does && !strings.HasPrefix(string(t.does), "b") || t.does == actReturn {
		return false, nil
	}
	if who.Role == storage.RoleCompanion || d.Announcer == nil {
		h.answer("staff.rights_officer", nil)
		return true, nil
	}
	switch t.does {
	case actNew:
		return true, h.writesBroadcast(storage.BroadcastOutcome{}, "")
	case actBroadcast:
		return true, h.showsBroadcast(id)
	case actCancel:
		h.offer("desk.broadcast.cancel", []chat.Choice{
			button(d.Texts.Say("desk.act.broadcast_cancel_yes", nil), actCancelYes, t.of), button(d.Texts.Say("desk.act.broadcast_keep", nil), actBroadcast, t.of),
		})
		return true, nil
	case actTest:
		return true, h.triesBroadcast(who, id)
	case actEdit:
		return true, h.changesBroadcast(id, t.item)
	case actUnsure:
		return true, h.asksAgain(id)
	case actVersion:
		return true, h.writesVersion(id)
	case actChoose:
		return true, h.showsChoice(id)
	case actCloses:
		h.offer("desk.broadcast.close_choice", []chat.Choice{
			button(d.Texts.Say("desk.act.broadcast_close_yes", nil), actClosed, t.of), button(d.Texts.Say("desk.act.broadcast_keep", nil), actChoose, t.of),
		})
		return true, nil
	case actClosed:
		h.endsChoice(id)
		return true, nil
	case actList, actCallList:
		h.takesList(id, t.does == actCallList)
		return true, nil
	}
	if !does {
		return true, nil
	}
	edition, _ := strconv.Atoi(t.item)
	e := storage.MoveBroadcast{ID: id, Act: moves, Edition: edition}
	if moves == storage.BroadcastSend || moves == storage.BroadcastApprove {
		b, err := d.Store.Broadcast(h.ctx, id)
		if errors.Is(err, storage.ErrNotFound) {
			h.answer("desk.broadcast.refused.unknown", nil)
			return true, nil
		}
		if err == nil {
			e.Audience, err = d.audience(h.ctx, b)
		}
		if err != nil {
			return true, err
		}
		if e.Audience == nil {
			h.answer("desk.broadcast.refused.audience", nil)
			return true, nil
		}
	}
	h.effects = append(h.effects, e)
	h.say = func(o storage.Outcome) []chat.Outgoing { return d.afterBroadcast(who, moves, o) }
	return true, nil
}

// triesBroadcast sends the message to the officer alone.
func (h *hearing) triesBroadcast(who storage.Staff, id storage.BroadcastID) error {
	o, found, err := h.looked(id)
	if !found {
		return err
	}
	d := h.desk
	m := d.Announcer.Example(o.Broadcast, o.Invitation, storage.Reached{Name: who.Name, Business: d.Texts.Say("desk.broadcast.own_business", nil)})
	if o.Broadcast.StartedAt.IsZero() && o.Broadcast.AskedAt.IsZero() {
		m.Choices = append(m.Choices, button(d.Texts.Say("desk.act.broadcast_send", nil), actSend, bid(o.Broadcast), itoa(o.Broadcast.Edition)))
	}
	m.Choices = append(m.Choices, button(d.Texts.Say("desk.act.broadcast", map[string]string{"number": bid(o.Broadcast)}), actBroadcast, bid(o.Broadcast)))
	h.say = func(storage.Outcome) []chat.Outgoing { return []chat.Outgoing{m} }
	return nil
}

// changesBroadcast asks one thing of a draft anew, or which it is.
func (h *hearing) changesBroadcast(id storage.BroadcastID, change string) error {
	o, found, err := h.looked(id)
	if !found {
		return err
	}
	d, b := h.desk, o.Broadcast
	switch {
	case !b.StartedAt.IsZero() || b.State == storage.BroadcastCancelled:
		h.answer("desk.broadcast.refused.state", map[string]string{"state": d.Texts.Say("broadcast.card."+string(b.State), map[string]string{"number": bid(b)})})
		return nil
	case change != "":
		return h.writesBroadcast(o, change)
	}
	var list []chat.Choice
	for _, what := range []string{changeText, changePicture, changeAudience, changeTime, changePlaces} {
		list = append(list, button(d.Texts.Say("desk.act.broadcast_edit_"+what, nil), actEdit, bid(b), what))
	}
	h.offer("desk.broadcast.which", append(list, button(d.Texts.Say("desk.act.back", nil), actBroadcast, bid(b))))
	return nil
}

// afterBroadcast shows a broadcast under what became of an act on it, or why it came to nothing.
func (d *Desk) afterBroadcast(who storage.Staff, does storage.BroadcastAct, out storage.Outcome) []chat.Outgoing {
	o := out.Broadcast
	b := o.Broadcast
	args := map[string]string{
		"number": bid(b), "n": itoa(o.Again), "state": d.Texts.Say("broadcast.card."+string(orDraft(b.State)), map[string]string{"number": bid(b)}),
	}
	key := "desk.broadcast." + string(does)
	switch {
	case does == storage.BroadcastCancel && o.Refused == "":
		key = "desk.broadcast.cancel_done"
	case o.Invited != "":
		key = "desk.broadcast.invited." + string(o.Invited)
	case o.Refused != "":
		key = "desk.broadcast.refused." + string(o.Refused)
	case o.Asked:
		key = "desk.broadcast.asking"
	}
	above := d.Texts.Say(key, args)
	if b.ID == 0 {
		return []chat.Outgoing{{Text: above}}
	}
	return []chat.Outgoing{d.broadcastCard(who, above, o)}
}

func orDraft(s storage.BroadcastState) storage.BroadcastState {
	if s == "" {
		return storage.BroadcastDraft
	}
	return s
}

// underway is what may be done with a broadcast that started, and whose recipients stand so.
func (d *Desk) underway(b storage.Broadcast, c storage.Counts) (list []chat.Choice) {
	say := func(key string, does act) {
		list = append(list, button(d.Texts.Say("desk.act.broadcast_"+key, nil), does, bid(b)))
	}
	switch b.State {
	case storage.BroadcastRunning:
		say("pause", actPause)
		say("cancel", actCancel)
	case storage.BroadcastPaused:
		say("resume", actResume)
		say("cancel", actCancel)
	}
	if b.State != storage.BroadcastCancelled && c.Of(storage.RecipientUnsure) > 0 {
		say("unsure", actUnsure)
	}
	if b.Places > 0 && !b.StartedAt.IsZero() {
		say("list", actList)
		say("call_list", actCallList)
	}
	return list
}

// BroadcastActs are the buttons below how far a broadcast is; none where a number would mean the last answer's.
func (d *Desk) BroadcastActs(n chat.Network, b storage.Broadcast, c storage.Counts) []chat.Choice {
	if d.numbered(n) {
		return nil
	}
	return d.underway(b, c)
}

// notifyBroadcast asks the others to confirm a draft, or tells who made it what they said.
func (d *Desk) notifyBroadcast(ctx context.Context, n storage.NoticeJob, to storage.Recipient) (chat.Outgoing, error) {
	parts := append(strings.Split(n.Event, "/"), "", "")
	id, _ := strconv.ParseInt(parts[0], 10, 64)
	h := &hearing{desk: d, ctx: ctx}
	o, found, err := h.looked(storage.BroadcastID(id))
	if !found || to.Group || d.Announcer == nil {
		return chat.Outgoing{}, err
	}
	b := o.Broadcast
	if n.Kind != storage.NoticeBroadcast {
		staff, err := d.Store.Staff(ctx)
		name := ""
		for _, s := range staff {
			if string(s.ID) == parts[2] {
				name = s.Name
			}
		}
		return chat.Outgoing{Text: d.Texts.Say("desk.broadcast.told."+string(n.Kind), map[string]string{"number": bid(b), "name": name})}, err
	}
	if b.MadeBy == to.ID || b.AskedAt.IsZero() || strconv.Itoa(b.Edition) != parts[1] || !b.StartedAt.IsZero() {
		return chat.Outgoing{}, nil // overtaken, or their own
	}
	m := d.broadcastCard(storage.Staff{ID: storage.StaffID(to.ID), Role: to.Role}, "", o)
	if d.numbered(to.To.Network) {
		m.Choices = nil
		m.Text += "\n" + d.Texts.Say("desk.broadcast.typed", map[string]string{"number": bid(b)})
	}
	return m, nil
}
