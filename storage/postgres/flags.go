package postgres

import (
	"context"
	"encoding/binary"
	"slices"

	"github.com/lib/pq"

	"titian/storage"
)

// flag finds what staff should look at in a registration, and raises what is not raised yet. Open flags that an
// amendment has put right are settled.
func (t *turn) flag(ctx context.Context, r storage.Registration, row registrationRow) ([]storage.Flag, error) {
	flags, err := t.lookalikes(ctx, r, row)
	if err != nil {
		return nil, err
	}
	if r.NIK != "" && !r.NIK.KnownProvince() {
		flags = append(flags, storage.Flag{Kind: "nik_prefix"})
	}
	kinds, others := make(pq.StringArray, len(flags)), make(pq.StringArray, len(flags))
	for i, f := range flags {
		kinds[i], others[i] = f.Kind, string(f.Other)
	}
	var raised []string
	if err := t.tx.SelectContext(ctx, &raised, `
		WITH now AS (SELECT kind, other FROM unnest($2::text[], $3::text[]) AS f (kind, other)),
		settled AS (
			UPDATE flags SET settled_at = $4, settled_by = 'amendment'
			WHERE owner = $1 AND settled_at IS NULL AND listed = '' AND kind <> 'number_moved' AND (kind, coalesce(other, '')) NOT IN (SELECT kind, other FROM now))
		INSERT INTO flags (owner, kind, other, raised_at) SELECT $1, kind, nullif(other, ''), $4 FROM now
		ON CONFLICT (owner, kind, coalesce(other, '')) WHERE settled_at IS NULL DO NOTHING
		RETURNING kind`,
		r.Owner, kinds, others, t.at); err != nil {
		return flags, err
	}
	if slices.Contains(raised, "same_nik") || slices.Contains(raised, "same_phone") {
		return flags, t.tell(ctx, t.tx, storage.NoticeDuplicate, string(r.Owner))
	}
	return flags, nil
}

// lookalikes are other living owners with the same NIK, and those with the same phone that this contact does not speak
// for. Families share phones: one that it does speak for is a lookalike only if a NIK is missing and the names agree.
func (t *turn) lookalikes(ctx context.Context, r storage.Registration, row registrationRow) ([]storage.Flag, error) {
	var found []storage.Flag
	err := t.tx.SelectContext(ctx, &found, `
		SELECT 'same_nik' AS kind, owner AS other FROM registrations
		WHERE nik_index = $3 AND owner <> $1
		UNION ALL
		SELECT 'same_phone', o.owner FROM registrations o
		WHERE o.phone_index = $4 AND o.owner <> $1
		  AND (NOT EXISTS (SELECT 1 FROM speaks_for s WHERE s.contact = $2 AND s.owner = o.owner)
		       OR (o.nik_index IS NULL OR $3::bytea IS NULL) AND lower(o.name) = lower($5))
		ORDER BY 1, 2`, r.Owner, t.key.Contact, row.NIKIndex, row.PhoneIndex, r.Name)
	return found, err
}

func indexLock(index []byte) int64 { return int64(binary.BigEndian.Uint64(index)) }
