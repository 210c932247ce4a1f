package postgres

import (
	"bytes"
	"context"
	"database/sql"
	"errors"

	"titian/storage"
)

// claimImported gives a row of the dinas's list to its owner; where it came from and its mark go over to the
// registration. Nothing does when somebody else was faster, or the row is gone.
func (t *turn) claimImported(ctx context.Context, row *registrationRow, id storage.ImportedID) error {
	if id == "" {
		return nil
	}
	var nik []byte
	err := t.tx.QueryRowContext(ctx, `
		UPDATE imported_owners SET claimed_by = $2, claimed_at = $3 WHERE id = $1 AND claimed_by IS NULL
		RETURNING source, binaan, nik_index`, id, row.Owner, t.at).Scan(&row.List, &row.Binaan, &nik)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	if nik != nil && row.NIKIndex != nil && !bytes.Equal(nik, row.NIKIndex) {
		if err := t.flagListed(ctx, row.Owner, "other_nik", id); err != nil {
			return err
		}
	}
	return t.audit(ctx, "claim imported owner", string(row.Owner), nil, map[string]any{"list": row.List, "binaan": row.Binaan})
}

// flagListed asks staff to hold a registration against a row of the dinas's list.
func (t *turn) flagListed(ctx context.Context, owner storage.OwnerID, kind string, id storage.ImportedID) error {
	if _, err := t.tx.ExecContext(ctx, `
		INSERT INTO flags (owner, kind, listed, raised_at) VALUES ($1, $2, $3, $4)`, owner, kind, id, t.at); err != nil {
		return err
	}
	t.out.Flags = append(t.out.Flags, storage.Flag{Kind: kind})
	return t.tell(ctx, t.tx, storage.NoticeListed, string(owner))
}

// unlistOwner takes the rows of an owner off the dinas's list: the one they claimed, and any that nobody claimed with
// their NIK or with the number that is theirs by the word of the network; not one that they said is somebody else's.
func (t *turn) unlistOwner(ctx context.Context, owner storage.OwnerID) error {
	return t.unlist(ctx, `i.claimed_by = $1
		OR i.claimed_by IS NULL
		   AND EXISTS (SELECT 1 FROM registrations r WHERE r.owner = $1 AND (r.nik_index = i.nik_index OR r.phone_own AND r.phone_index = i.phone_index))
		   AND NOT EXISTS (SELECT 1 FROM flags f WHERE f.owner = $1 AND f.kind = 'declined' AND f.listed = i.id)`, owner)
}

// unlist takes rows off the dinas's list for good. What stays is by what a list given again would know the person.
func (t *turn) unlist(ctx context.Context, where string, id any) error {
	_, err := t.tx.ExecContext(ctx, `
		WITH gone AS (
			DELETE FROM imported_owners i WHERE `+where+`
			RETURNING i.nik_index, i.phone_index, i.person_index, i.list_index)
		INSERT INTO unlisted_owners (nik_index, phone_index, person_index, list_index, deleted_at)
		SELECT nik_index, phone_index, person_index, list_index, $2::timestamptz FROM gone`, id, t.at)
	return err
}
