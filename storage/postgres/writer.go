package postgres

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/jmoiron/sqlx"

	"titian/bot/chat"
	"titian/storage"
)

// name is an address as it is stored.
type name struct {
	chat.Address
	index, sealed []byte
	phone         []byte // index of the number by which the network vouches for it; nil: none
}

// metRow is a contact as it is met.
type metRow struct {
	ID        storage.ContactID `db:"id"`
	Source    string            `db:"source"`
	CreatedAt time.Time         `db:"created_at"`
	Reachable bool              `db:"reachable"`
	Stale     bool              `db:"stale"`
	New       bool              `db:"new"`
}

func (r metRow) contact(a chat.Address) storage.Contact {
	return storage.Contact{ID: r.ID, Address: a, Source: r.Source, CreatedAt: r.CreatedAt.UTC(), Unreachable: !r.Reachable, New: r.New}
}

// stale says whether something is to be written when a contact c writes from its address a: they write from another of
// theirs than before, came back, or more is known of the address ($3 its kind, $4 its number).
const stale = `(c.deleted_at IS NOT NULL OR a.kind <> $3 OR $4::bytea IS NOT NULL AND a.phone_index IS DISTINCT FROM $4
	OR EXISTS (SELECT 1 FROM addresses o
		WHERE o.contact = c.id AND o.used_at >= a.used_at AND (o.network, o.key_index) <> (a.network, a.key_index)))`

// Writer returns who writes, created on first sight. A second key of theirs is kept beside the first where the contact has
// none of its kind. A number that belongs to a contact with another lasting key is somebody else's by now: whoever writes
// inherits nothing of it, and staff hear of that. Contact.Twin names a contact that is to be merged with this one. All of
// it happens once, however many processes see the person at the same time.
func (d *DB) Writer(ctx context.Context, w storage.Writer, now time.Time) (storage.Contact, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	const doing = "find a contact"
	lasting, alias, err := d.names(w)
	if err != nil {
		return storage.Contact{}, wrap(doing, err)
	}
	for met := false; ; {
		c, err := d.writer(ctx, lasting, alias, w, now, &met)
		if !errors.Is(err, sql.ErrNoRows) { // else another process met them a moment ago: now they are known
			c.New = c.New || met
			return c, wrap(doing, err)
		}
	}
}

// names are the keys of a writer as they are stored; the number is that of the key that may pass on, if there are two.
func (d *DB) names(w storage.Writer) (lasting, alias name, err error) {
	phone, err := d.indexOrNone("phone", w.Vouched)
	if err != nil {
		return lasting, alias, err
	}
	if lasting, err = d.name(w.Address); err != nil {
		return lasting, alias, err
	}
	if w.Alias.IsZero() {
		lasting.phone = phone
		return lasting, alias, nil
	}
	alias, err = d.name(w.Alias)
	alias.phone = phone
	return lasting, alias, err
}

func (d *DB) name(a chat.Address) (n name, err error) {
	n.Address = a
	if n.index, err = d.addressIndex(a); err != nil {
		return n, err
	}
	n.sealed, err = d.sealText(a.Key, addressAAD(a.Network, n.index))
	return n, err
}

// writer looks once; sql.ErrNoRows: look again.
func (d *DB) writer(ctx context.Context, lasting, alias name, w storage.Writer, now time.Time, met *bool) (storage.Contact, error) {
	if alias.IsZero() {
		return d.meet(ctx, lasting, w.Source, now)
	}
	p, err := d.pair(ctx, d.fast, lasting, alias)
	if err != nil {
		return storage.Contact{}, err
	}
	if p.settled() {
		if p.Stale {
			err = d.used(ctx, lasting, now, p.ID)
		}
		c := p.contact(lasting.Address)
		if p.twins() {
			c.Twin = p.Other
		}
		return c, err
	}
	if err := d.once(ctx, func(ctx context.Context, tx *sqlx.Tx) error {
		made, err := d.identify(ctx, tx, lasting, alias, w.Source, now)
		*met = *met || made
		return err
	}); err != nil && !errors.Is(err, sql.ErrNoRows) && !collided(err) {
		return storage.Contact{}, err
	}
	return storage.Contact{}, sql.ErrNoRows
}

// pair is what is known of two keys of one person.
type pair struct {
	metRow
	Other   storage.ContactID `db:"other"`   // whose the second key is
	Full    bool              `db:"full"`    // the contact of the first has a key of the second's kind
	Taken   bool              `db:"taken"`   // the contact of the second has another key of the first's kind
	Flagged bool              `db:"flagged"` // staff know that the second has passed on, or there is nobody to name to them
}

// twins says whether both are contacts, and neither has what the other would bring.
func (p pair) twins() bool {
	return p.ID != "" && p.Other != "" && p.Other != p.ID && !p.Full && !p.Taken
}

// settled says whether there is nothing to write but the time of use.
func (p pair) settled() bool {
	switch {
	case p.ID == "":
		return false
	case p.Other == "":
		return p.Full
	}
	return p.Other == p.ID || !p.Taken || p.Full || p.Flagged
}

func (d *DB) pair(ctx context.Context, from reader, lasting, alias name) (p pair, err error) {
	err = from.GetContext(ctx, &p, `
		SELECT coalesce(c.id, '') AS id, coalesce(c.source, '') AS source, coalesce(c.created_at, 'epoch') AS created_at,
		       coalesce(c.reachable, true) AS reachable, coalesce(`+stale+`, false) AS stale, false AS new, coalesce(b.contact, '') AS other,
		       EXISTS (SELECT 1 FROM addresses o WHERE o.contact = a.contact AND o.network = $5 AND o.kind IN ($7, '')
				AND o.key_index <> $2) AS full,
		       EXISTS (SELECT 1 FROM addresses o WHERE o.contact = b.contact AND o.network = $1 AND o.kind IN ($3, '')
				AND o.key_index <> $6) AS taken,
		       NOT EXISTS (SELECT 1 FROM speaks_for s WHERE s.contact = b.contact AND NOT EXISTS (
				SELECT 1 FROM flags f WHERE f.owner = s.owner AND f.kind = 'number_moved' AND f.settled_at IS NULL)) AS flagged
		FROM (SELECT) AS one
		LEFT JOIN addresses a ON a.network = $1 AND a.key_index = $2
		LEFT JOIN contacts c ON c.id = a.contact
		LEFT JOIN addresses b ON b.network = $5 AND b.key_index = $6`,
		lasting.Network, lasting.index, lasting.Kind(), lasting.phone, alias.Network, alias.index, alias.Kind())
	return p, err
}

// identify writes down what a message with two keys teaches. What it saw before it had the keys' locks is looked at again.
func (d *DB) identify(ctx context.Context, tx *sqlx.Tx, lasting, alias name, source string, now time.Time) (met bool, err error) {
	locks := []int64{indexLock(lasting.index), indexLock(alias.index)}
	if bytes.Compare(lasting.index, alias.index) > 0 {
		locks[0], locks[1] = locks[1], locks[0]
	}
	for _, lock := range locks {
		if _, err := tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock($1)`, lock); err != nil {
			return false, err
		}
	}
	p, err := d.pair(ctx, tx, lasting, alias)
	if err != nil || p.settled() {
		return false, err
	}
	switch {
	case p.ID != "" && p.Other == "":
		return false, d.attach(ctx, tx, alias, p.ID, now.Add(-time.Microsecond))
	case p.ID != "":
		return false, d.numberMoved(ctx, tx, p.Other, p.ID)
	case p.Other != "" && !p.Taken:
		return false, d.attach(ctx, tx, lasting, p.Other, now)
	}
	id := storage.ContactID(d.id())
	if _, err := tx.ExecContext(ctx, `INSERT INTO contacts (id, source, created_at) VALUES ($1, $2, $3)`, id, source, utc(now)); err != nil {
		return false, err
	}
	if err := d.attach(ctx, tx, lasting, id, now); err != nil {
		return false, err
	}
	if p.Other == "" {
		return true, d.attach(ctx, tx, alias, id, now.Add(-time.Microsecond))
	}
	return true, d.numberMoved(ctx, tx, p.Other, id)
}

// attach gives a contact that still stands for itself one more address; sql.ErrNoRows: look again.
func (d *DB) attach(ctx context.Context, tx *sqlx.Tx, n name, c storage.ContactID, used time.Time) error {
	done, err := tx.ExecContext(ctx, `
		WITH whose AS (SELECT id FROM contacts WHERE id = $4 AND merged_into IS NULL FOR KEY SHARE)
		INSERT INTO addresses (network, key_index, key_sealed, contact, used_at, kind, phone_index)
		SELECT $1, $2, $3, id, $5, $6, $7 FROM whose ON CONFLICT (network, key_index) DO NOTHING`,
		n.Network, n.index, n.sealed, c, utc(used), n.Kind(), n.phone)
	if err != nil {
		return err
	}
	if got, err := done.RowsAffected(); err != nil || got == 1 {
		return err
	}
	return sql.ErrNoRows
}

// used writes down that a contact writes from an address now, and what is known of it.
func (d *DB) used(ctx context.Context, n name, now time.Time, c storage.ContactID) error {
	_, err := d.fast.ExecContext(ctx, `
		WITH used AS (UPDATE addresses SET used_at = $3, kind = $5, phone_index = coalesce($6, phone_index) WHERE network = $1 AND key_index = $2)
		UPDATE contacts SET deleted_at = NULL WHERE id = $4 AND deleted_at IS NOT NULL`,
		n.Network, n.index, utc(now), c, n.Kind(), n.phone)
	return err
}

// numberMoved flags the owners of a contact whose number somebody else writes by now, and has staff told.
func (d *DB) numberMoved(ctx context.Context, tx *sqlx.Tx, from, to storage.ContactID) error {
	if _, err := tx.ExecContext(ctx, `
		INSERT INTO flags (owner, kind, raised_at) SELECT owner, 'number_moved', $2 FROM speaks_for WHERE contact = $1
		ON CONFLICT (owner, kind, coalesce(other, '')) WHERE settled_at IS NULL DO NOTHING`, from, d.at()); err != nil {
		return err
	}
	if err := audit(ctx, tx, d.at(), "contact:"+string(to), "take over number", string(from), nil, nil); err != nil {
		return err
	}
	return d.tell(ctx, tx, storage.NoticeNumberMoved, string(from)+"/"+string(to))
}
