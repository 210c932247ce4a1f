package postgres

import (
	"context"
	"time"

	"github.com/riverqueue/river"

	"titian/storage"
)

// FetchFile is the job that fetches a person's file which could not be had when it was sent: its id only. It waits in the queue
// of the network where the file is, and keeps the cause of each try that failed.
type FetchFile struct {
	File storage.FileID `json:"file"`
}

// Kind names the job.
func (FetchFile) Kind() string { return "fetch_file" }

// LateFetcher fetches a file that waits; it gives up by itself after a day. An error asks for another try.
type LateFetcher interface {
	FetchNow(ctx context.Context, id storage.FileID) error
}

type fetchWorker struct {
	river.WorkerDefaults[FetchFile]
	by LateFetcher
}

func (w *fetchWorker) Work(ctx context.Context, job *river.Job[FetchFile]) error {
	return w.by.FetchNow(ctx, job.Args.File)
}

// fetchTries is more than a day of tries has room for.
const fetchTries = 100

// NextRetry doubles the pause from ten seconds to an hour.
func (w *fetchWorker) NextRetry(job *river.Job[FetchFile]) time.Time {
	pause := time.Hour
	if n := len(job.Errors); n < 9 {
		pause = min(pause, 10*time.Second<<n)
	}
	return time.Now().Add(pause)
}

func fetchAAD(id storage.FileID) string { return "fetches/body/" + string(id) }

func (t *turn) fetchLater(ctx context.Context, e storage.FetchLater) error {
	sealed, err := t.seal(e.Body, fetchAAD(e.ID))
	if err != nil {
		return err
	}
	done, err := t.tx.ExecContext(ctx, `
		INSERT INTO fetches (id, contact, body, at) VALUES ($1, $2, $3, $4) ON CONFLICT (id) DO NOTHING`, e.ID, t.key.Contact, sealed, t.at)
	if err != nil {
		return err
	}
	if n, err := done.RowsAffected(); err != nil || n == 0 {
		return err
	}
	_, err = t.jobs.InsertTx(ctx, t.tx.Tx, FetchFile{e.ID}, &river.InsertOpts{
		Queue: t.key.Network, MaxAttempts: fetchTries, ScheduledAt: time.Now().Add(10 * time.Second)})
	return err
}

func (t *turn) endFetch(ctx context.Context, e storage.EndFetch) error {
	_, err := t.tx.ExecContext(ctx, `
		UPDATE fetches SET ended_at = $3, outcome = $4, body = '' WHERE id = $1 AND contact = $2 AND ended_at IS NULL`, e.ID, t.key.Contact, t.at, e.Outcome)
	return err
}

// LateFile is one that waits to be fetched; storage.ErrNotFound when it does no more.
func (d *DB) LateFile(ctx context.Context, id storage.FileID) (f storage.LateFile, err error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	doing := "read file " + string(id) + ", which waits to be fetched"
	f.ID = id
	var sealed []byte
	if err := d.fast.QueryRowContext(ctx, `SELECT contact, body, at FROM fetches WHERE id = $1 AND ended_at IS NULL`, id).
		Scan(&f.Contact, &sealed, &f.At); err != nil {
		return f, wrap(doing, err)
	}
	f.At = f.At.UTC()
	f.Body, err = d.open(sealed, fetchAAD(id))
	return f, wrap(doing, err)
}

// FetchFailed counts a try, with its cause, which names no person.
func (d *DB) FetchFailed(ctx context.Context, id storage.FileID, cause string) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	_, err := d.fast.ExecContext(ctx, `UPDATE fetches SET tries = tries + 1, cause = left($2, 300) WHERE id = $1`, id, cause)
	return wrap("count a try to fetch a file", err)
}

// FetchCounts is how many files wait to be fetched, and how often those were tried.
func (d *DB) FetchCounts(ctx context.Context) (waiting, tries int, err error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	err = d.fast.QueryRowContext(ctx, `SELECT count(*), coalesce(sum(tries), 0) FROM fetches WHERE ended_at IS NULL`).Scan(&waiting, &tries)
	return waiting, tries, wrap("count files that wait to be fetched", err)
}
