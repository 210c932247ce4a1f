package postgres

import (
	"context"
	"database/sql"
	"errors"

	"titian/storage"
)

// setHoliday sets one day apart from the calendar file, on every replica.
func (t *turn) setHoliday(ctx context.Context, e storage.SetHoliday) error {
	c, may, err := t.asStaff(ctx, storage.RoleAdmin)
	if !may {
		return err
	}
	h := e.Holiday
	var was struct {
		Name  string `db:"name" json:"name"`
		Opens bool   `db:"opens" json:"opens"`
	}
	var before any = was
	if err := t.tx.GetContext(ctx, &was, `SELECT name, opens FROM holidays WHERE day = $1::date`, h.Day); errors.Is(err, sql.ErrNoRows) {
		before = nil
	} else if err != nil {
		return err
	} else {
		before = was
	}
	if _, err := t.tx.ExecContext(ctx, `
		INSERT INTO holidays (day, name, opens, set_by, set_at) VALUES ($1::date, $2, $3, $4, $5)
		ON CONFLICT (day) DO UPDATE SET name = excluded.name, opens = excluded.opens, set_by = excluded.set_by, set_at = excluded.set_at`,
		h.Day, h.Name, h.Open, c.actor, t.at); err != nil {
		return err
	}
	if err := audit(ctx, t.tx, t.at, c.actor, "set holiday", h.Day, before, map[string]any{"name": h.Name, "opens": h.Open}); err != nil {
		return err
	}
	return announce(ctx, t.tx, TopicHolidays)
}

// Holidays are the days set apart from the calendar file, in order.
func (d *DB) Holidays(ctx context.Context) ([]storage.Holiday, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	var list []storage.Holiday
	err := d.fast.SelectContext(ctx, &list, `
		SELECT to_char(day, 'YYYY-MM-DD') AS day, name, opens AS open FROM holidays ORDER BY holidays.day`)
	return list, wrap("list holidays", err)
}

// reloadFiles tells every process to read its data files again.
func (t *turn) reloadFiles(ctx context.Context) error {
	c, may, err := t.asStaff(ctx, storage.RoleAdmin)
	if !may {
		return err
	}
	if err := audit(ctx, t.tx, t.at, c.actor, "reload files", "", nil, nil); err != nil {
		return err
	}
	return announce(ctx, t.tx, TopicFiles)
}
