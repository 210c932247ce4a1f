package postgres

import (
	"context"
	"database/sql"
	"errors"

	"titian/storage"
)

// setBinaan marks an owner as one of the dinas's guidance, or as none any more.
func (t *turn) setBinaan(ctx context.Context, e storage.SetBinaan) error {
	c, may, err := t.asStaff(ctx, storage.RoleOfficer, storage.RoleAdmin)
	if !may {
		return err
	}
	var owner storage.OwnerID
	var was bool
	err = t.tx.QueryRowContext(ctx, `
		SELECT owner, binaan FROM registrations WHERE number = $1 FOR UPDATE`, e.Number).Scan(&owner, &was)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		t.out.Staff.Refused = storage.RefusedUnknown
		return nil
	case err != nil:
		return err
	case was == e.Binaan:
		t.out.Staff.Refused = storage.RefusedAlready
		return nil
	}
	t.out.Staff.Number = e.Number
	return c.markBinaan(ctx, owner, e.Binaan)
}

// importBinaan carries a mark that is new in the list over to who claimed the row. One that staff took back stays so.
func (c clerk) importBinaan(ctx context.Context, row importedRow) error {
	if _, err := c.tx.ExecContext(ctx, `UPDATE imported_owners SET binaan = true WHERE id = $1`, row.ID); err != nil {
		return err
	}
	var was bool
	if err := c.tx.GetContext(ctx, &was, `SELECT binaan FROM registrations WHERE owner = $1 FOR UPDATE`, row.ClaimedBy); err != nil || was {
		return err
	}
	return c.markBinaan(ctx, row.ClaimedBy, true)
}

// markBinaan writes a mark that differs from what stands there, and who set it.
func (c clerk) markBinaan(ctx context.Context, owner storage.OwnerID, binaan bool) error {
	if _, err := c.tx.ExecContext(ctx, `UPDATE registrations SET binaan = $2 WHERE owner = $1`, owner, binaan); err != nil {
		return err
	}
	return audit(ctx, c.tx, c.when, c.actor, "set binaan", string(owner), map[string]bool{"binaan": !binaan}, map[string]bool{"binaan": binaan})
}
