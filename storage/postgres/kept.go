package postgres

import (
	"context"

	"titian/storage"
)

// KeptFile is a file that the vault must hold, and what it was when it was put.
type KeptFile struct {
	ID           storage.FileID `db:"id"`
	Purpose      string         `db:"purpose"`
	SizeBytes    int64          `db:"size_bytes"`
	SHA256       string         `db:"sha256"` // "": not known
	Registration string         `db:"number"` // its number; "": of somebody who has none yet
}

// KeptFile is one of them; storage.ErrNotFound when there is none of that id, or it was given up.
func (d *DB) KeptFile(ctx context.Context, id storage.FileID) (KeptFile, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	var f KeptFile
	err := d.fast.GetContext(ctx, &f, `
		SELECT id, purpose, size_bytes, sha256, '' AS number FROM files WHERE id = $1 AND deleted_at IS NULL`, id)
	return f, wrap("read file "+string(id), err)
}

// FilesAfter are the files after the id given that were not given up, in the order of their ids, at most limit.
func (d *DB) FilesAfter(ctx context.Context, after storage.FileID, limit int) ([]KeptFile, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	var page []KeptFile
	err := d.fast.SelectContext(ctx, &page, `
		SELECT f.id, f.purpose, f.size_bytes, f.sha256, coalesce(r.number, '') AS number
		FROM files f LEFT JOIN registrations r ON r.owner = f.owner
		WHERE f.id > $1 AND f.deleted_at IS NULL ORDER BY f.id LIMIT $2`, after, limit)
	return page, wrap("read the files", err)
}
