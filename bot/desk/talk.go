package desk

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"titian/bot/chat"
	"titian/storage"
)

// Threads keep what contacts and staff say to each other; see storage/postgres.
type Threads interface {
	Thread(ctx context.Context, id storage.ThreadID) (storage.Thread, error)
	WaitingThreads(ctx context.Context) ([]storage.Thread, error)
	// ThreadShown is storage.ErrNotFound when ref is no message of a thread.
	ThreadShown(ctx context.Context, staff storage.StaffID, ref string) (storage.ThreadID, error)
	NextPost(ctx context.Context, thread storage.ThreadID, staff storage.StaffID) (storage.Post, error)
	Posted(ctx context.Context, message int64, staff storage.StaffID, refs []string) error
	Unposted(ctx context.Context, message int64, staff storage.StaffID) error
	Answers(ctx context.Context, thread storage.ThreadID) (list []storage.Said, closed bool, err error)
	AnswerTaken(ctx context.Context, message int64) error
	AnswerSettled(ctx context.Context, message int64) (arrived bool, err error)
	CloseSilent(ctx context.Context) error
	Remind(ctx context.Context, t storage.Thread) error
	InboxWaiting(ctx context.Context, c storage.ContactID) (bool, error)
}

const (
	answerWithin = 4 * time.Hour   // of office hours; then staff are reminded
	awake        = 2 * time.Hour   // whoever answered within it may be written to at night
	saidFor      = 24 * time.Hour  // how long a contact's photo stays in an officer's chat
	heardAgain   = 2 * time.Second // the contact's conversation is busy
)

// Relay shows one officer what a contact said, in order: each message once but for a process that dies between showing it and
// writing it down. Nothing is shown at night, except to whoever is answering, nor to others once somebody answers.
func (d *Desk) Relay(ctx context.Context, thread storage.ThreadID, staff storage.StaffID) (wait time.Duration, err error) {
	to, err := d.Store.Recipient(ctx, string(staff))
	if errors.Is(err, storage.ErrNotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return d.relay(ctx, thread, to, "")
}

// relay is Relay to a recipient, with words below the last message.
func (d *Desk) relay(ctx context.Context, id storage.ThreadID, to storage.Recipient, below string) (wait time.Duration, err error) {
	staff := storage.StaffID(to.ID)
	for {
		t, err := d.Store.Thread(ctx, id)
		if errors.Is(err, storage.ErrNotFound) || err == nil && t.Officer != "" && t.Officer != staff {
			return 0, nil
		}
		if err != nil {
			return 0, err
		}
		now := d.Now()
		if wait := night(now); wait > 0 && (t.Officer != staff || now.Sub(t.Answered) > awake) {
			return wait, nil
		}
		p, err := d.Store.NextPost(ctx, id, staff)
		if err != nil || p.Message == 0 {
			return p.Wait, err
		}
		refs, wait, err := d.showPost(ctx, t, p, to, below)
		if err != nil || wait > 0 {
			return wait, errors.Join(err, d.Store.Unposted(context.WithoutCancel(ctx), p.Message, staff))
		}
		if err := d.Store.Posted(ctx, p.Message, staff, refs); err != nil {
			return 0, err
		}
	}
}

// showPost sends one message of a contact, and under it its file. What can never arrive counts as shown.
func (d *Desk) showPost(ctx context.Context, t storage.Thread, p storage.Post, to storage.Recipient, below string) (refs []string, wait time.Duration, err error) {
	text, err := d.said(ctx, t, p)
	if err != nil {
		return nil, 0, err
	}
	if below != "" {
		text += "\n\n" + below
	}
	receipt, err := d.Show(ctx, to.Contact, to.To, d.offering(to.To.Network, text, "staff.thread.quote", t.ID))
	var failed *chat.SendError
	switch {
	case errors.As(err, &failed) && failed.Failure == chat.FailedBusy:
		return nil, max(failed.Retry, busyAgain), nil
	case errors.As(err, &failed):
		return nil, 0, nil
	case err != nil:
		return nil, 0, err
	}
	refs = append(receipt.Earlier, receipt.Ref)
	if p.File == "" {
		return refs, 0, nil
	}
	words, err := d.stamp(ctx, "staff.thread.watermark", to)
	if err != nil {
		return refs, 0, err
	}
	shown, err := d.showFile(ctx, to, p.File, d.about(t.Owner), words, saidFor)
	return append(refs, shown...), 0, err
}

// said is what an officer reads: who, and what they said. A NIK that was typed is masked.
func (d *Desk) said(ctx context.Context, t storage.Thread, p storage.Post) (string, error) {
	lines := []string{d.Texts.Say("staff.thread.said", map[string]string{"who": d.about(t.Owner)})}
	if p.Wish != "" {
		e, err := d.Store.Event(ctx, storage.NoticeWish, p.Wish)
		if err != nil && !errors.Is(err, storage.ErrNotFound) {
			return "", err
		}
		if err == nil {
			lines[0] = d.personal(storage.NoticeWish, e)
		}
	}
	switch label := p.Question + ".label"; {
	case p.Question != "" && d.Texts.Has(label):
		lines = append(lines, d.Texts.Say("staff.thread.counts", map[string]string{"question": d.Texts.Say(label, nil)}))
	case p.Question != "":
		lines = append(lines, d.Texts.Say("staff.thread.counts_some", nil))
	case p.File != "":
		lines = append(lines, d.Texts.Say("staff.thread.file", nil))
	}
	if p.Words != "" {
		lines = append(lines, maskNIK(p.Words))
	}
	return strings.Join(lines, "\n"), nil
}

var sixteen = regexp.MustCompile(`\d(?:[ .-]?\d){15}`)

func maskNIK(text string) string {
	return sixteen.ReplaceAllStringFunc(text, func(n string) string { return n[:4] + "••••••••" + n[len(n)-4:] })
}

// about names a contact: by name, usaha, kecamatan and number, and never by NIK or phone.
func (d *Desk) about(e storage.Event) string {
	if e.Number == "" {
		return d.Texts.Say("staff.notice.unregistered", nil)
	}
	return d.Texts.Say("staff.notice.registered", map[string]string{"name": e.Name, "business": e.Business, "kecamatan": e.Kecamatan, "number": e.Number})
}

// offering is a message that nobody asked for, with the buttons of a thread; where there are none, with how else they are had.
func (d *Desk) offering(at chat.Network, text, how string, id storage.ThreadID) chat.Outgoing {
	if d.numbered(at) {
		return chat.Outgoing{Text: text + "\n\n" + d.Texts.Say(how, nil)}
	}
	return chat.Outgoing{Text: text, Choices: d.talks(id)}
}

func (d *Desk) numbered(n chat.Network) bool { return d.Numbered[n] != nil }

// talks are the buttons of a thread.
func (d *Desk) talks(id storage.ThreadID) []chat.Choice {
	var list []chat.Choice
	for _, act := range []struct {
		does act
		name string
	}{{actAnswer, "answer"}, {actClose, "close"}, {actGive, "give"}} {
		list = append(list, button(d.Texts.Say("desk.act."+act.name, nil), act.does, string(id)))
	}
	return list
}

// Carry takes what officers said into the contact's conversation, in order and once, and tells each officer what became of
// it. When staff ended the thread, the conversation hears that too.
func (d *Desk) Carry(ctx context.Context, id storage.ThreadID) (wait time.Duration, err error) {
	list, closed, err := d.Store.Answers(ctx, id)
	if err != nil {
		return 0, err
	}
	for _, s := range list {
		if wait, err := d.carry(ctx, id, s); err != nil || wait > 0 {
			return wait, err
		}
	}
	if !closed {
		return 0, nil
	}
	t, err := d.Store.Thread(ctx, id)
	if err == nil {
		err = d.Tell(ctx, t.Contact, chat.Message{ID: "closed " + string(id), Kind: chat.Closed, At: d.Now(), Ref: string(id)})
	}
	if errors.Is(err, storage.ErrNotFound) {
		return 0, nil
	}
	return 0, err
}

func (d *Desk) carry(ctx context.Context, id storage.ThreadID, s storage.Said) (wait time.Duration, err error) {
	if !s.Taken {
		m := chat.Message{ID: fmt.Sprintf("answered %s/%d", id, s.Message), Kind: chat.Answered, At: s.At, Ref: string(id), Name: s.Name, Text: s.Words}
		if s.File != "" {
			m.Files = []chat.File{{Ref: string(s.File), MIME: s.MIME}}
		}
		if err := d.Tell(ctx, s.Contact, m); err != nil {
			return 0, err
		}
		if err := d.Store.AnswerTaken(ctx, s.Message); err != nil {
			return 0, err
		}
	}
	if waits, err := d.Store.InboxWaiting(ctx, s.Contact); err != nil || waits {
		return heardAgain, err
	}
	if err := d.Settled(ctx, s.Contact); err != nil {
		return 0, err
	}
	arrived, err := d.Store.AnswerSettled(ctx, s.Message)
	if err != nil {
		return 0, err
	}
	d.confirm(ctx, id, s, arrived)
	return 0, nil
}

// confirm tells an officer whether their words arrived. It may be lost: the words are not.
func (d *Desk) confirm(ctx context.Context, id storage.ThreadID, s storage.Said, arrived bool) {
	to, err := d.Store.Recipient(ctx, string(s.Staff))
	var t storage.Thread
	if err == nil {
		t, err = d.Store.Thread(ctx, id)
	}
	if errors.Is(err, storage.ErrNotFound) {
		return
	}
	key := "staff.thread.arrived"
	if !arrived {
		key = "staff.thread.failed"
	}
	if err == nil {
		text := d.Texts.Say(key, map[string]string{"who": d.about(t.Owner)})
		err = d.Post(ctx, to.Contact, to.To, chat.Outgoing{Text: text, ReplyTo: s.Ref})
	}
	if err != nil && ctx.Err() == nil {
		d.Log.Warn("an officer does not hear whether an answer arrived", "error", err)
	}
}

// WatchThreads closes threads that fell silent, and reminds staff, on working days and by day, of those whom nobody answered
// for four office hours.
func (d *Desk) WatchThreads(ctx context.Context) error {
	if err := d.Store.CloseSilent(ctx); err != nil {
		return err
	}
	now := d.Now()
	if night(now) > 0 || !d.Office.Works(now) {
		return nil
	}
	waiting, err := d.Store.WaitingThreads(ctx)
	if err != nil {
		return err
	}
	for _, t := range waiting {
		since := t.Waiting
		if t.Reminded.After(since) {
			since = t.Reminded
		}
		if now.Before(d.Office.WorkingTimeAfter(since, answerWithin)) {
			continue
		}
		if err := d.Store.Remind(ctx, t); err != nil {
			return err
		}
	}
	return nil
}
