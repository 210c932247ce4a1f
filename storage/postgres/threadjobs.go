package postgres

import (
	"context"
	"time"

	"github.com/riverqueue/river"

	"titian/storage"
)

// RelayThread is the job that shows one officer what a contact said: ids only. It waits in the queue of the officer's network.
type RelayThread struct {
	Thread storage.ThreadID `json:"thread"`
	Staff  storage.StaffID  `json:"staff"`
}

// Kind names the job.
func (RelayThread) Kind() string { return "relay_thread" }

// CarryAnswers is the job that carries what officers said into the contact's conversation: ids only. It waits in the queue
// of the network where the contact last wrote.
type CarryAnswers struct {
	Thread storage.ThreadID `json:"thread"`
}

// Kind names the job.
func (CarryAnswers) Kind() string { return "carry_answers" }

// Messenger carries words between contacts and staff. A wait asks for another try after it; so does an error.
type Messenger interface {
	Relay(ctx context.Context, thread storage.ThreadID, staff storage.StaffID) (wait time.Duration, err error)
	Carry(ctx context.Context, thread storage.ThreadID) (wait time.Duration, err error)
}

type relayWorker struct {
	river.WorkerDefaults[RelayThread]
	by Messenger
}

func (w *relayWorker) Work(ctx context.Context, job *river.Job[RelayThread]) error {
	return snoozed(w.by.Relay(ctx, job.Args.Thread, job.Args.Staff))
}

type carryWorker struct {
	river.WorkerDefaults[CarryAnswers]
	by Messenger
}

func (w *carryWorker) Work(ctx context.Context, job *river.Job[CarryAnswers]) error {
	return snoozed(w.by.Carry(ctx, job.Args.Thread))
}

func snoozed(wait time.Duration, err error) error {
	if err == nil && wait > 0 {
		return river.JobSnooze(wait)
	}
	return err
}

// relayLater has those shown what was said who may answer: whoever does so already, or everyone but a few.
func (t *turn) relayLater(ctx context.Context, row threadRow, but ...storage.StaffID) error {
	only := ""
	if row.Officer != nil {
		only = string(*row.Officer)
	}
	var to []struct {
		ID      storage.StaffID `db:"id"`
		Network string          `db:"network"`
	}
	if err := t.tx.SelectContext(ctx, &to, `
		SELECT s.id, a.network FROM staff s JOIN contacts c ON c.id = s.contact
		CROSS JOIN LATERAL (SELECT network FROM addresses a WHERE a.contact = s.contact ORDER BY used_at DESC, network LIMIT 1) a
		WHERE s.removed_at IS NULL AND c.reachable AND s.role = ANY ($1) AND ($2 = '' OR s.id = $2) AND s.id <> ALL ($3)`,
		list(deskRoles), only, list(but)); err != nil || len(to) == 0 {
		return err
	}
	jobs := make([]river.InsertManyParams, len(to))
	for i, r := range to {
		jobs[i] = river.InsertManyParams{Args: RelayThread{row.ID, r.ID}, InsertOpts: &river.InsertOpts{Queue: r.Network}}
	}
	_, err := t.jobs.InsertManyTx(ctx, t.tx.Tx, jobs)
	return err
}

// carryLater has an officer's words, or the end, carried to the contact; nowhere, when nothing is known of an address any more.
func (t *turn) carryLater(ctx context.Context, row threadRow) error {
	var network string
	found, err := some(t.tx.GetContext(ctx, &network, `
		SELECT network FROM addresses WHERE contact = $1 ORDER BY used_at DESC, network LIMIT 1`, row.Contact))
	if !found {
		return err
	}
	_, err = t.jobs.InsertTx(ctx, t.tx.Tx, CarryAnswers{row.ID}, &river.InsertOpts{Queue: network})
	return err
}
