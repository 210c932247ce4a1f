package postgres

import (
	"context"
	"time"

	"github.com/jmoiron/sqlx"

	"titian/storage"
)

// broadcastMove is something that is done to a locked broadcast by somebody.
type broadcastMove struct {
	act string // in the audit; empty: it writes its own row
	do  func(ctx context.Context, d *DB, tx *sqlx.Tx, b storage.Broadcast, by string) (storage.BroadcastRefusal, error)
}

// changeBroadcast does a move in a transaction of its own.
func (d *DB) changeBroadcast(ctx context.Context, id storage.BroadcastID, by string, m broadcastMove) (refused storage.BroadcastRefusal, err error) {
	err = d.inTx(ctx, "change "+subject(id), func(ctx context.Context, tx *sqlx.Tx) error {
		b, none, err := d.lockBroadcast(ctx, tx, id)
		if refused = none; none != "" || err != nil {
			return err
		}
		refused, err = d.moveLocked(ctx, tx, b, by, m)
		return err
	})
	return refused, err
}

func (d *DB) moveLocked(ctx context.Context, tx *sqlx.Tx, b storage.Broadcast, by string, m broadcastMove) (storage.BroadcastRefusal, error) {
	refused, err := m.do(ctx, d, tx, b, by)
	if refused != "" || err != nil || m.act == "" {
		return refused, err
	}
	return "", audit(ctx, tx, d.at(), by, m.act, subject(b.ID), nil, nil)
}

// ConfirmBroadcast lets a second member of staff say that a draft may go.
func (d *DB) ConfirmBroadcast(ctx context.Context, id storage.BroadcastID, by storage.StaffID) (storage.BroadcastRefusal, error) {
	return d.changeBroadcast(ctx, id, string(by), confirming)
}

var confirming = broadcastMove{"confirm broadcast", func(ctx context.Context, d *DB, tx *sqlx.Tx, b storage.Broadcast, by string) (storage.BroadcastRefusal, error) {
	switch {
	case b.State != storage.BroadcastDraft:
		return storage.RefusedState, nil
	case b.MadeBy == by:
		return storage.RefusedSamePerson, nil
	}
	var staff bool
	if err := tx.GetContext(ctx, &staff, `
		SELECT EXISTS (SELECT FROM staff WHERE id = $1 AND removed_at IS NULL AND role IN ('petugas', 'admin'))`, by); err != nil || !staff {
		return storage.RefusedNotStaff, err
	}
	_, err := tx.ExecContext(ctx, `UPDATE broadcasts SET state = 'confirmed', confirmed_by = $2, confirmed_at = $3 WHERE id = $1`, b.ID, by, d.at())
	return "", err
}}

// PauseBroadcast, ResumeBroadcast and CancelBroadcast act on what is not sent yet: a pump hears of it within a second. They are
// refused from any other state than the one they end.
func (d *DB) PauseBroadcast(ctx context.Context, id storage.BroadcastID, by string) (storage.BroadcastRefusal, error) {
	return d.changeBroadcast(ctx, id, by, pausing)
}

// ResumeBroadcast goes on with a paused one.
func (d *DB) ResumeBroadcast(ctx context.Context, id storage.BroadcastID, by string) (storage.BroadcastRefusal, error) {
	return d.changeBroadcast(ctx, id, by, resuming)
}

// CancelBroadcast ends one that is not done; who was not sent to yet is left out.
func (d *DB) CancelBroadcast(ctx context.Context, id storage.BroadcastID, by string) (storage.BroadcastRefusal, error) {
	return d.changeBroadcast(ctx, id, by, cancelling)
}

var (
	pausing = broadcastMove{"pause broadcast", func(ctx context.Context, _ *DB, tx *sqlx.Tx, b storage.Broadcast, _ string) (storage.BroadcastRefusal, error) {
		if b.State != storage.BroadcastRunning {
			return storage.RefusedState, nil
		}
		_, err := tx.ExecContext(ctx, `UPDATE broadcasts SET state = 'paused' WHERE id = $1`, b.ID)
		return "", err
	}}
	resuming = broadcastMove{"resume broadcast", func(ctx context.Context, d *DB, tx *sqlx.Tx, b storage.Broadcast, _ string) (storage.BroadcastRefusal, error) {
		if b.State != storage.BroadcastPaused {
			return storage.RefusedState, nil
		}
		if _, err := tx.ExecContext(ctx, `UPDATE broadcasts SET state = 'running' WHERE id = $1`, b.ID); err != nil {
			return "", err
		}
		return "", d.pump(ctx, tx, b.ID, b.SendAt)
	}}
	cancelling = broadcastMove{"", func(ctx context.Context, d *DB, tx *sqlx.Tx, b storage.Broadcast, by string) (storage.BroadcastRefusal, error) {
		if b.State == storage.BroadcastDone || b.State == storage.BroadcastCancelled {
			return storage.RefusedState, nil
		}
		return "", d.cancel(ctx, tx, b.ID, by)
	}}
)

func (d *DB) cancel(ctx context.Context, tx *sqlx.Tx, id storage.BroadcastID, by string) error {
	if _, err := tx.ExecContext(ctx, `
		WITH ended AS (UPDATE broadcasts SET state = 'cancelled', ended_at = $2 WHERE id = $1)
		UPDATE recipients SET state = 'skipped', cause = 'cancelled', at = $2 WHERE broadcast = $1 AND state = 'pending'`, id, d.at()); err != nil {
		return err
	}
	return audit(ctx, tx, d.at(), by, "cancel broadcast", subject(id), nil, nil)
}

// RetryUnsure has the unsure recipients of a broadcast sent to once more: they may get it twice, which is why staff say so. It
// says how many they are.
func (d *DB) RetryUnsure(ctx context.Context, id storage.BroadcastID, by string) (n int, refused storage.BroadcastRefusal, err error) {
	refused, err = d.changeBroadcast(ctx, id, by, retrying(&n))
	return n, refused, err
}

// retrying counts into n how many are sent to once more.
func retrying(n *int) broadcastMove {
	return broadcastMove{"retry unsure recipients", func(ctx context.Context, d *DB, tx *sqlx.Tx, b storage.Broadcast, _ string) (storage.BroadcastRefusal, error) {
		if b.State != storage.BroadcastRunning && b.State != storage.BroadcastPaused && b.State != storage.BroadcastDone {
			return storage.RefusedState, nil
		}
		again, err := tx.ExecContext(ctx, `
			UPDATE recipients SET state = 'pending', cause = '', tries = 0, at = $2 WHERE broadcast = $1 AND state = 'unsure' AND contact IS NOT NULL`, b.ID, d.at())
		if err != nil {
			return "", err
		}
		changed, err := again.RowsAffected()
		if *n = int(changed); err != nil || *n == 0 || b.State == storage.BroadcastPaused {
			return "", err
		}
		if _, err := tx.ExecContext(ctx, `
			WITH attempted AS (
				UPDATE invitations SET attempted_at = $2 WHERE broadcast = $1 AND attempted_at IS NULL AND $2::timestamptz IS NOT NULL)
			UPDATE broadcasts SET state = 'running', ended_at = NULL WHERE id = $1`, b.ID, timeOrNull(b.EndedAt)); err != nil {
			return "", err
		}
		return "", d.pump(ctx, tx, b.ID, time.Time{})
	}}
}
