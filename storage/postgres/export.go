package postgres

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"titian/flows/answer"
	"titian/storage"
)

// exportBatch is how many rows an export holds at a time.
const exportBatch = 500

// OwnerRow is one line of the export of owners.
type OwnerRow struct {
	Number        string
	FiledAt       time.Time
	Name          string
	NIK           string // masked, 7471••••••••0001, unless the export is full; empty: not given
	Phone         string
	Business      string
	Sector        string
	Products      []string
	Kecamatan     string
	Kelurahan     string
	Address       string
	Latitude      *float64
	Longitude     *float64
	Workers       int
	TurnoverMonth *int64 // rupiah; nil: left open
	HasNIB        *bool
	NIB           string
	Permits       []string
	Announcements bool
	Network       string
	Binaan        bool
	List          string // the dinas's list the owner stood in
}

// ExportOwners yields every registration in the order of filing, as they stood when it began, a few at a time. A full
// export is written into the audit, under the actor's name, before anything is read. yield's error ends it.
func (d *DB) ExportOwners(ctx context.Context, full bool, actor string, yield func(OwnerRow) error) error {
	const doing = "export owners"
	if full {
		if err := audit(ctx, d.fast, d.at(), actor, "export owners in full", "", nil, nil); err != nil {
			return wrap(doing, err)
		}
	}
	tx, err := d.slow.BeginTxx(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
	if err != nil {
		return wrap(doing, err)
	}
	defer tx.Rollback() //nolint:errcheck // it only read
	if _, err := tx.ExecContext(ctx, `
		DECLARE owners NO SCROLL CURSOR FOR
		SELECT `+registrationColumns+` FROM registrations ORDER BY filed_at, number`); err != nil {
		return wrap(doing, err)
	}
	for {
		n, err := d.exportSome(ctx, tx, full, yield)
		if err != nil || n == 0 {
			return wrap(doing, err)
		}
	}
}

func (d *DB) exportSome(ctx context.Context, tx *sqlx.Tx, full bool, yield func(OwnerRow) error) (int, error) {
	var rows []registrationRow
	if err := tx.SelectContext(ctx, &rows, fmt.Sprintf(`FETCH %d FROM owners`, exportBatch)); err != nil {
		return 0, err
	}
	for _, row := range rows {
		r, err := d.openRegistration(row)
		if err != nil {
			return 0, err
		}
		if err := yield(ownerRow(r, full)); err != nil {
			return 0, err
		}
	}
	return len(rows), nil
}

func ownerRow(r storage.Registration, full bool) OwnerRow {
	row := OwnerRow{Number: r.Number, FiledAt: r.FiledAt, Name: r.Name, NIK: masked(r.NIK), Phone: string(r.Phone), Business: r.Business,
		Sector: r.Sector, Products: r.Products, Kecamatan: r.Kecamatan, Kelurahan: r.Kelurahan, Address: r.Address,
		Latitude: r.Latitude, Longitude: r.Longitude, Workers: r.Workers, HasNIB: r.HasNIB, NIB: string(r.NIB),
		Permits: r.Permits, Announcements: r.Announcements != nil && *r.Announcements, Network: r.Network,
		Binaan: r.Binaan, List: r.List}
	if full {
		row.NIK = r.NIK.Digits()
	}
	if r.Turnover != nil {
		amount := int64(*r.Turnover)
		row.TurnoverMonth = &amount
	}
	return row
}

func masked(n answer.NIK) string {
	if n == "" {
		return ""
	}
	return n.Masked()
}
