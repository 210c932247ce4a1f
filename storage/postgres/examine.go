package postgres

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
)

// Examination is what the server says of itself and of what Titian keeps on it.
type Examination struct {
	Version   string    // "15.8"
	Major     int       // 15
	Clock     time.Time // the server's
	Pending   []string  // migrations of this program that were not run, oldest first
	Newer     bool      // the schema was made by a later program than this one
	KeyCheck  []byte    // empty: nothing is sealed here yet
	Parked    int
	Inbox     int
	Oldest    time.Time // of the inbox; zero: it is empty
	Processes []Process
	Admins    int // who came and were not removed; -1: the schema has none yet
}

// Process is a titian that runs, or ran.
type Process struct {
	ID      string    `db:"id"`
	Started time.Time `db:"started_at"`
	Beat    time.Time `db:"beat_at"`
	Ended   bool      `db:"ended"` // in order, or noticed since
}

// Alive says whether it gave a sign of life of late.
func (p Process) Alive(now time.Time) bool { return !p.Ended && now.Sub(p.Beat) < silentFor }

// Examine looks and changes nothing: it works on an empty database, and on one of another version.
func (d *DB) Examine(ctx context.Context) (Examination, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	const doing = "examine the database"
	tx, err := d.fast.BeginTxx(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
	if err != nil {
		return Examination{}, wrap(doing, err)
	}
	defer tx.Rollback() //nolint:errcheck // it only read
	e := Examination{Admins: -1}
	var num string
	if err := tx.QueryRowContext(ctx, `
		SELECT current_setting('server_version'), current_setting('server_version_num'), clock_timestamp()`).Scan(&e.Version, &num, &e.Clock); err != nil {
		return e, wrap(doing, err)
	}
	e.Version, _, _ = strings.Cut(e.Version, " ")
	if n, err := strconv.Atoi(num); err == nil {
		e.Major = n / 10000
	}
	if err := e.schema(ctx, tx); err != nil {
		return e, wrap(doing, err)
	}
	for table, look := range map[string]func() error{
		"key_check": func() error { return tx.GetContext(ctx, &e.KeyCheck, `SELECT (SELECT value FROM key_check)`) },
		"parked":    func() error { return tx.GetContext(ctx, &e.Parked, `SELECT count(*) FROM parked`) },
		"staff": func() error {
			return tx.GetContext(ctx, &e.Admins, `SELECT count(*) FROM staff WHERE removed_at IS NULL AND role = 'admin'`)
		},
		"inbox": func() error {
			var oldest sql.NullTime
			err := tx.QueryRowContext(ctx, `SELECT count(*), min(received_at) FROM inbox WHERE done_at IS NULL`).Scan(&e.Inbox, &oldest)
			e.Oldest = oldest.Time
			return err
		},
		"processes": func() error {
			return tx.SelectContext(ctx, &e.Processes, `
				SELECT id, started_at, beat_at, stopped_at IS NOT NULL AS ended FROM processes ORDER BY beat_at DESC LIMIT 50`)
		},
	} {
		there, err := exists(ctx, tx, table)
		if err == nil && there {
			err = look()
		}
		if err != nil {
			return e, wrap(doing, err)
		}
	}
	return e, nil
}

func exists(ctx context.Context, tx *sqlx.Tx, table string) (there bool, err error) {
	err = tx.GetContext(ctx, &there, `SELECT to_regclass($1) IS NOT NULL`, table)
	return there, err
}

// schema compares the migrations that were run with those this program has.
func (e *Examination) schema(ctx context.Context, tx *sqlx.Tx) error {
	names, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return err
	}
	run := map[int64]bool{}
	there, err := exists(ctx, tx, "goose_db_version")
	if err != nil {
		return err
	}
	if there {
		var versions []int64
		if err := tx.SelectContext(ctx, &versions, `SELECT version_id FROM goose_db_version WHERE is_applied AND version_id > 0`); err != nil {
			return err
		}
		for _, v := range versions {
			run[v] = true
		}
	}
	for _, path := range names { // in the order of their numbers
		name := strings.TrimPrefix(path, "migrations/")
		number, _, _ := strings.Cut(name, "_")
		v, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			return fmt.Errorf("migration %s has no number", name)
		}
		if !run[v] {
			e.Pending = append(e.Pending, name)
		}
		delete(run, v)
	}
	e.Newer = len(run) > 0
	return nil
}

// Clock is the server's.
func (d *DB) Clock(ctx context.Context) (at time.Time, err error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	err = d.fast.GetContext(ctx, &at, `SELECT clock_timestamp()`)
	return at, wrap("ask the server for the time", err)
}
