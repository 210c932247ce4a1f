package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/rivermigrate"
)

// trialSchema holds a restore on trial, beside the data and for minutes only.
const trialSchema = "titian_restore_trial"

// The errors a caller of OpenRestore chooses by.
var (
	ErrNewerDump = errors.New("the dump is of a newer Titian than this one")
	ErrNoTrial   = errors.New("this role may not make a schema, which a restore on trial needs")
)

// Restore puts the rows of a dump back, all or nothing: Copy every table, then Finish.
type Restore struct {
	db    *DB
	conn  *pgx.Conn
	shape shape
	keys  []foreignKey
	trial bool
}

type foreignKey struct{ Table, Name, Definition string }

// OpenRestore REMOVES everything in Titian's schema, makes it as it was when the dump was made, and begins. On trial it
// does so in a schema of its own, which Close removes. One at a time. ErrNewerDump, ErrNoTrial.
func (d *DB) OpenRestore(ctx context.Context, dump []byte, trial bool) (*Restore, error) {
	r := &Restore{db: d, trial: trial}
	if err := json.Unmarshal(dump, &r.shape); err != nil {
		return nil, fmt.Errorf("read the shape of the dump: %w", err)
	}
	if err := r.open(ctx); err != nil {
		r.Close()
		return nil, wrap("begin to restore", tidy(err))
	}
	return r, nil
}

func (r *Restore) schema() string {
	if r.trial {
		return trialSchema
	}
	return ""
}

func (r *Restore) open(ctx context.Context) (err error) {
	if r.conn, err = r.db.copier(ctx, r.schema()); err != nil {
		return err
	}
	clear := clearSchema
	if r.trial {
		clear = `DROP SCHEMA IF EXISTS ` + trialSchema + ` CASCADE; CREATE SCHEMA ` + trialSchema
	}
	if _, err := r.conn.PgConn().Exec(ctx, clear).ReadAll(); err != nil {
		var refused *pgconn.PgError
		if r.trial && errors.As(err, &refused) && refused.Code == "42501" {
			return ErrNoTrial
		}
		return err
	}
	if err := r.migrate(ctx); err != nil {
		return err
	}
	if _, err := r.conn.Exec(ctx, `BEGIN`); err != nil {
		return err
	}
	return r.loosen(ctx)
}

// clearSchema drops what is ours in the usual schema, and leaves what belongs to an extension.
const clearSchema = `
DO $$
DECLARE
	it record;
BEGIN
	FOR it IN SELECT c.oid::regclass AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
		WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p') AND NOT c.relispartition
		  AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
	LOOP EXECUTE 'DROP TABLE IF EXISTS ' || it.name || ' CASCADE'; END LOOP;
	FOR it IN SELECT p.oid::regprocedure AS name FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
		WHERE n.nspname = current_schema() AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
	LOOP EXECUTE 'DROP ROUTINE IF EXISTS ' || it.name || ' CASCADE'; END LOOP;
	FOR it IN SELECT t.oid::regtype AS name FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
		WHERE n.nspname = current_schema() AND t.typtype IN ('e', 'd')
		  AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = t.oid AND d.deptype = 'e')
	LOOP EXECUTE 'DROP TYPE IF EXISTS ' || it.name || ' CASCADE'; END LOOP;
END
$$`

// migrate makes the schema as it was, not as it is today: Migrate does the rest, as it would have.
func (r *Restore) migrate(ctx context.Context) error {
	settings := map[string]string{}
	if r.trial {
		settings["search_path"] = trialSchema
	}
	db, err := pool(r.db.url, 10*time.Minute, settings)
	if err != nil {
		return err
	}
	defer db.Close()
	provider, err := r.db.provider(db.DB)
	if err != nil {
		return err
	}
	newest := int64(0)
	for _, s := range provider.ListSources() {
		newest = max(newest, s.Version)
	}
	jobs, err := rivermigrate.New(riverdatabasesql.New(db.DB), &rivermigrate.Config{Logger: quiet(r.db.log)})
	if err != nil {
		return err
	}
	known := jobs.AllVersions()
	if r.shape.Schema > newest || r.shape.Jobs > known[len(known)-1].Version {
		return ErrNewerDump
	}
	if _, err := provider.UpTo(ctx, r.shape.Schema); err != nil {
		return err
	}
	_, err = jobs.Migrate(ctx, rivermigrate.DirectionUp, &rivermigrate.MigrateOpts{TargetVersion: r.shape.Jobs})
	return err
}

// loosen takes foreign keys off, so that tables may come in any order, and what the migrations filled in out.
func (r *Restore) loosen(ctx context.Context) error {
	rows, err := r.conn.Query(ctx, `
		SELECT k.conrelid::regclass::text, k.conname::text, pg_get_constraintdef(k.oid)
		FROM pg_constraint k JOIN pg_namespace n ON n.oid = k.connamespace
		WHERE n.nspname = current_schema() AND k.contype = 'f' AND k.conparentid = 0 ORDER BY 1, 2`)
	if err != nil {
		return err
	}
	if r.keys, err = pgx.CollectRows(rows, pgx.RowToStructByPos[foreignKey]); err != nil {
		return err
	}
	for _, k := range r.keys {
		if _, err := r.conn.Exec(ctx, `ALTER TABLE `+k.Table+` DROP CONSTRAINT `+pgx.Identifier{k.Name}.Sanitize()); err != nil {
			return err
		}
	}
	names := make([]string, len(r.shape.Tables))
	for i, t := range r.shape.Tables {
		names[i] = pgx.Identifier{t.Name}.Sanitize()
		if _, err := r.conn.Exec(ctx, `ALTER TABLE `+names[i]+` DISABLE TRIGGER USER`); err != nil {
			return err
		}
	}
	_, err = r.conn.Exec(ctx, `TRUNCATE `+strings.Join(names, ", "))
	return err
}

// Copy puts the rows of one table back.
func (r *Restore) Copy(ctx context.Context, table string, from io.Reader) (rows int64, err error) {
	t, err := r.shape.table(table)
	if err != nil {
		return 0, err
	}
	tag, err := r.conn.PgConn().CopyFrom(ctx, from, "COPY "+t.spoken()+" FROM STDIN")
	return tag.RowsAffected(), wrap("restore "+table, tidy(err))
}

// Finish checks every foreign key, sets sequences, and makes it last; on trial nothing lasts.
func (r *Restore) Finish(ctx context.Context) error {
	for _, k := range r.keys {
		if _, err := r.conn.Exec(ctx, `ALTER TABLE `+k.Table+` ADD CONSTRAINT `+pgx.Identifier{k.Name}.Sanitize()+` `+k.Definition); err != nil {
			return wrap("check the foreign keys of "+k.Table, tidy(err))
		}
	}
	for _, t := range r.shape.Tables {
		if _, err := r.conn.Exec(ctx, `ALTER TABLE `+pgx.Identifier{t.Name}.Sanitize()+` ENABLE TRIGGER USER`); err != nil {
			return wrap("finish "+t.Name, tidy(err))
		}
	}
	for name, last := range r.shape.Sequences {
		if _, err := r.conn.Exec(ctx, `SELECT setval(to_regclass($1), $2) WHERE to_regclass($1) IS NOT NULL`, pgx.Identifier{name}.Sanitize(), last); err != nil {
			return wrap("set "+name, tidy(err))
		}
	}
	end := `COMMIT`
	if r.trial {
		end = `ROLLBACK`
	}
	_, err := r.conn.Exec(ctx, end)
	return wrap("finish the restore", tidy(err))
}

// Close lets go. Without Finish no row was restored.
func (r *Restore) Close() {
	if r.conn == nil {
		return
	}
	if r.trial {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		_, _ = r.conn.PgConn().Exec(ctx, `ROLLBACK; DROP SCHEMA IF EXISTS `+trialSchema+` CASCADE`).ReadAll()
	}
	closeConn(r.conn)
}

func closeConn(conn *pgx.Conn) {
	ctx, cancel := context.WithTimeout(context.Background(), callTimeout)
	defer cancel()
	_ = conn.Close(ctx)
}

// tidy makes of pgx's errors what wrap knows, without a value of a row.
func tidy(err error) error {
	var refused *pgconn.PgError
	if errors.As(err, &refused) {
		return &Refused{refused.Code, refused.Severity, refused.TableName, refused.ConstraintName}
	}
	var lost *pgconn.ConnectError
	if errors.As(err, &lost) {
		return errors.Join(errLost, errors.Unwrap(lost))
	}
	return err
}

var errLost = errors.New("no connection")
