package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"titian/storage"
)

func threadAAD(message int64) string { return fmt.Sprintf("thread_messages/words/%d", message) }

type threadView struct {
	ID        storage.ThreadID  `db:"id"`
	Contact   storage.ContactID `db:"contact"`
	Officer   storage.StaffID   `db:"officer"`
	Answering string            `db:"answering"`
	SaidAt    time.Time         `db:"said_at"`
	Answered  *time.Time        `db:"answered_at"`
	Waiting   *time.Time        `db:"waiting_since"`
	Reminded  *time.Time        `db:"reminded_at"`
	Reminders int               `db:"reminders"`
	Closed    bool              `db:"closed"`
	Name      string            `db:"name"`
	Business  string            `db:"business"`
	Kecamatan string            `db:"kecamatan"`
	Number    string            `db:"number"`
}

// threadViews name an owner only where it is clear which one is meant.
const threadViews = `
	SELECT h.id::text AS id, h.contact, coalesce(s.id, '') AS officer, coalesce(s.name, '') AS answering, h.said_at, h.waiting_since,
	       (SELECT max(at) FROM thread_messages m WHERE m.thread = h.id AND m.staff IS NOT NULL) AS answered_at,
	       h.reminded_at, h.reminders, h.closed_at IS NOT NULL AS closed,
	       coalesce(r.name, '') AS name, coalesce(r.business, '') AS business, coalesce(r.kecamatan, '') AS kecamatan, coalesce(r.number, '') AS number
	FROM threads h
	LEFT JOIN staff s ON s.id = h.officer AND s.removed_at IS NULL
	LEFT JOIN registrations r ON r.owner = (SELECT min(owner) FROM speaks_for f WHERE f.contact = h.contact HAVING count(*) = 1)`

func (v threadView) thread() storage.Thread {
	t := storage.Thread{
		ID: v.ID, Contact: v.Contact, Officer: v.Officer, Answering: v.Answering, SaidAt: v.SaidAt.UTC(), Reminders: v.Reminders, Closed: v.Closed,
		Owner: storage.Event{Name: v.Name, Business: v.Business, Kecamatan: v.Kecamatan, Number: v.Number},
	}
	if v.Waiting != nil {
		t.Waiting = v.Waiting.UTC()
	}
	if v.Answered != nil {
		t.Answered = v.Answered.UTC()
	}
	if v.Reminded != nil {
		t.Reminded = v.Reminded.UTC()
	}
	return t
}

func (d *DB) threadAt(ctx context.Context, from reader, id storage.ThreadID) (storage.Thread, error) {
	var row threadView
	err := from.GetContext(ctx, &row, threadViews+` WHERE h.id::text = $1`, id)
	return row.thread(), err
}

// Thread is one, as it is now; storage.ErrNotFound when it was erased.
func (d *DB) Thread(ctx context.Context, id storage.ThreadID) (storage.Thread, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	t, err := d.threadAt(ctx, d.fast, id)
	return t, wrap("read thread "+string(id), err)
}

// WaitingThreads are those in which somebody waits for an answer, the longest waiting first.
func (d *DB) WaitingThreads(ctx context.Context) ([]storage.Thread, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	var rows []threadView
	if err := d.fast.SelectContext(ctx, &rows, threadViews+`
		WHERE h.closed_at IS NULL AND h.waiting_since IS NOT NULL ORDER BY h.waiting_since, h.id`); err != nil {
		return nil, wrap("list who waits for an officer", err)
	}
	list := make([]storage.Thread, len(rows))
	for i, r := range rows {
		list[i] = r.thread()
	}
	return list, nil
}

// ThreadShown is the thread of which a message was shown to an officer; storage.ErrNotFound when it was none.
func (d *DB) ThreadShown(ctx context.Context, staff storage.StaffID, ref string) (id storage.ThreadID, err error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	err = d.fast.GetContext(ctx, &id, `
		SELECT m.thread::text FROM thread_posts p JOIN thread_messages m ON m.id = p.message WHERE p.staff = $1 AND $2 = ANY (p.refs)
		ORDER BY m.id DESC LIMIT 1`, staff, ref)
	return id, wrap("find what an officer answers", err)
}

// postPatience is how long a job may take to show what it claimed.
const postPatience = time.Minute

// NextPost claims the next message of a contact that an officer was not shown yet. One claimed by a process that died is
// claimed again: it may be shown twice, and is not lost.
func (d *DB) NextPost(ctx context.Context, thread storage.ThreadID, staff storage.StaffID) (p storage.Post, err error) {
	err = d.inTx(ctx, "claim what an officer is shown", func(ctx context.Context, tx *sqlx.Tx) error {
		p = storage.Post{}
		if _, err := tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock($1)`, lockID("thread/"+string(thread)+"/"+string(staff))); err != nil {
			return err
		}
		var row struct {
			ID       int64      `db:"id"`
			Words    []byte     `db:"words_sealed"`
			File     string     `db:"file"`
			MIME     string     `db:"mime"`
			Wish     string     `db:"wish"`
			Question string     `db:"question"`
			Claimed  *time.Time `db:"claimed_at"`
		}
		found, err := some(tx.GetContext(ctx, &row, `
			SELECT m.id, m.words_sealed, coalesce(m.file, '') AS file, m.mime, coalesce(m.wish::text, '') AS wish, m.question, p.claimed_at
			FROM thread_messages m LEFT JOIN thread_posts p ON p.message = m.id AND p.staff = $2
			WHERE m.thread::text = $1 AND m.staff IS NULL AND p.sent_at IS NULL ORDER BY m.id LIMIT 1`, thread, staff))
		if !found {
			return err
		}
		if row.Claimed != nil && d.at().Sub(*row.Claimed) < postPatience {
			p.Wait = 2 * time.Second
			return nil
		}
		p = storage.Post{Message: row.ID, File: storage.FileID(row.File), MIME: row.MIME, Wish: row.Wish, Question: row.Question}
		if p.Words, err = d.openText(row.Words, threadAAD(row.ID)); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `
			INSERT INTO thread_posts (message, staff, claimed_at) VALUES ($1, $2, $3)
			ON CONFLICT (message, staff) DO UPDATE SET claimed_at = excluded.claimed_at`, row.ID, staff, d.at())
		return err
	})
	return p, err
}

// Posted writes down that an officer was shown a message, and how their network calls it; Unposted lets go of it.
func (d *DB) Posted(ctx context.Context, message int64, staff storage.StaffID, refs []string) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	_, err := d.fast.ExecContext(ctx, `
		UPDATE thread_posts SET sent_at = $3, refs = $4 WHERE message = $1 AND staff = $2`, message, staff, d.at(), pq.StringArray(refs))
	return wrap("note what an officer was shown", err)
}

// Unposted lets go of a message that could not be shown now.
func (d *DB) Unposted(ctx context.Context, message int64, staff storage.StaffID) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	_, err := d.fast.ExecContext(ctx, `DELETE FROM thread_posts WHERE message = $1 AND staff = $2 AND sent_at IS NULL`, message, staff)
	return wrap("let go of what an officer is shown", err)
}

// Answers are an officer's words of which it is not known that they arrived, in order; closed: staff have ended the thread.
func (d *DB) Answers(ctx context.Context, thread storage.ThreadID) (list []storage.Said, closed bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	doing := "read the answers of thread " + string(thread)
	var rows []struct {
		ID      int64             `db:"id"`
		Contact storage.ContactID `db:"contact"`
		Staff   storage.StaffID   `db:"staff"`
		Name    string            `db:"name"`
		At      time.Time         `db:"at"`
		Words   []byte            `db:"words_sealed"`
		File    string            `db:"file"`
		MIME    string            `db:"mime"`
		Ref     string            `db:"ref"`
		Taken   bool              `db:"taken"`
	}
	if err := d.fast.SelectContext(ctx, &rows, `
		SELECT m.id, h.contact, m.staff, coalesce(s.name, '') AS name, m.at, m.words_sealed, coalesce(m.file, '') AS file, m.mime, m.ref,
		       m.taken_at IS NOT NULL AS taken
		FROM thread_messages m JOIN threads h ON h.id = m.thread LEFT JOIN staff s ON s.id = m.staff
		WHERE m.thread::text = $1 AND m.staff IS NOT NULL AND m.arrived_at IS NULL AND m.failed_at IS NULL ORDER BY m.id`, thread); err != nil {
		return nil, false, wrap(doing, err)
	}
	for _, r := range rows {
		words, err := d.openText(r.Words, threadAAD(r.ID))
		if err != nil {
			return nil, false, wrap(doing, err)
		}
		list = append(list, storage.Said{Message: r.ID, Contact: r.Contact, Staff: r.Staff, Name: r.Name, At: r.At.UTC(), Words: words,
			File: storage.FileID(r.File), MIME: r.MIME, Ref: r.Ref, Taken: r.Taken})
	}
	_, err = some(d.fast.GetContext(ctx, &closed, `SELECT closed_by = 'staff' FROM threads WHERE id::text = $1`, thread))
	return list, closed, wrap(doing, err)
}

// AnswerTaken writes down that an officer's words stand in the contact's conversation.
func (d *DB) AnswerTaken(ctx context.Context, message int64) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	_, err := d.fast.ExecContext(ctx, `UPDATE thread_messages SET taken_at = coalesce(taken_at, $2) WHERE id = $1`, message, d.at())
	return wrap("note an answer", err)
}

// AnswerSettled writes down what became of an officer's words: whether the contact can be reached, which it returns.
func (d *DB) AnswerSettled(ctx context.Context, message int64) (arrived bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	err = d.fast.GetContext(ctx, &arrived, `
		UPDATE thread_messages m SET arrived_at = CASE WHEN c.reachable THEN $2::timestamptz END, failed_at = CASE WHEN NOT c.reachable THEN $2::timestamptz END
		FROM threads h JOIN contacts c ON c.id = h.contact WHERE h.id = m.thread AND m.id = $1 RETURNING c.reachable`, message, d.at())
	return arrived, wrap("note what became of an answer", err)
}

// CloseSilent ends the threads in which nobody waits and nothing was said for storage.ThreadSilence.
func (d *DB) CloseSilent(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	_, err := d.fast.ExecContext(ctx, `
		UPDATE threads SET closed_at = $1, closed_by = 'silence'
		WHERE closed_at IS NULL AND waiting_since IS NULL AND said_at <= $2`, d.at(), d.at().Add(-storage.ThreadSilence))
	return wrap("close silent threads", err)
}

// Remind has staff told that somebody waits, once for each count of reminders: whoever answers them, the second time everyone.
func (d *DB) Remind(ctx context.Context, t storage.Thread) error {
	return d.inTx(ctx, "remind staff of thread "+string(t.ID), func(ctx context.Context, tx *sqlx.Tx) error {
		done, err := tx.ExecContext(ctx, `
			UPDATE threads SET reminders = reminders + 1, reminded_at = $3
			WHERE id::text = $1 AND reminders = $2 AND waiting_since IS NOT NULL AND closed_at IS NULL`, t.ID, t.Reminders, d.at())
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil || n == 0 {
			return err
		}
		event := fmt.Sprintf("%s/%s/%d", t.ID, t.Waiting.Format(time.RFC3339), t.Reminders+1)
		if t.Officer != "" && t.Reminders == 0 {
			return (&turn{DB: d, tx: tx, at: d.at()}).tellOne(ctx, t.Officer, storage.NoticeWaiting, event)
		}
		return d.tell(ctx, tx, storage.NoticeWaiting, event)
	})
}

// ThreadCounts is how many threads are open, and in how many of them somebody waits.
func (d *DB) ThreadCounts(ctx context.Context) (open, waiting int, err error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	err = d.fast.QueryRowContext(ctx, `SELECT count(*), count(waiting_since) FROM threads WHERE closed_at IS NULL`).Scan(&open, &waiting)
	return open, waiting, wrap("count threads", err)
}
