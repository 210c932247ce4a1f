// Package remind tells people who left something unfinished where they were: a
// registration or a halal file, documents that are asked for again, a rank that
// is about to lapse. It knows when that may be said and that it is said once; what
// is said comes from the bot, and the pace from delivery. It imports the nouns of
// chat and storage and the office calendar, holds no SQL, and changes no conversation.
package remind

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"titian/bot/chat"
	"titian/locales"
	"titian/storage"
)

// Store keeps who is reminded of what; see storage/postgres.
type Store interface {
	// SweepReminders makes a reminder, once, for everyone who is due one, and a job that calls Remind.
	SweepReminders(ctx context.Context, by storage.Reminding) (made int, err error)
	// Reminder is storage.ErrNotFound when it ended.
	Reminder(ctx context.Context, id string) (storage.Reminder, error)
	// ReminderBegins takes the person's day; false when somebody else has it.
	ReminderBegins(ctx context.Context, id, day string) (bool, error)
	ReminderWaits(ctx context.Context, id string) error
	ReminderEnds(ctx context.Context, id string) error
	ReminderDrops(ctx context.Context, id string) error
}

// Conversations say what a person is to be reminded of; see bot.Reminder.
type Conversations interface {
	// Reminder is false when there is nothing to be reminded of at that seq.
	Reminder(ctx context.Context, r storage.Reminder) (m chat.Outgoing, still bool, err error)
}

// Options is what Reminders are wired from.
type Options struct {
	Store         Store
	Conversations Conversations
	Office        *locales.Office
	// Post sends one notice and waits for its fate; its errors are *chat.SendError.
	Post func(ctx context.Context, c storage.ContactID, to chat.Address, m chat.Outgoing) error
	// Sent counts the reminders that were sent, by kind; nil: nobody counts.
	Sent func(kind string)
	Now  func() time.Time
	Log  *slog.Logger
}

// Reminders reminds people. Safe for concurrent use, in any number of processes.
type Reminders struct{ Options }

// New makes Reminders.
func New(o Options) *Reminders {
	if o.Sent == nil {
		o.Sent = func(string) {}
	}
	return &Reminders{Options: o}
}

// How long things may take.
const (
	sendWithin = 10 * time.Second // longer, and the person may have written meanwhile: all is looked at again
	again      = 30 * time.Second // after a network that was busy
	freshFor   = 24 * time.Hour   // an older reminder is left to the next sweep, which counts the days anew
)

// Sweep finds whom to remind. It does nothing while nobody may be reminded.
func (r *Reminders) Sweep(ctx context.Context) error {
	now := r.Now()
	if r.wait(now) > 0 {
		return nil
	}
	days := r.Office.Reminders()
	by := storage.Reminding{Unfinished: locales.Days(days.Unfinished), SentBack: locales.Days(days.SentBack), Day: day(now)}
	if days.Lapsing > 0 {
		by.LapseBy = r.Office.WorkingDaysAfter(now, days.Lapsing)
	}
	made, err := r.Store.SweepReminders(ctx, by)
	if made > 0 {
		r.Log.Info("reminders are on their way", "people", made)
	}
	return err
}

// Remind sends one reminder, unless the person moved on, said BERHENTI, was reminded today, or the hour forbids it. It is sent
// at most once: a process that dies while sending leaves it unsent. A wait asks for another try after it.
func (r *Reminders) Remind(ctx context.Context, id string) (wait time.Duration, err error) {
	if wait := r.wait(r.Now()); wait > 0 {
		return wait, nil
	}
	it, err := r.Store.Reminder(ctx, id)
	switch {
	case errors.Is(err, storage.ErrNotFound):
		return 0, nil
	case err != nil:
		return 0, err
	case it.Begun:
		return 0, r.Store.ReminderEnds(ctx, id)
	case it.Off, it.To.IsZero(), r.Now().Sub(it.MadeAt) > freshFor:
		return 0, r.Store.ReminderDrops(ctx, id)
	}
	m, still, err := r.Conversations.Reminder(ctx, it)
	if err != nil {
		return 0, err
	}
	if !still {
		return 0, r.Store.ReminderEnds(ctx, id)
	}
	begins, err := r.Store.ReminderBegins(ctx, id, day(r.Now()))
	if err != nil {
		return 0, err
	}
	if !begins {
		return 0, r.Store.ReminderDrops(ctx, id)
	}
	return r.send(ctx, it, m)
}

func (r *Reminders) send(ctx context.Context, it storage.Reminder, m chat.Outgoing) (wait time.Duration, err error) {
	soon, cancel := context.WithTimeout(ctx, sendWithin)
	defer cancel()
	m.ID = "reminder/" + it.ID
	err = r.Post(soon, it.Contact, it.To, m)
	noted := context.WithoutCancel(ctx) // what is known of its fate is written down even while the process stops
	var failed *chat.SendError
	if errors.As(err, &failed) && failed.Failure == chat.FailedBusy {
		return max(failed.Retry, again), r.Store.ReminderWaits(noted, it.ID)
	}
	if err != nil && failed == nil {
		return 0, errors.Join(err, r.Store.ReminderWaits(noted, it.ID))
	}
	if err == nil {
		r.Sent(string(it.Kind))
	}
	return 0, r.Store.ReminderEnds(noted, it.ID)
}
