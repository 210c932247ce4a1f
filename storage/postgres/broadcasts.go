package postgres

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"titian/storage"
)

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

func (d *DB) lockBroadcast(ctx context.Context, tx *sqlx.Tx, id storage.BroadcastID) (b storage.Broadcast, none storage.BroadcastRefusal, err error) {
	var row broadcastRow
	found, err := some(tx.GetContext(ctx, &row, `SELECT `+broadcastColumns+` FROM broadcasts WHERE id = $1 FOR UPDATE`, id))
	if err != nil || !found {
		return b, storage.RefusedNoBroadcast, err
	}
	b, err = d.openBroadcast(row)
	return b, "", err
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
