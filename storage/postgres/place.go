package postgres

import (
	"context"
	"errors"

	"titian/storage"
)

// grantPlace gives a complete file a place, in one transaction under the lock of its programme: only while the places that
// are held and the earlier-ranked files that are undecided are fewer than the quota. An admin may go out of that order with
// a written reason, and never above the quota.
func (t *turn) grantPlace(ctx context.Context, e storage.GrantPlace) error {
	o, may, err := t.atDesk(ctx, deskRoles)
	if !may {
		return err
	}
	a, found, err := t.lockApplication(ctx, e.Application)
	switch {
	case err != nil:
		return err
	case !found:
		return t.refuse(storage.RefusedUnknown)
	case a.ClaimedBy != "" && a.ClaimedBy != o.ID:
		t.out.Halal.HeldBy = a.ClaimedName
		return t.refuse(storage.RefusedClaimed)
	case !storage.MayMove(a.State, storage.StatePlaced, o.mover()):
		return t.refuse(storage.RefusedMove)
	case a.NIKIndex == nil:
		return t.refuse(storage.RefusedNIK)
	}
	p, _, err := lockProgramme(ctx, t.tx, t.at, a.Programme)
	if err != nil {
		return err
	}
	ahead, twice, err := t.beforePlace(ctx, a)
	if err != nil {
		return err
	}
	t.out.Halal.Ahead, t.out.Halal.Application.ID = ahead, a.ID
	switch outOfOrder := p.Taken+ahead >= p.Quota; {
	case twice:
		return t.refuse(storage.RefusedTwice)
	case p.Left() == 0:
		return t.refuse(storage.RefusedFull)
	case outOfOrder && o.Role != storage.RoleAdmin:
		return t.refuse(storage.RefusedOrder)
	case outOfOrder && e.Override == "":
		return t.refuse(storage.RefusedReason)
	case !outOfOrder:
		e.Override = ""
	}
	return t.givePlace(ctx, o, a, p.Taken+ahead+1, e.Override)
}

// beforePlace is how many others stand before a file and may still take a place (a person counts once, and not who holds
// one), and whether its NIK or its NIB holds one already.
func (t *turn) beforePlace(ctx context.Context, me applicationRow) (ahead int, twice bool, err error) {
	var row struct {
		Ahead int  `db:"ahead"`
		Twice bool `db:"twice"`
	}
	err = t.tx.GetContext(ctx, &row, `
		WITH held AS (SELECT nik_index, nib_index FROM places WHERE programme = $2 AND released_at IS NULL)
		SELECT (SELECT count(DISTINCT a.nik_index) FROM applications a
			WHERE a.programme = $2 AND a.id <> $3 AND `+ranked+` AND (a.rank_at, a.lot, a.number) < ($4, $5, $6)
			  AND a.nik_index <> $7 AND NOT EXISTS (SELECT 1 FROM held h WHERE h.nik_index = a.nik_index OR h.nib_index = a.nib_index)) AS ahead,
		       EXISTS (SELECT 1 FROM held h WHERE h.nik_index = $7 OR h.nib_index = $8) AS twice`,
		t.at, me.Programme, me.ID, me.RankAt, me.Lot, me.Number, me.NIKIndex, me.NIBIndex)
	return row.Ahead, row.Twice, err
}

func (t *turn) givePlace(ctx context.Context, o officer, a applicationRow, rank int, override string) error {
	if _, err := t.tx.ExecContext(ctx, `
		INSERT INTO places (programme, application, number, registration, nik_index, nib_index, rank, rank_at, lot, granted_at, granted_by,
			override, accepted, sent_back, state)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12,
			(SELECT count(*) FROM verdicts WHERE application = $2 AND verdict = 'accepted' AND undone_at IS NULL),
			(SELECT count(*) FROM verdicts WHERE application = $2 AND verdict = 'fix' AND undone_at IS NULL), 'placed')`,
		a.Programme, a.ID, a.Number, a.Registration, a.NIKIndex, a.NIBIndex, rank, a.RankAt, a.Lot, t.at, o.ID, override); err != nil {
		return err
	}
	before := a.State
	if done, err := t.move(ctx, &a, storage.StatePlaced, o.mover()); err != nil || !done {
		return firstErr(err, errors.New("a place was given to a file that may not take one"))
	}
	if err := t.overtaken(ctx, a.ID, storage.OwnerNext, storage.OwnerComplete); err != nil {
		return err
	}
	after := map[string]any{"state": a.State, "rank": rank}
	if override != "" {
		after["override"] = true
	}
	if err := t.did(ctx, o, "grant place", a.ID, moved(before), after); err != nil {
		return err
	}
	if err := t.tellOwner(ctx, a, storage.OwnerPlace, nil); err != nil {
		return err
	}
	return t.learn(ctx, a.ID)
}
