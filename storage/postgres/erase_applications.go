package postgres

import (
	"context"
	"slices"

	"titian/storage"
)

// deleteApplications erases the applications of a locked owner: answers, items, verdicts, notices; their files go with the
// owner's. The row of a place stays in the ledger without a name. A place that no certificate came of goes to the next.
func (t *turn) deleteApplications(ctx context.Context, owner storage.OwnerID) error {
	var ids []storage.ApplicationID
	if err := t.tx.SelectContext(ctx, &ids, `SELECT id FROM applications WHERE owner = $1 ORDER BY programme, id`, owner); err != nil {
		return err
	}
	var gone []applicationRow
	var programmes []storage.ProgrammeID
	for _, id := range ids {
		a, found, err := t.lockApplication(ctx, id)
		if err != nil {
			return err
		}
		if !found {
			continue
		}
		gone = append(gone, a)
		if a.Programme != "" && !slices.Contains(programmes, a.Programme) {
			programmes = append(programmes, a.Programme)
		}
	}
	return t.DB.reaching(ctx, t.tx, t.at, t.at, programmes, func() error { return t.eraseApplications(ctx, owner, gone) })
}

// eraseApplications erases the locked applications of an owner and gives their places back.
func (t *turn) eraseApplications(ctx context.Context, owner storage.OwnerID, gone []applicationRow) error {
	var kept []string
	if err := t.tx.SelectContext(ctx, &kept, `
		UPDATE places p SET state = a.state,
			accepted = (SELECT count(*) FROM verdicts v WHERE v.application = a.id AND v.verdict = 'accepted' AND v.undone_at IS NULL),
			sent_back = (SELECT count(*) FROM verdicts v WHERE v.application = a.id AND v.verdict = 'fix' AND v.undone_at IS NULL)
		FROM applications a WHERE a.owner = $1 AND p.application = a.id RETURNING p.number`, owner); err != nil {
		return err
	}
	if _, err := t.tx.ExecContext(ctx, `
		WITH words AS (DELETE FROM codes WHERE application IN (SELECT id FROM applications WHERE owner = $1))
		DELETE FROM applications WHERE owner = $1`, owner); err != nil {
		return err
	}
	for _, a := range gone {
		if a.State == storage.StateIssued {
			continue
		}
		if err := t.releasePlace(ctx, a, "deleted"); err != nil {
			return err
		}
	}
	t.out.Kept = kept
	return nil
}
