package postgres

import (
	"context"
	"database/sql"
	"errors"

	"github.com/riverqueue/river"

	"titian/storage"
)

// allowMove makes the word by which an owner moves to another chat; words given before for that owner are withdrawn.
func (t *turn) allowMove(ctx context.Context, e storage.AllowMove) error {
	c, may, err := t.asStaff(ctx, storage.RoleOfficer, storage.RoleAdmin)
	if !may {
		return err
	}
	var owner storage.OwnerID
	err = t.tx.GetContext(ctx, &owner, `SELECT owner FROM registrations WHERE number = $1`, e.Number)
	if errors.Is(err, sql.ErrNoRows) {
		t.out.Staff.Refused = storage.RefusedUnknown
		return nil
	}
	if err != nil {
		return err
	}
	word := newCode()
	index, err := t.codeIndex("move", word)
	if err != nil {
		return err
	}
	if _, err := t.tx.ExecContext(ctx, `
		UPDATE codes SET ended_at = $2 WHERE kind = 'move' AND owner = $1 AND ended_at IS NULL`, owner, t.at); err != nil {
		return err
	}
	if _, err := t.tx.ExecContext(ctx, `
		INSERT INTO codes (code_index, kind, owner, made_by, made_at, expires_at) VALUES ($1, 'move', $2, $3, $4, $5)`,
		index, owner, c.actor, t.at, t.at.Add(storage.CodeLife)); err != nil {
		return err
	}
	t.out.Staff.Code, t.out.Staff.Number = word, e.Number
	return audit(ctx, t.tx, t.at, c.actor, "allow move", string(owner), nil, nil)
}

// moveOwner moves the owner of a word to this contact. Whoever spoke for the owner before does so no longer: a lost
// phone must lose its hold, and the word was given to the person themselves.
func (t *turn) moveOwner(ctx context.Context, e storage.MoveOwner) error {
	misses, may, err := t.quota(ctx)
	if err != nil || !may {
		return errors.Join(err, t.missed(ctx, misses))
	}
	index, err := t.codeIndex("move", e.Word)
	if err != nil {
		return err
	}
	var owner storage.OwnerID
	err = t.tx.GetContext(ctx, &owner, `
		UPDATE codes SET ended_at = $2 WHERE code_index = $1 AND kind = 'move' AND ended_at IS NULL AND expires_at > $2
		RETURNING owner`, index, t.at)
	if errors.Is(err, sql.ErrNoRows) {
		return t.missed(ctx, misses)
	}
	if err != nil {
		return err
	}
	var number string
	err = t.tx.GetContext(ctx, &number, `
		SELECT r.number FROM owners o JOIN registrations r ON r.owner = o.id WHERE o.id = $1 FOR UPDATE OF o`, owner)
	if errors.Is(err, sql.ErrNoRows) { // deleted since
		t.out.Staff.Refused = storage.RefusedCode
		return nil
	}
	if err != nil {
		return err
	}
	var old []struct {
		Contact storage.ContactID `db:"contact"`
		Network string            `db:"network"`
	}
	if err := t.tx.SelectContext(ctx, &old, `
		WITH gone AS (DELETE FROM speaks_for WHERE owner = $1 AND contact <> $2 RETURNING contact)
		SELECT g.contact, coalesce((SELECT network FROM addresses a WHERE a.contact = g.contact ORDER BY used_at DESC, network LIMIT 1), '') AS network
		FROM gone g`, owner, t.key.Contact); err != nil {
		return err
	}
	if _, err := t.tx.ExecContext(ctx, `
		WITH back AS (UPDATE contacts SET deleted_at = NULL WHERE id = $1 AND deleted_at IS NOT NULL)
		INSERT INTO speaks_for (contact, owner, role, since) VALUES ($1, $2, 'self', $3)
		ON CONFLICT (contact, owner) DO NOTHING`, t.key.Contact, owner, t.at); err != nil {
		return err
	}
	if _, err := t.tx.ExecContext(ctx, `UPDATE applications SET contact = $2 WHERE owner = $1`, owner, t.key.Contact); err != nil {
		return err
	}
	left := []string{}
	for _, o := range old {
		if _, err := t.tx.ExecContext(ctx, `
			UPDATE threads SET closed_at = $2, closed_by = 'owner', waiting_since = NULL WHERE contact = $1 AND closed_at IS NULL`, o.Contact, t.at); err != nil {
			return err
		}
		left = append(left, string(o.Contact))
		if o.Network == "" {
			continue // nothing is known of it any more
		}
		job := NotifyStaff{What: storage.NoticeDetached, Event: string(owner) + "/" + t.id(), Recipient: string(o.Contact)}
		if _, err := t.jobs.InsertTx(ctx, t.tx.Tx, job, &river.InsertOpts{Queue: o.Network}); err != nil {
			return err
		}
	}
	t.out.Owner, t.out.Staff.Number = owner, number
	return t.audit(ctx, "move owner", string(owner), map[string]any{"contacts": left}, map[string]any{"contacts": []string{string(t.key.Contact)}})
}
