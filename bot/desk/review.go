package desk

import (
	"errors"
	"slices"
	"strconv"

	"titian/bot/chat"
	"titian/storage"
)

// taps hears a button of the desk. To anyone who is not staff, or no longer, it does nothing.
func (h *hearing) taps() error {
	h.say = func(storage.Outcome) []chat.Outgoing { return nil }
	who, err := h.desk.Store.StaffAt(h.ctx, h.contact)
	if errors.Is(err, storage.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	t := readTap(h.m.Choice)
	if words := wordsOf[t.does]; words != "" {
		return h.begins(who, t, words)
	}
	if done, err := h.broadcasts(who, t); done || err != nil {
		return err
	}
	return h.carriesOut(who, t)
}

// carriesOut does what needs no words first. What nobody has offered for long, or ever, does nothing.
func (h *hearing) carriesOut(who storage.Staff, t tap) error {
	switch t.does {
	case actNext:
		h.halal(who, "", storage.ClaimApplication{})
	case actClaim:
		h.halal(who, "", storage.ClaimApplication{Application: t.file()})
	case actOpen:
		return h.open(who, t.file())
	case actItem:
		return h.item(who, t.file(), t.item)
	case actRelease:
		h.halal(who, "desk.released", storage.ReleaseClaim{Application: t.file()})
	case actAccept:
		h.halal(who, "desk.accepted", t.verdict(storage.VerdictAccepted, ""))
	case actFix:
		if n, err := strconv.Atoi(t.reason); err == nil && n >= 0 && n < len(reasons) {
			h.halal(who, "desk.sent_back", t.verdict(storage.VerdictFix, reasons[n]))
		}
	case actUndo:
		h.halal(who, "desk.undone", storage.UndoVerdict{Application: t.file(), Item: t.item})
	case actRest:
		h.halal(who, "desk.rest", storage.AcceptRest{Application: t.file()})
	case actEnd:
		h.halal(who, "desk.ended", storage.SendBack{Application: t.file()})
	case actSettle:
		h.halal(who, "desk.settled", storage.SettleTask{Task: t.number()})
	case actCorrect:
		return h.fields(t.file(), t.item)
	case actWrite:
		return h.writes(t.file(), t.item, t.revision)
	case actKBLI:
		h.halal(who, "desk.corrected", storage.CorrectAnswer{Application: t.file(), Field: storage.FieldKBLI, Value: t.item})
	case actPlace:
		h.halal(who, "desk.placed", storage.GrantPlace{Application: t.file()})
	case actDossier:
		h.takesDossier(who, t.file())
	case actCodes:
		return h.codes(t.file())
	case actCode:
		h.halal(who, "desk.noted", storage.NoteCode{Application: t.file(), Code: t.item})
	case actLink:
		h.links("")
	case actCalled:
		h.halal(who, "desk.called", storage.NoteCall{Call: t.number()})
	case actUnbrake:
		h.releases()
	case actClose:
		h.thread("staff.thread.closed", storage.CloseThread{Thread: t.talk()})
	case actGive:
		h.thread("staff.thread.given", storage.HandThread{Thread: t.talk()})
	}
	return nil
}

// halal carries out an effect on a file and shows the file, or why it came to nothing.
func (h *hearing) halal(who storage.Staff, key string, e storage.Effect) {
	h.effects = append(h.effects, e)
	h.say = func(o storage.Outcome) []chat.Outgoing { return h.desk.After(who, h.m.From.Network, key, o) }
}

// After is what is said of an effect on a file: the file as it is now, under a sentence, or why it came to nothing.
func (d *Desk) After(who storage.Staff, at chat.Network, key string, o storage.Outcome) []chat.Outgoing {
	if o.Broadcast.Broadcast.ID != 0 || o.Broadcast.Refused != "" || o.Broadcast.Invited != "" {
		return d.afterBroadcast(who, "drafted", o)
	}
	if o.Thread.Thread.ID != "" || o.Thread.Refused != storage.RefusedNothing {
		return d.afterThread(at, "staff.thread.sending", o)
	}
	a := o.Halal.Application
	if why := o.Halal.Refused; why != storage.RefusedNothing {
		override := why == storage.RefusedReason && o.Halal.Ahead > 0
		if override {
			why = storage.RefusedOrder // which an admin may go past
		}
		m := chat.Outgoing{Text: d.Texts.Say("desk.refused."+string(why), map[string]string{"name": o.Halal.HeldBy, "n": itoa(o.Halal.Ahead)})}
		if override {
			m.Choices = []chat.Choice{button(d.Texts.Say("desk.act.override", nil), actOverride, string(a.ID))}
		}
		return []chat.Outgoing{m}
	}
	above := ""
	if key == "desk.done" && o.Halal.Correction.ID != "" {
		key = "desk.corrected"
	}
	if o.Halal.Asked {
		key = "desk.corrected_asked"
	}
	if key != "" {
		above = d.Texts.Say(key, map[string]string{"number": a.Number})
	}
	out := d.card(a, who, above)
	if key == "desk.ended" || key == "desk.released" {
		out[0].Choices = append(out[0].Choices, button(d.Texts.Say("desk.act.next", nil), actNext))
	}
	return out
}

// open shows a file without taking it.
func (h *hearing) open(who storage.Staff, id storage.ApplicationID) error {
	a, err := h.desk.Store.Application(h.ctx, string(id))
	if errors.Is(err, storage.ErrNotFound) || err == nil && who.Role == storage.RoleCompanion && a.Pendamping != who.ID {
		h.answer("desk.refused.unknown", nil)
		return nil
	}
	if err == nil {
		h.say = func(storage.Outcome) []chat.Outgoing { return h.desk.card(a, who, "") }
	}
	return err
}

// item shows one item: a section in words, a document by a message of its own, which goes again.
func (h *hearing) item(who storage.Staff, id storage.ApplicationID, key string) error {
	d := h.desk
	section := slices.Contains(sections, key)
	if section && who.Role != storage.RoleCompanion {
		h.effects = append(h.effects, storage.ClaimApplication{Application: id})
	} else {
		h.effects = append(h.effects, storage.ShowItem{Application: id, Item: key})
	}
	h.say = func(o storage.Outcome) []chat.Outgoing {
		a := o.Halal.Application
		n := slices.IndexFunc(a.Items, func(i storage.Item) bool { return i.Key == key })
		if o.Halal.Refused != storage.RefusedNothing || n < 0 {
			return d.After(who, h.m.From.Network, "", o)
		}
		item := a.Items[n]
		text := a.Number + " · " + item.Title
		switch {
		case section && o.Halal.Dossier != nil:
			text += "\n" + d.section(key, *o.Halal.Dossier)
		case !section:
			text += "\n" + d.Texts.Say("desk.showing", map[string]string{"n": itoa(len(item.Files))})
		}
		for _, mark := range item.Marks {
			text += "\n⚠️ " + d.Texts.Say("desk.mark."+mark, nil)
		}
		m := chat.Outgoing{Text: text, Choices: d.verdicts(a, item)}
		if who.Role == storage.RoleCompanion {
			m.Choices = []chat.Choice{button(d.Texts.Say("desk.act.back", nil), actOpen, string(a.ID))}
		}
		return []chat.Outgoing{m}
	}
	return nil
}

var sections = []string{
	storage.SectionBusiness, storage.SectionSupervisor, storage.SectionFactory, storage.SectionMaterials, storage.SectionProducts, storage.SectionProcess,
}

// codes offers SiHalal's status codes.
func (h *hearing) codes(id storage.ApplicationID) error {
	var list []chat.Choice
	for _, code := range []string{"OF10", "OF11", "OF15", "OF71", "OF72", "OF74", "OF100", "OF120"} {
		list = append(list, button(code+": "+h.desk.code(code), actCode, string(id), code))
	}
	h.offer("desk.which_code", append(list, button(h.desk.Texts.Say("desk.act.back", nil), actOpen, string(id))))
	return nil
}

// offer asks which of these it is to be.
func (h *hearing) offer(key string, choices []chat.Choice) {
	h.shows(h.desk.Texts.Say(key, nil), choices)
}
