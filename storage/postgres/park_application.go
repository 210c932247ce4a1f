package postgres

import (
	"context"

	"github.com/lib/pq"

	"titian/storage"
)

// parkApplication notes why an owner's application cannot go on now: one a programme, the last reason and answers.
func (t *turn) parkApplication(ctx context.Context, e storage.ParkApplication) error {
	if err := t.speaksFor(ctx, e.Owner); err != nil {
		return err
	}
	if e.Programme != "" {
		if _, known, err := lockProgramme(ctx, t.tx, t.at, e.Programme); err != nil {
			return err
		} else if !known {
			return t.refuse(storage.RefusedUnknown)
		}
	}
	if !storage.MayMove("", storage.StateParked, storage.MoverOwner) {
		return t.refuse(storage.RefusedMove)
	}
	var id storage.ApplicationID
	if _, err := some(t.tx.GetContext(ctx, &id, `
		SELECT id FROM applications WHERE owner = $1 AND state = 'parked' AND programme IS NOT DISTINCT FROM nullif($2, '')`,
		e.Owner, e.Programme)); err != nil {
		return err
	}
	if id == "" {
		id = storage.ApplicationID(t.id())
	}
	reason, err := t.sealText(e.Reason, applicationAAD("reason", id))
	if err != nil {
		return err
	}
	answers, err := t.sealJSON(e.Answers, applicationAAD("answers", id))
	if err != nil {
		return err
	}
	if _, err := t.tx.ExecContext(ctx, `
		INSERT INTO applications (id, owner, contact, programme, state, since, reason_sealed, product, flow_version, list_version, files, answers_sealed)
		VALUES ($1, $2, $3, nullif($4, ''), 'parked', $5, $6, '', 0, '', $7, $8)
		ON CONFLICT (id) DO UPDATE SET contact = excluded.contact, since = excluded.since,
			reason_sealed = excluded.reason_sealed, answers_sealed = excluded.answers_sealed`,
		id, e.Owner, t.key.Contact, e.Programme, t.at, reason, pq.StringArray{}, answers); err != nil {
		return err
	}
	if err := t.audit(ctx, "park application", string(id), nil, map[string]any{"state": storage.StateParked, "reason": e.Reason}); err != nil {
		return err
	}
	t.out.Owner = e.Owner
	return t.learn(ctx, id)
}

// openApplication reads an application and its answers for its owner, and that it was read stands in the audit.
func (t *turn) openApplication(ctx context.Context, e storage.OpenApplication) error {
	a, found, err := t.ownApplication(ctx, e.Application)
	if err != nil {
		return err
	}
	if !found {
		return t.refuse(storage.RefusedUnknown)
	}
	t.out.Owner = a.Owner
	if t.out.Halal.Answers, err = t.applicationAnswers(ctx, t.tx, a.ID); err != nil {
		return err
	}
	if err := t.learnDossier(ctx, a.ID); err != nil {
		return err
	}
	return t.audit(ctx, "open application", string(a.ID), nil, nil)
}

// learnDossier is learn with what the owner told; a parked application has no dossier yet.
func (t *turn) learnDossier(ctx context.Context, id storage.ApplicationID) error {
	dossier, err := t.dossier(ctx, t.tx, id)
	found, err := some(err)
	if err != nil {
		return err
	}
	if found {
		t.out.Halal.Dossier = &dossier
	}
	return t.learn(ctx, id)
}

// withdrawApplication takes an application back by its owner's word; its place goes to the next.
func (t *turn) withdrawApplication(ctx context.Context, e storage.WithdrawApplication) error {
	a, found, err := t.ownApplication(ctx, e.Application)
	if err != nil {
		return err
	}
	if !found {
		return t.refuse(storage.RefusedUnknown)
	}
	return t.reaching(ctx, a, func() error {
		before := a.State
		if done, err := t.move(ctx, &a, storage.StateWithdrawn, storage.MoverOwner); !done {
			return err
		}
		if err := t.overtaken(ctx, a.ID); err != nil {
			return err
		}
		if err := t.audit(ctx, "withdraw application", string(a.ID), moved(before), moved(a.State)); err != nil {
			return err
		}
		if err := t.releasePlace(ctx, a, "withdrawn"); err != nil {
			return err
		}
		t.out.Owner = a.Owner
		return t.learn(ctx, a.ID)
	})
}
