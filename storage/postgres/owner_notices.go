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

// NotifyOwner is the job that tells an owner of one event of their application: ids only. It waits in the queue of the
// network where they last wrote.
type NotifyOwner struct {
	What  storage.OwnerNoticeKind `json:"kind"`
	Event string                  `json:"id"`
}

// Kind names the job.
func (NotifyOwner) Kind() string { return "notify_owner" }

// OwnerNotifier tells owners. It reads OwnerEvent, and says OwnerTold or OwnerUntold of what became of it. A wait asks for
// another try after it; so does an error.
type OwnerNotifier interface {
	NotifyOwner(ctx context.Context, n storage.OwnerNotice) (wait time.Duration, err error)
}

type notifyOwnerWorker struct {
	river.WorkerDefaults[NotifyOwner]
	to OwnerNotifier
}

func (w *notifyOwnerWorker) Work(ctx context.Context, job *river.Job[NotifyOwner]) error {
	wait, err := w.to.NotifyOwner(ctx, storage.OwnerNotice{Kind: job.Args.What, Event: job.Args.Event})
	if err == nil && wait > 0 {
		return river.JobSnooze(wait)
	}
	return err
}

// tellOwner writes down that an owner is to hear of an event of their application, and has them told. said is kept sealed.
func (t *turn) tellOwner(ctx context.Context, a applicationRow, kind storage.OwnerNoticeKind, said any) error {
	return t.tellOwnerAt(ctx, t.tx, t.at, a.ID, kind, said)
}

func (d *DB) tellOwnerAt(ctx context.Context, tx *sqlx.Tx, at time.Time, id storage.ApplicationID, kind storage.OwnerNoticeKind, said any) error {
	event := d.id()
	var words []byte
	if said != nil {
		var err error
		if words, err = d.sealJSON(said, ownerNoticeAAD(event)); err != nil {
			return err
		}
	}
	if _, err := tx.ExecContext(ctx, `
		INSERT INTO owner_notices (id, kind, application, at, said_sealed) VALUES ($1, $2, $3, $4, $5)`, event, kind, id, at, words); err != nil {
		return err
	}
	var network string
	found, err := some(tx.GetContext(ctx, &network, `
		SELECT d.network FROM addresses d WHERE d.contact = (`+toldContact+` WHERE a.id = $1) ORDER BY d.used_at DESC, d.network LIMIT 1`, id))
	if err != nil {
		return err
	}
	if !found { // nothing is known of an address any more
		return d.untold(ctx, tx, at, event, storage.CallNowhere)
	}
	_, err = d.jobs.InsertTx(ctx, tx.Tx, NotifyOwner{kind, event}, &river.InsertOpts{Queue: network})
	return err
}

func ownerNoticeAAD(id string) string { return "owner_notices/said/" + id }

// toldContact is who is told of an application a: the contact that brought it, or, if it speaks for the owner no longer,
// the one that has done so longest.
const toldContact = `
	SELECT (SELECT s.contact FROM speaks_for s WHERE s.owner = a.owner ORDER BY s.contact = a.contact DESC, s.since, s.contact LIMIT 1)
	FROM applications a`

// overtaken ends what an owner was or is to be told: of these kinds, or of any. Its clock stands still for ever.
func (t *turn) overtaken(ctx context.Context, id storage.ApplicationID, kinds ...storage.OwnerNoticeKind) error {
	_, err := t.tx.ExecContext(ctx, `
		UPDATE owner_notices SET ended_at = $2 WHERE application = $1 AND ended_at IS NULL AND ($3::text[] = '{}' OR kind = ANY ($3))`,
		id, t.at, list(kinds))
	return err
}

// earlier are those of the same application that are told before n: a job still has them in hand. What was overtaken counts
// only while it is being sent. It yields in how many seconds the last of them is tried.
const earlier = `
	SELECT extract(epoch FROM max(j.scheduled_at) - now()) FROM owner_notices e JOIN river_job j ON j.kind = 'notify_owner' AND j.args @> jsonb_build_object('id', e.id)
	WHERE e.application = n.application AND (e.at, e.id) < (n.at, n.id) AND coalesce(e.sent_at, e.delivered_at) IS NULL AND e.refused_at IS NULL
	  AND (j.state = 'running' OR e.ended_at IS NULL AND j.state IN ('available', 'pending', 'retryable', 'scheduled'))`

// behindFor is how long, at least, what comes later of one application waits before it looks again whether it may go.
const behindFor = time.Second

// OwnerEvent reads what an owner is told, as it is now; storage.ErrNotFound when it was overtaken or deleted since.
func (d *DB) OwnerEvent(ctx context.Context, event string) (storage.OwnerEvent, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	e, err := d.ownerEvent(ctx, event)
	return e, wrap("read what an owner is told", err)
}

func (d *DB) ownerEvent(ctx context.Context, event string) (e storage.OwnerEvent, err error) {
	var row struct {
		Kind        storage.OwnerNoticeKind `db:"kind"`
		Application storage.ApplicationID   `db:"application"`
		At          time.Time               `db:"at"`
		Told        bool                    `db:"told"`
		Contact     storage.ContactID       `db:"contact"`
		Unreachable bool                    `db:"unreachable"`
		Behind      sql.NullFloat64         `db:"behind"`
		Said        []byte                  `db:"said_sealed"`
	}
	if err := d.fast.GetContext(ctx, &row, `
		SELECT n.kind, n.application, n.at, coalesce(n.sent_at, n.delivered_at) IS NOT NULL AS told, c.id AS contact, NOT c.reachable AS unreachable, n.said_sealed, (`+earlier+`) AS behind
		FROM owner_notices n JOIN contacts c ON c.id = (`+toldContact+` WHERE a.id = n.application)
		WHERE n.id = $1 AND n.ended_at IS NULL`, event); err != nil {
		return e, err
	}
	e = storage.OwnerEvent{Kind: row.Kind, At: row.At.UTC(), Told: row.Told, Contact: row.Contact, Unreachable: row.Unreachable}
	if row.Behind.Valid {
		e.Behind = max(behindFor, time.Duration(row.Behind.Float64*float64(time.Second)))
	}
	if e.To, err = d.AddressOf(ctx, row.Contact); errors.Is(err, storage.ErrNotFound) {
		e.To = chat.Address{}
	} else if err != nil {
		return e, err
	}
	a, err := d.application(ctx, d.fast, d.at(), row.Application)
	if err != nil {
		return e, err
	}
	stands, err := d.stands(ctx, d.fast, []storage.Application{a})
	if err != nil {
		return e, err
	}
	e.Stand, e.File = stands[0], a.CertificateFile
	if row.Said == nil {
		return e, nil
	}
	return e, d.openJSON(row.Said, ownerNoticeAAD(event), &e.Correction)
}

// OwnerTold writes down that a network took what an owner is told of an event, and when. The clock of what can cost a place
// begins then, or, where the network tells of its arrival, when it arrives.
func (d *DB) OwnerTold(ctx context.Context, event string, at time.Time) error {
	return d.inTx(ctx, "note that an owner was told", func(ctx context.Context, tx *sqlx.Tx) error {
		if _, err := tx.ExecContext(ctx, `UPDATE owner_notices SET sent_at = coalesce(sent_at, $2) WHERE id = $1`, event, utc(at)); err != nil {
			return err
		}
		var delivered sql.NullTime
		tells, err := some(tx.GetContext(ctx, &delivered, `SELECT delivered_at FROM sendings WHERE about = $1`, storage.AboutOwner+event))
		switch {
		case err != nil:
			return err
		case !tells:
			return d.arrived(ctx, tx, event, utc(at))
		case delivered.Valid:
			return d.arrived(ctx, tx, event, delivered.Time.UTC())
		}
		return nil
	})
}

// arrived begins the clock of what can cost a place, and takes the owner off the list of those to be telephoned.
func (d *DB) arrived(ctx context.Context, tx *sqlx.Tx, event string, at time.Time) error {
	due := d.office.WorkingDaysAfter(at, d.clocks.FixDays)
	_, err := tx.ExecContext(ctx, `
		WITH told AS (
			UPDATE owner_notices SET delivered_at = coalesce(delivered_at, $2), sent_at = coalesce(sent_at, $2),
				due_at = CASE WHEN kind = 'fix' THEN coalesce(due_at, $3) END
			WHERE id = $1 RETURNING id)
		DELETE FROM calls WHERE notice IN (SELECT id FROM told) AND called_at IS NULL`, event, at, utc(due))
	return err
}

// OwnerUntold writes down that an owner cannot be told, and why. They go to the list of those to be telephoned: on WhatsApp
// of everything, elsewhere of what can cost a place.
func (d *DB) OwnerUntold(ctx context.Context, event string, why storage.CallWhy) error {
	return d.inTx(ctx, "note that an owner cannot be told", func(ctx context.Context, tx *sqlx.Tx) error {
		return d.untold(ctx, tx, d.at(), event, why)
	})
}

func (d *DB) untold(ctx context.Context, tx *sqlx.Tx, at time.Time, event string, why storage.CallWhy) error {
	_, err := tx.ExecContext(ctx, `
		WITH refused AS (
			UPDATE owner_notices SET refused_at = $2 WHERE id = $1 AND delivered_at IS NULL AND ended_at IS NULL
			RETURNING id, kind, application)
		INSERT INTO calls (notice, since, why) SELECT n.id, $2, $4 FROM refused n WHERE n.kind = ANY ($3) OR `+onWhatsApp+`
		ON CONFLICT (notice) DO NOTHING`, event, at, costly, why)
	return err
}

// onWhatsApp says whether the owner of a notice n is told on WhatsApp, where not everything may be sent.
const onWhatsApp = `'whatsapp' = (SELECT d.network FROM addresses d WHERE d.contact = (` + toldContact + ` WHERE a.id = n.application)
	ORDER BY d.used_at DESC, d.network LIMIT 1)`

// costly are the kinds of messages that can cost a place if they do not arrive: who is not reached is telephoned.
var costly = pq.StringArray{string(storage.OwnerFix), string(storage.OwnerPlace)}

// tellOfFile has staff told of an event of an application.
func (t *turn) tellOfFile(ctx context.Context, a applicationRow, kind storage.NoticeKind) error {
	return t.tell(ctx, t.tx, kind, string(a.ID)+"/"+t.id())
}
