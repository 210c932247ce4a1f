package postgres

import (
	"context"
	"time"

	"github.com/jmoiron/sqlx"

	"titian/storage"
)

// CountTry counts one more try of a message, durably, before it is tried, and returns how many there are now.
func (d *DB) CountTry(ctx context.Context, network, messageID string) (int, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	const doing = "count a try"
	index, err := d.messageIndex(network, messageID)
	if err != nil {
		return 0, wrap(doing, err)
	}
	var n int
	err = d.fast.GetContext(ctx, &n, `
		INSERT INTO tries AS t (network, message_index, n, at) VALUES ($1, $2, 1, $3)
		ON CONFLICT (network, message_index) DO UPDATE SET n = t.n + 1, at = excluded.at
		RETURNING n`, network, index, d.at())
	return n, wrap(doing, err)
}

// ClearTries forgets the tries of a message that went well.
func (d *DB) ClearTries(ctx context.Context, network, messageID string) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	const doing = "forget tries"
	index, err := d.messageIndex(network, messageID)
	if err != nil {
		return wrap(doing, err)
	}
	_, err = d.fast.ExecContext(ctx, `DELETE FROM tries WHERE network = $1 AND message_index = $2`, network, index)
	return wrap(doing, err)
}

// Park puts a message aside for staff and takes it out of the inbox with its tries, all or nothing. Parking it again
// changes nothing.
func (d *DB) Park(ctx context.Context, p storage.Parked) error {
	const doing = "park a message"
	index, err := d.messageIndex(p.Network, p.MessageID)
	if err != nil {
		return wrap(doing, err)
	}
	sealed, err := d.seal([]byte(p.MessageID), messageAAD("parked", index))
	if err != nil {
		return wrap(doing, err)
	}
	return d.inTx(ctx, doing, func(ctx context.Context, tx *sqlx.Tx) error {
		_, err := tx.ExecContext(ctx, `
			WITH tried AS (DELETE FROM tries WHERE network = $2 AND message_index = $3),
			waited AS (
				UPDATE inbox SET done_at = $7, body = NULL, message_sealed = NULL, leased_until = NULL
				WHERE network = $2 AND message_index = $3 AND done_at IS NULL)
			INSERT INTO parked (contact, network, message_index, message_sealed, body, cause, parked_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7)
			ON CONFLICT (network, message_index) DO NOTHING`,
			p.Contact, p.Network, index, sealed, p.Body, p.Cause, utc(p.ParkedAt))
		return err
	})
}

const parkedColumns = `id, contact, network, message_index, message_sealed, body, cause, parked_at`

type parkedRow struct {
	ID       int64             `db:"id"`
	Contact  storage.ContactID `db:"contact"`
	Network  string            `db:"network"`
	Index    []byte            `db:"message_index"`
	Sealed   []byte            `db:"message_sealed"`
	Body     []byte            `db:"body"`
	Cause    string            `db:"cause"`
	ParkedAt time.Time         `db:"parked_at"`
}

// about is what an audit row says of it.
func (r parkedRow) about() map[string]string {
	return map[string]string{"network": r.Network, "cause": r.Cause, "parked_at": r.ParkedAt.UTC().Format(time.RFC3339)}
}

// Parked lists what was put aside, oldest first, at most 500.
func (d *DB) Parked(ctx context.Context) ([]storage.Parked, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	const doing = "list parked messages"
	var rows []parkedRow
	if err := d.fast.SelectContext(ctx, &rows, `
		SELECT `+parkedColumns+` FROM parked ORDER BY id LIMIT 500`); err != nil {
		return nil, wrap(doing, err)
	}
	parked := make([]storage.Parked, 0, len(rows))
	for _, row := range rows {
		id, err := d.openText(row.Sealed, messageAAD("parked", row.Index))
		if err != nil {
			return nil, wrap(doing, err)
		}
		parked = append(parked, storage.Parked{ID: row.ID, Contact: row.Contact, Network: row.Network, MessageID: id,
			ParkedAt: row.ParkedAt.UTC(), Cause: row.Cause, Body: row.Body})
	}
	return parked, nil
}

// ParkedCount is how many messages are put aside.
func (d *DB) ParkedCount(ctx context.Context) (int, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	var n int
	err := d.fast.GetContext(ctx, &n, `SELECT count(*) FROM parked`)
	return n, wrap("count parked messages", err)
}

// RetryParked puts one back at the end of the inbox, with all its tries before it, and writes it into the audit under
// the actor's name: whoever works the inbox next works it behind what waits of its contact. storage.ErrNotFound when
// it is not there.
func (d *DB) RetryParked(ctx context.Context, id int64, actor string) (storage.ContactID, error) {
	const doing = "retry a parked message"
	var row parkedRow
	err := d.inTx(ctx, doing, func(ctx context.Context, tx *sqlx.Tx) error {
		if err := tx.GetContext(ctx, &row, `DELETE FROM parked WHERE id = $1 RETURNING `+parkedColumns, id); err != nil {
			return err
		}
		message, err := d.openText(row.Sealed, messageAAD("parked", row.Index))
		if err != nil {
			return err
		}
		sealed, err := d.seal([]byte(message), messageAAD("inbox", row.Index))
		if err != nil {
			return err
		}
		// The empty row of its first time in the inbox goes: a row is worked in the order of its id.
		if _, err := tx.ExecContext(ctx, `
			DELETE FROM inbox WHERE network = $1 AND message_index = $2 AND done_at IS NOT NULL`, row.Network, row.Index); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `
			INSERT INTO inbox (contact, network, message_index, message_sealed, body, received_at)
			VALUES ($1, $2, $3, $4, $5, $6)
			ON CONFLICT (network, message_index) DO NOTHING`,
			row.Contact, row.Network, row.Index, sealed, row.Body, d.at()); err != nil {
			return err
		}
		return audit(ctx, tx, d.at(), actor, "retry a parked message", string(row.Contact), row.about(), nil)
	})
	return row.Contact, err
}

// DropParked removes one that staff dealt with, and writes their reason into the audit; storage.ErrNotFound when it is
// not there.
func (d *DB) DropParked(ctx context.Context, id int64, actor, reason string) error {
	return d.inTx(ctx, "drop a parked message", func(ctx context.Context, tx *sqlx.Tx) error {
		var row parkedRow
		if err := tx.GetContext(ctx, &row, `DELETE FROM parked WHERE id = $1 RETURNING `+parkedColumns, id); err != nil {
			return err
		}
		return audit(ctx, tx, d.at(), actor, "drop a parked message", string(row.Contact), row.about(), map[string]string{"reason": reason})
	})
}
