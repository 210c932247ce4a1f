package postgres

import (
	"context"
	"strconv"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"titian/flows/answer"
	"titian/storage"
)

// Listed is the row of the dinas's list with this number that nobody claimed: of several the one with the NIK, else the
// one with the name; none of those left out. storage.ErrNotFound when there is none.
func (d *DB) Listed(ctx context.Context, phone answer.Phone, nik answer.NIK, name string, but []storage.ImportedID) (storage.Imported, error) {
	const doing = "look for a number on the dinas's list"
	row, err := d.indexImported("", storage.Imported{Name: name, NIK: nik, Phone: phone})
	if err != nil {
		return storage.Imported{}, wrap(doing, err)
	}
	return d.listed(ctx, doing, `phone_index = $1 AND id <> ALL ($4)
		ORDER BY (nik_index = $2) DESC NULLS LAST, (person_index = $3) DESC NULLS LAST, imported_at, id LIMIT 1`,
		row.Phone, row.NIK, row.Person, list(but))
}

// Imported is a row of the dinas's list that nobody claimed; storage.ErrNotFound when somebody did, or it is gone.
func (d *DB) Imported(ctx context.Context, id storage.ImportedID) (storage.Imported, error) {
	return d.listed(ctx, "read a row of the dinas's list", `id = $1`, id)
}

func (d *DB) listed(ctx context.Context, doing, where string, args ...any) (storage.Imported, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	var row struct {
		storage.Imported
		ID       storage.ImportedID
		Products pq.StringArray
		NIK      []byte `db:"nik_sealed"`
		Phone    []byte `db:"phone_sealed"`
		Turnover []byte `db:"turnover_sealed"`
	}
	if err := d.fast.GetContext(ctx, &row, `
		SELECT id, name, business, sector, products, kecamatan, kelurahan, address, workers, nib, permits, binaan,
		       nik_sealed, phone_sealed, turnover_sealed
		FROM imported_owners WHERE claimed_by IS NULL AND `+where, args...); err != nil {
		return storage.Imported{}, wrap(doing, err)
	}
	o := row.Imported
	o.ID, o.Products = row.ID, row.Products
	sealed := make([]string, 3)
	for i, each := range []struct {
		column string
		value  []byte
	}{{"nik", row.NIK}, {"phone", row.Phone}, {"turnover", row.Turnover}} {
		var err error
		if sealed[i], err = d.openText(each.value, importedAAD(each.column, o.ID)); err != nil {
			return storage.Imported{}, wrap(doing, err)
		}
	}
	o.NIK, o.Phone = answer.NIK(sealed[0]), answer.Phone(sealed[1])
	if n, err := strconv.ParseInt(sealed[2], 10, 64); err == nil {
		amount := answer.Rupiah(n)
		o.Turnover = &amount
	}
	return o, nil
}

func importedAAD(column string, id storage.ImportedID) string {
	return "imported_owners/" + column + "/" + string(id)
}

// unlisted says whether the person of a row asked to be deleted, by the rule that one person is known by.
func (r importedRow) unlisted(ctx context.Context, tx *sqlx.Tx) (unlisted bool, err error) {
	err = tx.GetContext(ctx, &unlisted, `
		SELECT EXISTS (SELECT 1 FROM unlisted_owners WHERE `+samePerson+`)`, r.NIK, r.Person, r.Phone, r.List)
	return unlisted, err
}

// samePerson is the rule by which a row is of a person already known: by NIK, by number and name, or, where the list has
// neither, by name, business and kecamatan.
const samePerson = `nik_index = $1
	OR person_index = $2 AND (nik_index IS NULL OR $1::bytea IS NULL)
	OR list_index = $4 AND (nik_index IS NULL OR $1::bytea IS NULL) AND (phone_index IS NULL OR $3::bytea IS NULL)`
