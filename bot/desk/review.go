package desk

import (
	"errors"
	"slices"
	"strconv"
	"strings"

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
	parts := strings.Split(strings.TrimPrefix(h.m.Choice, ours), ":")
	act, args := parts[0], append(parts[1:], "", "", "", "")
	id, item := storage.ApplicationID(args[0]), args[1]
	revision, _ := strconv.Atoi(args[2])
	d := h.desk
	if words, needs := d.needs(act, id, args); needs {
		return h.begins(who, id, words)
	}
	switch act {
	case "n":
		h.halal(who, "", storage.ClaimApplication{})
	case "c":
		h.halal(who, "", storage.ClaimApplication{Application: id})
	case "o":
		return h.open(who, id)
	case "i":
		return h.item(who, id, item)
	case "a":
		h.halal(who, "desk.accepted", storage.GiveVerdict{Application: id, Item: item, Revision: revision, Verdict: storage.VerdictAccepted})
	case "f":
		n, err := strconv.Atoi(args[3])
		if err == nil && n >= 0 && n < len(reasons) {
			h.halal(who, "desk.sent_back", storage.GiveVerdict{
				Application: id, Item: item, Revision: revision, Verdict: storage.VerdictFix, Reason: reasons[n]})
		}
	case "u":
		h.halal(who, "desk.undone", storage.UndoVerdict{Application: id, Item: item})
	case "r":
		h.halal(who, "desk.rest", storage.AcceptRest{Application: id})
	case "e":
		h.halal(who, "desk.ended", storage.SendBack{Application: id})
	case "x":
		h.halal(who, "desk.released", storage.ReleaseClaim{Application: id})
	case "g":
		h.halal(who, "desk.placed", storage.GrantPlace{Application: id})
	case "co":
		return h.fields(id, item)
	case "cf":
		return h.writes(id, item, args[2])
	case "kb":
		h.halal(who, "desk.corrected", storage.CorrectAnswer{Application: id, Field: storage.FieldKBLI, Value: item})
	case "z":
		h.takesDossier(who, id)
	case "k":
		return h.codes(id)
	case "s":
		h.halal(who, "desk.noted", storage.NoteCode{Application: id, Code: item})
	case "q":
		task, _ := strconv.ParseInt(args[0], 10, 64)
		h.halal(who, "desk.settled", storage.SettleTask{Task: task})
	case actClose:
		h.thread("staff.thread.closed", storage.CloseThread{Thread: storage.ThreadID(args[0])})
	case actGive:
		h.thread("staff.thread.given", storage.HandThread{Thread: storage.ThreadID(args[0])})
	case "l":
		call, _ := strconv.ParseInt(args[0], 10, 64)
		h.halal(who, "desk.called", storage.NoteCall{Call: call})
	}
	return nil
}

// needs says which words an act needs before it can be done; the facts are those of the flow that asks for them.
func (d *Desk) needs(act string, id storage.ApplicationID, args []string) (facts map[string]string, needs bool) {
	name := map[string]string{"ad": "add", "w": "fix", "v": "override", "h": "hand", "p": "apply", "b": "return", "j": "refuse", "t": "issue", actAnswer: "answer"}[act]
	if name == "" {
		return nil, false
	}
	return map[string]string{
		"act": name, "application": string(id), "item": args[1], "revision": args[2], "prompt": d.Texts.Say("desk.ask."+name, nil),
	}, true
}

// halal carries out an effect on a file and shows the file, or why it came to nothing.
func (h *hearing) halal(who storage.Staff, key string, e storage.Effect) {
	h.effects = append(h.effects, e)
	h.say = func(o storage.Outcome) []chat.Outgoing { return h.desk.After(who, key, o) }
}

// After is what is said of an effect on a file: the file as it is now, under a sentence, or why it came to nothing.
func (d *Desk) After(who storage.Staff, key string, o storage.Outcome) []chat.Outgoing {
	if o.Thread.Thread.ID != "" || o.Thread.Refused != storage.RefusedNothing {
		return d.afterThread("staff.thread.sending", o)
	}
	a := o.Halal.Application
	if why := o.Halal.Refused; why != storage.RefusedNothing {
		override := why == storage.RefusedReason && o.Halal.Ahead > 0
		if override {
			why = storage.RefusedOrder // which an admin may go past
		}
		m := chat.Outgoing{Text: d.Texts.Say("desk.refused."+string(why), map[string]string{"name": o.Halal.HeldBy, "n": itoa(o.Halal.Ahead)})}
		if override {
			m.Choices = []chat.Choice{button(d.Texts.Say("desk.act.override", nil), "v", string(a.ID))}
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
		out[0].Choices = append(out[0].Choices, button(d.Texts.Say("desk.act.next", nil), "n"))
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
			return d.After(who, "", o)
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
			m.Choices = []chat.Choice{button(d.Texts.Say("desk.act.back", nil), "o", string(a.ID))}
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
		list = append(list, button(code+": "+h.desk.code(code), "s", string(id), code))
	}
	h.offer("desk.which_code", append(list, button(h.desk.Texts.Say("desk.act.back", nil), "o", string(id))))
	return nil
}

func (h *hearing) offer(key string, choices []chat.Choice) {
	text := h.desk.Texts.Say(key, nil)
	h.say = func(storage.Outcome) []chat.Outgoing { return []chat.Outgoing{{Text: text, Choices: choices}} }
}
