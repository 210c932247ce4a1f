package postgres

import (
	"context"

	"github.com/jmoiron/sqlx"

	"titian/flows/answer"
	"titian/storage/segment"
)

// SaveSegment gives a query a name, in place of the one that had it. It stands in the audit.
func (d *DB) SaveSegment(ctx context.Context, name, query, actor string) error {
	return d.inTx(ctx, "save segment "+name, func(ctx context.Context, tx *sqlx.Tx) error {
		var before []string
		if err := tx.SelectContext(ctx, &before, `SELECT query FROM segments WHERE name = $1 FOR UPDATE`, name); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `
			INSERT INTO segments (name, query, saved_by, saved_at) VALUES ($1, $2, $3, $4)
			ON CONFLICT (name) DO UPDATE SET query = excluded.query, saved_by = excluded.saved_by, saved_at = excluded.saved_at`,
			name, query, actor, d.at()); err != nil {
			return err
		}
		return audit(ctx, tx, d.at(), actor, "save segment", name, before, []string{query})
	})
}

// Segments are the saved queries by name, and the names of the stored lists of numbers: what a Vocabulary has of the database.
func (d *DB) Segments(ctx context.Context) (saved map[string]string, numbers []segment.Word, err error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	const doing = "list segments"
	var rows []struct {
		Name  string `db:"name"`
		Query string `db:"query"`
	}
	if err := d.fast.SelectContext(ctx, &rows, `SELECT name, query FROM segments ORDER BY name`); err != nil {
		return nil, nil, wrap(doing, err)
	}
	saved = map[string]string{}
	for _, r := range rows {
		saved[r.Name] = r.Query
	}
	var lists []string
	if err := d.fast.SelectContext(ctx, &lists, `SELECT name FROM number_lists ORDER BY name`); err != nil {
		return nil, nil, wrap(doing, err)
	}
	for _, name := range lists {
		numbers = append(numbers, segment.Word{ID: name, Names: []string{name}})
	}
	return saved, numbers, nil
}

// SaveNumbers stores a list of telephone numbers by their keyed index alone, in place of the list that had the name. It says
// how many of them are the number of a registered owner.
func (d *DB) SaveNumbers(ctx context.Context, name string, phones []answer.Phone, actor string) (known int, err error) {
	indexes := make(byteas, len(phones))
	for i, p := range phones {
		if indexes[i], err = d.index("phone", string(p)); err != nil {
			return 0, wrap("save numbers", err)
		}
	}
	err = d.inTx(ctx, "save the numbers "+name, func(ctx context.Context, tx *sqlx.Tx) error {
		if _, err := tx.ExecContext(ctx, `
			INSERT INTO number_lists (name, saved_by, saved_at) VALUES ($1, $2, $3)
			ON CONFLICT (name) DO UPDATE SET saved_by = excluded.saved_by, saved_at = excluded.saved_at`, name, actor, d.at()); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM listed_numbers WHERE list = $1`, name); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `
			INSERT INTO listed_numbers (list, phone_index) SELECT DISTINCT $1, n FROM unnest($2::bytea[]) n`, name, indexes); err != nil {
			return err
		}
		if err := tx.GetContext(ctx, &known, `
			SELECT count(*) FROM listed_numbers l WHERE l.list = $1 AND EXISTS (SELECT FROM registrations r WHERE r.phone_index = l.phone_index)`, name); err != nil {
			return err
		}
		return audit(ctx, tx, d.at(), actor, "save numbers", name, nil, map[string]int{"numbers": len(phones), "known": known})
	})
	return known, err
}

// Meant are the owners that a segment means, by their registration numbers, whether they may be written to or not.
func (d *DB) Meant(ctx context.Context, e segment.Expr) (numbers []string, err error) {
	ctx, cancel := context.WithTimeout(ctx, planTimeout)
	defer cancel()
	var w where
	condition, err := w.condition(e)
	if err != nil {
		return nil, wrap("find whom a segment means", err)
	}
	err = d.slow.SelectContext(ctx, &numbers, `SELECT number FROM registrations r WHERE `+condition+` ORDER BY number`, w.args...)
	return numbers, wrap("find whom a segment means", err)
}
