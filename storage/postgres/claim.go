package postgres

import (
	"context"

	"titian/storage"
)

// claimApplication takes a file for review, with what its owner told: a named one, or the first by rank that nobody holds.
func (t *turn) claimApplication(ctx context.Context, e storage.ClaimApplication) error {
	o, may, err := t.atDesk(ctx, deskRoles)
	if !may {
		return err
	}
	a, found, err := t.toClaim(ctx, e.Application)
	switch {
	case err != nil:
		return err
	case !found && e.Application == "":
		return t.refuse(storage.RefusedEmpty)
	case !found:
		return t.refuse(storage.RefusedUnknown)
	case !a.State.Live():
		return t.refuse(storage.RefusedMove)
	case a.ClaimedBy != "" && a.ClaimedBy != o.ID:
		t.out.Halal.HeldBy = a.ClaimedName
		return t.refuse(storage.RefusedClaimed)
	}
	if err := t.hold(ctx, o, a.ID); err != nil {
		return err
	}
	if err := t.did(ctx, o, "claim application", a.ID, nil, nil); err != nil {
		return err
	}
	return t.learnDossier(ctx, a.ID)
}

// toClaim locks the file that is asked for; of several that ask for the next at once, each gets another one.
func (t *turn) toClaim(ctx context.Context, id storage.ApplicationID) (a applicationRow, found bool, err error) {
	if id != "" {
		return t.lockRow(ctx, id)
	}
	for {
		found, err = some(t.tx.GetContext(ctx, &id, `
			WITH waiting AS (SELECT a.id, a.rank_at, a.lot, a.number FROM applications a
				WHERE a.state = 'submitted' AND (a.claimed_until IS NULL OR a.claimed_until <= $1))
			SELECT id FROM waiting ORDER BY `+inRank+` LIMIT 1`, t.at))
		if !found {
			return a, false, err
		}
		if a, found, err = t.lockRow(ctx, id); err != nil || found && a.State == storage.StateSubmitted && a.ClaimedBy == "" {
			return a, found, err
		}
	}
}

// hold gives an officer a file for Clocks.ClaimFor from now.
func (t *turn) hold(ctx context.Context, o officer, id storage.ApplicationID) error {
	_, err := t.tx.ExecContext(ctx, `
		UPDATE applications SET claimed_by = $2, claimed_until = $3 WHERE id = $1`, id, o.ID, t.at.Add(t.clocks.ClaimFor))
	return err
}

// releaseClaim gives a file back.
func (t *turn) releaseClaim(ctx context.Context, e storage.ReleaseClaim) error {
	o, a, may, err := t.held(ctx, e.Application)
	if !may {
		return err
	}
	if _, err := t.tx.ExecContext(ctx, `UPDATE applications SET claimed_by = NULL, claimed_until = NULL WHERE id = $1`, a.ID); err != nil {
		return err
	}
	if err := t.did(ctx, o, "release claim", a.ID, nil, nil); err != nil {
		return err
	}
	return t.learn(ctx, a.ID)
}

// held locks a file that this officer holds, and lets them hold it on; false when they do not, which the outcome says.
func (t *turn) held(ctx context.Context, id storage.ApplicationID) (o officer, a applicationRow, may bool, err error) {
	if o, may, err = t.atDesk(ctx, deskRoles); !may {
		return o, a, false, err
	}
	a, found, err := t.lockRow(ctx, id)
	switch {
	case err != nil:
		return o, a, false, err
	case !found:
		return o, a, false, t.refuse(storage.RefusedUnknown)
	case a.ClaimedBy == "":
		return o, a, false, t.refuse(storage.RefusedUnclaimed)
	case a.ClaimedBy != o.ID:
		t.out.Halal.HeldBy = a.ClaimedName
		return o, a, false, t.refuse(storage.RefusedClaimed)
	}
	return o, a, true, t.hold(ctx, o, id)
}
