package postgres

import (
	"context"
	"time"

	"github.com/riverqueue/river"

	"titian/storage"
)

// SendList is the job that sends the list of an invitation to whoever asked for it: ids only. It waits in the queue of their
// network.
type SendList struct{ storage.ListAsked }

// Kind names the job.
func (SendList) Kind() string { return "send_list" }

type listWorker struct {
	river.WorkerDefaults[SendList]
	by Shower
}

// listTimeout is enough for two small files over a slow line.
const listTimeout = 5 * time.Minute

func (w *listWorker) Timeout(*river.Job[SendList]) time.Duration { return listTimeout }

func (w *listWorker) Work(ctx context.Context, job *river.Job[SendList]) error {
	return w.by.SendList(ctx, job.Args.ListAsked)
}

// sendList writes down who takes a list, and has it sent.
func (t *turn) sendList(ctx context.Context, e storage.SendList) error {
	o, may, err := t.atDesk(ctx, deskRoles)
	out := &t.out.Broadcast
	if !may {
		out.Refused = storage.RefusedNotStaff
		return err
	}
	b, none, err := t.lockBroadcast(ctx, t.tx, e.Broadcast)
	if out.Broadcast, out.Refused = b, none; none != "" || err != nil {
		return err
	}
	switch {
	case b.Places == 0:
		out.Refused, out.Invited = storage.RefusedState, storage.InvitationUnknown
		return nil
	case b.StartedAt.IsZero():
		out.Refused = storage.RefusedState
		return nil
	}
	if err := audit(ctx, t.tx, t.at, "staff:"+string(o.ID), "take list", subject(b.ID), nil, map[string]bool{"calls": e.Calls}); err != nil {
		return err
	}
	job := SendList{storage.ListAsked{Broadcast: b.ID, Staff: o.ID, Calls: e.Calls, At: t.at}}
	_, err = t.jobs.InsertTx(ctx, t.tx.Tx, job, &river.InsertOpts{Queue: t.key.Network})
	return err
}
