package postgres

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
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

type broadcastRow struct {
	ID          storage.BroadcastID    `db:"id"`
	Former      sql.NullInt64          `db:"former"`
	Version     int                    `db:"version"`
	State       storage.BroadcastState `db:"state"`
	Audience    string                 `db:"audience"`
	Text        []byte                 `db:"text_sealed"`
	File        []byte                 `db:"file"`
	Places      int                    `db:"places"`
	SendAt      sql.NullTime           `db:"send_at"`
	Edition     int                    `db:"edition"`
	AskedAt     sql.NullTime           `db:"asked_at"`
	MadeBy      string                 `db:"made_by"`
	MadeAt      time.Time              `db:"made_at"`
	ConfirmedBy string                 `db:"confirmed_by"`
	ConfirmedAt sql.NullTime           `db:"confirmed_at"`
	StartedBy   string                 `db:"started_by"`
	StartedAt   sql.NullTime           `db:"started_at"`
	EndedAt     sql.NullTime           `db:"ended_at"`
}

const broadcastColumns = `id, former, version, state, audience, text_sealed, file, places, send_at, edition, asked_at, made_by, made_at,
	confirmed_by, confirmed_at, started_by, started_at, ended_at`

func broadcastAAD(id storage.BroadcastID) string { return fmt.Sprintf("broadcasts/text/%d", id) }

func (d *DB) openBroadcast(r broadcastRow) (storage.Broadcast, error) {
	b := storage.Broadcast{ID: r.ID, Former: storage.BroadcastID(r.Former.Int64), Version: r.Version, State: r.State, Audience: r.Audience,
		Places: r.Places, MadeBy: r.MadeBy, MadeAt: r.MadeAt.UTC(), ConfirmedBy: r.ConfirmedBy, StartedBy: r.StartedBy,
		SendAt: orZero(r.SendAt), Edition: r.Edition, AskedAt: orZero(r.AskedAt), ConfirmedAt: orZero(r.ConfirmedAt), StartedAt: orZero(r.StartedAt), EndedAt: orZero(r.EndedAt)}
	if r.File != nil {
		if err := json.Unmarshal(r.File, &b.File); err != nil {
			return b, err
		}
	}
	var err error
	b.Text, err = d.openText(r.Text, broadcastAAD(r.ID))
	return b, err
}

// DraftBroadcast stores a broadcast that nobody is sent yet; its ID is given. Of a new version Former names the one before,
// which has started.
func (d *DB) DraftBroadcast(ctx context.Context, b storage.Broadcast) (id storage.BroadcastID, refused storage.BroadcastRefusal, err error) {
	err = d.inTx(ctx, "draft a broadcast", func(ctx context.Context, tx *sqlx.Tx) (err error) {
		id, refused, err = d.draft(ctx, tx, b)
		return err
	})
	return id, refused, err
}

func (d *DB) draft(ctx context.Context, tx *sqlx.Tx, b storage.Broadcast) (id storage.BroadcastID, refused storage.BroadcastRefusal, err error) {
	file, err := fileOf(b)
	if err != nil {
		return 0, "", err
	}
	version := 1
	if b.Former != 0 {
		former, none, err := d.lockBroadcast(ctx, tx, b.Former)
		if none != "" || err != nil {
			return 0, none, err
		}
		if former.StartedAt.IsZero() {
			return 0, storage.RefusedFormerDraft, nil
		}
		version = former.Version + 1
	}
	if err := tx.GetContext(ctx, &id, `SELECT nextval(pg_get_serial_sequence('broadcasts', 'id'))`); err != nil {
		return 0, "", err
	}
	text, err := d.sealText(b.Text, broadcastAAD(id))
	if err != nil {
		return 0, "", err
	}
	if _, err := tx.ExecContext(ctx, `
		INSERT INTO broadcasts (id, former, version, state, audience, text_sealed, file, places, send_at, made_by, made_at)
		OVERRIDING SYSTEM VALUE VALUES ($1, nullif($2::bigint, 0), $3, 'draft', $4, $5, $6, $7, $8, $9, $10)`,
		id, int64(b.Former), version, b.Audience, text, file, b.Places, timeOrNull(b.SendAt), b.MadeBy, d.at()); err != nil {
		return 0, "", err
	}
	return id, "", audit(ctx, tx, d.at(), b.MadeBy, "draft broadcast", subject(id), nil, map[string]string{"audience": b.Audience})
}

// fileOf is the file of a broadcast as its row has it.
func fileOf(b storage.Broadcast) (*string, error) {
	if b.File == nil {
		return nil, nil
	}
	return jsonOrNull(b.File)
}

// ConfirmBroadcast lets a second member of staff say that a draft may go.
func (d *DB) ConfirmBroadcast(ctx context.Context, id storage.BroadcastID, by storage.StaffID) (storage.BroadcastRefusal, error) {
	return d.changeBroadcast(ctx, id, string(by), confirming)
}

// broadcastMove is something that is done to a locked broadcast by somebody.
type broadcastMove struct {
	act string // in the audit; empty: it writes its own row
	do  func(ctx context.Context, d *DB, tx *sqlx.Tx, b storage.Broadcast, by string) (storage.BroadcastRefusal, error)
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

func (d *DB) lockBroadcast(ctx context.Context, tx *sqlx.Tx, id storage.BroadcastID) (b storage.Broadcast, none storage.BroadcastRefusal, err error) {
	var row broadcastRow
	found, err := some(tx.GetContext(ctx, &row, `SELECT `+broadcastColumns+` FROM broadcasts WHERE id = $1 FOR UPDATE`, id))
	if err != nil || !found {
		return b, storage.RefusedNoBroadcast, err
	}
	b, err = d.openBroadcast(row)
	return b, "", err
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

// Broadcast reads one; storage.ErrNotFound when there is none.
func (d *DB) Broadcast(ctx context.Context, id storage.BroadcastID) (storage.Broadcast, error) {
	list, err := d.broadcasts(ctx, "read "+subject(id), `WHERE id = $1`, id)
	if err == nil && len(list) == 0 {
		err = wrap("read "+subject(id), sql.ErrNoRows)
	}
	if err != nil {
		return storage.Broadcast{}, err
	}
	return list[0], nil
}

// Broadcasts are the last ones, the newest first.
func (d *DB) Broadcasts(ctx context.Context, most int) ([]storage.Broadcast, error) {
	return d.broadcasts(ctx, "list broadcasts", `ORDER BY id DESC LIMIT $1`, most)
}

func (d *DB) broadcasts(ctx context.Context, doing, which string, args ...any) ([]storage.Broadcast, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	var rows []broadcastRow
	if err := d.fast.SelectContext(ctx, &rows, `SELECT `+broadcastColumns+` FROM broadcasts `+which, args...); err != nil {
		return nil, wrap(doing, err)
	}
	list := make([]storage.Broadcast, len(rows))
	for i, r := range rows {
		var err error
		if list[i], err = d.openBroadcast(r); err != nil {
			return nil, wrap(doing, err)
		}
	}
	return list, nil
}

func subject(id storage.BroadcastID) string { return fmt.Sprintf("broadcast %d", id) }
