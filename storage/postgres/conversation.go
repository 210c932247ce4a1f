package postgres

import (
	"context"
	"fmt"

	"github.com/lib/pq"

	"titian/storage"
)

// Conversation is what is kept of a contact's conversation, in one round trip.
func (d *DB) Conversation(ctx context.Context, contact storage.ContactID) (storage.Stored, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	doing := "load conversation " + string(contact)
	var row struct {
		Snapshot []byte            `db:"snapshot"`
		TurnSeq  int64             `db:"turn_seq"`
		Turn     []byte            `db:"turn"`
		Taken    int64             `db:"taken"`
		Inboxed  bool              `db:"inboxed"`
		Into     storage.ContactID `db:"into"`
		Merged   pq.StringArray    `db:"merged"`
	}
	if err := d.fast.GetContext(ctx, &row, `
		SELECT s.record AS snapshot, coalesce(t.seq, 0) AS turn_seq, t.record AS turn,
		       coalesce((SELECT max(seq) FROM turns WHERE contact = $1), 0) AS taken,
		       EXISTS (SELECT 1 FROM inbox WHERE contact = $1 AND done_at IS NULL) AS inboxed,
		       coalesce((SELECT merged_into FROM contacts WHERE id = $1), '') AS into,
		       array(SELECT id FROM contacts WHERE merged_into = $1 ORDER BY id) AS merged
		FROM (SELECT) AS one
		LEFT JOIN snapshots s ON s.contact = $1
		LEFT JOIN LATERAL (
			SELECT seq, record FROM turns
			WHERE contact = $1 AND record IS NOT NULL ORDER BY seq DESC LIMIT 1) t ON true`, contact); err != nil {
		return storage.Stored{}, wrap(doing, err)
	}
	stored := storage.Stored{Inboxed: row.Inboxed, Taken: row.Taken, Into: row.Into}
	var err error
	if len(row.Merged) > 0 {
		if stored.Seen, err = d.seenBy(ctx, row.Merged); err != nil {
			return storage.Stored{}, wrap(doing, err)
		}
	}
	if row.Snapshot != nil {
		if stored.Snapshot, err = d.openRecord(row.Snapshot, snapshotAAD(contact)); err != nil {
			return storage.Stored{}, wrap(doing, err)
		}
	}
	if row.Turn != nil {
		if stored.Turn, err = d.openRecord(row.Turn, turnAAD(contact, row.TurnSeq)); err != nil {
			return storage.Stored{}, wrap(doing, err)
		}
	}
	return stored, nil
}

// seenBy are the messages that contacts which are merged into another handled before.
func (d *DB) seenBy(ctx context.Context, contacts pq.StringArray) (seen []string, err error) {
	var rows []struct {
		Contact storage.ContactID `db:"contact"`
		Record  []byte            `db:"record"`
	}
	if err := d.fast.SelectContext(ctx, &rows, `SELECT contact, record FROM snapshots WHERE contact = ANY ($1) ORDER BY changed_at`, contacts); err != nil {
		return nil, err
	}
	for _, row := range rows {
		rec, err := d.openRecord(row.Record, snapshotAAD(row.Contact))
		if err != nil {
			return nil, err
		}
		seen = append(seen, rec.Seen...)
	}
	return seen, nil
}

// StoredTurn is the record a lasting turn left, or that the turn was given up (void). storage.ErrNotFound when there is
// neither; storage.ErrDeleted when the record is gone because it told of someone who was deleted.
func (d *DB) StoredTurn(ctx context.Context, contact storage.ContactID, seq int64) (storage.Record, bool, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	doing := fmt.Sprintf("read turn %s/%d", contact, seq)
	var row struct {
		Void   bool   `db:"void"`
		Record []byte `db:"record"`
	}
	if err := d.fast.GetContext(ctx, &row, `
		SELECT void, record FROM turns WHERE contact = $1 AND seq = $2`, contact, seq); err != nil {
		return storage.Record{}, false, wrap(doing, err)
	}
	if row.Void {
		return storage.Record{}, true, nil
	}
	if row.Record == nil {
		return storage.Record{}, false, wrap(doing, storage.ErrDeleted)
	}
	rec, err := d.openRecord(row.Record, turnAAD(contact, seq))
	if err != nil {
		return storage.Record{}, false, wrap(doing, err)
	}
	return *rec, false, nil
}

// Void gives a lasting turn up: whoever still works on it fails on its key. It waits for a transaction in flight on
// that key; storage.ErrConflict when a row is there, storage.ErrDown when the other one does not end in time.
func (d *DB) Void(ctx context.Context, contact storage.ContactID, seq int64) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	doing := fmt.Sprintf("give up turn %s/%d", contact, seq)
	done, err := d.fast.ExecContext(ctx, `
		INSERT INTO turns (contact, seq, void, at) VALUES ($1, $2, true, $3)
		ON CONFLICT (contact, seq) DO NOTHING`, contact, seq, d.at())
	if err != nil {
		return wrap(doing, err)
	}
	if n, err := done.RowsAffected(); err != nil || n == 1 {
		return wrap(doing, err)
	}
	return wrap(doing, storage.ErrConflict)
}

func (d *DB) openRecord(sealed []byte, aad string) (*storage.Record, error) {
	rec := new(storage.Record)
	if err := d.openJSON(sealed, aad, rec); err != nil {
		return nil, err
	}
	return rec, nil
}

func turnAAD(contact storage.ContactID, seq int64) string {
	return fmt.Sprintf("turns/record/%s/%d", contact, seq)
}

func snapshotAAD(contact storage.ContactID) string { return "snapshots/record/" + string(contact) }
