package postgres

import (
	"context"
	"fmt"

	"titian/storage"
)

// keepFile notes a file, and anew what it is for once the person has said so. A
// file that was filed, or is another's, is an error.
func (t *turn) keepFile(ctx context.Context, e storage.KeepFile) error {
	kept, err := t.tx.ExecContext(ctx, `
		INSERT INTO files (id, contact, purpose, mime, size_bytes, sha256, created_at, marks)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (id) DO UPDATE SET purpose = EXCLUDED.purpose, marks = EXCLUDED.marks
		WHERE files.contact = EXCLUDED.contact AND files.owner IS NULL AND files.deleted_at IS NULL`,
		e.ID, t.key.Contact, e.Purpose, e.MIME, e.SizeBytes, e.SHA256, t.at, list(e.Marks))
	if err != nil {
		return err
	}
	if n, err := kept.RowsAffected(); err != nil || n == 1 {
		return err
	}
	return fmt.Errorf("keep file %s: it belongs to something else", e.ID)
}

// dropFiles gives up files of this contact, or of owners it speaks for; ids of others are passed over.
func (t *turn) dropFiles(ctx context.Context, e storage.DropFiles) error {
	if len(e.IDs) == 0 {
		return nil
	}
	var ids []string
	if err := t.tx.SelectContext(ctx, &ids, `
		UPDATE files SET deleted_at = $3, sha256 = '', owner = NULL
		WHERE id = ANY ($2) AND deleted_at IS NULL
		  AND (contact = $1 OR owner IN (SELECT owner FROM speaks_for WHERE contact = $1))
		RETURNING id`, t.key.Contact, list(e.IDs), t.at); err != nil {
		return err
	}
	return t.deleteFilesLater(ctx, ids)
}

// KnownFiles says which of the files are known and not given up: a file in the vault that is not may be swept.
func (d *DB) KnownFiles(ctx context.Context, ids []storage.FileID) (map[storage.FileID]bool, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	var found []storage.FileID
	if err := d.fast.SelectContext(ctx, &found, `
		SELECT id FROM files WHERE id = ANY ($1) AND deleted_at IS NULL`, list(ids)); err != nil {
		return nil, wrap("look up files", err)
	}
	known := make(map[storage.FileID]bool, len(found))
	for _, id := range found {
		known[id] = true
	}
	return known, nil
}

// ForgetFiles removes the rows of files that the vault has let go of.
func (d *DB) ForgetFiles(ctx context.Context, ids []storage.FileID) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	_, err := d.fast.ExecContext(ctx, `DELETE FROM files WHERE id = ANY ($1) AND deleted_at IS NOT NULL`, list(ids))
	return wrap("forget files", err)
}
