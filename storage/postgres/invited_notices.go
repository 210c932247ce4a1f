package postgres

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
	"github.com/riverqueue/river"

	"titian/bot/chat"
	"titian/storage"
)

// NotifyInvited is the job that tells an invited person of one event: ids only. It waits in the queue of the network where they
// last wrote.
type NotifyInvited struct {
	What  storage.InvitedKind `json:"kind"`
	Event string              `json:"id"`
}

// Kind names the job.
func (NotifyInvited) Kind() string { return "notify_invited" }

// InvitedNotifier tells invited people. It reads InvitedEvent, and says InvitedTold or InvitedUntold of what became of it. A wait
// asks for another try after it; so does an error.
type InvitedNotifier interface {
	NotifyInvited(ctx context.Context, n storage.InvitedNotice) (wait time.Duration, err error)
}

type notifyInvitedWorker struct {
	river.WorkerDefaults[NotifyInvited]
	to InvitedNotifier
}

func (w *notifyInvitedWorker) Work(ctx context.Context, job *river.Job[NotifyInvited]) error {
	wait, err := w.to.NotifyInvited(ctx, storage.InvitedNotice{Kind: job.Args.What, Event: job.Args.Event})
	if err == nil && wait > 0 {
		return river.JobSnooze(wait)
	}
	return err
}

// invitedContact is who is told of a recipient x: the chat that was written to, or, if it speaks for the owner no longer, the
// one that has done so longest.
const invitedContact = `(SELECT s.contact FROM speaks_for s WHERE s.owner = x.owner ORDER BY s.contact = x.contact DESC NULLS LAST, s.since, s.contact LIMIT 1)`

// tell writes down that people are to hear of an event, and has them told. Who has no chat is to be telephoned.
func (h *host) tell(ctx context.Context, kind storage.InvitedKind, persons ...int) error {
	if len(persons) == 0 {
		return nil
	}
	events, whom := make(pq.StringArray, len(persons)), make(pq.Int64Array, len(persons))
	for i, p := range persons {
		events[i], whom[i] = h.id(), int64(p)
	}
	var rows []struct {
		Event   string         `db:"id"`
		Network sql.NullString `db:"network"`
	}
	if err := h.tx.SelectContext(ctx, &rows, `
		WITH meant AS (
			SELECT n.id, n.person, (SELECT d.network FROM addresses d WHERE d.contact = `+invitedContact+` ORDER BY d.used_at DESC, d.network LIMIT 1) AS network
			FROM unnest($2::text[], $3::int[]) n (id, person) JOIN recipients x ON x.broadcast = $1 AND x.person = n.person),
		noted AS (
			INSERT INTO invited_notices (id, kind, broadcast, person, at, refused_at)
			SELECT id, $4, $1, person, $5, CASE WHEN network IS NULL THEN $5::timestamptz END FROM meant)
		SELECT id, network FROM meant`, h.inv.Broadcast, events, whom, string(kind), h.at); err != nil {
		return err
	}
	var jobs []river.InsertManyParams
	for _, r := range rows {
		if r.Network.Valid {
			jobs = append(jobs, river.InsertManyParams{Args: NotifyInvited{kind, r.Event}, InsertOpts: &river.InsertOpts{Queue: r.Network.String}})
		}
	}
	if len(jobs) == 0 {
		return nil
	}
	_, err := h.jobs.InsertManyTx(ctx, h.tx.Tx, jobs)
	return err
}

// overtaken ends what a person was or is to be told of how they stood before.
func (h *host) overtaken(ctx context.Context, person int) error {
	_, err := h.tx.ExecContext(ctx, `
		UPDATE invited_notices SET ended_at = $3 WHERE broadcast = $1 AND person = $2 AND ended_at IS NULL`, h.inv.Broadcast, person, h.at)
	return err
}

// InvitedEvent reads what an invited person is told, as it is now; storage.ErrNotFound when it was overtaken or deleted since.
func (d *DB) InvitedEvent(ctx context.Context, event string) (storage.InvitedEvent, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	e, err := d.invitedEvent(ctx, event)
	return e, wrap("read what an invited person is told", err)
}

func (d *DB) invitedEvent(ctx context.Context, event string) (e storage.InvitedEvent, err error) {
	var row struct {
		Kind        storage.InvitedKind `db:"kind"`
		Broadcast   storage.BroadcastID `db:"broadcast"`
		Told        bool                `db:"told"`
		Contact     storage.ContactID   `db:"contact"`
		Unreachable bool                `db:"unreachable"`
		Waits       int                 `db:"waits"`
	}
	if err := d.fast.GetContext(ctx, &row, `
		SELECT n.kind, n.broadcast, n.delivered_at IS NOT NULL AS told, c.id AS contact,
			NOT c.reachable OR n.kind = 'remind' AND (c.stopped_at IS NOT NULL OR c.reminders_off_at IS NOT NULL) AS unreachable,
			(SELECT count(o.person) FROM participants p JOIN participants o ON o.broadcast = p.broadcast AND o.state = 'waiting' AND o.rank <= p.rank
			 WHERE p.broadcast = n.broadcast AND p.person = n.person AND p.state = 'waiting') AS waits
		FROM invited_notices n JOIN recipients x ON x.broadcast = n.broadcast AND x.person = n.person
		JOIN contacts c ON c.id = `+invitedContact+`
		WHERE n.id = $1 AND n.ended_at IS NULL`, event); err != nil {
		return e, err
	}
	e = storage.InvitedEvent{Kind: row.Kind, Told: row.Told, Contact: row.Contact, Unreachable: row.Unreachable, Waits: row.Waits}
	if e.To, err = d.AddressOf(ctx, row.Contact); errors.Is(err, storage.ErrNotFound) {
		e.To = chat.Address{}
	} else if err != nil {
		return e, err
	}
	if e.Invitation, err = d.invitation(ctx, d.fast, row.Broadcast); err != nil {
		return e, err
	}
	if e.Kind == storage.InvitedOffer {
		e.Due = d.acceptBy(d.at(), e.Invitation.Day)
	}
	return e, nil
}

// acceptBy is until when an offer that is delivered at a time holds: so many working hours, and no longer than until the event begins.
func (d *DB) acceptBy(told, day time.Time) time.Time {
	due := utc(d.office.WorkingTimeAfter(told, d.clocks.AcceptFor))
	if due.After(day) {
		return utc(day)
	}
	return due
}

// InvitedTakesDay takes a day ("2026-11-23") of its person for a reminder about an invitation, as ReminderBegins does for others; false:
// they were, or are being, reminded of something else that day. Asked again for the same event it says the same.
func (d *DB) InvitedTakesDay(ctx context.Context, event, day string) (taken bool, err error) {
	err = d.inTx(ctx, "take a day for an invited person", func(ctx context.Context, tx *sqlx.Tx) error {
		if _, err := tx.ExecContext(ctx, `
			INSERT INTO reminders (id, contact, kind, about, nth, seq, made_at, day, ended_at)
			SELECT $4, c.id, 'invited', n.id || ' ' || $2::text, 1, 0, $3, $2::date, $3
			FROM invited_notices n JOIN recipients x ON x.broadcast = n.broadcast AND x.person = n.person
			JOIN contacts c ON c.id = `+invitedContact+`
			WHERE n.id = $1 AND NOT EXISTS (SELECT FROM reminders r WHERE r.contact = c.id AND r.day = $2::date)
			FOR UPDATE OF c
			ON CONFLICT DO NOTHING`, event, day, d.at(), d.id()); err != nil {
			return err
		}
		return tx.GetContext(ctx, &taken, `
			SELECT EXISTS (SELECT FROM reminders WHERE kind = 'invited' AND about = $1 || ' ' || $2::text AND day = $2::date)`, event, day)
	})
	return taken, err
}

// InvitedTold writes down that an invited person was told of an event, when, and how the network calls the message: the clock of an
// offer begins now.
func (d *DB) InvitedTold(ctx context.Context, event, ref string, at time.Time) error {
	return d.inTx(ctx, "note that an invited person was told", func(ctx context.Context, tx *sqlx.Tx) error {
		var row struct {
			Day       time.Time           `db:"day"`
			Broadcast storage.BroadcastID `db:"broadcast"`
			Person    int                 `db:"person"`
			Offer     bool                `db:"offer"`
		}
		found, err := some(tx.GetContext(ctx, &row, `
			UPDATE invited_notices n SET delivered_at = coalesce(n.delivered_at, $2), ref = $3 FROM invitations i
			WHERE n.id = $1 AND i.broadcast = n.broadcast
			RETURNING i.day, n.broadcast, n.person, n.kind = 'offer' AND n.ended_at IS NULL AS offer`, event, utc(at), ref))
		if !found || !row.Offer {
			return err
		}
		_, err = tx.ExecContext(ctx, `
			UPDATE participants SET due_at = coalesce(due_at, $3) WHERE broadcast = $1 AND person = $2 AND state = 'offered'`,
			row.Broadcast, row.Person, d.acceptBy(at, row.Day))
		return err
	})
}

// InvitedUntold writes down that an invited person cannot be told: they stand on the list of those to be telephoned.
func (d *DB) InvitedUntold(ctx context.Context, event string) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	_, err := d.fast.ExecContext(ctx, `
		UPDATE invited_notices SET refused_at = $2 WHERE id = $1 AND delivered_at IS NULL AND ended_at IS NULL`, event, d.at())
	return wrap("note that an invited person cannot be told", err)
}

// morning is nine o'clock of the day before a time, in WITA.
func morning(before time.Time) time.Time {
	day := before.In(wita)
	return time.Date(day.Year(), day.Month(), day.Day()-1, 9, 0, 0, 0, wita)
}

// remind asks those once more who got the invitation a day ago and did not answer, on the day before the places are given; where they
// were given sooner, on the day before the deadline, while one is free.
func (h *host) remind(ctx context.Context) error {
	if h.at.Before(morning(h.inv.Before())) || !h.at.Before(h.inv.Before()) {
		return nil
	}
	if !h.inv.FilledAt.IsZero() {
		if free, err := h.free(ctx); err != nil || free == 0 {
			return err
		}
	}
	var persons []int
	if err := h.tx.SelectContext(ctx, &persons, `
		WITH once AS (UPDATE invitations SET reminded_at = $2 WHERE broadcast = $1 AND reminded_at IS NULL RETURNING broadcast)
		SELECT x.person FROM once JOIN recipients x ON x.broadcast = once.broadcast JOIN contacts c ON c.id = x.contact
		WHERE x.state IN ('sent', 'delivered', 'read') AND x.sent_at <= $3 AND c.reachable AND c.stopped_at IS NULL
		  AND NOT EXISTS (SELECT FROM participants p WHERE p.broadcast = x.broadcast AND p.person = x.person)
		ORDER BY x.person`, h.inv.Broadcast, h.at, h.at.Add(-remindAfter)); err != nil {
		return err
	}
	return h.tell(ctx, storage.InvitedRemind, persons...)
}

// remindAfter is how long whoever got an invitation is left alone with it.
const remindAfter = 20 * time.Hour

// eve reminds those with a place, on the day before.
func (h *host) eve(ctx context.Context) error {
	if h.at.Before(morning(h.inv.Day)) || !h.at.Before(h.inv.Day) {
		return nil
	}
	var persons []int
	if err := h.tx.SelectContext(ctx, &persons, `
		WITH once AS (UPDATE invitations SET eve_at = $2 WHERE broadcast = $1 AND eve_at IS NULL RETURNING broadcast)
		SELECT p.person FROM once JOIN participants p ON p.broadcast = once.broadcast WHERE p.state = 'held' ORDER BY p.rank, p.person`,
		h.inv.Broadcast, h.at); err != nil {
		return err
	}
	return h.tell(ctx, storage.InvitedTomorrow, persons...)
}
