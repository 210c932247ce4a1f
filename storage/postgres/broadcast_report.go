package postgres

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"titian/bot/chat"
	"titian/storage"
)

// BroadcastCounts says how many recipients are in which state, by network and cause.
func (d *DB) BroadcastCounts(ctx context.Context, id storage.BroadcastID) (storage.Counts, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	counts, err := d.counts(ctx, d.fast, id)
	return counts, wrap("count the recipients of "+subject(id), err)
}

func (d *DB) counts(ctx context.Context, from reader, id storage.BroadcastID) (storage.Counts, error) {
	var rows []struct {
		Network chat.Network           `db:"network"`
		State   storage.RecipientState `db:"state"`
		Cause   storage.Cause          `db:"cause"`
		N       int                    `db:"n"`
	}
	if err := from.SelectContext(ctx, &rows, `
		SELECT network, state, cause, count(*) AS n FROM recipients WHERE broadcast = $1
		GROUP BY network, state, cause ORDER BY network, state, cause`, id); err != nil {
		return nil, err
	}
	counts := make(storage.Counts, len(rows))
	for i, r := range rows {
		counts[i] = storage.Count{Network: r.Network, State: r.State, Cause: r.Cause, N: r.N}
	}
	return counts, nil
}

// ExportRecipients yields every row of one broadcast's ledger, or of all with 0, as they stood when it began, a few at a time.
// yield's error ends it.
func (d *DB) ExportRecipients(ctx context.Context, id storage.BroadcastID, yield func(storage.BroadcastRow) error) error {
	const doing = "export recipients"
	tx, err := d.slow.BeginTxx(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
	if err != nil {
		return wrap(doing, err)
	}
	defer tx.Rollback() //nolint:errcheck // it only read
	if _, err := tx.ExecContext(ctx, `
		DECLARE people NO SCROLL CURSOR FOR
		SELECT x.broadcast, x.person, coalesce(r.number, '') AS number, coalesce(r.name, '') AS name, coalesce(r.business, '') AS business,
			coalesce(r.kecamatan, '') AS kecamatan, x.network, x.state, x.cause, x.at, x.sent_at, x.answered_at, coalesce(p.state, '') AS stands
		FROM recipients x LEFT JOIN registrations r ON r.owner = x.owner
		LEFT JOIN participants p ON p.broadcast = x.broadcast AND p.person = x.person
		WHERE $1::bigint IN (0, x.broadcast) ORDER BY x.broadcast, x.person`, int64(id)); err != nil {
		return wrap(doing, err)
	}
	for {
		n, err := exportPeople(ctx, tx, yield)
		if err != nil || n == 0 {
			return wrap(doing, err)
		}
	}
}

func exportPeople(ctx context.Context, tx *sqlx.Tx, yield func(storage.BroadcastRow) error) (int, error) {
	var rows []struct {
		Broadcast  storage.BroadcastID      `db:"broadcast"`
		Person     int                      `db:"person"`
		Number     string                   `db:"number"`
		Name       string                   `db:"name"`
		Business   string                   `db:"business"`
		Kecamatan  string                   `db:"kecamatan"`
		Network    chat.Network             `db:"network"`
		State      storage.RecipientState   `db:"state"`
		Cause      storage.Cause            `db:"cause"`
		At         time.Time                `db:"at"`
		SentAt     sql.NullTime             `db:"sent_at"`
		AnsweredAt sql.NullTime             `db:"answered_at"`
		Stands     storage.ParticipantState `db:"stands"`
	}
	if err := tx.SelectContext(ctx, &rows, fmt.Sprintf(`FETCH %d FROM people`, exportBatch)); err != nil {
		return 0, err
	}
	for _, r := range rows {
		if err := yield(storage.BroadcastRow{Broadcast: r.Broadcast, Person: r.Person, Number: r.Number,
			Reached: storage.Reached{Name: r.Name, Business: r.Business}, Kecamatan: r.Kecamatan, Network: r.Network, State: r.State,
			Cause: r.Cause, At: r.At.UTC(), SentAt: orZero(r.SentAt), AnsweredAt: orZero(r.AnsweredAt), Stands: r.Stands}); err != nil {
			return 0, err
		}
	}
	return len(rows), nil
}

// BroadcastFile is how a network calls the uploaded file of a broadcast; empty when it was not uploaded there yet.
func (d *DB) BroadcastFile(ctx context.Context, id storage.BroadcastID, n chat.Network) (ref string, err error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	doing := "find the uploaded file of " + subject(id)
	var sealed []byte
	found, err := some(d.fast.GetContext(ctx, &sealed, `SELECT ref_sealed FROM broadcast_files WHERE broadcast = $1 AND network = $2`, id, n))
	if err != nil || !found {
		return "", wrap(doing, err)
	}
	ref, err = d.openText(sealed, broadcastFileAAD(id, n))
	return ref, wrap(doing, err)
}

// KeepBroadcastFile stores how a network calls the uploaded file; an empty ref forgets it, so that it is uploaded anew.
func (d *DB) KeepBroadcastFile(ctx context.Context, id storage.BroadcastID, n chat.Network, ref string) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	doing := "keep the uploaded file of " + subject(id)
	sealed, err := d.sealText(ref, broadcastFileAAD(id, n))
	if err != nil {
		return wrap(doing, err)
	}
	if sealed == nil {
		_, err = d.fast.ExecContext(ctx, `DELETE FROM broadcast_files WHERE broadcast = $1 AND network = $2`, id, n)
		return wrap(doing, err)
	}
	_, err = d.fast.ExecContext(ctx, `
		INSERT INTO broadcast_files (broadcast, network, ref_sealed) VALUES ($1, $2, $3)
		ON CONFLICT (broadcast, network) DO UPDATE SET ref_sealed = excluded.ref_sealed`, id, n, sealed)
	return wrap(doing, err)
}

func broadcastFileAAD(id storage.BroadcastID, n chat.Network) string {
	return fmt.Sprintf("broadcast_files/ref/%d/%s", id, n)
}

// AnnouncementsWaiting is how many recipients of running broadcasts are not sent to yet.
func (d *DB) AnnouncementsWaiting(ctx context.Context) (n int, err error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	err = d.fast.GetContext(ctx, &n, `
		SELECT count(*) FROM recipients x JOIN broadcasts b ON b.id = x.broadcast WHERE b.state = 'running' AND x.state IN ('pending', 'sending')`)
	return n, wrap("count announcements", err)
}

// StaffNamed is the member of staff of a name; storage.ErrNotFound when there is none.
func (d *DB) StaffNamed(ctx context.Context, name string) (id storage.StaffID, err error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	err = d.fast.GetContext(ctx, &id, `SELECT id FROM staff WHERE removed_at IS NULL AND (lower(name) = lower($1) OR id = $1)`, name)
	return id, wrap("find a member of staff", err)
}

// KeepAnnounced notes a file of the vault that a broadcast is to carry: it is nobody's, and never swept.
func (d *DB) KeepAnnounced(ctx context.Context, f storage.KeepFile) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	_, err := d.fast.ExecContext(ctx, `
		INSERT INTO files (id, contact, purpose, mime, size_bytes, sha256, created_at) VALUES ($1, 'broadcast', 'broadcast', $2, $3, $4, $5)`,
		f.ID, f.MIME, f.SizeBytes, f.SHA256, d.at())
	return wrap("keep the file of a broadcast", err)
}
