package postgres

import (
	"context"
	"time"

	"titian/storage"
)

// backupsKept is how long good backups are remembered; the files go earlier.
const backupsKept = 90 * 24 * time.Hour

// Backup is one good backup.
type Backup struct {
	MadeAt    time.Time `db:"made_at"` // of the data in it
	Name      string    `db:"name"`    // of its file, without the folder
	SizeBytes int64     `db:"size_bytes"`
	Rows      int64     `db:"rows"`
	Files     int64     `db:"files"`
	Tested    bool      `db:"tested"` // it was restored on trial
}

// NoteBackup remembers a good backup, and forgets those long past.
func (d *DB) NoteBackup(ctx context.Context, b Backup) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	_, err := d.fast.ExecContext(ctx, `
		WITH past AS (DELETE FROM backups WHERE made_at < $7)
		INSERT INTO backups (made_at, name, size_bytes, rows, files, tested) VALUES ($1, $2, $3, $4, $5, $6)`,
		utc(b.MadeAt), b.Name, b.SizeBytes, b.Rows, b.Files, b.Tested, d.at().Add(-backupsKept))
	return wrap("note a backup", err)
}

// LastBackup is the newest good backup; storage.ErrNotFound when there was none.
func (d *DB) LastBackup(ctx context.Context) (Backup, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	var b Backup
	err := d.fast.GetContext(ctx, &b, `
		SELECT made_at, name, size_bytes, rows, files, tested FROM backups ORDER BY made_at DESC, id DESC LIMIT 1`)
	b.MadeAt = b.MadeAt.UTC()
	return b, wrap("find the last backup", err)
}

// QuestionOwed is someone whose question is put again.
type QuestionOwed struct {
	Contact storage.ContactID `db:"contact"`
	Since   time.Time         `db:"since"` // when the process that may have lost their answer last lived
}

// lostWithin is how long before its last sign of life a process may have heard what was lost with it, and owedFor how
// long a question stays owed to a network that runs nowhere.
const (
	lostWithin = time.Minute
	owedFor    = 7 * 24 * time.Hour
)

// OweQuestions is called before Begin, with the id of the process and the run id of its Redis, "" when that is not known.
// When the one before it ended uncleanly on another Redis, or an unknown one, the last second of conversations may be
// lost: whoever was heard, or first seen, in its last minute is owed their question. It may be repeated.
func (d *DB) OweQuestions(ctx context.Context, id, redis string) (owed int, err error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	result, err := d.fast.ExecContext(ctx, `
		WITH ended AS (
			SELECT max(beat_at) AS at, min(beat_at) - $4 * interval '1 second' AS since FROM processes
			WHERE stopped_at IS NULL AND (id = $1 OR beat_at < $3) AND ($2 = '' OR redis <> $2)
		), past AS (
			DELETE FROM questions_owed WHERE since < $5)
		INSERT INTO questions_owed (contact, since)
		SELECT c.id, e.at FROM ended e, contacts c LEFT JOIN snapshots s ON s.contact = c.id
		WHERE e.at IS NOT NULL AND c.reachable AND c.deleted_at IS NULL AND c.merged_into IS NULL
		  AND (s.heard_at >= e.since OR (s.contact IS NULL AND c.created_at >= e.since))
		ON CONFLICT (contact) DO NOTHING`, id, redis, d.at().Add(-silentFor), lostWithin.Seconds(), d.at().Add(-owedFor))
	if err != nil {
		return 0, wrap("find whose question is owed", err)
	}
	n, err := result.RowsAffected()
	return int(n), wrap("find whose question is owed", err)
}

// StandsOn notes, after Begin, which Redis a process stands on.
func (d *DB) StandsOn(ctx context.Context, id, redis string) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	_, err := d.fast.ExecContext(ctx, `UPDATE processes SET redis = $2 WHERE id = $1`, id, redis)
	return wrap("note the Redis of process "+id, err)
}

// QuestionsOwed are those not yet put again, after the contact given, at most limit.
func (d *DB) QuestionsOwed(ctx context.Context, after storage.ContactID, limit int) ([]QuestionOwed, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	var list []QuestionOwed
	err := d.fast.SelectContext(ctx, &list, `
		SELECT contact, since FROM questions_owed WHERE contact > $1 ORDER BY contact LIMIT $2`, after, limit)
	return list, wrap("read whose question is owed", err)
}

// QuestionPut notes that a question was put again.
func (d *DB) QuestionPut(ctx context.Context, q QuestionOwed) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	_, err := d.fast.ExecContext(ctx, `DELETE FROM questions_owed WHERE contact = $1`, q.Contact)
	return wrap("note that a question was put", err)
}
