package postgres

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"github.com/lib/pq"

	"titian/storage"
)

// InboxPut queues a message behind those of its contact. fresh is false when it is there, or was and is done: it may
// be acknowledged either way. What is for a contact that was merged waits for the one it was merged into. Body is stored as it comes, sealed by the caller.
func (d *DB) InboxPut(ctx context.Context, m storage.Inboxed) (fresh bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	const doing = "put a message into the inbox"
	index, err := d.messageIndex(m.Network, m.MessageID)
	if err != nil {
		return false, wrap(doing, err)
	}
	sealed, err := d.seal([]byte(m.MessageID), messageAAD("inbox", index))
	if err != nil {
		return false, wrap(doing, err)
	}
	insert, err := d.hot.of(ctx, d.fast, `
		INSERT INTO inbox (contact, network, message_index, message_sealed, body, received_at, leased_until)
		VALUES (coalesce((SELECT merged_into FROM contacts WHERE id = $1), $1), $2, $3, $4, $5, $6, $7)
		ON CONFLICT (network, message_index) DO NOTHING`)
	if err != nil {
		return false, wrap(doing, err)
	}
	done, err := insert.ExecContext(ctx, m.Contact, m.Network, index, sealed, m.Body, utc(m.ReceivedAt), sql.NullTime{Time: m.NotBefore.UTC(), Valid: !m.NotBefore.IsZero()})
	if err != nil {
		return false, wrap(doing, err)
	}
	n, err := done.RowsAffected()
	return n == 1, wrap(doing, err)
}

// InboxTake leases what waits of these networks to a worker, in the order it came: of so many contacts, those who wait
// longest, at most storage.InboxRun messages each. A contact whose messages are leased, or must wait, is passed over until
// then, so that its messages are worked in order, by one worker at a time. A row whose id cannot be opened has "unreadable <row>" in its place. Each hand-out is counted before it happens: see Inboxed.Tries, and InboxRelease.
func (d *DB) InboxTake(ctx context.Context, worker string, lease time.Duration, networks []string, contacts int) ([]storage.Inboxed, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	const doing = "take messages from the inbox"
	var rows []inboxRow
	// The head of a contact's queue stands for the contact: whoever locks it has all that waits behind it.
	take, err := d.hot.of(ctx, d.fast, `
		WITH heads AS MATERIALIZED (
			SELECT i.id, i.contact FROM inbox i
			WHERE i.done_at IS NULL AND i.network = ANY ($1) AND (i.leased_until IS NULL OR i.leased_until <= $2)
			  AND NOT EXISTS (SELECT 1 FROM inbox o
				WHERE o.contact = i.contact AND o.done_at IS NULL
				  AND (o.leased_until > $2 OR o.id < i.id AND o.network = ANY ($1)))
			ORDER BY i.id LIMIT $3
			FOR UPDATE OF i SKIP LOCKED),
		batch AS (
			SELECT i.id FROM heads h CROSS JOIN LATERAL (
				SELECT id FROM inbox WHERE contact = h.contact AND done_at IS NULL AND network = ANY ($1) ORDER BY id LIMIT $6) i)
		UPDATE inbox i SET leased_by = $4, leased_until = $5, tries = i.tries + 1
		FROM batch WHERE i.id = batch.id AND i.done_at IS NULL
		RETURNING i.id, i.contact, i.network, i.message_index, i.message_sealed, i.received_at, i.body, i.tries - 1 AS tries`)
	if err != nil {
		return nil, wrap(doing, err)
	}
	if err := take.SelectContext(ctx, &rows, list(networks), d.at(), contacts, worker, d.at().Add(lease), storage.InboxRun); err != nil {
		return nil, wrap(doing, err)
	}
	slices.SortFunc(rows, func(a, b inboxRow) int { return cmp.Compare(a.ID, b.ID) })
	taken := make([]storage.Inboxed, 0, len(rows))
	for _, row := range rows {
		id, err := d.openText(row.Sealed, messageAAD("inbox", row.Index))
		if err != nil { // its worker cannot open the body either: one such row must not hold up all the others
			d.log.Error("the id of an inbox message cannot be opened", "row", row.ID)
			id = fmt.Sprintf("unreadable %d", row.ID)
		}
		taken = append(taken, storage.Inboxed{ID: row.ID, Contact: row.Contact, Network: row.Network, MessageID: id,
			ReceivedAt: row.ReceivedAt.UTC(), Body: row.Body, Tries: row.Tries})
	}
	return taken, nil
}

type inboxRow struct {
	ID         int64             `db:"id"`
	Contact    storage.ContactID `db:"contact"`
	Network    string            `db:"network"`
	Index      []byte            `db:"message_index"`
	Sealed     []byte            `db:"message_sealed"`
	ReceivedAt time.Time         `db:"received_at"`
	Body       []byte            `db:"body"`
	Tries      int               `db:"tries"`
}

// InboxDone ends a message. An empty row stays for a week, so that it is known when it is delivered again. more: others
// of its contact wait, or are being worked.
func (d *DB) InboxDone(ctx context.Context, id int64) (more bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	const doing = "end a message of the inbox"
	end, err := d.hot.of(ctx, d.fast, `
		WITH ended AS (
			UPDATE inbox SET done_at = $2, body = NULL, message_sealed = NULL, leased_until = NULL
			WHERE id = $1 AND done_at IS NULL)
		SELECT EXISTS (SELECT 1 FROM inbox i JOIN inbox o ON o.contact = i.contact AND o.id <> i.id AND o.done_at IS NULL WHERE i.id = $1)`)
	if err != nil {
		return false, wrap(doing, err)
	}
	err = end.GetContext(ctx, &more, id, d.at())
	return more, wrap(doing, err)
}

// InboxRenew lengthens the leases of messages that are still being worked.
func (d *DB) InboxRenew(ctx context.Context, ids []int64, lease time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	_, err := d.fast.ExecContext(ctx, `
		UPDATE inbox SET leased_until = $2 WHERE id = ANY ($1) AND done_at IS NULL AND leased_until IS NOT NULL`,
		pq.Int64Array(ids), d.at().Add(lease))
	return wrap("renew leases of the inbox", err)
}

// InboxRelease gives messages back untried: an outage is nobody's fault and does not count.
func (d *DB) InboxRelease(ctx context.Context, ids []int64) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	_, err := d.fast.ExecContext(ctx, `
		UPDATE inbox SET leased_until = NULL, leased_by = '', tries = greatest(tries - 1, 0)
		WHERE id = ANY ($1) AND done_at IS NULL AND leased_until IS NOT NULL`, pq.Int64Array(ids))
	return wrap("give messages back to the inbox", err)
}

// InboxWaiting says whether messages of a contact wait, or are being worked.
func (d *DB) InboxWaiting(ctx context.Context, contact storage.ContactID) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	const doing = "look into the inbox"
	look, err := d.hot.of(ctx, d.fast, `
		SELECT EXISTS (SELECT 1 FROM inbox WHERE contact = $1 AND done_at IS NULL)`)
	if err != nil {
		return false, wrap(doing, err)
	}
	var waiting bool
	err = look.GetContext(ctx, &waiting, contact)
	return waiting, wrap(doing, err)
}

// InboxDepth is how many messages wait or are being worked, and since when the oldest does.
func (d *DB) InboxDepth(ctx context.Context) (n int, oldest time.Time, err error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	var since sql.NullTime
	err = d.fast.QueryRowContext(ctx, `
		SELECT count(*), min(received_at) FROM inbox WHERE done_at IS NULL`).Scan(&n, &since)
	return n, since.Time.UTC(), wrap("measure the inbox", err)
}

func (d *DB) messageIndex(network, id string) ([]byte, error) {
	return d.index("message", network+"\x00"+id)
}

func messageAAD(table string, index []byte) string {
	return table + "/message/" + hex.EncodeToString(index)
}
