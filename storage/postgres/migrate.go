package postgres

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"embed"
	"errors"
	"fmt"
	"hash/fnv"
	"io/fs"
	"time"

	"github.com/pressly/goose/v3"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/rivermigrate"
)

//go:embed migrations/*.sql
var migrations embed.FS

// lockPoll is how often a process asks again for a lock that another one holds. It asks instead of waiting inside the
// server, where a waiting statement would hold up CREATE INDEX CONCURRENTLY.
const lockPoll = 100 * time.Millisecond

// KeyCheck keeps the one key check value of the database, for the time the migration lock is held.
type KeyCheck struct{ db *DB }

// Migrate brings the schema, the job queue's too, to this program's version, one process at a time. underLock runs last
// while the lock is still held: the keyset is made there. It waits for another process as long as ctx lets it.
func (d *DB) Migrate(ctx context.Context, underLock func(context.Context, KeyCheck) error) error {
	conn, err := d.slow.Conn(ctx)
	if err != nil {
		return wrap("migrate", err)
	}
	defer discard(conn)
	if err := waitForLock(ctx, conn, lockID("migrate")); err != nil {
		return wrap("take the migration lock", err)
	}
	if err := d.migrateSchema(ctx); err != nil {
		return wrap("migrate the schema", err)
	}
	if err := d.migrateJobs(ctx); err != nil {
		return wrap("migrate the job queue", err)
	}
	if underLock == nil {
		return nil
	}
	return underLock(ctx, KeyCheck{d})
}

func (d *DB) migrateSchema(ctx context.Context) error {
	provider, err := d.provider(d.slow.DB)
	if err != nil {
		return err
	}
	done, err := provider.Up(ctx)
	for _, m := range done {
		d.log.InfoContext(ctx, "migrated", "migration", m.Source.Path, "took", m.Duration)
	}
	return err
}

// provider knows the migrations of the schema.
func (d *DB) provider(db *sql.DB) (*goose.Provider, error) {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(goose.DialectPostgres, db, files, goose.WithSlog(quiet(d.log)), goose.WithDisableGlobalRegistry(true))
}

func (d *DB) migrateJobs(ctx context.Context) error {
	migrator, err := rivermigrate.New(riverdatabasesql.New(d.slow.DB), &rivermigrate.Config{Logger: quiet(d.log)})
	if err != nil {
		return err
	}
	_, err = migrator.Migrate(ctx, rivermigrate.DirectionUp, nil)
	return err
}

// KeyCheck is the stored value; nil when there is none yet.
func (k KeyCheck) KeyCheck(ctx context.Context) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	var value []byte
	err := k.db.fast.GetContext(ctx, &value, `SELECT value FROM key_check`)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return value, wrap("read the key check", err)
}

// StoreKeyCheck replaces the stored value.
func (k KeyCheck) StoreKeyCheck(ctx context.Context, value []byte) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	_, err := k.db.fast.ExecContext(ctx, `
		INSERT INTO key_check (value) VALUES ($1)
		ON CONFLICT (one) DO UPDATE SET value = excluded.value`, value)
	return wrap("store the key check", err)
}

func waitForLock(ctx context.Context, conn *sql.Conn, id int64) error {
	again := time.NewTicker(lockPoll)
	defer again.Stop()
	for {
		var held bool
		if err := conn.QueryRowContext(ctx, `SELECT pg_try_advisory_lock($1)`, id).Scan(&held); err != nil {
			return err
		}
		if held {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("another process holds it: %w", ctx.Err())
		case <-again.C:
		}
	}
}

// discard closes the connection itself, and with it whatever locks it holds.
func discard(conn *sql.Conn) {
	conn.Raw(func(any) error { return driver.ErrBadConn }) //nolint:errcheck // this is how database/sql is told
	conn.Close()
}

// lockID turns a name into the number of an advisory lock.
func lockID(name string) int64 {
	h := fnv.New64a()
	h.Write([]byte("titian/" + name))
	return int64(h.Sum64())
}
