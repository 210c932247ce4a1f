package postgres

import (
	"context"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
	"github.com/riverqueue/river"

	"titian/storage"
)

// NotifyStaff is the job that tells one recipient of one event: ids only. It waits in the queue of the recipient's network.
type NotifyStaff struct {
	What      storage.NoticeKind `json:"kind"`
	Event     string             `json:"id"`
	Recipient string             `json:"recipient"`
}

// Kind names the job.
func (NotifyStaff) Kind() string { return "notify_staff" }

// Notifier tells staff. A wait asks for another try after it; so does an error.
type Notifier interface {
	Notify(ctx context.Context, n storage.NoticeJob) (wait time.Duration, err error)
}

type notifyWorker struct {
	river.WorkerDefaults[NotifyStaff]
	to Notifier
}

func (w *notifyWorker) Work(ctx context.Context, job *river.Job[NotifyStaff]) error {
	wait, err := w.to.Notify(ctx, storage.NoticeJob{Kind: job.Args.What, Event: job.Args.Event, Recipient: job.Args.Recipient})
	if err == nil && wait > 0 {
		return river.JobSnooze(wait)
	}
	return err
}

// tell inserts, in the transaction that causes it, one job for everyone who is to hear of an event.
func (d *DB) tell(ctx context.Context, tx *sqlx.Tx, kind storage.NoticeKind, event string) error {
	roles := pq.StringArray{string(storage.RoleOfficer), string(storage.RoleAdmin)}
	if kind.AdminsOnly() {
		roles = pq.StringArray{string(storage.RoleAdmin)}
	}
	var to []struct {
		ID      string `db:"id"`
		Network string `db:"network"`
	}
	if err := tx.SelectContext(ctx, &to, `
		SELECT s.id, (SELECT network FROM addresses a WHERE a.contact = s.contact ORDER BY network = $3, used_at DESC, network LIMIT 1) AS network
		FROM staff s JOIN contacts c ON c.id = s.contact
		WHERE s.removed_at IS NULL AND c.reachable AND s.role = ANY ($1)
		  AND EXISTS (SELECT 1 FROM addresses a WHERE a.contact = s.contact)
		UNION ALL
		SELECT id, network FROM staff_groups WHERE removed_at IS NULL AND $2`, roles, !kind.AdminsOnly(), kind.About()); err != nil || len(to) == 0 {
		return err
	}
	jobs := make([]river.InsertManyParams, len(to))
	for i, r := range to {
		jobs[i] = river.InsertManyParams{Args: NotifyStaff{kind, event, r.ID}, InsertOpts: &river.InsertOpts{Queue: r.Network}}
	}
	_, err := d.jobs.InsertManyTx(ctx, tx.Tx, jobs)
	return err
}

// tellOne has one member of staff told of an event, in the transaction that causes it.
func (t *turn) tellOne(ctx context.Context, to storage.StaffID, kind storage.NoticeKind, event string) error {
	var network string
	found, err := some(t.tx.GetContext(ctx, &network, `
		SELECT d.network FROM staff s JOIN addresses d ON d.contact = s.contact WHERE s.id = $1 AND s.removed_at IS NULL
		ORDER BY d.used_at DESC, d.network LIMIT 1`, to))
	if !found {
		return err
	}
	_, err = t.jobs.InsertTx(ctx, t.tx.Tx, NotifyStaff{kind, event, string(to)}, &river.InsertOpts{Queue: network})
	return err
}

// A recipient gets so many notices one by one within an hour, and within a day of WITA. What comes beyond the hour's is counted
// when the hour is over; beyond the day's, at most every counterEvery: a day of 300 files is 18 messages.
const (
	noticesAnHour = 5
	noticesADay   = 10
	counterEvery  = 2 * time.Hour
)

// ClaimNotice writes down that a recipient is about to be told of an event, and says how. A claim that was not
// followed by NoticeSent, because its process died, is given again: the notice may come twice, and is not lost.
func (d *DB) ClaimNotice(ctx context.Context, recipient, event string, counts bool) (c storage.Claim, err error) {
	err = d.inTx(ctx, "claim a notice", func(ctx context.Context, tx *sqlx.Tx) error {
		c = storage.Claim{}
		if _, err := tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock($1)`, lockID("notices/"+recipient)); err != nil {
			return err
		}
		w := window{d: d, tx: tx, recipient: recipient, now: d.at()}
		return w.claim(ctx, event, counts, &c)
	})
	return c, err
}

// window is what one recipient was told of lately.
type window struct {
	d         *DB
	tx        *sqlx.Tx
	recipient string
	now       time.Time
}

func (w window) claim(ctx context.Context, event string, counts bool, c *storage.Claim) error {
	var known []struct {
		Counted bool      `db:"counted"`
		At      time.Time `db:"claimed_at"`
		Sent    bool      `db:"sent"`
	}
	if err := w.tx.SelectContext(ctx, &known, `
		SELECT counted, claimed_at, sent_at IS NOT NULL AS sent FROM staff_notices
		WHERE recipient = $1 AND event = $2`, w.recipient, event); err != nil {
		return err
	}
	if len(known) > 0 && known[0].Sent {
		c.Done = true
		return nil
	}
	before := w.now
	if len(known) > 0 {
		before = known[0].At
	}
	var lately struct {
		N     int        `db:"n"`
		Since *time.Time `db:"since"`
	}
	if err := w.tx.GetContext(ctx, &lately, `
		SELECT count(*) AS n, min(claimed_at) AS since FROM staff_notices
		WHERE recipient = $1 AND NOT counted AND event NOT LIKE 'digest:%' AND event <> $2 AND claimed_at > $3 AND claimed_at <= $4`,
		w.recipient, event, before.Add(-time.Hour), before); err != nil {
		return err
	}
	if lately.Since != nil {
		c.Until = lately.Since.Add(time.Hour).UTC()
	}
	today, err := w.today(ctx, event)
	if err != nil {
		return err
	}
	full := today.N >= noticesADay
	if full && today.Last != nil {
		c.Until = later(c.Until, today.Last.Add(counterEvery).UTC())
	}
	counted := counts && (lately.N >= noticesAnHour || full)
	if len(known) > 0 {
		counted = known[0].Counted
	} else if _, err := w.tx.ExecContext(ctx, `
		INSERT INTO staff_notices (recipient, event, counted, claimed_at) VALUES ($1, $2, $3, $4)`, w.recipient, event, counted, w.now); err != nil {
		return err
	}
	if !counted {
		c.Events, c.Last = []string{event}, counts && (lately.N == noticesAnHour-1 || today.N == noticesADay-1)
		if today.N >= noticesADay-1 {
			c.Until = later(c.Until, w.now.Add(counterEvery).UTC())
		} else if c.Until.IsZero() {
			c.Until = w.now.Add(time.Hour).UTC()
		}
		return nil
	}
	return w.counter(ctx, event, c)
}

// today is how many notices came one by one since midnight, and when the last message came of any kind.
func (w window) today(ctx context.Context, event string) (today struct {
	N    int        `db:"n"`
	Last *time.Time `db:"last"`
}, err error) {
	t := w.now.In(wita)
	err = w.tx.GetContext(ctx, &today, `
		SELECT count(*) FILTER (WHERE NOT counted) AS n, max(CASE WHEN counted THEN sent_at ELSE claimed_at END) AS last FROM staff_notices
		WHERE recipient = $1 AND event NOT LIKE 'digest:%' AND event <> $2 AND coalesce(sent_at, claimed_at) >= $3`,
		w.recipient, event, time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, wita).UTC())
	return today, err
}

// counter gathers what one counter message stands for, once its hour is over. The first of them sends it.
func (w window) counter(ctx context.Context, event string, c *storage.Claim) error {
	c.Counter = true
	if c.Until.After(w.now) {
		c.Wait = c.Until.Sub(w.now)
		return nil
	}
	var waiting []string
	if err := w.tx.SelectContext(ctx, &waiting, `
		SELECT event FROM staff_notices WHERE recipient = $1 AND counted AND sent_at IS NULL
		ORDER BY claimed_at, event`, w.recipient); err != nil {
		return err
	}
	if waiting[0] != event {
		c.Wait = counterPatience
		return nil
	}
	c.Events = waiting
	return nil
}

// counterPatience is how long those that one counter message stands for leave it to the first of them.
const counterPatience = 10 * time.Second

// NoticeSent writes down that a recipient was told, or cannot be.
func (d *DB) NoticeSent(ctx context.Context, recipient string, events []string) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	_, err := d.fast.ExecContext(ctx, `
		UPDATE staff_notices SET sent_at = $3 WHERE recipient = $1 AND event = ANY ($2) AND sent_at IS NULL`,
		recipient, pq.StringArray(events), d.at())
	return wrap("note a notice", err)
}
