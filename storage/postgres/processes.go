package postgres

import (
	"context"
	"time"
)

// silentFor is how long a process may be without a beat before it counts as dead.
const silentFor = 30 * time.Second

// Begin says that a process starts, and whether one before it ended uncleanly: the same id that never finished, or
// another one that fell silent. Each unclean end is told once.
func (d *DB) Begin(ctx context.Context, id string, networks ...string) (unclean bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	err = d.fast.GetContext(ctx, &unclean, `
		WITH before AS (SELECT id FROM processes WHERE stopped_at IS NULL AND (id = $1 OR beat_at < $4) FOR UPDATE),
		dead AS (
			UPDATE processes p SET stopped_at = p.beat_at FROM before b
			WHERE p.id = b.id AND p.id <> $1),
		mine AS (
			INSERT INTO processes (id, networks, started_at, beat_at) VALUES ($1, $2, $3, $3)
			ON CONFLICT (id) DO UPDATE SET
				networks = excluded.networks, started_at = excluded.started_at, beat_at = excluded.beat_at, stopped_at = NULL)
		SELECT EXISTS (SELECT 1 FROM before)`, id, list(networks), d.at(), d.at().Add(-silentFor))
	return unclean, wrap("begin process "+id, err)
}

// Beat says that a process lives. Call it every ten seconds.
func (d *DB) Beat(ctx context.Context, id string) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	_, err := d.fast.ExecContext(ctx, `
		UPDATE processes SET beat_at = $2, stopped_at = NULL WHERE id = $1`, id, d.at())
	return wrap("note that process "+id+" lives", err)
}

// Finish says that a process ended in order.
func (d *DB) Finish(ctx context.Context, id string) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	_, err := d.fast.ExecContext(ctx, `
		UPDATE processes SET beat_at = $2, stopped_at = $2 WHERE id = $1`, id, d.at())
	return wrap("finish process "+id, err)
}
