package postgres

import (
	"context"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/riverqueue/river"

	"titian/bot/chat"
	"titian/storage"
	"titian/storage/segment"
)

// planTimeout bounds what looks at everybody: a plan, and the start of a broadcast.
const planTimeout = time.Minute

// StartBroadcast freezes the audience and has the pumps of each network begin, all in one transaction: of two that start it at
// the same time the second is refused. e is what the broadcast's Audience reads as. A new version ends the one before.
func (d *DB) StartBroadcast(ctx context.Context, id storage.BroadcastID, e segment.Expr, by string) (refused storage.BroadcastRefusal, err error) {
	ctx, cancel := context.WithTimeout(ctx, planTimeout)
	defer cancel()
	doing := "start " + subject(id)
	tx, err := d.slow.BeginTxx(ctx, nil)
	if err != nil {
		return "", wrap(doing, err)
	}
	defer tx.Rollback() //nolint:errcheck // after Commit it does nothing
	refused, err = d.start(ctx, tx, id, e, by)
	if refused == "" && err == nil {
		err = tx.Commit()
	}
	return refused, wrap(doing, err)
}

func (d *DB) start(ctx context.Context, tx *sqlx.Tx, id storage.BroadcastID, e segment.Expr, by string) (storage.BroadcastRefusal, error) {
	b, refused, err := d.lockBroadcast(ctx, tx, id)
	if refused != "" || err != nil {
		return refused, err
	}
	if b.State != storage.BroadcastDraft && b.State != storage.BroadcastConfirmed {
		return storage.RefusedState, nil
	}
	if b.Former != 0 {
		if err := d.endFormer(ctx, tx, b.Former, by); err != nil {
			return "", err
		}
	}
	due, err := d.freeze(ctx, tx, id, e, b.Former)
	switch {
	case err != nil:
		return "", err
	case due == 0:
		return storage.RefusedNobody, nil
	case due > storage.ConfirmOver && b.State != storage.BroadcastConfirmed:
		return storage.RefusedUnconfirmed, nil
	}
	if refused, err := d.promised(ctx, tx, b); refused != "" || err != nil {
		return refused, err
	}
	if _, err := tx.ExecContext(ctx, `
		UPDATE broadcasts SET state = 'running', started_by = $2, started_at = $3 WHERE id = $1`, id, by, d.at()); err != nil {
		return "", err
	}
	if err := audit(ctx, tx, d.at(), by, "start broadcast", subject(id), nil, map[string]int{"people": due}); err != nil {
		return "", err
	}
	return "", d.pump(ctx, tx, id, b.SendAt)
}

// endFormer cancels what is left of the version before.
func (d *DB) endFormer(ctx context.Context, tx *sqlx.Tx, former storage.BroadcastID, by string) error {
	f, _, err := d.lockBroadcast(ctx, tx, former)
	if err != nil || f.State != storage.BroadcastRunning && f.State != storage.BroadcastPaused {
		return err
	}
	return d.cancel(ctx, tx, former, by)
}

// pump inserts the jobs that send a broadcast, in the queue of each network that somebody is on, not before a time.
func (d *DB) pump(ctx context.Context, tx *sqlx.Tx, id storage.BroadcastID, at time.Time) error {
	var networks []string
	if err := tx.SelectContext(ctx, &networks, `
		SELECT DISTINCT network FROM recipients WHERE broadcast = $1 AND state IN ('pending', 'sending') AND network <> ''`, id); err != nil {
		return err
	}
	var jobs []river.InsertManyParams
	for _, n := range networks {
		jobs = append(jobs, slices.Repeat([]river.InsertManyParams{{
			Args: PumpBroadcast{id, chat.Network(n)}, InsertOpts: &river.InsertOpts{Queue: n, ScheduledAt: at}}}, pumpsEach)...)
	}
	if len(jobs) == 0 {
		return nil
	}
	_, err := d.jobs.InsertManyTx(ctx, tx.Tx, jobs)
	return err
}
