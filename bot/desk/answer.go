package desk

import (
	"errors"
	"strings"

	"titian/bot/chat"
	"titian/storage"
)

// replies hears an officer who answers a message of a thread in the network's own way.
func (h *hearing) replies() error {
	d := h.desk
	if h.m.ReplyTo == "" || !(*d.people.Load())[h.contact] {
		return nil
	}
	who, err := d.Store.StaffAt(h.ctx, h.contact)
	if err != nil {
		return unless(err, storage.ErrNotFound)
	}
	id, err := d.Store.ThreadShown(h.ctx, who.ID, h.m.ReplyTo)
	if err != nil {
		return unless(err, storage.ErrNotFound)
	}
	said := strings.ToLower(strings.Trim(h.m.Text, " /."))
	switch {
	case said == "selesai":
		h.thread("staff.thread.closed", storage.CloseThread{Thread: id})
		return nil
	case said == "serahkan" && d.numbered(h.m.From.Network):
		h.thread("staff.thread.given", storage.HandThread{Thread: id})
		return nil
	case said == "balas" && d.numbered(h.m.From.Network):
		h.say = func(storage.Outcome) []chat.Outgoing { return nil }
		return h.begins(who, tap{does: actAnswer, of: string(id)}, wordsOf[actAnswer])
	}
	h.thread("", storage.AnswerOwner{Thread: id, Words: strings.TrimSpace(h.m.Text), Ref: h.m.Ref})
	return nil
}

// unless is err, or nil when it is the one that means there is nothing to do.
func unless(err, but error) error {
	if errors.Is(err, but) {
		return nil
	}
	return err
}

// thread carries out an effect on a thread. Without a key nothing is said when it was: the officer hears when it arrived.
func (h *hearing) thread(key string, e storage.Effect) {
	h.effects = append(h.effects, e)
	h.say = func(o storage.Outcome) []chat.Outgoing { return h.desk.afterThread(h.m.From.Network, key, o) }
}

// afterThread is what is said of an effect on a thread: the key, nothing without one, or why it came to nothing.
// Where there are no buttons, what else can be done stands below: the message of the thread itself has none.
func (d *Desk) afterThread(at chat.Network, key string, o storage.Outcome) []chat.Outgoing {
	t := o.Thread.Thread
	args := map[string]string{"who": d.about(t.Owner), "name": t.Answering}
	if why := o.Thread.Refused; why != storage.RefusedNothing {
		key = "staff.thread.refused." + string(why)
	}
	if key == "" {
		return nil
	}
	m := chat.Outgoing{Text: d.Texts.Say(key, args)}
	if d.numbered(at) && key == "staff.thread.sending" {
		m.Choices = d.talks(t.ID)
	}
	return []chat.Outgoing{m}
}

// waits lists who waits for an answer.
func (h *hearing) waits() error {
	d := h.desk
	list, err := d.Store.WaitingThreads(h.ctx)
	if err != nil {
		return err
	}
	lines := []string{d.Texts.Say("staff.thread.list", map[string]string{"n": itoa(len(list))})}
	var choices []chat.Choice
	for n, t := range list[:min(listedAtMost, len(list))] {
		args := map[string]string{"who": d.about(t.Owner), "since": moment(t.Waiting), "name": t.Answering}
		key := "staff.thread.row"
		if t.Officer != "" {
			key = "staff.thread.row_answered"
		}
		lines = append(lines, itoa(n+1)+". "+d.Texts.Say(key, args))
		choices = append(choices, button(d.Texts.Say("desk.act.answer", nil)+" "+itoa(n+1), actAnswer, string(t.ID)))
	}
	h.shows(strings.Join(lines, "\n"), choices)
	return nil
}
