package postgres

import (
	"context"
	"time"

	"github.com/lib/pq"

	"titian/storage"
)

// Owners are those a contact speaks for, the one filed first at the front.
func (d *DB) Owners(ctx context.Context, contact storage.ContactID) ([]storage.Owner, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	doing := "list the owners of contact " + string(contact)
	var rows []struct {
		ID       storage.OwnerID `db:"owner"`
		Name     string          `db:"name"`
		Business string          `db:"business"`
		Number   string          `db:"number"`
		FiledAt  time.Time       `db:"filed_at"`
		NIK      []byte          `db:"nik_sealed"`
		Missing  pq.StringArray  `db:"missing"`
		Files    int             `db:"files"`
	}
	if err := d.fast.SelectContext(ctx, &rows, `
		SELECT r.owner, r.name, r.business, r.number, r.filed_at, r.nik_sealed, r.missing,
		       (SELECT count(*) FROM files f WHERE f.owner = r.owner AND f.deleted_at IS NULL) AS files
		FROM speaks_for s JOIN registrations r ON r.owner = s.owner
		WHERE s.contact = $1 ORDER BY r.filed_at, r.number`, contact); err != nil {
		return nil, wrap(doing, err)
	}
	owners := make([]storage.Owner, 0, len(rows))
	for _, row := range rows {
		nik, err := d.openText(row.NIK, registrationAAD("nik", row.ID))
		if err != nil {
			return nil, wrap(doing, err)
		}
		owners = append(owners, storage.Owner{ID: row.ID, Name: row.Name, Business: row.Business, Number: row.Number,
			FiledAt: row.FiledAt.UTC(), NIKTail: nik[max(0, len(nik)-4):], Missing: row.Missing, Files: row.Files})
	}
	return owners, nil
}
