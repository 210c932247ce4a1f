package postgres

import (
	"context"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/riverqueue/river"

	"titian/bot/chat"
	"titian/flows/answer"
	"titian/storage"
)

// LinkPhone is the job that links the dinas's phone for an admin who asked: an id only. It waits in the queue of WhatsApp.
type LinkPhone struct {
	Request string `json:"request"`
}

// Kind names the job.
func (LinkPhone) Kind() string { return "link_phone" }

// Linker links the dinas's phone for an admin who asked. What went wrong was told to them: it is not tried again.
type Linker interface {
	LinkPhone(ctx context.Context, request string) error
}

type linkWorker struct {
	river.WorkerDefaults[LinkPhone]
	by Linker
}

// Timeout leaves time to take codes away and to tell the end.
func (w *linkWorker) Timeout(*river.Job[LinkPhone]) time.Duration {
	return storage.LinkFor + time.Minute
}

func (w *linkWorker) Work(ctx context.Context, job *river.Job[LinkPhone]) error {
	return w.by.LinkPhone(ctx, job.Args.Request)
}

func linkAAD(id string) string { return "link_requests/phone/" + id }

func (t *turn) linkWhatsApp(ctx context.Context, e storage.LinkWhatsApp) error {
	o, may, err := t.atDesk(ctx, []storage.Role{storage.RoleAdmin})
	if !may {
		t.out.Staff.Refused = storage.RefusedRights
		return err
	}
	var open, runs bool
	if err := t.tx.QueryRowContext(ctx, `
		SELECT EXISTS (SELECT 1 FROM link_requests WHERE ended_at IS NULL AND asked_at > $1),
		       EXISTS (SELECT 1 FROM processes WHERE stopped_at IS NULL AND beat_at > $2 AND networks @> $3)`,
		t.at.Add(-storage.LinkFor), t.DB.at().Add(-silentFor), list([]chat.Network{chat.WhatsApp, chat.Network(t.key.Network)})).Scan(&open, &runs); err != nil {
		return err
	}
	switch {
	case !runs:
		t.out.Staff.Refused = storage.RefusedUnknown
		return nil
	case open:
		t.out.Staff.Refused = storage.RefusedAlready
		return nil
	}
	id, way := t.id(), "scanned"
	if e.Phone != "" {
		way = "typed"
	}
	sealed, err := t.sealText(e.Phone.E164(), linkAAD(id))
	if err != nil {
		return err
	}
	if _, err := t.tx.ExecContext(ctx, `
		INSERT INTO link_requests (id, staff, phone, asked_at) VALUES ($1, $2, $3, $4)`, id, o.ID, sealed, t.at); err != nil {
		return err
	}
	if err := audit(ctx, t.tx, t.at, "staff:"+string(o.ID), "ask to link whatsapp", id, nil, map[string]any{"code": way}); err != nil {
		return err
	}
	_, err = t.jobs.InsertTx(ctx, t.tx.Tx, LinkPhone{Request: id}, &river.InsertOpts{Queue: string(chat.WhatsApp), MaxAttempts: 1})
	return err
}

// LinkRequest is one that is not ended. storage.ErrNotFound: it is, or is too old, or whoever asked is no admin any more.
func (d *DB) LinkRequest(ctx context.Context, id string) (storage.LinkRequest, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	doing := "read link request " + id
	r := storage.LinkRequest{ID: id}
	var sealed []byte
	err := d.fast.QueryRowContext(ctx, `
		SELECT l.staff, l.phone FROM link_requests l JOIN staff s ON s.id = l.staff
		WHERE l.id = $1 AND l.ended_at IS NULL AND l.asked_at > $2 AND s.removed_at IS NULL AND s.role = $3`,
		id, d.at().Add(-storage.LinkFor), storage.RoleAdmin).Scan(&r.Staff, &sealed)
	if err != nil {
		return r, wrap(doing, err)
	}
	phone, err := d.openText(sealed, linkAAD(id))
	r.Phone = answer.Phone(phone)
	return r, wrap(doing, err)
}

// EndLink writes down how a request ended, in the audit too, and forgets its number. It ends once.
func (d *DB) EndLink(ctx context.Context, r storage.LinkRequest, how string) error {
	return d.inTx(ctx, "end link request "+r.ID, func(ctx context.Context, tx *sqlx.Tx) error {
		var id string
		ended, err := some(tx.GetContext(ctx, &id, `
			UPDATE link_requests SET ended_at = $2, phone = NULL WHERE id = $1 AND ended_at IS NULL RETURNING id`, r.ID, d.at()))
		if !ended {
			return err
		}
		return audit(ctx, tx, d.at(), "staff:"+string(r.Staff), "whatsapp link "+how, r.ID, nil, nil)
	})
}
