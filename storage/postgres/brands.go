package postgres

import (
	"context"
	"database/sql"

	"titian/storage"
)

type brandRow struct {
	ID        int64        `db:"id"`
	Material  string       `db:"material"`
	Name      string       `db:"name"`
	Producer  string       `db:"producer"`
	Halal     string       `db:"halal"`
	ExpiresAt sql.NullTime `db:"expires_at"`
}

func (r brandRow) brand() storage.Brand {
	return storage.Brand{ID: r.ID, Material: r.Material, Name: r.Name, Producer: r.Producer, Halal: r.Halal, ExpiresAt: orZero(r.ExpiresAt)}
}

// Brands are the confirmed brands of all bahan by name, those whose certificate is over too.
func (d *DB) Brands(ctx context.Context) ([]storage.Brand, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	var rows []brandRow
	if err := d.fast.SelectContext(ctx, &rows, `
		SELECT id, material, name, producer, halal, expires_at FROM brands ORDER BY lower(name), id`); err != nil {
		return nil, wrap("list brands", err)
	}
	list := make([]storage.Brand, len(rows))
	for i, r := range rows {
		list[i] = r.brand()
	}
	return list, nil
}

// ImportBrands stores confirmed brands, all of them or none, under the actor's name in the audit. A brand of a bahan that
// is known is changed where it differs and keeps its id; none is removed. A dry run counts the same and stores nothing.
func (d *DB) ImportBrands(ctx context.Context, source, actor string, dry bool, list []storage.Brand) (storage.BrandCount, error) {
	const doing = "import brands"
	var n storage.BrandCount
	tx, err := d.slow.BeginTxx(ctx, nil)
	if err != nil {
		return n, wrap(doing, err)
	}
	defer tx.Rollback() //nolint:errcheck // after Commit it does nothing
	if _, err := tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock($1)`, lockID("import brands")); err != nil {
		return n, wrap(doing, err)
	}
	c := clerk{d, tx, d.at(), actor}
	for _, b := range list {
		if err := c.importBrand(ctx, b, &n); err != nil {
			return n, wrap(doing, err)
		}
	}
	if dry {
		return n, nil
	}
	if err := audit(ctx, tx, c.when, actor, doing, source, nil, n); err != nil {
		return n, wrap(doing, err)
	}
	if err := announce(ctx, tx, TopicBrands); err != nil {
		return n, wrap(doing, err)
	}
	return n, wrap(doing, tx.Commit())
}

func (c clerk) importBrand(ctx context.Context, b storage.Brand, n *storage.BrandCount) error {
	var was brandRow
	known, err := some(c.tx.GetContext(ctx, &was, `
		SELECT id, material, name, producer, halal, expires_at FROM brands WHERE material = $1 AND lower(name) = lower($2)`, b.Material, b.Name))
	if err != nil {
		return err
	}
	b.ID, b.ExpiresAt = was.ID, utc(b.ExpiresAt)
	switch {
	case !known:
		n.New++
	case was.brand() == b:
		n.Same++
		return nil
	default:
		n.Changed++
	}
	_, err = c.tx.ExecContext(ctx, `
		INSERT INTO brands (material, name, producer, halal, expires_at, changed_by, changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (material, lower(name)) DO UPDATE SET name = excluded.name, producer = excluded.producer, halal = excluded.halal,
			expires_at = excluded.expires_at, changed_by = excluded.changed_by, changed_at = excluded.changed_at`,
		b.Material, b.Name, b.Producer, b.Halal, timeOrNull(b.ExpiresAt), c.actor, c.when)
	return err
}
