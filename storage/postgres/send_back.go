package postgres

import (
	"context"

	"titian/storage"
)

// sendBack ends a review. With items to replace the owner is told which, in a message that starts their clock when it is
// delivered; with every item accepted the file is complete.
func (t *turn) sendBack(ctx context.Context, e storage.SendBack) error {
	o, a, may, err := t.held(ctx, e.Application)
	if !may {
		return err
	}
	items, err := t.items(ctx, t.tx, a.ID)
	if err != nil {
		return err
	}
	var fix []string
	unseen := 0
	for _, item := range items {
		switch item.Verdict {
		case storage.VerdictFix:
			fix = append(fix, item.Key)
		case storage.VerdictNone:
			unseen++
		}
	}
	to, kind := storage.StateFixing, storage.OwnerFix
	if len(fix) == 0 {
		to, kind = storage.StateComplete, storage.OwnerComplete
		if unseen > 0 {
			return t.refuse(storage.RefusedUnseen)
		}
	}
	before := a.State
	if moved, err := t.move(ctx, &a, to, o.mover()); !moved {
		return err
	}
	if err := t.did(ctx, o, "end review", a.ID, moved(before), map[string]any{"state": to, "fix": fix}); err != nil {
		return err
	}
	if err := t.tellOwner(ctx, a, kind, nil); err != nil {
		return err
	}
	return t.learn(ctx, a.ID)
}

// showItem writes down that a document is opened, before it is shown.
func (t *turn) showItem(ctx context.Context, e storage.ShowItem) error {
	o, may, err := t.atDesk(ctx, allRoles)
	if !may {
		return err
	}
	a, found, err := t.lockRow(ctx, e.Application)
	if err != nil {
		return err
	}
	if !found || !o.sees(a) {
		return t.refuse(storage.RefusedUnknown)
	}
	item, found, err := t.item(ctx, a.ID, e.Item)
	if err != nil {
		return err
	}
	if !found {
		return t.refuse(storage.RefusedUnknown)
	}
	if err := t.did(ctx, o, "show item", a.ID, nil, map[string]any{"item": item.Key, "revision": item.Revision}); err != nil {
		return err
	}
	if len(item.Files) > 0 {
		if err := t.showLater(ctx, o, a.ID, item); err != nil {
			return err
		}
	}
	if o.Role == storage.RoleCompanion && item.Kind == storage.ItemSection {
		return t.learnDossier(ctx, a.ID)
	}
	return t.learn(ctx, a.ID)
}
