package postgres

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"time"

	"titian/bot/chat"
	"titian/storage"
)

// Contact returns who writes from an address, created on first sight with the source word that brought them. Several
// processes that see one for the first time at once agree on one contact. It clears nothing: see SetReachable.
func (d *DB) Contact(ctx context.Context, a chat.Address, source string, now time.Time) (storage.Contact, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	const doing = "find a contact"
	index, err := d.addressIndex(a)
	if err != nil {
		return storage.Contact{}, wrap(doing, err)
	}
	for {
		c, err := d.knownContact(ctx, a, index, now)
		if !errors.Is(err, sql.ErrNoRows) {
			return c, wrap(doing, err)
		}
		if err := d.meet(ctx, a, index, source, now); err != nil {
			return storage.Contact{}, wrap("meet a contact", err)
		}
	}
}

func (d *DB) knownContact(ctx context.Context, a chat.Address, index []byte, now time.Time) (storage.Contact, error) {
	var row struct {
		ID        storage.ContactID `db:"id"`
		Source    string            `db:"source"`
		CreatedAt time.Time         `db:"created_at"`
		Reachable bool              `db:"reachable"`
		Stale     bool              `db:"stale"`
	}
	err := d.fast.GetContext(ctx, &row, `
		SELECT c.id, c.source, c.created_at, c.reachable,
		       c.deleted_at IS NOT NULL
		       OR EXISTS (SELECT 1 FROM addresses o
				WHERE o.contact = c.id AND o.used_at >= a.used_at AND (o.network, o.key_index) <> (a.network, a.key_index)) AS stale
		FROM addresses a JOIN contacts c ON c.id = a.contact
		WHERE a.network = $1 AND a.key_index = $2`, a.Network, index)
	if err != nil {
		return storage.Contact{}, err
	}
	if row.Stale { // they write from another of their addresses, or came back
		if _, err := d.fast.ExecContext(ctx, `
			WITH used AS (UPDATE addresses SET used_at = $3 WHERE network = $1 AND key_index = $2)
			UPDATE contacts SET deleted_at = NULL WHERE id = $4 AND deleted_at IS NOT NULL`,
			a.Network, index, utc(now), row.ID); err != nil {
			return storage.Contact{}, err
		}
	}
	return storage.Contact{ID: row.ID, Address: a, Source: row.Source, CreatedAt: row.CreatedAt.UTC(), Unreachable: !row.Reachable}, nil
}

// meet inserts a contact with its address, or nothing when another process was faster.
func (d *DB) meet(ctx context.Context, a chat.Address, index []byte, source string, now time.Time) error {
	sealed, err := d.sealText(a.Key, addressAAD(a.Network, index))
	if err != nil {
		return err
	}
	_, err = d.fast.ExecContext(ctx, `
		WITH address AS (
			INSERT INTO addresses (network, key_index, key_sealed, contact, used_at)
			VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (network, key_index) DO NOTHING
			RETURNING contact)
		INSERT INTO contacts (id, source, created_at) SELECT contact, $6, $5 FROM address`,
		a.Network, index, sealed, d.id(), utc(now), source)
	return err
}

// AddressOf is where a contact last wrote; storage.ErrNotFound when nothing is known of it any more.
func (d *DB) AddressOf(ctx context.Context, contact storage.ContactID) (chat.Address, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	const doing = "find an address"
	var row struct {
		Network chat.Network `db:"network"`
		Index   []byte       `db:"key_index"`
		Sealed  []byte       `db:"key_sealed"`
	}
	if err := d.fast.GetContext(ctx, &row, `
		SELECT network, key_index, key_sealed FROM addresses
		WHERE contact = $1 ORDER BY used_at DESC, network LIMIT 1`, contact); err != nil {
		return chat.Address{}, wrap(doing, err)
	}
	key, err := d.openText(row.Sealed, addressAAD(row.Network, row.Index))
	return chat.Address{Network: row.Network, Key: key}, wrap(doing, err)
}

// SetReachable remembers that a contact blocked the bot, or is back.
func (d *DB) SetReachable(ctx context.Context, contact storage.ContactID, reachable bool) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	_, err := d.fast.ExecContext(ctx, `
		UPDATE contacts SET reachable = $2 WHERE id = $1 AND reachable <> $2`, contact, reachable)
	return wrap("note whether a contact can be reached", err)
}

func (d *DB) addressIndex(a chat.Address) ([]byte, error) {
	return d.index("address", string(a.Network)+"\x00"+a.Key)
}

func addressAAD(n chat.Network, index []byte) string {
	return "addresses/key/" + string(n) + "/" + hex.EncodeToString(index)
}

func utc(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }
