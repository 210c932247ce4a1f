package postgres

import (
	"context"
	"slices"

	"github.com/jmoiron/sqlx"

	"titian/storage"
)

// itself are a contact, $1, and those merged into it: their consents stay as they were given.
const itself = `(SELECT id FROM contacts WHERE id = $1 OR merged_into = $1)`

// Merge makes one contact of two in one transaction, a lasting turn of the one that goes: addresses, owners, applications,
// threads, wishes, files, rights and waiting messages are the other's from then on, and whoever asks for the one that went
// is led there. waits says whether messages wait for the one that stays. storage.ErrConflict: either was merged before, or
// the turn's key has a row; storage.ErrNotFound: one of them is gone.
func (d *DB) Merge(ctx context.Context, m storage.Merge) (waits bool, err error) {
	err = d.inTx(ctx, "merge contact "+string(m.From), func(ctx context.Context, tx *sqlx.Tx) error {
		t := &turn{DB: d, tx: tx, at: d.at(), key: storage.TurnKey{Contact: m.Into}}
		waits, err = t.merge(ctx, m)
		return err
	})
	return waits, err
}

func (t *turn) merge(ctx context.Context, m storage.Merge) (waits bool, err error) {
	if err := t.lockBoth(ctx, m); err != nil {
		return false, err
	}
	if err := t.bury(ctx, m); err != nil {
		return false, err
	}
	for _, move := range []func(context.Context, storage.Merge) error{t.mergeThreads, t.mergeStaff, t.mergeRest, t.dropDraft} {
		if err := move(ctx, m); err != nil {
			return false, err
		}
	}
	if err := audit(ctx, t.tx, t.at, "contact:"+string(m.Into), "merge contacts", string(m.Into), map[string]any{"contact": m.From}, nil); err != nil {
		return false, err
	}
	err = t.tx.GetContext(ctx, &waits, `SELECT EXISTS (SELECT 1 FROM inbox WHERE contact = $1 AND done_at IS NULL)`, m.Into)
	return waits, err
}

// lockBoth makes merges of a contact, and what gives it an address, wait for each other.
func (t *turn) lockBoth(ctx context.Context, m storage.Merge) error {
	var apart []bool
	if err := t.tx.SelectContext(ctx, &apart, `
		SELECT merged_into IS NULL FROM contacts WHERE id IN ($1, $2) ORDER BY id FOR UPDATE`, m.From, m.Into); err != nil {
		return err
	}
	switch {
	case len(apart) != 2:
		return storage.ErrNotFound
	case slices.Contains(apart, false):
		return storage.ErrConflict
	}
	return nil
}

// bury puts a stone where a contact was: its last turn and its snapshot say nothing, and its row leads to the other. Who
// looks after owed replies looks there once, and puts the stone into Redis if the process died before it did.
func (t *turn) bury(ctx context.Context, m storage.Merge) error {
	rec := m.Record
	record, err := t.sealJSON(rec, turnAAD(rec.Contact, rec.Seq))
	if err != nil {
		return err
	}
	done, err := t.tx.ExecContext(ctx, `
		WITH older AS (UPDATE turns SET record = NULL WHERE contact = $1 AND seq < $2 AND record IS NOT NULL)
		INSERT INTO turns (contact, seq, void, record, at) VALUES ($1, $2, false, $3, $4)
		ON CONFLICT (contact, seq) DO NOTHING`, m.From, rec.Seq, record, t.at)
	if err != nil {
		return err
	}
	if n, err := done.RowsAffected(); err != nil || n == 0 {
		return orConflict(err)
	}
	if record, err = t.sealJSON(rec, snapshotAAD(rec.Contact)); err != nil {
		return err
	}
	_, err = t.tx.ExecContext(ctx, `
		WITH stone AS (
			INSERT INTO snapshots (contact, seq, record, flow, question, owes, heard_at, changed_at) VALUES ($1, $3, $4, '', '', true, $5, $5)
			ON CONFLICT (contact) DO UPDATE SET seq = excluded.seq, record = excluded.record, flow = '', question = '',
				owes = excluded.owes, heard_at = excluded.heard_at, changed_at = excluded.changed_at),
		stays AS (
			UPDATE contacts s SET source = coalesce(nullif(s.source, ''), g.source), created_at = least(s.created_at, g.created_at),
				reachable = s.reachable OR g.reachable, deleted_at = NULL, stopped_at = greatest(s.stopped_at, g.stopped_at),
				reminders_off_at = greatest(s.reminders_off_at, g.reminders_off_at)
			FROM contacts g WHERE s.id = $2 AND g.id = $1)
		UPDATE contacts SET merged_into = $2, source = CASE id WHEN $1 THEN '' ELSE source END, deleted_at = NULL
		WHERE id = $1 OR merged_into = $1`, m.From, m.Into, rec.Seq, record, t.at)
	return err
}

func orConflict(err error) error {
	if err != nil {
		return err
	}
	return storage.ErrConflict
}

// mergeThreads makes one talk of two open ones, which staff are shown; others go over as they are.
func (t *turn) mergeThreads(ctx context.Context, m storage.Merge) error {
	var open []threadRow
	if err := t.tx.SelectContext(ctx, &open, `
		SELECT id::text AS id, contact, `+stillOfficer+`, false AS closed FROM threads
		WHERE contact IN ($1, $2) AND closed_at IS NULL ORDER BY contact = $2, id FOR UPDATE`, m.From, m.Into); err != nil {
		return err
	}
	if len(open) == 2 {
		if _, err := t.tx.ExecContext(ctx, `
			WITH said AS (UPDATE thread_messages SET thread = $2::bigint WHERE thread = $1::bigint)
			UPDATE threads s SET opened_at = least(s.opened_at, g.opened_at), said_at = greatest(s.said_at, g.said_at),
				waiting_since = least(s.waiting_since, g.waiting_since), officer = coalesce(s.officer, g.officer)
			FROM threads g WHERE s.id = $2::bigint AND g.id = $1::bigint`, open[0].ID, open[1].ID); err != nil {
			return err
		}
		if _, err := t.tx.ExecContext(ctx, `DELETE FROM threads WHERE id = $1::bigint`, open[0].ID); err != nil {
			return err
		}
		if open[1].Officer == nil {
			open[1].Officer = open[0].Officer
		}
		if err := t.relayLater(ctx, open[1]); err != nil {
			return err
		}
	}
	_, err := t.tx.ExecContext(ctx, `UPDATE threads SET contact = $2 WHERE contact = $1`, m.From, m.Into)
	return err
}

// mergeStaff lets rights go over. Of two members of staff who are one person the one who may more stays.
func (t *turn) mergeStaff(ctx context.Context, m storage.Merge) error {
	var staff []struct {
		ID      storage.StaffID   `db:"id"`
		Contact storage.ContactID `db:"contact"`
	}
	if err := t.tx.SelectContext(ctx, &staff, `
		SELECT id, contact FROM staff WHERE contact IN ($1, $2) AND removed_at IS NULL
		ORDER BY role = 'admin' DESC, role = 'petugas' DESC, contact = $2 DESC`, m.From, m.Into); err != nil {
		return err
	}
	if len(staff) > 0 {
		if err := lockStaff(ctx, t.tx); err != nil {
			return err
		}
	}
	if len(staff) == 2 {
		if _, err := t.tx.ExecContext(ctx, `
			WITH talks AS (UPDATE threads SET officer = $2 WHERE officer = $1 AND closed_at IS NULL),
			held AS (
				UPDATE applications SET claimed_by = CASE claimed_by WHEN $1 THEN $2 ELSE claimed_by END,
					pendamping = CASE pendamping WHEN $1 THEN $2 ELSE pendamping END
				WHERE claimed_by = $1 OR pendamping = $1)
			UPDATE staff SET removed_at = $3, removed_by = 'merge' WHERE id = $1`, staff[1].ID, staff[0].ID, t.at); err != nil {
			return err
		}
		if err := audit(ctx, t.tx, t.at, "contact:"+string(m.Into), "remove staff", string(staff[1].ID), nil, map[string]any{"same": staff[0].ID}); err != nil {
			return err
		}
	}
	if _, err := t.tx.ExecContext(ctx, `UPDATE staff SET contact = $2 WHERE contact = $1`, m.From, m.Into); err != nil || len(staff) == 0 {
		return err
	}
	return announce(ctx, t.tx, TopicStaff)
}

// mergeRest hands over everything else that names a contact. Consents are proof and stay: see itself. So do the recipients of
// broadcasts: who is written to is looked up when it is their turn. What one that goes was to be reminded of is over.
func (t *turn) mergeRest(ctx context.Context, m storage.Merge) error {
	_, err := t.tx.ExecContext(ctx, `
		WITH gone AS (DELETE FROM speaks_for WHERE contact = $1 RETURNING owner, role, since),
		speaks AS (
			INSERT INTO speaks_for (contact, owner, role, since) SELECT $2, owner, role, since FROM gone
			ON CONFLICT (contact, owner) DO UPDATE SET since = least(speaks_for.since, excluded.since)),
		lives AS (UPDATE addresses SET contact = $2 WHERE contact = $1),
		filed AS (UPDATE applications SET contact = $2 WHERE contact = $1),
		sent AS (UPDATE files SET contact = $2 WHERE contact = $1),
		wished AS (UPDATE wishes SET contact = $2 WHERE contact = $1),
		waits AS (UPDATE inbox SET contact = $2 WHERE contact = $1),
		failed AS (UPDATE parked SET contact = $2 WHERE contact = $1),
		shows AS (UPDATE codes SET contact = $2 WHERE contact = $1),
		written AS (UPDATE sendings SET contact = $2 WHERE contact = $1),
		reminded AS (UPDATE reminders SET ended_at = $3 WHERE contact = $1 AND ended_at IS NULL),
		missed AS (UPDATE misses SET contact = $2 WHERE contact = $1),
		comes AS (UPDATE fetches SET contact = $2 WHERE contact = $1)
		DELETE FROM questions_owed WHERE contact = $1`, m.From, m.Into, t.at)
	return err
}

// dropDraft gives up the files of a draft that nobody goes on with.
func (t *turn) dropDraft(ctx context.Context, m storage.Merge) error {
	return t.dropFiles(ctx, storage.DropFiles{IDs: m.Drop})
}
