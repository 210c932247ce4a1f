package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
)

// notDumped belongs to the running machine, or is made by the migrations.
var notDumped = []string{"goose_db_version", "river_migration", "processes"}

// shape is what the rows of a dump fit into. The schema itself is not dumped: migrations never change once landed, so
// their numbers make it again on any server.
type shape struct {
	Schema    int64            `json:"schema"` // the last migration
	Jobs      int              `json:"jobs"`   // River's
	Tables    []tableShape     `json:"tables"`
	Sequences map[string]int64 `json:"sequences"` // the last value given
}

type tableShape struct {
	Name    string   `json:"name"`
	Columns []string `json:"columns"`
}

func (s shape) table(name string) (tableShape, error) {
	i := slices.IndexFunc(s.Tables, func(t tableShape) bool { return t.Name == name })
	if i < 0 {
		return tableShape{}, fmt.Errorf("the dump has no table %q", name)
	}
	return s.Tables[i], nil
}

// spoken is the table with its columns, as COPY wants them.
func (t tableShape) spoken() string {
	columns := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		columns[i] = pgx.Identifier{c}.Sanitize()
	}
	return pgx.Identifier{t.Name}.Sanitize() + " (" + strings.Join(columns, ", ") + ")"
}

// Dump is every row of Titian's own schema as it stood at one moment, River's jobs too; schema wa and what belongs to
// the running machine are not in it. It needs no program beside Titian. Close it: it holds a transaction open.
type Dump struct {
	conn  *pgx.Conn
	shape shape
}

// OpenDump begins a dump. What is committed later is not in it.
func (d *DB) OpenDump(ctx context.Context) (*Dump, error) {
	conn, err := d.copier(ctx, "")
	if err != nil {
		return nil, wrap("open a dump", err)
	}
	dump := &Dump{conn: conn}
	if _, err = conn.Exec(ctx, `BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY`); err == nil {
		dump.shape, err = shapeOf(ctx, conn)
	}
	if err != nil {
		dump.Close()
		return nil, wrap("open a dump", tidy(err))
	}
	return dump, nil
}

// copier is a connection for COPY, in a schema of that name or in the usual one.
func (d *DB) copier(ctx context.Context, schema string) (*pgx.Conn, error) {
	cfg, err := pgx.ParseConfig(d.url)
	if err != nil {
		return nil, errors.New("the database URL cannot be read") // the cause may repeat its password
	}
	for name, value := range map[string]string{
		"application_name": "titian backup", "timezone": "UTC", "datestyle": "ISO", "intervalstyle": "postgres",
		"bytea_output": "hex", "client_encoding": "UTF8", "statement_timeout": "0", "idle_in_transaction_session_timeout": "0",
	} {
		cfg.RuntimeParams[name] = value
	}
	if schema != "" {
		cfg.RuntimeParams["search_path"] = schema
	}
	conn, err := pgx.ConnectConfig(ctx, cfg)
	return conn, tidy(err)
}

func shapeOf(ctx context.Context, conn *pgx.Conn) (s shape, err error) {
	if err = conn.QueryRow(ctx, `
		SELECT (SELECT max(version_id) FROM goose_db_version WHERE is_applied), (SELECT max(version) FROM river_migration)`,
	).Scan(&s.Schema, &s.Jobs); err != nil {
		return s, err
	}
	tables, err := conn.Query(ctx, `
		SELECT c.relname::text, array_agg(a.attname::text ORDER BY a.attnum)
		FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
		JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
		WHERE n.nspname = current_schema() AND c.relkind = 'r' AND c.relpersistence = 'p' AND c.relname::text <> ALL ($1)
		GROUP BY c.relname ORDER BY c.relname`, notDumped)
	if err != nil {
		return s, err
	}
	if s.Tables, err = pgx.CollectRows(tables, pgx.RowToStructByPos[tableShape]); err != nil {
		return s, err
	}
	s.Sequences = map[string]int64{} // they stand outside transactions: read after the moment, they are never behind it
	sequences, err := conn.Query(ctx, `
		SELECT sequencename::text, last_value FROM pg_sequences WHERE schemaname = current_schema() AND last_value IS NOT NULL`)
	if err != nil {
		return s, err
	}
	var name string
	var last int64
	_, err = pgx.ForEachRow(sequences, []any{&name, &last}, func() error { s.Sequences[name] = last; return nil })
	return s, err
}

// Shape is what OpenRestore wants.
func (p *Dump) Shape() ([]byte, error) { return json.Marshal(p.shape) }

// Tables are the names for Copy.
func (p *Dump) Tables() []string {
	names := make([]string, len(p.shape.Tables))
	for i, t := range p.shape.Tables {
		names[i] = t.Name
	}
	return names
}

// Copy writes the rows of a table in Postgres's text form, which every version reads.
func (p *Dump) Copy(ctx context.Context, table string, to io.Writer) (rows int64, err error) {
	t, err := p.shape.table(table)
	if err != nil {
		return 0, err
	}
	tag, err := p.conn.PgConn().CopyTo(ctx, to, "COPY "+t.spoken()+" TO STDOUT")
	return tag.RowsAffected(), wrap("dump "+table, tidy(err))
}

// Close ends the transaction.
func (p *Dump) Close() { closeConn(p.conn) }
