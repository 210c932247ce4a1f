package desk

import (
	"context"
	"errors"
	"time"

	"titian/bot/chat"
	"titian/flows/answer"
	"titian/locales"
	"titian/storage"
)

// Invited is the ledger of what invited people were told after the invitation itself.
type Invited interface {
	// InvitedEvent is storage.ErrNotFound when it was overtaken or deleted since.
	InvitedEvent(ctx context.Context, event string) (storage.InvitedEvent, error)
	// InvitedTakesDay takes a day of its person for a reminder; false: they were reminded of something else that day.
	InvitedTakesDay(ctx context.Context, event, day string) (bool, error)
	// InvitedTold begins the clock of an offer.
	InvitedTold(ctx context.Context, event, ref string, at time.Time) error
	// InvitedUntold puts them on the list of those to be telephoned.
	InvitedUntold(ctx context.Context, event string) error
}

// NotifyInvited tells an invited person of one event, never in the quiet hours, at most once but for a process that dies between sending
// and writing it down. A wait asks for another try after it.
func (d *Desk) NotifyInvited(ctx context.Context, n storage.InvitedNotice) (wait time.Duration, err error) {
	if wait := d.Office.Quiet(d.Now()).Sub(d.Now()); wait > 0 {
		return wait, nil
	}
	e, err := d.Store.InvitedEvent(ctx, n.Event)
	if errors.Is(err, storage.ErrNotFound) || err == nil && e.Told {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	if e.To.IsZero() || e.Unreachable {
		return 0, d.Store.InvitedUntold(ctx, n.Event)
	}
	if wait, may, err := d.itsDay(ctx, n.Event, e); err != nil || !may {
		return wait, err
	}
	sent, err := d.Show(ctx, e.Contact, e.To, d.toInvited(e))
	var failed *chat.SendError
	switch {
	case err == nil:
		if e.Kind == storage.InvitedRemind || e.Kind == storage.InvitedTomorrow {
			d.Reminded("invited_" + string(e.Kind))
		}
		return 0, d.Store.InvitedTold(ctx, n.Event, sent.Ref, d.Now())
	case !errors.As(err, &failed):
		return 0, err
	case failed.Failure == chat.FailedBusy:
		return max(failed.Retry, busyAgain), nil
	}
	return 0, d.Store.InvitedUntold(ctx, n.Event) // nobody knows that it arrived: a person telephones
}

// itsDay says whether a reminder may go today. One to whoever did not answer is one of those of which a person gets one a day: where
// that was something else it waits for tomorrow, or, when it would come too late, is not sent at all. The one on the eve to those with
// a place is about a matter of their own, which they accepted: like a verdict on their file it goes whatever else they were told, and
// after BERHENTI too, since a place is lost to somebody else when they forget. It takes the day, so that no other reminder follows.
func (d *Desk) itsDay(ctx context.Context, event string, e storage.InvitedEvent) (wait time.Duration, may bool, err error) {
	if e.Kind != storage.InvitedRemind && e.Kind != storage.InvitedTomorrow {
		return 0, true, nil
	}
	now := d.Now().In(locales.WITA)
	taken, err := d.Store.InvitedTakesDay(ctx, event, now.Format(time.DateOnly))
	if err != nil || taken || e.Kind == storage.InvitedTomorrow {
		return 0, err == nil, err
	}
	tomorrow := d.Office.Quiet(time.Date(now.Year(), now.Month(), now.Day()+1, 0, 0, 0, 0, locales.WITA))
	if !tomorrow.Before(e.Invitation.Before()) {
		return 0, false, d.Store.InvitedUntold(ctx, event)
	}
	return tomorrow.Sub(now), false, nil
}

// toInvited is what an invited person is told. Buttons are shortcuts: the text names the words that do the same, since a number
// would be taken for the answer to another question.
func (d *Desk) toInvited(e storage.InvitedEvent) chat.Outgoing {
	i := e.Invitation
	m := chat.Outgoing{Text: d.Texts.Say("invited.told."+string(e.Kind), map[string]string{
		"n": i.Broadcast.String(), "event": i.Event, "day": inWords(i.Day), "waits": itoa(e.Waits), "due": inWords(e.Due),
		"deadline": inWords(i.Before()),
	})}
	if e.Kind == storage.InvitedOffer || e.Kind == storage.InvitedRemind {
		m.Shortcuts = d.invitedButtons(i.Broadcast)
	}
	return m
}

func (d *Desk) invitedButtons(id storage.BroadcastID) []chat.Choice {
	return []chat.Choice{
		{ID: answer.ComingButton(int64(id), true), Label: d.Texts.Say("invited.button.yes", nil)},
		{ID: answer.ComingButton(int64(id), false), Label: d.Texts.Say("invited.button.no", nil)},
	}
}

var weekdays = [...]string{"Minggu", "Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu"}

// inWords is a time as it is promised.
func inWords(t time.Time) string {
	t = t.In(locales.WITA)
	return weekdays[t.Weekday()] + ", " + answer.PrintDate(t) + " pukul " + clock(t) + " WITA"
}
