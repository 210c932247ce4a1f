package postgres

import (
	"context"

	"titian/storage"
)

// settleTask notes that a task is done.
func (t *turn) settleTask(ctx context.Context, e storage.SettleTask) error {
	o, may, err := t.atDesk(ctx, deskRoles)
	if !may {
		return err
	}
	var id storage.ApplicationID
	found, err := some(t.tx.GetContext(ctx, &id, `
		UPDATE application_tasks SET done_at = $2, done_by = $3 WHERE id = $1 AND done_at IS NULL RETURNING application`, e.Task, t.at, o.ID))
	if err != nil {
		return err
	}
	if !found {
		return t.refuse(storage.RefusedUnknown)
	}
	if err := t.did(ctx, o, "settle task", id, nil, map[string]any{"task": e.Task}); err != nil {
		return err
	}
	return t.learn(ctx, id)
}

// noteCall notes that a person was telephoned: the clock of the message that did not reach them begins.
func (t *turn) noteCall(ctx context.Context, e storage.NoteCall) error {
	o, may, err := t.atDesk(ctx, deskRoles)
	if !may {
		return err
	}
	var call struct {
		Notice      string                `db:"notice"`
		Application storage.ApplicationID `db:"application"`
	}
	found, err := some(t.tx.GetContext(ctx, &call, `
		UPDATE calls c SET called_at = $2, called_by = $3 FROM owner_notices n
		WHERE c.id = $1 AND c.called_at IS NULL AND n.id = c.notice AND n.ended_at IS NULL RETURNING c.notice, n.application`, e.Call, t.at, o.ID))
	if err != nil {
		return err
	}
	if !found {
		return t.refuse(storage.RefusedUnknown)
	}
	if _, err := t.tx.ExecContext(ctx, `
		UPDATE owner_notices SET due_at = coalesce(due_at, $2) WHERE id = $1 AND kind = 'fix'`,
		call.Notice, utc(t.office.WorkingDaysAfter(t.at, t.clocks.FixDays))); err != nil {
		return err
	}
	if err := t.did(ctx, o, "note call", call.Application, nil, map[string]any{"call": e.Call}); err != nil {
		return err
	}
	return t.learn(ctx, call.Application)
}
