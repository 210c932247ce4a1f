package postgres

import (
	"context"
	"database/sql"

	"github.com/jackc/pgx/v5"
)

// Holds names the tables in which something stands that a restore would remove; the key check alone is nothing.
// A server without Titian's schema holds nothing. Running are the processes that were alive a moment ago.
func (d *DB) Holds(ctx context.Context) (tables, running []string, err error) {
	conn, err := d.copier(ctx, "")
	if err != nil {
		return nil, nil, wrap("look what the database holds", err)
	}
	defer closeConn(conn)
	rows, err := conn.Query(ctx, `
		SELECT c.relname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
		WHERE n.nspname = current_schema() AND c.relkind = 'r' AND c.relname NOT LIKE 'river\_%'
		  AND c.relname::text <> ALL ($1) ORDER BY 1`, append([]string{"key_check", "backups"}, notDumped...))
	if err != nil {
		return nil, nil, wrap("look what the database holds", tidy(err))
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, nil, wrap("look what the database holds", tidy(err))
	}
	for _, name := range names {
		var some bool
		if err := conn.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM `+pgx.Identifier{name}.Sanitize()+`)`).Scan(&some); err != nil {
			return nil, nil, wrap("look what the database holds", tidy(err))
		}
		if some {
			tables = append(tables, name)
		}
	}
	running, err = d.alive(ctx)
	return tables, running, err
}

func (d *DB) alive(ctx context.Context) (list []string, err error) {
	var made sql.NullString
	if err := d.slow.GetContext(ctx, &made, `SELECT to_regclass('processes')::text`); err != nil || !made.Valid {
		return nil, wrap("look for running processes", err)
	}
	err = d.slow.SelectContext(ctx, &list, `
		SELECT id FROM processes WHERE stopped_at IS NULL AND beat_at > $1 ORDER BY id`, d.at().Add(-silentFor))
	return list, wrap("look for running processes", err)
}
