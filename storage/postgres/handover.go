package postgres

import (
	"context"
	"database/sql"

	"titian/storage"
)

// HandOver opens an application and everything its owner told, as they stand at one moment, for somebody outside the bot. It is
// written into the audit under the actor's name before anything is read. storage.ErrNotFound: there is none of that number.
func (d *DB) HandOver(ctx context.Context, number, actor string) (storage.Application, storage.Dossier, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	doing := "hand over application " + number
	a, dossier, err := d.handOver(ctx, number, actor)
	return a, dossier, wrap(doing, err)
}

func (d *DB) handOver(ctx context.Context, number, actor string) (a storage.Application, dossier storage.Dossier, err error) {
	var id storage.ApplicationID
	if err := d.fast.GetContext(ctx, &id, `SELECT id FROM applications WHERE number = $1`, number); err != nil {
		return a, dossier, err
	}
	if err := audit(ctx, d.fast, d.at(), actor, "take dossier", string(id), nil, nil); err != nil {
		return a, dossier, err
	}
	return d.atOneMoment(ctx, id)
}

// Told opens an application and everything its owner told, as they stand at one moment, for who stands in the audit already.
func (d *DB) Told(ctx context.Context, id storage.ApplicationID) (storage.Application, storage.Dossier, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	a, dossier, err := d.atOneMoment(ctx, id)
	return a, dossier, wrap("open application "+string(id), err)
}

func (d *DB) atOneMoment(ctx context.Context, id storage.ApplicationID) (a storage.Application, dossier storage.Dossier, err error) {
	tx, err := d.fast.BeginTxx(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
	if err != nil {
		return a, dossier, err
	}
	defer tx.Rollback() //nolint:errcheck // it only read
	if a, err = d.application(ctx, tx, d.at(), id); err != nil {
		return a, dossier, err
	}
	dossier, err = d.dossier(ctx, tx, id)
	return a, dossier, err
}

// HandedFile is a file with the application it belongs to.
type HandedFile struct {
	ID          storage.FileID        `db:"id"`
	Application storage.ApplicationID `db:"application"` // that names it and has the same owner; "": none
	MIME        string                `db:"mime"`
	SizeBytes   int64                 `db:"size_bytes"`
	SHA256      string                `db:"sha256"`
}

// FilesSeenFrom tells of the files among ids that were not given up. One that several applications of an owner name belongs to
// the one that asks.
func (d *DB) FilesSeenFrom(ctx context.Context, asking storage.ApplicationID, ids []storage.FileID) ([]HandedFile, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	var files []HandedFile
	err := d.fast.SelectContext(ctx, &files, `
		SELECT f.id, f.mime, f.size_bytes, f.sha256, coalesce((
			SELECT a.id FROM applications a
			WHERE a.owner = f.owner AND (f.id = ANY (a.files)
			   OR EXISTS (SELECT FROM application_items i WHERE i.application = a.id AND f.id = ANY (i.files)))
			ORDER BY a.id <> $1, a.id LIMIT 1), '') AS application
		FROM files f WHERE f.id = ANY ($2) AND f.deleted_at IS NULL ORDER BY f.id`, asking, list(ids))
	return files, wrap("look up the files of application "+string(asking), err)
}
