package postgres

import (
	"context"

	"titian/storage"
)

// ExportApplications yields every application that was filed, by its number, a few at a time, with its items and tasks and without
// what its owner told. yield's error ends it.
func (d *DB) ExportApplications(ctx context.Context, yield func(storage.Application) error) error {
	const doing = "export applications"
	for last := ""; ; {
		list, err := d.applications(ctx, d.slow, d.at(), ` WHERE a.number > $2 ORDER BY a.number LIMIT 200`, last)
		if err != nil || len(list) == 0 {
			return wrap(doing, err)
		}
		for _, a := range list {
			whole, err := d.application(ctx, d.slow, d.at(), a.ID)
			if err != nil {
				return wrap(doing, err)
			}
			if err := yield(whole); err != nil {
				return err
			}
			last = a.Number
		}
	}
}
