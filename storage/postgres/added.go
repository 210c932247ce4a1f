package postgres

import (
	"context"
	"slices"

	"titian/storage"
)

// atCounter locks an application that an officer writes in for its owner; false when they may not, which the outcome says.
func (t *turn) atCounter(ctx context.Context, id storage.ApplicationID) (o officer, a applicationRow, may bool, err error) {
	if o, may, err = t.atDesk(ctx, deskRoles); !may {
		return o, a, false, err
	}
	a, found, err := t.lockApplication(ctx, id)
	switch {
	case err != nil:
		return o, a, false, err
	case !found:
		return o, a, false, t.refuse(storage.RefusedUnknown)
	case a.ClaimedBy != "" && a.ClaimedBy != o.ID:
		t.out.Halal.HeldBy = a.ClaimedName
		return o, a, false, t.refuse(storage.RefusedClaimed)
	case !slices.Contains(written, a.State):
		return o, a, false, t.refuse(storage.RefusedMove)
	}
	return o, a, true, nil
}

// written are the states in which staff may still write in a file.
var written = []storage.ApplicationState{storage.StateSubmitted, storage.StateFixing, storage.StateReturned}

// addByStaff puts what was brought to the counter in the place of a document. When it was the last that was sent back, the
// file goes to review again, in the rank it keeps.
func (t *turn) addByStaff(ctx context.Context, e storage.AddByStaff) error {
	o, a, may, err := t.atCounter(ctx, e.Application)
	if !may {
		return err
	}
	item, found, err := t.item(ctx, a.ID, e.Item)
	switch {
	case err != nil:
		return err
	case !found || item.Kind != storage.ItemDocument || len(e.Files) == 0:
		return t.refuse(storage.RefusedUnknown)
	}
	if _, err := t.tx.ExecContext(ctx, `
		UPDATE files SET owner = $1 WHERE id = ANY ($2) AND contact = $3 AND owner IS NULL AND deleted_at IS NULL`,
		a.Owner, list(e.Files), t.key.Contact); err != nil {
		return err
	}
	if _, err := t.tx.ExecContext(ctx, `
		UPDATE application_items SET files = $3, marks = '{}', digest = $4, revision = revision + 1, added_by = $5, verdict = NULL
		WHERE application = $1 AND key = $2`, a.ID, e.Item, fileNames(e.Files), digest(storage.Item{Files: e.Files}), o.ID); err != nil {
		return err
	}
	if err := t.did(ctx, o, "add document", a.ID, nil, map[string]any{"item": e.Item, "files": len(e.Files)}); err != nil {
		return err
	}
	if err := t.dropUnused(ctx, a.Owner, item.Files); err != nil {
		return err
	}
	if a.State != storage.StateSubmitted {
		if err := t.afterReplacing(ctx, &a, t.at, o.mover()); err != nil {
			return err
		}
	}
	return t.learn(ctx, a.ID)
}
