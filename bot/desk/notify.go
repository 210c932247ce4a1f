package desk

import (
	"context"
	"errors"
	"strings"
	"time"

	"titian/bot/chat"
	"titian/locales"
	"titian/storage"
)

// Staff are told of things between these hours, WITA; what comes at night is held.
const (
	dayBegins   = 7
	dayEnds     = 20
	digestHour  = 8
	busyAgain   = 5 * time.Second
	digestEvery = 20 * time.Second
)

// night is how long it is until the day begins; 0 by day.
func night(now time.Time) time.Duration {
	t := now.In(locales.WITA)
	if t.Hour() >= dayBegins && t.Hour() < dayEnds {
		return 0
	}
	morning := time.Date(t.Year(), t.Month(), t.Day(), dayBegins, 0, 0, 0, locales.WITA)
	if !morning.After(t) {
		morning = morning.AddDate(0, 0, 1)
	}
	return morning.Sub(t)
}

// Notify tells one recipient of one event, at most once but for a process that dies between sending and writing it
// down. A wait asks for another try after it: the night, a counter whose hour is not over, a network that is busy.
func (d *Desk) Notify(ctx context.Context, n storage.NoticeJob) (wait time.Duration, err error) {
	if n.Kind == storage.NoticeDetached {
		return 0, d.Detach(ctx, storage.ContactID(n.Recipient), n.Event)
	}
	if wait := night(d.Now()); wait > 0 && !n.Kind.AnyHour() {
		return wait, nil
	}
	to, err := d.Store.RecipientBeside(ctx, n.Recipient, n.Kind.About())
	if errors.Is(err, storage.ErrNotFound) || err == nil && n.Kind.AdminsOnly() && to.Role != storage.RoleAdmin {
		return 0, nil // removed since
	}
	if err != nil {
		return 0, err
	}
	claim, err := d.Store.ClaimNotice(ctx, to.ID, string(n.Kind)+":"+n.Event, n.Kind.Counts())
	if err != nil || claim.Done || claim.Wait > 0 {
		return claim.Wait, err
	}
	if wait, err := d.notify(ctx, n, to, claim); wait > 0 || err != nil {
		return wait, err
	}
	return 0, d.Store.NoticeSent(ctx, to.ID, claim.Events)
}

// notify sends. A wish goes as the first words of its thread, which can be answered.
func (d *Desk) notify(ctx context.Context, n storage.NoticeJob, to storage.Recipient, claim storage.Claim) (wait time.Duration, err error) {
	if claim.Counter {
		return d.post(ctx, to, chat.Outgoing{Text: d.Texts.Say("staff.notice.counter", map[string]string{"counts": d.counts(claim.Events)})})
	}
	e, err := d.Store.Event(ctx, n.Kind, n.Event)
	if errors.Is(err, storage.ErrNotFound) {
		return 0, nil // deleted since
	}
	if err != nil {
		return 0, err
	}
	below := ""
	if claim.Last {
		below = d.Texts.Say("staff.notice.many", map[string]string{"until": clock(claim.Until)})
	}
	if n.Kind == storage.NoticeWish && e.Thread != "" && !to.Group {
		return d.relay(ctx, e.Thread, to, below)
	}
	m := chat.Outgoing{}
	switch n.Kind {
	case storage.NoticeBroadcast, storage.NoticeDeclined, storage.NoticeApproved:
		if m, err = d.notifyBroadcast(ctx, n, to); err != nil {
			return 0, err
		}
	default:
		m.Text = d.words(n, e, to)
	}
	if m.Text == "" {
		return 0, nil
	}
	if below != "" {
		m.Text += "\n\n" + below
	}
	if n.Kind == storage.NoticeBrake {
		m.Choices = d.brakeActs()
	}
	if n.Kind == storage.NoticeWaiting && !to.Group {
		m = d.offering(to.To.Network, m.Text, "staff.thread.how", e.Thread)
	}
	if (n.Kind == storage.NoticeCause || n.Kind == storage.NoticeLink) && strings.HasPrefix(n.Event, storage.CauseUnlinked) {
		m.Choices = []chat.Choice{button(d.Texts.Say("staff.link.act", nil), actLink)}
	}
	return d.post(ctx, to, m)
}

// post sends; what can never arrive counts as told.
func (d *Desk) post(ctx context.Context, to storage.Recipient, m chat.Outgoing) (wait time.Duration, err error) {
	err = d.Post(ctx, to.Contact, to.To, m)
	var failed *chat.SendError
	switch {
	case err == nil:
		return 0, nil
	case !errors.As(err, &failed):
		return 0, err
	case failed.Failure == chat.FailedBusy:
		return max(failed.Retry, busyAgain), nil
	case to.Group && failed.MovedTo != "":
		return time.Second, d.Store.GroupMoved(ctx, to.ID, chat.Address{Network: to.To.Network, Key: failed.MovedTo})
	case to.Group && failed.Failure == chat.FailedBlocked:
		return 0, d.Store.GroupGone(ctx, to.ID)
	}
	return 0, nil
}

// words are what a recipient is told; none when there is nothing to tell any more.
func (d *Desk) words(n storage.NoticeJob, e storage.Event, to storage.Recipient) string {
	switch {
	case n.Kind == storage.NoticeDigest:
		return d.digest(e.Digest, to.Role)
	case n.Kind == storage.NoticeWaiting && e.Waiting.IsZero():
		return "" // answered meanwhile
	case to.Group:
		return d.anonymous(n.Kind, e)
	}
	return d.personal(n.Kind, e)
}

// personal is what staff are told in private: name, usaha, kecamatan and number, and never a NIK or a phone.
func (d *Desk) personal(kind storage.NoticeKind, e storage.Event) string {
	args := map[string]string{"name": e.Name, "business": e.Business, "kecamatan": e.Kecamatan, "number": e.Number}
	switch kind {
	case storage.NoticeBrake:
		return d.brakeTold(e.Brake)
	case storage.NoticeCause, storage.NoticeLink:
		return d.Texts.Say("staff.notice.cause", map[string]string{"says": e.Reason})
	case storage.NoticeHalal, storage.NoticeReplaced, storage.NoticeFreed, storage.NoticeHanded:
		args["product"], args["rank"], args["items"] = e.Product, itoa(e.Rank), strings.Join(e.Replaced, ", ")
		return d.Texts.Say("staff.notice."+string(kind), args)
	case storage.NoticeFiled:
		return d.Texts.Say("staff.notice.filed", args)
	case storage.NoticeListed:
		return d.Texts.Say("staff.notice."+strings.Join(e.Flags, ""), args)
	case storage.NoticeDuplicate:
		args["others"] = strings.Join(e.Others, ", ")
		return d.Texts.Say("staff.notice.duplicate", args)
	}
	args["who"] = d.Texts.Say("staff.notice.unregistered", nil)
	if e.Number != "" {
		args["who"] = d.Texts.Say("staff.notice.registered", args)
	}
	switch kind {
	case storage.NoticeNumberMoved:
		return d.Texts.Say("staff.notice.number_moved", args)
	case storage.NoticeWaiting, storage.NoticeEnded, storage.NoticeAnswering:
		args["officer"] = e.Answering
		if !e.Waiting.IsZero() {
			args["since"] = moment(e.Waiting)
		}
		return d.Texts.Say("staff.notice."+string(kind), args)
	}
	if kind == storage.NoticeReport {
		return d.Texts.Say("staff.notice.report", args)
	}
	args["reason"] = d.reason(e.Reason)
	if label := e.Question + ".label"; d.Texts.Has(label) {
		args["question"] = d.Texts.Say(label, nil)
		args["reason"] += " " + d.Texts.Say("staff.notice.at", args)
	}
	return d.Texts.Say("staff.notice.wish", args)
}

func (d *Desk) reason(reason string) string {
	if !d.Texts.Has("staff.reason." + reason) {
		reason = "asked"
	}
	return d.Texts.Say("staff.reason."+reason, nil)
}

// anonymous is what a group is told: the kind, the kecamatan and the number.
func (d *Desk) anonymous(kind storage.NoticeKind, e storage.Event) string {
	text := d.Texts.Say("staff.group."+string(kind), nil)
	if e.Number == "" {
		return text
	}
	return text + " " + d.Texts.Say("staff.group.place", map[string]string{"kecamatan": e.Kecamatan, "number": e.Number})
}

// counts says how many of each kind events are.
func (d *Desk) counts(events []string) string {
	n := map[string]int{}
	for _, e := range events {
		kind, _, _ := strings.Cut(e, ":")
		n[kind]++
	}
	var parts []string
	for _, kind := range []storage.NoticeKind{storage.NoticeFiled, storage.NoticeWish, storage.NoticeWaiting, storage.NoticeDuplicate, storage.NoticeListed, storage.NoticeNumberMoved, storage.NoticeReport,
		storage.NoticeHalal, storage.NoticeReplaced, storage.NoticeFreed, storage.NoticeHanded} {
		if n[string(kind)] > 0 {
			parts = append(parts, d.Texts.Say("staff.count."+string(kind), map[string]string{"n": itoa(n[string(kind)])}))
		}
	}
	return strings.Join(parts, ", ")
}
