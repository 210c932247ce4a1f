package postgres

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"titian/storage"
)

// threadRow is a thread, locked by this turn.
type threadRow struct {
	ID      storage.ThreadID  `db:"id"`
	Contact storage.ContactID `db:"contact"`
	Officer *storage.StaffID  `db:"officer"`
	Closed  bool              `db:"closed"`
}

// stillOfficer is who answers, unless they are staff no longer.
const stillOfficer = `(SELECT s.id FROM staff s WHERE s.id = threads.officer AND s.removed_at IS NULL) AS officer`

func (r threadRow) answers(o officer) bool { return r.Officer != nil && *r.Officer == o.ID }

// thread is the open one of this turn's contact, made where there is none.
func (t *turn) thread(ctx context.Context) (row threadRow, err error) {
	err = t.tx.GetContext(ctx, &row, `
		INSERT INTO threads (contact, opened_at, said_at) VALUES ($1, $2, $2)
		ON CONFLICT (contact) WHERE closed_at IS NULL DO UPDATE SET said_at = greatest(threads.said_at, excluded.said_at)
		RETURNING id::text AS id, contact, `+stillOfficer+`, false AS closed`, t.key.Contact, t.at)
	return row, err
}

// says writes down what the contact says. The thread waits for an officer from now on, unless it is only that a photo answered a question.
func (t *turn) says(ctx context.Context, row threadRow, e storage.SayToStaff, wish *int64) error {
	var id int64
	if err := t.tx.GetContext(ctx, &id, `
		WITH waits AS (UPDATE threads SET waiting_since = coalesce(waiting_since, $2) WHERE id = $1::bigint AND $7 = '')
		INSERT INTO thread_messages (thread, at, file, mime, wish, question)
		VALUES ($1::bigint, $2, $3, $4, $5, $6) RETURNING id`,
		row.ID, t.at, orNull(string(e.File)), e.MIME, wish, e.Question, e.Question); err != nil {
		return err
	}
	return t.words(ctx, id, e.Words)
}

// words are sealed with the id of their message.
func (t *turn) words(ctx context.Context, id int64, words string) error {
	sealed, err := t.sealText(words, threadAAD(id))
	if sealed == nil || err != nil {
		return err
	}
	_, err = t.tx.ExecContext(ctx, `UPDATE thread_messages SET words_sealed = $2 WHERE id = $1`, id, sealed)
	return err
}

// wishThread opens a thread with a wish. An officer who answers already hears of it alone.
func (t *turn) wishThread(ctx context.Context, wish int64, words string) (answered bool, err error) {
	row, err := t.thread(ctx)
	if err != nil {
		return false, err
	}
	if err := t.says(ctx, row, storage.SayToStaff{Words: words}, &wish); err != nil || row.Officer == nil {
		return false, err
	}
	return true, t.relayLater(ctx, row)
}

// sayToStaff has those shown it who may answer.
func (t *turn) sayToStaff(ctx context.Context, e storage.SayToStaff) error {
	row, err := t.thread(ctx)
	if err != nil {
		return err
	}
	if err := t.says(ctx, row, e, nil); err != nil {
		return err
	}
	return t.relayLater(ctx, row)
}

func (t *turn) endThread(ctx context.Context) error {
	var row threadRow
	found, err := some(t.tx.GetContext(ctx, &row, `
		UPDATE threads SET closed_at = $2, closed_by = 'owner', waiting_since = NULL, said_at = $2 WHERE contact = $1 AND closed_at IS NULL
		RETURNING id::text AS id, contact, officer, true AS closed`, t.key.Contact, t.at))
	if !found || row.Officer == nil {
		return err
	}
	return t.tellOne(ctx, *row.Officer, storage.NoticeEnded, string(row.ID))
}

// byStaff is a thread that the officer of this turn acts on, locked; false when they may not, which the outcome says.
func (t *turn) byStaff(ctx context.Context, id storage.ThreadID) (row threadRow, o officer, may bool, err error) {
	o, may, err = t.atDesk(ctx, deskRoles)
	if !may {
		t.out.Thread.Refused = storage.RefusedRights
		return row, o, false, err
	}
	err = t.tx.GetContext(ctx, &row, `
		SELECT id::text AS id, contact, `+stillOfficer+`, closed_at IS NOT NULL AS closed FROM threads WHERE id::text = $1 FOR UPDATE`, id)
	if errors.Is(err, sql.ErrNoRows) {
		t.out.Thread.Refused = storage.RefusedUnknown
		return row, o, false, nil
	}
	if err != nil {
		return row, o, false, err
	}
	if t.out.Thread.Thread, err = t.threadAt(ctx, t.tx, id); err != nil {
		return row, o, false, err
	}
	switch {
	case row.Closed:
		t.out.Thread.Refused = storage.RefusedUnknown
	case row.Officer != nil && !row.answers(o):
		t.out.Thread.Refused = storage.RefusedClaimed
	}
	return row, o, t.out.Thread.Refused == storage.RefusedNothing, nil
}

// answerOwner keeps an officer's words and has them carried to the contact. Whoever answers first goes on alone, which
// the others hear.
func (t *turn) answerOwner(ctx context.Context, e storage.AnswerOwner) error {
	row, o, may, err := t.byStaff(ctx, e.Thread)
	if !may {
		return err
	}
	var id int64
	if err := t.tx.GetContext(ctx, &id, `
		WITH answered AS (
			UPDATE threads SET officer = $2, waiting_since = NULL, reminded_at = NULL, reminders = 0, said_at = $3 WHERE id = $1::bigint),
		settled AS (UPDATE wishes SET settled_at = $3 WHERE contact = $7 AND settled_at IS NULL AND reason <> 'report')
		INSERT INTO thread_messages (thread, staff, at, file, mime, ref) VALUES ($1::bigint, $2, $3, $4, $5, $6) RETURNING id`,
		row.ID, o.ID, t.at, orNull(string(e.File)), e.MIME, e.Ref, row.Contact); err != nil {
		return err
	}
	if err := t.words(ctx, id, e.Words); err != nil {
		return err
	}
	if err := audit(ctx, t.tx, t.at, "staff:"+string(o.ID), "answer owner", string(row.Contact), nil, map[string]any{"thread": row.ID}); err != nil {
		return err
	}
	if row.Officer == nil {
		if err := t.tellOthers(ctx, row, o); err != nil {
			return err
		}
	}
	return t.carryLater(ctx, row)
}

// tellOthers has those who were shown a thread hear who answers it.
func (t *turn) tellOthers(ctx context.Context, row threadRow, o officer) error {
	var others []storage.StaffID
	if err := t.tx.SelectContext(ctx, &others, `
		SELECT DISTINCT p.staff FROM thread_posts p JOIN thread_messages m ON m.id = p.message
		WHERE m.thread = $1::bigint AND p.staff <> $2`, row.ID, o.ID); err != nil {
		return err
	}
	for _, other := range others {
		if err := t.tellOne(ctx, other, storage.NoticeAnswering, string(row.ID)+"/"+t.id()); err != nil {
			return err
		}
	}
	return nil
}

// handThread lets others answer: they are shown what was said.
func (t *turn) handThread(ctx context.Context, e storage.HandThread) error {
	row, o, may, err := t.byStaff(ctx, e.Thread)
	if !may {
		return err
	}
	if _, err := t.tx.ExecContext(ctx, `
		WITH seen AS (DELETE FROM thread_posts p USING thread_messages m WHERE m.id = p.message AND m.thread = $1::bigint AND p.staff <> $2)
		UPDATE threads SET officer = NULL, waiting_since = coalesce(waiting_since, $3) WHERE id = $1::bigint`, row.ID, o.ID, t.at); err != nil {
		return err
	}
	if err := audit(ctx, t.tx, t.at, "staff:"+string(o.ID), "hand thread over", string(row.Contact), nil, map[string]any{"thread": row.ID}); err != nil {
		return err
	}
	row.Officer = nil
	return t.relayLater(ctx, row, o.ID)
}

// closeThread ends it for both sides.
func (t *turn) closeThread(ctx context.Context, e storage.CloseThread) error {
	row, o, may, err := t.byStaff(ctx, e.Thread)
	if !may {
		return err
	}
	if _, err := t.tx.ExecContext(ctx, `
		WITH settled AS (UPDATE wishes SET settled_at = $2 WHERE contact = $3 AND settled_at IS NULL AND reason <> 'report')
		UPDATE threads SET closed_at = $2, closed_by = 'staff', waiting_since = NULL, officer = coalesce(officer, $4) WHERE id = $1::bigint`,
		row.ID, t.at, row.Contact, o.ID); err != nil {
		return err
	}
	if err := audit(ctx, t.tx, t.at, "staff:"+string(o.ID), "close thread", string(row.Contact), nil, map[string]any{"thread": row.ID}); err != nil {
		return err
	}
	return t.carryLater(ctx, row)
}

// eraseThreads removes what contacts and staff said to each other, with its files, and
// the files that wait to be fetched.
func (t *turn) eraseThreads(ctx context.Context, contacts ...storage.ContactID) error {
	var files []string
	if err := t.tx.SelectContext(ctx, &files, `
		UPDATE files SET deleted_at = $2, sha256 = '' WHERE deleted_at IS NULL AND id IN (
			SELECT m.file FROM thread_messages m JOIN threads h ON h.id = m.thread WHERE h.contact = ANY ($1))
		RETURNING id`, list(contacts), t.at); err != nil {
		return err
	}
	if _, err := t.tx.ExecContext(ctx, `
		WITH late AS (DELETE FROM fetches WHERE contact = ANY ($1)) DELETE FROM threads WHERE contact = ANY ($1)`, list(contacts)); err != nil {
		return err
	}
	return t.deleteFilesLater(ctx, files)
}

// keepThreads is how long what was said stays readable after a thread was closed.
const keepThreads = 90 * 24 * time.Hour

// sweepThreads removes threads that were closed long ago.
func (d *DB) sweepThreads(ctx context.Context, before time.Time) error {
	return d.inTx(ctx, "sweep threads", func(ctx context.Context, tx *sqlx.Tx) error {
		t := &turn{DB: d, tx: tx, at: d.at()}
		var old []string
		if err := t.tx.SelectContext(ctx, &old, `SELECT id::text FROM threads WHERE closed_at < $1 LIMIT 1000`, before); err != nil || len(old) == 0 {
			return err
		}
		var files []string
		if err := t.tx.SelectContext(ctx, &files, `
			UPDATE files SET deleted_at = $2, sha256 = ''
			WHERE deleted_at IS NULL AND id IN (SELECT file FROM thread_messages WHERE thread::text = ANY ($1)) RETURNING id`, pq.StringArray(old), t.at); err != nil {
			return err
		}
		if _, err := t.tx.ExecContext(ctx, `DELETE FROM threads WHERE id::text = ANY ($1)`, pq.StringArray(old)); err != nil {
			return err
		}
		return t.deleteFilesLater(ctx, files)
	})
}
