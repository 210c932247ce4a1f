package postgres

import (
	"context"
	"fmt"

	"github.com/riverqueue/river"

	"titian/storage"
)

// Deleter takes a file out of the vault; one that is not there is no error.
type Deleter interface {
	Delete(ctx context.Context, id string) error
}

// DeleteFiles is the job that takes given up files out of the vault.
type DeleteFiles struct {
	FileIDs []storage.FileID `json:"file_ids"`
}

// Kind names the job.
func (DeleteFiles) Kind() string { return "delete_files" }

// InsertOpts puts it where some process always works.
func (DeleteFiles) InsertOpts() river.InsertOpts { return river.InsertOpts{Queue: upkeepQueue} }

func (t *turn) deleteFilesLater(ctx context.Context, ids []string) error {
	if len(ids) == 0 {
		return nil
	}
	job := DeleteFiles{}
	for _, id := range ids {
		job.FileIDs = append(job.FileIDs, storage.FileID(id))
	}
	_, err := t.jobs.InsertTx(ctx, t.tx.Tx, job, nil)
	return err
}

type deleteFilesWorker struct {
	river.WorkerDefaults[DeleteFiles]
	db    *DB
	vault Deleter
}

// Work forgets a file's row only when the vault has let go of it.
func (w *deleteFilesWorker) Work(ctx context.Context, job *river.Job[DeleteFiles]) error {
	for _, id := range job.Args.FileIDs {
		if err := w.vault.Delete(ctx, string(id)); err != nil {
			return fmt.Errorf("delete file %s: %w", id, err)
		}
	}
	return w.db.ForgetFiles(ctx, job.Args.FileIDs)
}
