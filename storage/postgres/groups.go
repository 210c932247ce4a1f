package postgres

import (
	"context"

	"titian/bot/chat"
	"titian/storage"
)

// registerGroup lets a group hear of things, or no more.
func (t *turn) registerGroup(ctx context.Context, e storage.RegisterGroup) error {
	c, may, err := t.asStaff(ctx, storage.RoleAdmin)
	if !may {
		return err
	}
	index, err := t.addressIndex(e.Chat)
	if err != nil {
		return err
	}
	if e.Off {
		return t.dropGroup(ctx, c, e.Chat, index)
	}
	sealed, err := t.sealText(e.Chat.Key, groupAAD(e.Chat.Network, index))
	if err != nil {
		return err
	}
	id := t.id()
	done, err := t.tx.ExecContext(ctx, `
		INSERT INTO staff_groups (id, network, key_index, key_sealed, registered_by, since) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (network, key_index) WHERE removed_at IS NULL DO NOTHING`, id, e.Chat.Network, index, sealed, c.actor, t.at)
	if err != nil {
		return err
	}
	if n, err := done.RowsAffected(); err != nil || n == 0 {
		t.out.Staff.Refused = storage.RefusedAlready
		return err
	}
	return audit(ctx, t.tx, t.at, c.actor, "register group", id, nil, nil)
}

func (t *turn) dropGroup(ctx context.Context, c clerk, a chat.Address, index []byte) error {
	var gone []string
	if err := t.tx.SelectContext(ctx, &gone, `
		UPDATE staff_groups SET removed_at = $3 WHERE network = $1 AND key_index = $2 AND removed_at IS NULL
		RETURNING id`, a.Network, index, t.at); err != nil {
		return err
	}
	if len(gone) == 0 {
		t.out.Staff.Refused = storage.RefusedUnknown
		return nil
	}
	return audit(ctx, t.tx, t.at, c.actor, "drop group", gone[0], nil, nil)
}

// GroupGone forgets a group that the bot was put out of.
func (d *DB) GroupGone(ctx context.Context, id string) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	_, err := d.fast.ExecContext(ctx, `UPDATE staff_groups SET removed_at = $2 WHERE id = $1 AND removed_at IS NULL`, id, d.at())
	return wrap("forget a group", err)
}

// GroupMoved follows a group to its new key.
func (d *DB) GroupMoved(ctx context.Context, id string, to chat.Address) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	const doing = "follow a group"
	index, err := d.addressIndex(to)
	if err != nil {
		return wrap(doing, err)
	}
	sealed, err := d.sealText(to.Key, groupAAD(to.Network, index))
	if err != nil {
		return wrap(doing, err)
	}
	_, err = d.fast.ExecContext(ctx, `
		UPDATE staff_groups SET key_index = $2, key_sealed = $3 WHERE id = $1 AND removed_at IS NULL
		  AND NOT EXISTS (SELECT 1 FROM staff_groups WHERE network = $4 AND key_index = $2 AND removed_at IS NULL)`,
		id, index, sealed, to.Network)
	return wrap(doing, err)
}

func groupAAD(n chat.Network, index []byte) string { return "staff_groups/key/" + addressAAD(n, index) }

// Recipient is where a notice goes now; storage.ErrNotFound when that person was removed, cannot be reached or left.
func (d *DB) Recipient(ctx context.Context, id string) (storage.Recipient, error) {
	return d.RecipientBeside(ctx, id, "")
}

// RecipientBeside is where they are told of trouble of a network: in a chat elsewhere, if they have one.
func (d *DB) RecipientBeside(ctx context.Context, id string, trouble chat.Network) (storage.Recipient, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	const doing = "find where a notice goes"
	var row struct {
		Group   bool              `db:"is_group"`
		Role    storage.Role      `db:"role"`
		Contact storage.ContactID `db:"contact"`
		Network chat.Network      `db:"network"`
		Index   []byte            `db:"key_index"`
		Sealed  []byte            `db:"key_sealed"`
	}
	if err := d.fast.GetContext(ctx, &row, `
		(SELECT false AS is_group, s.role, s.contact, a.network, a.key_index, a.key_sealed
		 FROM staff s JOIN contacts c ON c.id = s.contact AND c.reachable JOIN addresses a ON a.contact = s.contact
		 WHERE s.id = $1 AND s.removed_at IS NULL ORDER BY a.network = $2, `+lastUsed+` LIMIT 1)
		UNION ALL
		SELECT true, '', '', network, key_index, key_sealed FROM staff_groups WHERE id = $1 AND removed_at IS NULL`, id, trouble); err != nil {
		return storage.Recipient{}, wrap(doing, err)
	}
	aad := addressAAD(row.Network, row.Index)
	if row.Group {
		aad = groupAAD(row.Network, row.Index)
	}
	key, err := d.openText(row.Sealed, aad)
	return storage.Recipient{ID: id, Group: row.Group, Role: row.Role, Contact: row.Contact,
		To: chat.Address{Network: row.Network, Key: key}}, wrap(doing, err)
}
