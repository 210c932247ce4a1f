package postgres

import (
	"context"
	"database/sql"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
	"github.com/riverqueue/river"

	"titian/bot/chat"
	"titian/storage"
)

// handoutFor is how long a dossier that was asked for counts as on its way: one asked for again later is another.
const handoutFor = time.Hour

// sendDossier writes down who takes a dossier, and has it sent.
func (t *turn) sendDossier(ctx context.Context, e storage.SendDossier) error {
	o, a, may, err := t.theirs(ctx, e.Application)
	if !may {
		return err
	}
	if !a.State.HasDossier() {
		return t.refuse(storage.RefusedMove)
	}
	var coming bool
	if err := t.tx.GetContext(ctx, &coming, `
		SELECT EXISTS (SELECT 1 FROM handouts WHERE application = $1 AND staff = $2 AND ended_at IS NULL AND asked_at > $3)`,
		a.ID, o.ID, t.at.Add(-handoutFor)); err != nil {
		return err
	}
	if coming {
		return t.refuse(storage.RefusedAlready)
	}
	id := t.id()
	if _, err := t.tx.ExecContext(ctx, `
		INSERT INTO handouts (id, application, staff, asked_at) VALUES ($1, $2, $3, $4)`, id, a.ID, o.ID, t.at); err != nil {
		return err
	}
	if err := t.did(ctx, o, "take dossier", a.ID, nil, map[string]any{"handout": id}); err != nil {
		return err
	}
	if _, err := t.jobs.InsertTx(ctx, t.tx.Tx, HandOutDossier{Handout: id}, &river.InsertOpts{Queue: t.key.Network}); err != nil {
		return err
	}
	return t.learn(ctx, a.ID)
}

// Handout is a dossier that is still to be sent. storage.ErrNotFound: it ended, or must not be sent any more, because the
// application was withdrawn, refused or deleted, or whoever asked may not know of it now.
func (d *DB) Handout(ctx context.Context, id string) (storage.Handout, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	var row struct {
		Application storage.ApplicationID    `db:"application"`
		State       storage.ApplicationState `db:"state"`
		Staff       storage.StaffID          `db:"staff"`
		AskedAt     time.Time                `db:"asked_at"`
		Sent        pq.StringArray           `db:"sent"`
	}
	err := d.fast.GetContext(ctx, &row, `
		SELECT h.application, a.state, h.staff, h.asked_at, h.sent
		FROM handouts h JOIN applications a ON a.id = h.application JOIN staff s ON s.id = h.staff
		WHERE h.id = $1 AND h.ended_at IS NULL AND s.removed_at IS NULL AND (s.role <> 'pendamping' OR a.pendamping = s.id)`, id)
	if err == nil && !row.State.HasDossier() {
		err = sql.ErrNoRows
	}
	return storage.Handout{ID: id, Application: row.Application, Staff: row.Staff, AskedAt: row.AskedAt.UTC(), Sent: row.Sent},
		wrap("read handout "+id, err)
}

// HandedOut writes down that one file of a dossier arrived, and has its messages taken out of the chat after a while.
func (d *DB) HandedOut(ctx context.Context, id, sum string, c storage.ContactID, to chat.Address, refs []string, after time.Duration) error {
	return d.inTx(ctx, "note what was handed out", func(ctx context.Context, tx *sqlx.Tx) error {
		if _, err := tx.ExecContext(ctx, `UPDATE handouts SET sent = sent || $2::text WHERE id = $1`, id, sum); err != nil {
			return err
		}
		return d.takeAwayLater(ctx, tx, c, to, refs, after)
	})
}

// EndHandout writes down how a dossier that was asked for ended, in the audit too. It ends once.
func (d *DB) EndHandout(ctx context.Context, h storage.Handout, how string, files []string) error {
	return d.inTx(ctx, "end handout "+h.ID, func(ctx context.Context, tx *sqlx.Tx) error {
		var id string
		ended, err := some(tx.GetContext(ctx, &id, `
			UPDATE handouts SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL RETURNING id`, h.ID, d.at()))
		if !ended {
			return err
		}
		return audit(ctx, tx, d.at(), "staff:"+string(h.Staff), "dossier "+how, string(h.Application), nil, map[string]any{"handout": h.ID, "files": files})
	})
}
