package postgres

import (
	"context"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"

	"titian/storage"
)

// inReach are the undecided files that the free places of a programme reach, by rank: a person counts once, and not who
// holds a place already.
func (d *DB) inReach(ctx context.Context, tx *sqlx.Tx, at time.Time, programme storage.ProgrammeID) (ids []storage.ApplicationID, err error) {
	err = tx.SelectContext(ctx, &ids, `
		WITH held AS (SELECT nik_index, nib_index FROM places WHERE programme = $2 AND released_at IS NULL),
		persons AS (SELECT DISTINCT ON (a.nik_index) a.id, a.rank_at, a.lot, a.number FROM applications a
			WHERE a.programme = $2 AND `+ranked+` AND NOT EXISTS (SELECT 1 FROM held h WHERE h.nik_index = a.nik_index OR h.nib_index = a.nib_index)
			ORDER BY a.nik_index, `+inRank+`)
		SELECT id FROM persons ORDER BY `+inRank+`
		LIMIT greatest(0, (SELECT quota FROM programmes WHERE id = $2) - (SELECT count(*) FROM held))`, at, programme)
	return ids, err
}

// reaching does what may bring the places of locked programmes nearer to those who wait, and tells each file that they
// reach only now, once. before is the time by which they were ranked until then.
func (d *DB) reaching(ctx context.Context, tx *sqlx.Tx, before, at time.Time, programmes []storage.ProgrammeID, do func() error) error {
	had := map[storage.ProgrammeID][]storage.ApplicationID{}
	for _, p := range programmes {
		ids, err := d.inReach(ctx, tx, before, p)
		if err != nil {
			return err
		}
		had[p] = ids
	}
	if err := do(); err != nil {
		return err
	}
	for p, before := range had {
		ids, err := d.inReach(ctx, tx, at, p)
		if err != nil {
			return err
		}
		for _, id := range ids {
			if slices.Contains(before, id) {
				continue
			}
			if err := d.tellReached(ctx, tx, at, id); err != nil {
				return err
			}
		}
	}
	return nil
}

// tellReached tells an owner and staff that a place has come within reach of a file, if they do not know it yet.
func (d *DB) tellReached(ctx context.Context, tx *sqlx.Tx, at time.Time, id storage.ApplicationID) error {
	var known bool
	if err := tx.GetContext(ctx, &known, `
		SELECT EXISTS (SELECT 1 FROM owner_notices WHERE application = $1 AND kind = 'next' AND ended_at IS NULL)`, id); err != nil || known {
		return err
	}
	if err := d.tell(ctx, tx, storage.NoticeFreed, string(id)+"/"+d.id()); err != nil {
		return err
	}
	return d.tellOwnerAt(ctx, tx, at, id, storage.OwnerNext, nil)
}

// reaching is that of this turn, for the programme of a locked application.
func (t *turn) reaching(ctx context.Context, a applicationRow, do func() error) error {
	if a.Programme == "" {
		return do()
	}
	return t.DB.reaching(ctx, t.tx, t.at, t.at, []storage.ProgrammeID{a.Programme}, do)
}
