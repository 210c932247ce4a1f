package postgres

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"strconv"
	"strings"

	"github.com/jmoiron/sqlx"

	"titian/storage"
)

// importedRow is an owner of the dinas's list as they stand in their row.
type importedRow struct {
	ID        storage.ImportedID `db:"id"`
	Source    string             `db:"source"`
	NIK       []byte             `db:"nik_index"`
	Phone     []byte             `db:"phone_index"`
	Person    []byte             `db:"person_index"`
	List      []byte             `db:"list_index"`
	Content   []byte             `db:"content_index"`
	ClaimedBy storage.OwnerID    `db:"claimed_by"`
	Binaan    bool               `db:"binaan"`
}

// ImportOwners stores a list under the name of its source, all of it or nothing, and writes that into the audit under
// the actor's name. Storing it again changes only what differs. A dry run counts the same and stores nothing.
func (d *DB) ImportOwners(ctx context.Context, source, actor string, dry bool, list []storage.Imported) (storage.ImportCount, error) {
	const doing = "import owners"
	var n storage.ImportCount
	tx, err := d.slow.BeginTxx(ctx, nil)
	if err != nil {
		return n, wrap(doing, err)
	}
	defer tx.Rollback() //nolint:errcheck // after Commit it does nothing
	if _, err := tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock($1)`, lockID("import")); err != nil {
		return n, wrap(doing, err)
	}
	c := clerk{d, tx, d.at(), actor}
	for _, o := range list {
		if err := c.importOwner(ctx, source, o, &n); err != nil {
			return n, wrap(doing, err)
		}
	}
	if dry {
		return n, nil
	}
	if err := audit(ctx, tx, d.at(), actor, doing, source, nil, n); err != nil {
		return n, wrap(doing, err)
	}
	return n, wrap(doing, tx.Commit())
}

func (c clerk) importOwner(ctx context.Context, source string, o storage.Imported, n *storage.ImportCount) error {
	row, err := c.indexImported(source, o)
	if err != nil {
		return err
	}
	unlisted, err := row.unlisted(ctx, c.tx)
	if err != nil {
		return err
	}
	if unlisted {
		n.Deleted++
		return nil
	}
	var old importedRow
	err = c.tx.GetContext(ctx, &old, `
		SELECT id, source, nik_index, phone_index, person_index, list_index, content_index, binaan, coalesce(claimed_by, '') AS claimed_by
		FROM imported_owners
		WHERE `+samePerson+`
		ORDER BY (nik_index = $1) DESC NULLS LAST, (person_index = $2) DESC NULLS LAST, id LIMIT 1`,
		row.NIK, row.Person, row.Phone, row.List)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		row.ID = storage.ImportedID(c.id())
		n.New++
		return c.putImported(ctx, c.tx, row, o)
	case err != nil:
		return err
	case old.ClaimedBy != "":
		n.Claimed++
		if o.Binaan && !old.Binaan {
			return c.importBinaan(ctx, old)
		}
		return nil
	case old.Source != source:
		n.Others++
		return nil
	case string(old.Content) == string(row.Content):
		n.Same++
		return nil
	}
	row.ID = old.ID
	n.Changed++
	return c.putImported(ctx, c.tx, row, o)
}

// indexImported makes the keyed indexes by which a person, and a row that did not change, are known again.
func (d *DB) indexImported(source string, o storage.Imported) (importedRow, error) {
	row := importedRow{Source: source}
	name := strings.ToLower(strings.Join(strings.Fields(o.Name), " "))
	person := ""
	if o.Phone != "" {
		person = string(o.Phone) + "\x00" + name
	}
	content, err := json.Marshal([]any{o.Name, string(o.NIK), string(o.Phone), o.Business, o.Sector, o.Products, o.Kecamatan, o.Kelurahan,
		o.Address, o.Workers, o.Turnover, string(o.NIB), o.Permits, o.Binaan})
	if err != nil {
		return row, err
	}
	for _, each := range []struct {
		to          *[]byte
		kind, value string
	}{
		{&row.NIK, "nik", string(o.NIK)}, {&row.Phone, "phone", string(o.Phone)}, {&row.Person, "imported person", person},
		{&row.List, "imported line", name + "\x00" + strings.ToLower(o.Business) + "\x00" + o.Kecamatan},
		{&row.Content, "imported content", string(content)},
	} {
		if *each.to, err = d.indexOrNone(each.kind, each.value); err != nil {
			return row, err
		}
	}
	return row, nil
}

func (d *DB) putImported(ctx context.Context, tx *sqlx.Tx, row importedRow, o storage.Imported) error {
	turnover := ""
	if o.Turnover != nil {
		turnover = strconv.FormatInt(int64(*o.Turnover), 10)
	}
	sealed := make([][]byte, 3)
	for i, each := range []struct{ column, text string }{{"nik", string(o.NIK)}, {"phone", string(o.Phone)}, {"turnover", turnover}} {
		var err error
		if sealed[i], err = d.sealText(each.text, importedAAD(each.column, row.ID)); err != nil {
			return err
		}
	}
	_, err := tx.ExecContext(ctx, `
		INSERT INTO imported_owners (id, source, name, business, sector, products, kecamatan, kelurahan, address, workers, nib, permits,
			binaan, nik_sealed, nik_index, phone_sealed, phone_index, turnover_sealed, person_index, list_index, content_index, imported_at, changed_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $22)
		ON CONFLICT (id) DO UPDATE SET
			name = excluded.name, business = excluded.business, sector = excluded.sector, products = excluded.products,
			kecamatan = excluded.kecamatan, kelurahan = excluded.kelurahan, address = excluded.address, workers = excluded.workers,
			nib = excluded.nib, permits = excluded.permits, binaan = excluded.binaan, nik_sealed = excluded.nik_sealed,
			nik_index = excluded.nik_index, phone_sealed = excluded.phone_sealed, phone_index = excluded.phone_index,
			turnover_sealed = excluded.turnover_sealed, person_index = excluded.person_index, list_index = excluded.list_index,
			content_index = excluded.content_index, changed_at = excluded.changed_at`,
		row.ID, row.Source, o.Name, o.Business, o.Sector, list(o.Products), o.Kecamatan, o.Kelurahan, o.Address, o.Workers, string(o.NIB), o.Permits,
		o.Binaan, sealed[0], row.NIK, sealed[1], row.Phone, sealed[2], row.Person, row.List, row.Content, d.at())
	return err
}
