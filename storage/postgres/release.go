package postgres

import (
	"context"

	"titian/storage"
)

// releasePlace gives an application's place back, if it holds one, and tells the file that the places now reach. The
// programme is locked.
func (t *turn) releasePlace(ctx context.Context, a applicationRow, why string) error {
	done, err := t.tx.ExecContext(ctx, `
		UPDATE places SET released_at = $2, release = $3, state = $4 WHERE application = $1 AND released_at IS NULL`, a.ID, t.at, why, a.State)
	if err != nil {
		return err
	}
	if n, err := done.RowsAffected(); err != nil || n == 0 {
		return err
	}
	if err := t.audit(ctx, "release place", string(a.ID), nil, map[string]any{"number": a.Number, "why": why}); err != nil {
		return err
	}
	p, _, err := lockProgramme(ctx, t.tx, t.at, a.Programme)
	if err != nil {
		return err
	}
	next, found, err := t.atRank(ctx, p.ID, p.Left())
	if !found {
		return err
	}
	if err := t.tellOfFile(ctx, next, storage.NoticeFreed); err != nil {
		return err
	}
	return t.tellOwner(ctx, next, storage.OwnerNext, nil)
}

// atRank is the file that stands at a rank of its programme now; false when none does.
func (t *turn) atRank(ctx context.Context, programme storage.ProgrammeID, rank int) (a applicationRow, found bool, err error) {
	err = t.tx.GetContext(ctx, &a, applicationsSelected+` WHERE a.programme = $2 AND k.rank = $3`, t.at, programme, rank)
	found, err = some(err)
	return a, found, err
}
