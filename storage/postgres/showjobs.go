package postgres

import (
	"context"
	"time"

	"github.com/jmoiron/sqlx"
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

// HandOutDossier is the job that sends a dossier to whoever asked for it: an id only. It waits in the queue of their network.
type HandOutDossier struct {
	Handout string `json:"handout"`
}

// Kind names the job.
func (HandOutDossier) Kind() string { return "hand_out_dossier" }

// Shower shows documents to staff and takes them away. An error asks for another try, a wait for one after it.
type Shower interface {
	ShowDocument(ctx context.Context, staff storage.StaffID, a storage.ApplicationID, item string, revision int) error
	HandOutDossier(ctx context.Context, handout string) (wait time.Duration, err error)
	SendList(ctx context.Context, asked storage.ListAsked) error
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

type handOutWorker struct {
	river.WorkerDefaults[HandOutDossier]
	by Shower
}

// handOutTimeout is enough for a part of 45 MB over a slow line; a try after it goes on with the next part.
const handOutTimeout = 15 * time.Minute

func (w *handOutWorker) Timeout(*river.Job[HandOutDossier]) time.Duration { return handOutTimeout }

func (w *handOutWorker) Work(ctx context.Context, job *river.Job[HandOutDossier]) error {
	wait, err := w.by.HandOutDossier(ctx, job.Args.Handout)
	if err == nil && wait > 0 {
		return river.JobSnooze(wait)
	}
	return err
}

// showLater has a document shown to the officer of this turn.
func (t *turn) showLater(ctx context.Context, o officer, id storage.ApplicationID, item storage.Item) error {
	job := ShowDocument{Staff: o.ID, Application: id, Item: item.Key, Revision: item.Revision}
	_, err := t.jobs.InsertTx(ctx, t.tx.Tx, job, &river.InsertOpts{Queue: t.key.Network})
	return err
}

// TakeAwayLater has messages taken out of a chat after a while.
func (d *DB) TakeAwayLater(ctx context.Context, c storage.ContactID, to chat.Address, refs []string, after time.Duration) error {
	return d.inTx(ctx, "take messages away later", func(ctx context.Context, tx *sqlx.Tx) error {
		return d.takeAwayLater(ctx, tx, c, to, refs, after)
	})
}

func (d *DB) takeAwayLater(ctx context.Context, tx *sqlx.Tx, c storage.ContactID, to chat.Address, refs []string, after time.Duration) error {
	for _, ref := range refs {
		opts := &river.InsertOpts{Queue: string(to.Network), ScheduledAt: d.at().Add(after)}
		if _, err := d.jobs.InsertTx(ctx, tx.Tx, TakeAway{Contact: c, Ref: ref}, opts); err != nil {
			return err
		}
	}
	return nil
}
