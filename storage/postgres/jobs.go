package postgres

import (
	"context"

	"github.com/riverqueue/river"

	"titian/storage"
)

// The queue of jobs that belong to no channel. The queue of a channel has its network's name.
const upkeepQueue = "upkeep"

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
