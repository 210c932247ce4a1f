package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/riverqueue/river"

	"titian/storage"
)

// How long what nobody needs any more is kept.
const (
	keepTurns     = 7 * 24 * time.Hour // below the snapshot
	keepDone      = 7 * 24 * time.Hour // done inbox rows, and tries of messages that never came back
	keepProcesses = 30 * 24 * time.Hour
	keepForgotten = 24 * time.Hour // the address of a contact that asked to be deleted
	sweepBatch    = 5000
)

// sweep is the hourly job that removes what has served.
type sweep struct{}

func (sweep) Kind() string { return "sweep" }

func (sweep) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: upkeepQueue, UniqueOpts: river.UniqueOpts{ByPeriod: time.Hour}}
}

type sweepWorker struct {
	river.WorkerDefaults[sweep]
	db *DB
}

func (w *sweepWorker) Work(ctx context.Context, _ *river.Job[sweep]) error { return w.db.Sweep(ctx) }

// Sweep removes lasting turns that a snapshot has long overtaken, done inbox rows, forgotten tries, ended processes,
// and what was left of contacts that asked to be deleted a day ago and did not write since.
func (d *DB) Sweep(ctx context.Context) error {
	now := d.at()
	for _, s := range []struct {
		doing  string
		query  string
		before time.Time
	}{
		{"sweep turns", `
			DELETE FROM turns WHERE (contact, seq) IN (
				SELECT t.contact, t.seq FROM turns t JOIN snapshots s ON s.contact = t.contact
				WHERE t.at < $1 AND t.seq < s.seq LIMIT $2)`, now.Add(-keepTurns)},
		{"sweep the inbox", `
			DELETE FROM inbox WHERE id IN (SELECT id FROM inbox WHERE done_at < $1 LIMIT $2)`, now.Add(-keepDone)},
		{"sweep tries", `
			DELETE FROM tries WHERE (network, message_index) IN (SELECT network, message_index FROM tries WHERE at < $1 LIMIT $2)`, now.Add(-keepDone)},
		{"sweep processes", `
			DELETE FROM processes WHERE id IN (SELECT id FROM processes WHERE stopped_at < $1 LIMIT $2)`, now.Add(-keepProcesses)},
		{"sweep notices", `
			DELETE FROM staff_notices WHERE (recipient, event) IN (SELECT recipient, event FROM staff_notices WHERE claimed_at < $1 LIMIT $2)`, now.Add(-keepNotices)},
		{"sweep sendings", `
			DELETE FROM sendings WHERE (network, ref_index) IN (SELECT network, ref_index FROM sendings WHERE taken_at < $1 LIMIT $2)`, now.Add(-keepNotices)},
		{"sweep brakes", `
			DELETE FROM brakes WHERE id IN (SELECT id FROM brakes WHERE released_at < $1 LIMIT $2)`, now.Add(-keepNotices)},
		{"sweep fetches", `
			DELETE FROM fetches WHERE id IN (SELECT id FROM fetches WHERE ended_at < $1 LIMIT $2)`, now.Add(-keepNotices)},
		{"sweep reminders", `
			DELETE FROM reminders WHERE id IN (SELECT id FROM reminders WHERE made_at < $1 LIMIT $2)`, now.Add(-keepReminders)},
		{"sweep codes", `
			DELETE FROM codes WHERE code_index IN (SELECT code_index FROM codes WHERE expires_at < $1 LIMIT $2)`, now.Add(-keepNotices)},
		{"sweep missed codes", `
			DELETE FROM misses WHERE ctid IN (SELECT ctid FROM misses WHERE at < $1 LIMIT $2)`, now.Add(-keepNotices)},
	} {
		if err := d.sweepAll(ctx, s.query, s.before); err != nil {
			return wrap(s.doing, err)
		}
	}
	if err := d.sweepThreads(ctx, now.Add(-keepThreads)); err != nil {
		return err
	}
	return d.sweepContacts(ctx, now.Add(-keepForgotten))
}

func (d *DB) sweepAll(ctx context.Context, query string, before time.Time) error {
	for {
		done, err := d.slow.ExecContext(ctx, query, before, sweepBatch)
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil || n < sweepBatch {
			return err
		}
	}
}

func (d *DB) sweepContacts(ctx context.Context, before time.Time) error {
	const due = `c.deleted_at < $1
		  AND NOT EXISTS (SELECT 1 FROM speaks_for s WHERE s.contact = c.id)
		  AND NOT EXISTS (SELECT 1 FROM staff f WHERE f.contact = c.id AND f.removed_at IS NULL)
		  AND NOT EXISTS (SELECT 1 FROM inbox i WHERE i.contact = c.id AND i.done_at IS NULL)
		  AND NOT EXISTS (SELECT 1 FROM snapshots s WHERE s.contact = c.id AND s.heard_at > c.deleted_at + interval '1 minute')`
	var contacts []storage.ContactID
	if err := d.slow.SelectContext(ctx, &contacts, `SELECT c.id FROM contacts c WHERE `+due, before); err != nil {
		return wrap("sweep contacts", err)
	}
	for _, c := range contacts {
		if err := d.inTx(ctx, "sweep contact "+string(c), func(ctx context.Context, tx *sqlx.Tx) error {
			var still []storage.ContactID
			if err := tx.SelectContext(ctx, &still, `SELECT c.id FROM contacts c WHERE `+due+` AND c.id = $2 FOR UPDATE`, before, c); err != nil || len(still) == 0 {
				return err
			}
			return d.forgetContact(ctx, tx, c, "asked")
		}); err != nil {
			return err
		}
	}
	return nil
}

// forgetContact removes a contact that speaks for nobody, with everything that is its own, and those merged into it.
func (d *DB) forgetContact(ctx context.Context, tx *sqlx.Tx, c storage.ContactID, reason string) error {
	var files []string
	if err := tx.SelectContext(ctx, &files, `
		UPDATE files SET deleted_at = $2, sha256 = ''
		WHERE contact = $1 AND owner IS NULL AND deleted_at IS NULL RETURNING id`, c, d.at()); err != nil {
		return err
	}
	t := &turn{DB: d, tx: tx, at: d.at()}
	if err := errors.Join(t.deleteFilesLater(ctx, files), t.eraseThreads(ctx, c)); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `
		WITH wished AS (DELETE FROM wishes WHERE contact = $1),
		words AS (UPDATE consents SET word_sealed = NULL WHERE contact IN `+itself+` AND owner IS NULL AND word_sealed IS NOT NULL),
		sent AS (DELETE FROM sendings WHERE contact = $1),
		parked AS (DELETE FROM parked WHERE contact = $1),
		waited AS (DELETE FROM inbox WHERE contact = $1),
		turned AS (DELETE FROM turns WHERE contact IN `+itself+`),
		seen AS (DELETE FROM snapshots WHERE contact IN `+itself+`),
		lived AS (DELETE FROM addresses WHERE contact = $1)
		INSERT INTO tombstones (kind, id, reason, deleted_at) VALUES ('contact', $1, $2, $3)
		ON CONFLICT (kind, id) DO NOTHING`, c, reason, d.at()); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, `DELETE FROM contacts WHERE id = $1`, c)
	return err
}
