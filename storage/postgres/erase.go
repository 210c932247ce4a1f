package postgres

import (
	"context"

	"titian/storage"
)

// deleteOwner erases an owner this contact speaks for. What stays: a tombstone with the number, the consents without
// the words that were typed, audit rows, which hold no values, the rows of places in the ledger, which name nobody, and
// by what a list given again knows the person.
func (t *turn) deleteOwner(ctx context.Context, e storage.DeleteOwner) error {
	if err := t.speaksFor(ctx, e.Owner); err != nil {
		return err
	}
	if err := t.deleteApplications(ctx, e.Owner); err != nil {
		return err
	}
	if err := t.unlistOwner(ctx, e.Owner); err != nil {
		return err
	}
	var number string
	if err := t.tx.GetContext(ctx, &number, `
		WITH gone AS (DELETE FROM registrations WHERE owner = $1 RETURNING number),
		words AS (UPDATE consents SET word_sealed = NULL WHERE owner = $1 AND word_sealed IS NOT NULL),
		raised AS (DELETE FROM flags WHERE owner = $1 OR other = $1),
		wished AS (UPDATE wishes SET owner = NULL WHERE owner = $1)
		INSERT INTO tombstones (kind, id, number, reason, deleted_at)
		SELECT 'owner', $1, coalesce((SELECT number FROM gone), ''), 'asked', $2::timestamptz
		RETURNING number`, e.Owner, t.at); err != nil {
		return err
	}
	var files []string
	if err := t.tx.SelectContext(ctx, &files, `
		UPDATE files SET deleted_at = $2, sha256 = '', owner = NULL
		WHERE owner = $1 AND deleted_at IS NULL RETURNING id`, e.Owner, t.at); err != nil {
		return err
	}
	if err := t.deleteFilesLater(ctx, files); err != nil {
		return err
	}
	if err := t.eraseThreads(ctx, t.key.Contact); err != nil {
		return err
	}
	if err := t.eraseRecipients(ctx, `owner = $1`, string(e.Owner)); err != nil {
		return err
	}
	if err := t.forgetRecords(ctx, e.Owner); err != nil {
		return err
	}
	if _, err := t.tx.ExecContext(ctx, `DELETE FROM speaks_for WHERE owner = $1`, e.Owner); err != nil {
		return err
	}
	if _, err := t.tx.ExecContext(ctx, `DELETE FROM owners WHERE id = $1`, e.Owner); err != nil {
		return err
	}
	t.out.Owner, t.out.Deleted = e.Owner, number
	return t.audit(ctx, "delete owner", string(e.Owner), nil, nil)
}

// eraseRecipients makes nameless rows of what broadcasts' ledgers hold of somebody: they still add up.
func (t *turn) eraseRecipients(ctx context.Context, whose, id string) error {
	if err := t.leaves(ctx, "x."+whose, id); err != nil {
		return err
	}
	_, err := t.tx.ExecContext(ctx, `
		UPDATE recipients SET contact = NULL, owner = NULL, ref = '',
			state = CASE state WHEN 'pending' THEN 'skipped' ELSE state END, cause = CASE state WHEN 'pending' THEN 'deleted' ELSE cause END
		WHERE `+whose, id)
	return err
}

// forgetRecords empties what conversations said of an owner: this contact's older turns and parked messages, and of
// its other contacts the turns that a newer snapshot has overtaken. The rows stay, so that no late writer finds a key free.
func (t *turn) forgetRecords(ctx context.Context, owner storage.OwnerID) error {
	t.erased = true
	_, err := t.tx.ExecContext(ctx, `
		WITH parked AS (DELETE FROM parked WHERE contact = $1),
		merged AS (DELETE FROM snapshots WHERE contact IN (SELECT id FROM contacts WHERE merged_into = $1))
		UPDATE turns SET record = NULL
		WHERE record IS NOT NULL
		  AND (contact = $1 AND seq < $2 OR contact IN (SELECT id FROM contacts WHERE merged_into = $1)
		       OR contact IN (SELECT contact FROM speaks_for WHERE owner = $3 AND contact <> $1)
		          AND seq < (SELECT s.seq FROM snapshots s WHERE s.contact = turns.contact))`,
		t.key.Contact, t.key.Seq, owner)
	return err
}

// deleteContact erases what is the contact's own: drafts, files that are no owner's, wishes, the words of its consents.
// Its address is still needed for the answer to this turn; a sweep takes that a day later, if nobody wrote.
func (t *turn) deleteContact(ctx context.Context, e storage.DeleteContact) error {
	if err := t.unlist(ctx, `i.id = $1 AND i.claimed_by IS NULL`, e.Listed); err != nil {
		return err
	}
	var files []string
	if err := t.tx.SelectContext(ctx, &files, `
		UPDATE files SET deleted_at = $2, sha256 = ''
		WHERE contact = $1 AND owner IS NULL AND deleted_at IS NULL RETURNING id`, t.key.Contact, t.at); err != nil {
		return err
	}
	if err := t.deleteFilesLater(ctx, files); err != nil {
		return err
	}
	if err := t.eraseThreads(ctx, t.key.Contact); err != nil {
		return err
	}
	if err := t.eraseRecipients(ctx, `contact = $1`, string(t.key.Contact)); err != nil {
		return err
	}
	if err := t.forgetRecords(ctx, ""); err != nil {
		return err
	}
	if _, err := t.tx.ExecContext(ctx, `
		WITH wished AS (DELETE FROM wishes WHERE contact = $1),
		words AS (UPDATE consents SET word_sealed = NULL WHERE contact IN `+itself+` AND owner IS NULL AND word_sealed IS NOT NULL),
		bare AS (UPDATE contacts SET source = '', deleted_at = $2 WHERE id = $1)
		INSERT INTO tombstones (kind, id, reason, deleted_at) VALUES ('contact', $1, 'asked', $2)
		ON CONFLICT (kind, id) DO UPDATE SET reason = excluded.reason, deleted_at = excluded.deleted_at`,
		t.key.Contact, t.at); err != nil {
		return err
	}
	return t.audit(ctx, "delete contact", string(t.key.Contact), nil, nil)
}
