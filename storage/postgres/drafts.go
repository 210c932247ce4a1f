package postgres

import (
	"context"
	"time"

	"github.com/jmoiron/sqlx"

	"titian/storage"
)

// warnBefore is how long before its draft goes a contact is warned.
const warnBefore = 7 * 24 * time.Hour

// Draft is a conversation that nobody went on with.
type Draft struct {
	Contact    storage.ContactID `db:"contact"`
	Flow       string            `db:"flow"` // empty: nothing was begun
	Question   string            `db:"question"`
	HeardAt    time.Time         `db:"heard_at"`
	Registered bool              `db:"registered"` // the contact speaks for an owner or is staff, and only its draft is old
}

// drafts are contacts that never registered, and registered ones with something unfinished. One that was deleted and
// wrote since is like any other; one whose message still waits has not been silent.
const drafts = `
	SELECT c.id AS contact, coalesce(s.flow, '') AS flow, coalesce(s.question, '') AS question,
	       coalesce(s.heard_at, c.created_at) AS heard_at, c.warned_at, own.registered
	FROM contacts c
	LEFT JOIN snapshots s ON s.contact = c.id
	CROSS JOIN LATERAL (SELECT EXISTS (SELECT 1 FROM speaks_for f WHERE f.contact = c.id)
		OR EXISTS (SELECT 1 FROM staff f WHERE f.contact = c.id AND f.removed_at IS NULL) AS registered) own
	WHERE c.merged_into IS NULL AND (c.deleted_at IS NULL OR s.heard_at > c.deleted_at + interval '1 minute') AND (NOT own.registered OR s.flow <> '')
	  AND NOT EXISTS (SELECT 1 FROM inbox i WHERE i.contact = c.id AND i.done_at IS NULL)`

// DraftsToWarn are those that go within a week, kept days after their last message, and were not warned since it.
func (d *DB) DraftsToWarn(ctx context.Context, days int) ([]Draft, error) {
	return d.listDrafts(ctx, "list drafts to warn", `
		SELECT contact, flow, question, heard_at, registered FROM (`+drafts+`) AS d
		WHERE heard_at <= $1 AND (warned_at IS NULL OR warned_at < heard_at)
		ORDER BY heard_at LIMIT 1000`, d.at().Add(-age(days)+warnBefore))
}

// DraftsToPurge are those that are over their time and were warned a week ago. One of a Registered contact goes by a
// turn with DeleteContact, so that the conversation knows; the others by PurgeDraft.
func (d *DB) DraftsToPurge(ctx context.Context, days int) ([]Draft, error) {
	return d.listDrafts(ctx, "list drafts to purge", `
		SELECT contact, flow, question, heard_at, registered FROM (`+drafts+`) AS d
		WHERE heard_at <= $1 AND warned_at >= heard_at AND warned_at <= $2
		ORDER BY heard_at LIMIT 1000`, d.at().Add(-age(days)), d.at().Add(-warnBefore))
}

// DraftWarned remembers that a contact was told, or that nobody can tell it.
func (d *DB) DraftWarned(ctx context.Context, contact storage.ContactID) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	_, err := d.fast.ExecContext(ctx, `UPDATE contacts SET warned_at = $2 WHERE id = $1`, contact, d.at())
	return wrap("note a warning", err)
}

// PurgeDraft removes a contact that never registered, with its files, as DraftsToPurge listed it; storage.ErrConflict
// when that is no longer so. Its record in Redis is the caller's to remove, after this.
func (d *DB) PurgeDraft(ctx context.Context, contact storage.ContactID, days int) error {
	return d.inTx(ctx, "purge the draft of contact "+string(contact), func(ctx context.Context, tx *sqlx.Tx) error {
		var due []storage.ContactID
		if err := tx.SelectContext(ctx, &due, `
			WITH locked AS (SELECT id FROM contacts WHERE id = $3 FOR UPDATE)
			SELECT contact FROM (`+drafts+`) AS d JOIN locked ON locked.id = d.contact
			WHERE NOT registered AND heard_at <= $1 AND warned_at >= heard_at AND warned_at <= $2`,
			d.at().Add(-age(days)), d.at().Add(-warnBefore), contact); err != nil {
			return err
		}
		if len(due) == 0 {
			return storage.ErrConflict
		}
		if err := d.forgetContact(ctx, tx, contact, "idle"); err != nil {
			return err
		}
		return audit(ctx, tx, d.at(), "retention", "purge draft", string(contact), nil, nil)
	})
}

func (d *DB) listDrafts(ctx context.Context, doing, query string, args ...any) ([]Draft, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	var list []Draft
	if err := d.slow.SelectContext(ctx, &list, query, args...); err != nil {
		return nil, wrap(doing, err)
	}
	for i := range list {
		list[i].HeardAt = list[i].HeardAt.UTC()
	}
	return list, nil
}

func age(days int) time.Duration { return time.Duration(days) * 24 * time.Hour }
