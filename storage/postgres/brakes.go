package postgres

import (
	"context"
	"database/sql"
	"time"

	"github.com/jmoiron/sqlx"

	"titian/bot/chat"
	"titian/storage"
)

// PullBrake stops everything unasked on a network, on every replica, and has admins told. One that is on for the same cause
// stays on, for as long as the longer of the two.
func (d *DB) PullBrake(ctx context.Context, b storage.Brake) error {
	return d.inTx(ctx, "pull the brake", func(ctx context.Context, tx *sqlx.Tx) error { return d.pull(ctx, tx, b) })
}

func (d *DB) pull(ctx context.Context, tx *sqlx.Tx, b storage.Brake) error {
	id := d.id()
	var stored string
	if err := tx.GetContext(ctx, &stored, `
		INSERT INTO brakes (id, network, cause, code, pulled_at, until_at) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (network, cause) WHERE released_at IS NULL DO UPDATE SET until_at = greatest(brakes.until_at, excluded.until_at)
		RETURNING id`, id, b.Network, b.Cause, b.Code, d.at(), timeOrNull(b.Until)); err != nil || stored != id {
		return err
	}
	if err := audit(ctx, tx, d.at(), "titian", "pull brake", string(b.Network), nil, map[string]any{"cause": b.Cause, "code": b.Code}); err != nil {
		return err
	}
	return d.tell(ctx, tx, storage.NoticeBrake, id)
}

// Brakes are those that are on, the oldest first.
func (d *DB) Brakes(ctx context.Context, n chat.Network) ([]storage.Brake, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	list, err := brakes(ctx, d.fast, n)
	return list, wrap("look at the brake", err)
}

func brakes(ctx context.Context, from reader, n chat.Network) ([]storage.Brake, error) {
	var rows []brakeRow
	err := from.SelectContext(ctx, &rows, `
		SELECT id, network, cause, code, pulled_at, until_at FROM brakes WHERE network = $1 AND released_at IS NULL ORDER BY pulled_at, id`, n)
	list := make([]storage.Brake, len(rows))
	for i, r := range rows {
		list[i] = r.brake()
	}
	return list, err
}

type brakeRow struct {
	ID      string             `db:"id"`
	Network chat.Network       `db:"network"`
	Cause   storage.BrakeCause `db:"cause"`
	Code    int                `db:"code"`
	Since   time.Time          `db:"pulled_at"`
	Until   sql.NullTime       `db:"until_at"`
}

func (r brakeRow) brake() storage.Brake {
	return storage.Brake{ID: r.ID, Network: r.Network, Cause: r.Cause, Code: r.Code, Since: r.Since.UTC(), Until: orZero(r.Until)}
}

// brakeEvent is what admins are told of a brake that was pulled.
func (d *DB) brakeEvent(ctx context.Context, id string) (e storage.Event, err error) {
	var row brakeRow
	err = d.fast.GetContext(ctx, &row, `SELECT id, network, cause, code, pulled_at, until_at FROM brakes WHERE id = $1`, id)
	e.Brake = row.brake()
	return e, err
}

// releaseBrake lets unasked messages go out again, by an admin's word. Not before the network's own time is over. Warming up
// falls back one week: from the pace of the week in which the brake was pulled.
func (t *turn) releaseBrake(ctx context.Context, e storage.ReleaseBrake) error {
	c, may, err := t.asStaff(ctx, storage.RoleAdmin)
	if !may {
		return err
	}
	l, err := lane(ctx, t.tx, e.Network, `FOR UPDATE`)
	if err != nil {
		return err
	}
	on, err := brakes(ctx, t.tx, e.Network)
	if err != nil {
		return err
	}
	if len(on) == 0 {
		t.out.Staff.Refused = storage.RefusedAlready
		return nil
	}
	causes := []string{}
	for _, b := range on {
		causes = append(causes, string(b.Cause))
		if b.Until.After(t.out.Staff.Until) {
			t.out.Staff.Until = b.Until
		}
	}
	if t.out.Staff.Until.After(t.at) {
		t.out.Staff.Refused = storage.RefusedEarly
		return nil
	}
	if _, err := t.tx.ExecContext(ctx, `
		UPDATE brakes SET released_at = $2, released_by = $3 WHERE network = $1 AND released_at IS NULL`, e.Network, t.at, c.actor); err != nil {
		return err
	}
	l.WarmFrom = colder(l.WarmFrom, on[0].Since, t.at)
	if err := t.keepLane(ctx, t.tx, e.Network, l); err != nil {
		return err
	}
	return audit(ctx, t.tx, t.at, c.actor, "release brake", string(e.Network), map[string]any{"causes": causes}, map[string]any{"warm_from": l.WarmFrom})
}

// colder is the first day of warming up of a lane whose brake was pulled at one time and is released at another: today is in
// the week before that of the pull, or in the first.
func colder(from string, pulled, released time.Time) string {
	first, err := time.ParseInLocation(time.DateOnly, from, wita)
	if err != nil {
		return "" // it has not begun
	}
	weeks := int(pulled.Sub(first) / (7 * 24 * time.Hour))
	return released.In(wita).AddDate(0, 0, -7*max(0, weeks-1)).Format(time.DateOnly)
}
