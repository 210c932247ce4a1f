package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"titian/storage"
)

// Commit makes a lasting turn in one transaction: it carries out the effects in order, calls finish with what they
// taught for the record to keep, and stores that under the turn's key. storage.ErrConflict when the key has a row,
// carried out or void: nothing was done then. Any error means that nothing was done, but for storage.ErrDown, after
// which StoredTurn or Void tell. finish may be called again when the transaction collided with another one.
// storage.ErrNotFound or ErrDeleted: an effect names an owner the contact does not speak for, or one that is gone.
func (d *DB) Commit(ctx context.Context, k storage.TurnKey, effects []storage.Effect, finish func(storage.Outcome) (storage.Record, error)) (storage.Record, error) {
	var rec storage.Record
	err := d.inTx(ctx, fmt.Sprintf("commit turn %s/%d", k.Contact, k.Seq), func(ctx context.Context, tx *sqlx.Tx) (err error) {
		t := &turn{DB: d, tx: tx, key: k, at: utc(k.At)}
		if k.At.IsZero() {
			t.at = d.at()
		}
		rec, err = t.run(ctx, effects, finish)
		return err
	})
	if err != nil {
		return storage.Record{}, err
	}
	return rec, nil
}

// turn is one lasting turn at work inside its transaction.
type turn struct {
	*DB
	tx     *sqlx.Tx
	key    storage.TurnKey
	at     time.Time
	out    storage.Outcome
	erased bool // something was deleted, so that no older record of this contact may stay readable
}

func (t *turn) run(ctx context.Context, effects []storage.Effect, finish func(storage.Outcome) (storage.Record, error)) (storage.Record, error) {
	if err := t.claim(ctx); err != nil {
		return storage.Record{}, err
	}
	for _, e := range effects {
		if err := t.carryOut(ctx, e); err != nil {
			return storage.Record{}, fmt.Errorf("%T: %w", e, err)
		}
	}
	rec, err := finish(t.out)
	if err != nil {
		return storage.Record{}, fmt.Errorf("finish: %w", err)
	}
	if rec.Contact != t.key.Contact || rec.Seq != t.key.Seq {
		return storage.Record{}, errors.New("finish: the record is not that of this turn")
	}
	return rec, t.keep(ctx, rec)
}

// claim takes the turn's key first, so that of two writers the second one waits before it does any work. A contact that
// was merged into another has no turns any more; its merge was a turn too, so that it and this one exclude each other.
func (t *turn) claim(ctx context.Context) error {
	done, err := t.tx.ExecContext(ctx, `
		INSERT INTO turns (contact, seq, void, at)
		SELECT $1, $2, false, $3 WHERE NOT EXISTS (SELECT 1 FROM contacts WHERE id = $1 AND merged_into IS NOT NULL)
		ON CONFLICT (contact, seq) DO NOTHING`, t.key.Contact, t.key.Seq, t.DB.at())
	if err != nil {
		return err
	}
	if n, err := done.RowsAffected(); err != nil || n == 1 {
		return err
	}
	return storage.ErrConflict
}

func (t *turn) carryOut(ctx context.Context, e storage.Effect) error {
	switch e := e.(type) {
	case storage.File:
		return t.file(ctx, e)
	case storage.KeepFile:
		return t.keepFile(ctx, e)
	case storage.DropFiles:
		return t.dropFiles(ctx, e)
	case storage.AskOfficer:
		return t.askOfficer(ctx, e)
	case storage.StopAnnouncements:
		return t.announcements(ctx, false, e.Consent)
	case storage.StartAnnouncements:
		return t.announcements(ctx, true, e.Consent)
	case storage.StopReminders:
		return t.stopReminders(ctx)
	case storage.ShowOwner:
		return t.showOwner(ctx, e)
	case storage.DeleteOwner:
		return t.deleteOwner(ctx, e)
	case storage.DeleteContact:
		return t.deleteContact(ctx, e)
	case storage.JoinStaff:
		return t.joinStaff(ctx, e)
	case storage.InviteStaff:
		return t.inviteStaff(ctx, e)
	case storage.RemoveStaff:
		return t.removeStaff(ctx, e)
	case storage.RegisterGroup:
		return t.registerGroup(ctx, e)
	case storage.AllowMove:
		return t.allowMove(ctx, e)
	case storage.MoveOwner:
		return t.moveOwner(ctx, e)
	case storage.OfferJoin:
		return t.offerJoin(ctx)
	case storage.JoinChats:
		return t.joinChats(ctx, e)
	case storage.SetHoliday:
		return t.setHoliday(ctx, e)
	case storage.SetBinaan:
		return t.setBinaan(ctx, e)
	case storage.ReleaseBrake:
		return t.releaseBrake(ctx, e)
	case storage.ReloadFiles:
		return t.reloadFiles(ctx)
	case storage.LinkWhatsApp:
		return t.linkWhatsApp(ctx, e)
	case storage.FetchLater:
		return t.fetchLater(ctx, e)
	case storage.EndFetch:
		return t.endFetch(ctx, e)
	case storage.SayToStaff:
		return t.sayToStaff(ctx, e)
	case storage.EndThread:
		return t.endThread(ctx)
	case storage.AnswerOwner:
		return t.answerOwner(ctx, e)
	case storage.HandThread:
		return t.handThread(ctx, e)
	case storage.CloseThread:
		return t.closeThread(ctx, e)
	case storage.AnswerInvitation:
		return t.answerInvitation(ctx, e)
	case storage.RecordInvited:
		return t.recordInvited(ctx, e)
	case storage.WriteBroadcast:
		return t.writeBroadcast(ctx, e)
	case storage.MoveBroadcast:
		return t.moveBroadcast(ctx, e)
	case storage.CloseChoice:
		return t.closesChoice(ctx, e)
	case storage.SendList:
		return t.sendList(ctx, e)
	}
	return t.carryOutHalal(ctx, e)
}

// keep stores the record; after a deletion also as the snapshot, in place of one that tells of the deleted.
func (t *turn) keep(ctx context.Context, rec storage.Record) error {
	sealed, err := t.sealJSON(rec, turnAAD(rec.Contact, rec.Seq))
	if err != nil {
		return err
	}
	if _, err := t.tx.ExecContext(ctx, `
		UPDATE turns SET record = $3 WHERE contact = $1 AND seq = $2`, rec.Contact, rec.Seq, sealed); err != nil || !t.erased {
		return err
	}
	if sealed, err = t.sealJSON(rec, snapshotAAD(rec.Contact)); err != nil {
		return err
	}
	_, err = t.tx.ExecContext(ctx, `
		INSERT INTO snapshots (contact, seq, record, flow, question, owes, heard_at, changed_at)
		VALUES ($1, $2, $3, '', '', $4, $5, $5)
		ON CONFLICT (contact) DO UPDATE SET
			seq = excluded.seq, record = excluded.record, flow = '', question = '', owes = excluded.owes,
			heard_at = excluded.heard_at, changed_at = excluded.changed_at`,
		rec.Contact, rec.Seq, sealed, len(rec.Owed) > 0, t.at)
	return err
}

// speaksFor locks an owner and says whether this contact may act for it: nil, storage.ErrDeleted, storage.ErrNotFound.
func (t *turn) speaksFor(ctx context.Context, owner storage.OwnerID) error {
	var may, gone bool
	err := t.tx.QueryRowContext(ctx, `
		WITH locked AS (SELECT id FROM owners WHERE id = $2 FOR UPDATE)
		SELECT EXISTS (SELECT 1 FROM locked JOIN speaks_for s ON s.owner = locked.id WHERE s.contact = $1),
		       EXISTS (SELECT 1 FROM tombstones WHERE kind = 'owner' AND id = $2)`, t.key.Contact, owner).Scan(&may, &gone)
	switch {
	case err != nil:
		return err
	case gone:
		return storage.ErrDeleted
	case !may:
		return storage.ErrNotFound
	}
	return nil
}
