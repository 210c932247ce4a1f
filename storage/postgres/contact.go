package postgres

import (
	"context"
	"encoding/hex"
	"time"

	"titian/bot/chat"
	"titian/storage"
)

// Contact returns who writes from an address, created on first sight with the source word that brought them. Several
// processes that see one for the first time at once agree on one contact. It clears nothing: see SetReachable.
func (d *DB) Contact(ctx context.Context, a chat.Address, source string, now time.Time) (storage.Contact, error) {
	return d.Writer(ctx, storage.Writer{Address: a, Source: source}, now)
}

// meet finds a contact by its address, or inserts both, in one statement; sql.ErrNoRows when another process was faster.
func (d *DB) meet(ctx context.Context, a name, source string, now time.Time) (storage.Contact, error) {
	var row metRow
	err := d.fast.GetContext(ctx, &row, `
		WITH known AS (
			SELECT c.id, c.source, c.created_at, c.reachable, `+stale+` AS stale
			FROM addresses a JOIN contacts c ON c.id = a.contact
			WHERE a.network = $1 AND a.key_index = $2),
		address AS (
			INSERT INTO addresses (network, key_index, key_sealed, contact, used_at, kind, phone_index)
			SELECT $1, $2, $5, $6, $7, $3, $4 WHERE NOT EXISTS (SELECT 1 FROM known)
			ON CONFLICT (network, key_index) DO NOTHING
			RETURNING contact),
		met AS (
			INSERT INTO contacts (id, source, created_at) SELECT contact, $8, $7 FROM address
			RETURNING id, source, created_at, reachable)
		SELECT id, source, created_at, reachable, stale, false AS new FROM known
		UNION ALL SELECT id, source, created_at, reachable, false, true FROM met`,
		a.Network, a.index, a.Kind(), a.phone, a.sealed, d.id(), utc(now), source)
	if err != nil {
		return storage.Contact{}, err
	}
	if row.Stale {
		if err := d.used(ctx, a, now, row.ID); err != nil {
			return storage.Contact{}, err
		}
	}
	return row.contact(a.Address), nil
}

// Known says whether anybody wrote from an address. It creates nobody.
func (d *DB) Known(ctx context.Context, a chat.Address) (known bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	const doing = "look for a contact"
	index, err := d.addressIndex(a)
	if err != nil {
		return false, wrap(doing, err)
	}
	err = d.fast.GetContext(ctx, &known, `
		SELECT EXISTS (SELECT 1 FROM addresses WHERE network = $1 AND key_index = $2)`, a.Network, index)
	return known, wrap(doing, err)
}

// AddressOf is where a contact, or the one it was merged into, last wrote; of two keys of one network the one that stays
// theirs. storage.ErrNotFound when nothing is known of it any more.
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
		SELECT network, key_index, key_sealed FROM addresses a
		WHERE contact = coalesce((SELECT merged_into FROM contacts WHERE id = $1), $1) ORDER BY `+lastUsed+` LIMIT 1`, contact); err != nil {
		return chat.Address{}, wrap(doing, err)
	}
	key, err := d.openText(row.Sealed, addressAAD(row.Network, row.Index))
	return chat.Address{Network: row.Network, Key: key}, wrap(doing, err)
}

// lastUsed orders the addresses a of a contact: those of the network it last wrote on first, and of them the hidden id
// before the number, which may pass to somebody else.
const lastUsed = `max(a.used_at) OVER (PARTITION BY a.contact, a.network) DESC, a.network, a.kind = 'lid' DESC, a.used_at DESC`

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
