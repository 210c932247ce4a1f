package postgres

import (
	"context"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"titian/storage"
)

// Event reads what a notice tells, as it is now; storage.ErrNotFound when it is about someone who was deleted.
func (d *DB) Event(ctx context.Context, kind storage.NoticeKind, id string) (e storage.Event, err error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	switch kind {
	case storage.NoticeFiled:
		e, err = d.registrationEvent(ctx, id)
	case storage.NoticeListed:
		if e, err = d.registrationEvent(ctx, id); err == nil {
			err = d.fast.SelectContext(ctx, &e.Flags, `SELECT kind FROM flags WHERE owner = $1 AND listed <> '' AND settled_at IS NULL`, id)
		}
	case storage.NoticeDuplicate:
		if e, err = d.registrationEvent(ctx, id); err == nil {
			err = d.duplicates(ctx, id, &e)
		}
	case storage.NoticeWish, storage.NoticeReport:
		e, err = d.wishEvent(ctx, id)
	case storage.NoticeBrake:
		e, err = d.brakeEvent(ctx, id)
	case storage.NoticeCause, storage.NoticeLink:
		e, err = d.causeEvent(ctx, id)
	case storage.NoticeHalal, storage.NoticeReplaced, storage.NoticeFreed, storage.NoticeHanded:
		e, err = d.applicationEvent(ctx, id)
	case storage.NoticeAnswering, storage.NoticeWaiting, storage.NoticeEnded:
		thread, _, _ := strings.Cut(id, "/")
		var t storage.Thread
		t, err = d.threadAt(ctx, d.fast, storage.ThreadID(thread))
		e = t.Owner
		e.Thread, e.Answering, e.Waiting = t.ID, t.Answering, t.Waiting
	case storage.NoticeNumberMoved:
		e, err = d.numberMovedEvent(ctx, id)
	case storage.NoticeBroadcast, storage.NoticeDeclined, storage.NoticeApproved:
		e.Number = id // the broadcast is read when it is shown
	case storage.NoticeDigest:
		e.Digest, err = d.digest(ctx, id)
	default:
		err = storage.ErrNotFound
	}
	return e, wrap("read what a notice tells", err)
}

func (d *DB) registrationEvent(ctx context.Context, owner string) (storage.Event, error) {
	var e storage.Event
	err := d.fast.QueryRowContext(ctx, `
		SELECT name, business, kecamatan, number FROM registrations WHERE owner = $1`, owner).
		Scan(&e.Name, &e.Business, &e.Kecamatan, &e.Number)
	return e, err
}

// applicationEvent is about the application an event's id begins with.
func (d *DB) applicationEvent(ctx context.Context, event string) (storage.Event, error) {
	id, _, _ := strings.Cut(event, "/")
	a, err := d.application(ctx, d.fast, d.at(), storage.ApplicationID(id))
	if err != nil {
		return storage.Event{}, err
	}
	e := storage.Event{Name: a.Name, Business: a.Business, Number: a.Number, Product: a.Product, Rank: a.Rank}
	for _, item := range a.Items {
		if item.Verdict == storage.VerdictNone && item.Revision > 1 {
			e.Replaced = append(e.Replaced, item.Title)
		}
	}
	err = d.fast.GetContext(ctx, &e.Kecamatan, `SELECT kecamatan FROM registrations WHERE owner = $1`, a.Owner)
	return e, err
}

func (d *DB) duplicates(ctx context.Context, owner string, e *storage.Event) error {
	var kinds, others pq.StringArray
	err := d.fast.QueryRowContext(ctx, `
		SELECT array_agg(DISTINCT f.kind), array_agg(DISTINCT r.number) FROM flags f JOIN registrations r ON r.owner = f.other
		WHERE f.owner = $1 AND f.settled_at IS NULL AND f.kind IN ('same_nik', 'same_phone')
		HAVING count(*) > 0`, owner).Scan(&kinds, &others)
	e.Flags, e.Others = kinds, others
	return err
}

// wishEvent names an owner only where it is clear which one is meant.
func (d *DB) wishEvent(ctx context.Context, id string) (storage.Event, error) {
	var e storage.Event
	err := d.fast.QueryRowContext(ctx, `
		SELECT w.reason, w.question, coalesce(r.name, ''), coalesce(r.business, ''), coalesce(r.kecamatan, ''), coalesce(r.number, ''),
		       coalesce((SELECT m.thread::text FROM thread_messages m WHERE m.wish = w.id LIMIT 1), '')
		FROM wishes w
		LEFT JOIN registrations r ON r.owner = coalesce(w.owner,
			(SELECT min(owner) FROM speaks_for s WHERE s.contact = w.contact HAVING count(*) = 1))
		WHERE w.id = $1::bigint`, id).Scan(&e.Reason, &e.Question, &e.Name, &e.Business, &e.Kecamatan, &e.Number, &e.Thread)
	return e, err
}

// numberMovedEvent names the owner whose contact had the number, the one filed first; nobody, where none is registered.
func (d *DB) numberMovedEvent(ctx context.Context, id string) (storage.Event, error) {
	contact, _, _ := strings.Cut(id, "/")
	var e storage.Event
	found, err := some(d.fast.QueryRowContext(ctx, `
		SELECT r.name, r.business, r.kecamatan, r.number FROM speaks_for s JOIN registrations r ON r.owner = s.owner
		WHERE s.contact = coalesce((SELECT merged_into FROM contacts WHERE id = $1), $1) ORDER BY r.filed_at, r.number LIMIT 1`, contact).
		Scan(&e.Name, &e.Business, &e.Kecamatan, &e.Number))
	if !found {
		return storage.Event{}, err
	}
	return e, nil
}

func (d *DB) digest(ctx context.Context, day string) (storage.Digest, error) {
	var g storage.Digest
	err := d.fast.QueryRowContext(ctx, `
		SELECT since, until,
		       (SELECT count(*) FROM registrations WHERE filed_at > since AND filed_at <= until),
		       (SELECT count(*) FROM wishes WHERE at > since AND at <= until AND reason <> 'report'),
		       (SELECT count(*) FROM wishes WHERE at > since AND at <= until AND reason = 'report'),
		       (SELECT count(DISTINCT owner) FROM flags WHERE raised_at > since AND raised_at <= until AND kind IN ('same_nik', 'same_phone'))
		FROM digests WHERE day = $1::date`, day).Scan(&g.Since, &g.Until, &g.Filed, &g.Wishes, &g.Reports, &g.Duplicates)
	return g, err
}

// MakeDigest begins the digest of a day and has everyone told, once however many processes ask. It covers the time since
// the digest before it; the first one, since there is staff.
func (d *DB) MakeDigest(ctx context.Context, day string) (made bool, err error) {
	err = d.inTx(ctx, "make the digest of "+day, func(ctx context.Context, tx *sqlx.Tx) error {
		done, err := tx.ExecContext(ctx, `
			INSERT INTO digests (day, since, until)
			SELECT $1::date, least(coalesce((SELECT max(until) FROM digests), (SELECT min(since) FROM staff), $2), $2), $2
			ON CONFLICT (day) DO NOTHING`, day, d.at())
		if err != nil {
			return err
		}
		n, err := done.RowsAffected()
		if made = n == 1; err != nil || !made {
			return err
		}
		return d.tell(ctx, tx, storage.NoticeDigest, day)
	})
	return made, err
}

// keepNotices is how long it is remembered who was told of what, and which codes there were.
const keepNotices = 30 * 24 * time.Hour
