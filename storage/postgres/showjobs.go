package postgres

import (
	"context"
	"time"

	"github.com/riverqueue/river"

	"titian/bot/chat"
	"titian/storage"
)

// ShowDocument is the job that shows one document to a member of staff: ids only. It waits in the queue of their network.
type ShowDocument struct {
	Staff       storage.StaffID       `json:"staff"`
	Application storage.ApplicationID `json:"application"`
	Item        string                `json:"item"`
	Revision    int                   `json:"revision"`
}

// Kind names the job.
func (ShowDocument) Kind() string { return "show_document" }

// TakeAway is the job that takes a message out of a chat again. It waits in the queue of its network.
type TakeAway struct {
	Contact storage.ContactID `json:"contact"`
	Ref     string            `json:"ref"`
}

// Kind names the job.
func (TakeAway) Kind() string { return "take_away" }

// Shower shows documents to staff and takes them away. An error asks for another try.
type Shower interface {
	ShowDocument(ctx context.Context, staff storage.StaffID, a storage.ApplicationID, item string, revision int) error
	TakeAway(ctx context.Context, c storage.ContactID, ref string) error
}

type showWorker struct {
	river.WorkerDefaults[ShowDocument]
	by Shower
}

func (w *showWorker) Work(ctx context.Context, job *river.Job[ShowDocument]) error {
	return w.by.ShowDocument(ctx, job.Args.Staff, job.Args.Application, job.Args.Item, job.Args.Revision)
}

type takeAwayWorker struct {
	river.WorkerDefaults[TakeAway]
	by Shower
}

func (w *takeAwayWorker) Work(ctx context.Context, job *river.Job[TakeAway]) error {
	return w.by.TakeAway(ctx, job.Args.Contact, job.Args.Ref)
}

// showLater has a document shown to the officer of this turn.
func (t *turn) showLater(ctx context.Context, o officer, id storage.ApplicationID, item storage.Item) error {
	job := ShowDocument{Staff: o.ID, Application: id, Item: item.Key, Revision: item.Revision}
	_, err := t.jobs.InsertTx(ctx, t.tx.Tx, job, &river.InsertOpts{Queue: t.key.Network})
	return err
}

// TakeAwayLater has messages taken out of a chat after a while.
func (d *DB) TakeAwayLater(ctx context.Context, c storage.ContactID, to chat.Address, refs []string, after time.Duration) error {
	tx, err := d.slow.BeginTxx(ctx, nil)
	if err != nil {
		return wrap("take messages away later", err)
	}
	defer tx.Rollback() //nolint:errcheck // committed below
	for _, ref := range refs {
		opts := &river.InsertOpts{Queue: string(to.Network), ScheduledAt: d.at().Add(after)}
		if _, err := d.jobs.InsertTx(ctx, tx.Tx, TakeAway{Contact: c, Ref: ref}, opts); err != nil {
			return wrap("take messages away later", err)
		}
	}
	return wrap("take messages away later", tx.Commit())
}
