package postgres

import "context"

// releasePlace gives an application's place back, if it holds one. The programme is locked; reaching tells the next.
func (t *turn) releasePlace(ctx context.Context, a applicationRow, why string) error {
	done, err := t.tx.ExecContext(ctx, `
		UPDATE places SET released_at = $2, release = $3, state = $4 WHERE application = $1 AND released_at IS NULL`, a.ID, t.at, why, a.State)
	if err != nil {
		return err
	}
	if n, err := done.RowsAffected(); err != nil || n == 0 {
		return err
	}
	return t.audit(ctx, "release place", string(a.ID), nil, map[string]any{"number": a.Number, "why": why})
}
