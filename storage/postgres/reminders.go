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

// How a sweep for reminders goes.
const (
	remindBatch   = 500
	remindBatches = 20                  // in one sweep; the next one goes on
	remindLate    = 10 * 24 * time.Hour // longer than any holidays: so long after the last reminder was due nobody is reminded any more
	remindPause   = 12 * time.Hour      // who was heard within it is at work, and not asked where the documents are
	keepReminders = 90 * 24 * time.Hour
)

// remindable are contacts c that may be reminded of anything.
const remindable = `c.reachable AND c.merged_into IS NULL AND c.reminders_off_at IS NULL
	AND NOT EXISTS (SELECT 1 FROM inbox i WHERE i.contact = c.id AND i.done_at IS NULL)
	AND NOT EXISTS (SELECT 1 FROM staff f WHERE f.contact = c.id AND f.removed_at IS NULL)`

// reminded are those to remind, the most urgent of each contact: who left a draft, though not at the question that asks for
// consent; who was told of what was sent back; whose rank is about to lapse. nth counts the days that have come. Who is reminded
// today already is not found, nor what was reminded of at that seq, nor what was said nearer to this day than to the one before.
const reminded = `
	WITH sent_back AS (
		SELECT n.id, n.kind, n.application, n.due_at, n.lapsed_at, (` + toldContact + ` WHERE a.id = n.application) AS contact,
		       coalesce(n.delivered_at, k.called_at) AS since
		FROM owner_notices n JOIN applications a ON a.id = n.application LEFT JOIN calls k ON k.notice = n.id
		WHERE n.kind IN ('fix', 'returned') AND n.ended_at IS NULL AND a.state IN ('fixing', 'returned')
		  AND coalesce(n.delivered_at, k.called_at) IS NOT NULL),
	due AS (
		SELECT s.contact, s.seq, 'draft' AS kind, 3 AS urgency, s.heard_at::text AS about, '' AS application, s.heard_at AS since, $2::bigint[] AS days
		FROM snapshots s
		WHERE s.heard_at > $4::timestamptz AND s.heard_at <= $5::timestamptz AND s.flow <> '' AND s.question <> 'registration.consent'
		UNION ALL
		SELECT b.contact, coalesce(s.seq, 0), 'fix', 2, b.id, b.application, b.since, $3::bigint[]
		FROM sent_back b LEFT JOIN snapshots s ON s.contact = b.contact
		WHERE b.since > $6::timestamptz AND (b.lapsed_at IS NULL OR b.lapsed_at <= $1::timestamptz - interval '2 days')
		  AND (s.heard_at IS NULL OR s.heard_at <= $7::timestamptz)
		UNION ALL
		SELECT b.contact, coalesce(s.seq, 0), 'lapse', 1, b.id, b.application, b.since, '{0}'
		FROM sent_back b LEFT JOIN snapshots s ON s.contact = b.contact
		WHERE b.kind = 'fix' AND b.due_at > $1 AND b.due_at <= $8::timestamptz AND (s.heard_at IS NULL OR s.heard_at <= $7))
	SELECT DISTINCT ON (o.contact) o.contact, o.seq, o.kind, o.about, o.application, d.nth
	FROM due o JOIN contacts c ON c.id = o.contact
	CROSS JOIN LATERAL (SELECT count(*)::integer AS nth FROM unnest(o.days) AS day WHERE o.since + day * interval '1 second' <= $1) d
	WHERE d.nth > 0 AND ` + remindable + `
	  AND (c.deleted_at IS NULL OR o.since > c.deleted_at + interval '1 minute')
	  AND (c.warned_at IS NULL OR (c.warned_at + interval '8 hours')::date <> $9::date)
	  AND NOT EXISTS (SELECT 1 FROM reminders r WHERE r.contact = o.contact
		AND (r.day = $9::date OR r.ended_at IS NULL AND r.made_at > $1 - interval '2 days'
		     OR r.kind = o.kind AND r.about = o.about AND r.nth >= d.nth AND (r.day IS NOT NULL OR r.ended_at IS NULL OR r.seq = o.seq)
		     OR o.kind <> 'lapse' AND r.about = o.about AND r.day IS NOT NULL
		        AND r.made_at > o.since + (o.days[d.nth] + coalesce(o.days[d.nth - 1], 0)) / 2 * interval '1 second'))
	ORDER BY o.contact, o.urgency, o.since LIMIT $10`

// SweepReminders makes a reminder, and its job, for everyone who is due one, and says how many. Several may sweep at once.
func (d *DB) SweepReminders(ctx context.Context, by storage.Reminding) (made int, err error) {
	for range remindBatches {
		var some int
		if err := d.inTx(ctx, "sweep reminders", func(ctx context.Context, tx *sqlx.Tx) (err error) {
			some, err = d.remindSome(ctx, tx, by)
			return err
		}); err != nil {
			return made, err
		}
		if made += some; some < remindBatch {
			break
		}
	}
	return made, nil
}

// remindSome inserts the first of them. One whose conversation went on since it was overtaken is made anew.
func (d *DB) remindSome(ctx context.Context, tx *sqlx.Tx, by storage.Reminding) (int, error) {
	var rows []struct {
		ID      string `db:"id"`
		Network string `db:"network"`
	}
	if err := tx.SelectContext(ctx, &rows, `
		WITH made AS (
			INSERT INTO reminders AS r (id, contact, kind, about, nth, seq, application, made_at)
			SELECT replace(gen_random_uuid()::text, '-', ''), contact, kind, about, nth, seq, application, $1 FROM (`+reminded+`) AS o
			ON CONFLICT (contact, kind, about, nth) DO UPDATE
				SET id = excluded.id, seq = excluded.seq, made_at = excluded.made_at, ended_at = NULL
				WHERE r.day IS NULL AND r.ended_at IS NOT NULL AND r.seq <> excluded.seq
			RETURNING r.id, r.contact)
		SELECT m.id, (SELECT a.network FROM addresses a WHERE a.contact = m.contact ORDER BY a.used_at DESC, a.network LIMIT 1) AS network
		FROM made m WHERE EXISTS (SELECT 1 FROM addresses a WHERE a.contact = m.contact)`, d.remindedBy(by)...); err != nil || len(rows) == 0 {
		return 0, err
	}
	jobs := make([]river.InsertManyParams, len(rows))
	for i, r := range rows {
		jobs[i] = river.InsertManyParams{Args: Remind{r.ID}, InsertOpts: &river.InsertOpts{Queue: r.Network}}
	}
	_, err := d.jobs.InsertManyTx(ctx, tx.Tx, jobs)
	return len(rows), err
}

// remindedBy are the arguments of reminded.
func (d *DB) remindedBy(by storage.Reminding) []any {
	now := d.at()
	begin, first := reminderReach(by.Unfinished)
	back, _ := reminderReach(by.SentBack)
	return []any{now, seconds(by.Unfinished), seconds(by.SentBack), now.Add(-begin), now.Add(-first), now.Add(-back),
		now.Add(-remindPause), utc(by.LapseBy), by.Day, remindBatch}
}

// reminderReach is between how long ago those are to be found whom a list of days reminds; an empty one reminds nobody.
func reminderReach(days []time.Duration) (longest, shortest time.Duration) {
	if len(days) == 0 {
		return 0, 0
	}
	return days[len(days)-1] + remindLate, days[0]
}

func seconds(list []time.Duration) pq.Int64Array {
	secs := make(pq.Int64Array, len(list))
	for i, d := range list {
		secs[i] = int64(d.Seconds())
	}
	return secs
}

// Reminder reads a reminder that is still to be sent; storage.ErrNotFound when it ended.
func (d *DB) Reminder(ctx context.Context, id string) (storage.Reminder, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	const doing = "read a reminder"
	var row struct {
		Contact     storage.ContactID     `db:"contact"`
		Seq         int64                 `db:"seq"`
		Kind        storage.ReminderKind  `db:"kind"`
		Application storage.ApplicationID `db:"application"`
		MadeAt      time.Time             `db:"made_at"`
		Day         sql.NullTime          `db:"day"`
		Off         bool                  `db:"off"`
	}
	if err := d.fast.GetContext(ctx, &row, `
		SELECT r.contact, r.seq, r.kind, r.application, r.made_at, r.day, NOT (`+remindable+`) AS off
		FROM reminders r JOIN contacts c ON c.id = r.contact WHERE r.id = $1 AND r.ended_at IS NULL`, id); err != nil {
		return storage.Reminder{}, wrap(doing, err)
	}
	r := storage.Reminder{ID: id, Contact: row.Contact, Seq: row.Seq, Kind: row.Kind, Application: row.Application, MadeAt: row.MadeAt.UTC(),
		Off: row.Off, Begun: row.Day.Valid}
	var err error
	if r.To, err = d.AddressOf(ctx, row.Contact); errors.Is(err, storage.ErrNotFound) {
		r.To, err = chat.Address{}, nil
	}
	return r, wrap(doing, err)
}

// ReminderBegins takes a day ("2026-11-23") of its person for a reminder that is about to be sent; false: the person was reminded
// that day, or another process is sending it.
func (d *DB) ReminderBegins(ctx context.Context, id, day string) (begins bool, err error) {
	err = d.inTx(ctx, "begin to remind", func(ctx context.Context, tx *sqlx.Tx) error {
		begins = false
		taken, err := tx.ExecContext(ctx, `
			WITH it AS (
				SELECT r.id, r.contact FROM reminders r JOIN contacts c ON c.id = r.contact
				WHERE r.id = $1 AND r.day IS NULL AND r.ended_at IS NULL FOR UPDATE OF c, r)
			UPDATE reminders r SET day = $2::date FROM it
			WHERE r.id = it.id AND NOT EXISTS (SELECT 1 FROM reminders o WHERE o.contact = it.contact AND o.day = $2::date)`, id, day)
		if err != nil {
			return err
		}
		n, err := taken.RowsAffected()
		begins = n == 1
		return err
	})
	return begins, err
}

// ReminderWaits gives the day back: it was not sent, and is tried again.
func (d *DB) ReminderWaits(ctx context.Context, id string) error {
	return d.remindDo(ctx, "let a reminder wait", `UPDATE reminders SET day = NULL WHERE id = $1 AND ended_at IS NULL`, id)
}

// ReminderEnds ends a reminder that was sent, or may have been, or that its conversation overtook.
func (d *DB) ReminderEnds(ctx context.Context, id string) error {
	return d.remindDo(ctx, "end a reminder", `UPDATE reminders SET ended_at = $2 WHERE id = $1`, id, d.at())
}

// ReminderDrops forgets a reminder that must not be sent now. The next sweep may find it again.
func (d *DB) ReminderDrops(ctx context.Context, id string) error {
	return d.remindDo(ctx, "drop a reminder", `DELETE FROM reminders WHERE id = $1 AND day IS NULL`, id)
}

func (d *DB) remindDo(ctx context.Context, doing, query string, args ...any) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	_, err := d.fast.ExecContext(ctx, query, args...)
	return wrap(doing, err)
}

// stopReminders ends what the contact is reminded of; those that wait are not sent.
func (t *turn) stopReminders(ctx context.Context) error {
	_, err := t.tx.ExecContext(ctx, `
		UPDATE contacts SET reminders_off_at = $2 WHERE id = $1 AND reminders_off_at IS NULL`, t.key.Contact, t.at)
	return err
}
