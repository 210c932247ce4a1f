package postgres

import (
	"context"
	"time"

	"titian/bot/chat"
	"titian/storage"
)

// Watchers are the members of staff who made, confirmed or started a broadcast, if it was not shown to them for a time:
// whoever asks shows it to them now, and no other process does.
func (d *DB) Watchers(ctx context.Context, id storage.BroadcastID, every time.Duration) ([]storage.Watcher, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	doing := "say who watches " + subject(id)
	var rows []struct {
		Staff   storage.StaffID   `db:"id"`
		Contact storage.ContactID `db:"contact"`
		Network chat.Network      `db:"network"`
		Index   []byte            `db:"key_index"`
		Sealed  []byte            `db:"key_sealed"`
		Ref     string            `db:"ref"`
	}
	if err := d.fast.SelectContext(ctx, &rows, `
		WITH mine AS (UPDATE broadcasts SET shown_at = $2 WHERE id = $1 AND (shown_at IS NULL OR shown_at <= $3) RETURNING id, made_by, confirmed_by, started_by)
		SELECT s.id, s.contact, a.network, a.key_index, a.key_sealed, coalesce(k.ref, '') AS ref
		FROM mine b JOIN staff s ON s.id IN (b.made_by, b.confirmed_by, b.started_by) AND s.removed_at IS NULL
		CROSS JOIN LATERAL (SELECT network, key_index, key_sealed FROM addresses a WHERE a.contact = s.contact ORDER BY `+lastUsed+` LIMIT 1) a
		LEFT JOIN broadcast_cards k ON k.broadcast = b.id AND k.staff = s.id`, id, d.at(), d.at().Add(-every)); err != nil {
		return nil, wrap(doing, err)
	}
	watchers := make([]storage.Watcher, len(rows))
	for i, r := range rows {
		key, err := d.openText(r.Sealed, addressAAD(r.Network, r.Index))
		if err != nil {
			return nil, wrap(doing, err)
		}
		watchers[i] = storage.Watcher{Staff: r.Staff, Contact: r.Contact, To: chat.Address{Network: r.Network, Key: key}, Ref: r.Ref}
	}
	return watchers, nil
}

// KeepCard stores how the network calls the message in which a member of staff sees a broadcast.
func (d *DB) KeepCard(ctx context.Context, id storage.BroadcastID, staff storage.StaffID, ref string) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	_, err := d.fast.ExecContext(ctx, `
		INSERT INTO broadcast_cards (broadcast, staff, ref) VALUES ($1, $2, $3)
		ON CONFLICT (broadcast, staff) DO UPDATE SET ref = excluded.ref`, id, staff, ref)
	return wrap("keep the card of "+subject(id), err)
}
