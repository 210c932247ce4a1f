package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"titian/locales"
	"titian/storage/backup"
	"titian/storage/keys"
	"titian/storage/postgres"
	"titian/storage/redis"
)

// overWord is what an operator types who means to replace what is there.
const overWord = "GANTI"

// restoreCommand is `titian restore`.
type restoreCommand struct {
	File    string      `arg:"" help:"The backup: a file, or s3://NAME/FOLDER/FILE."`
	Only    bool        `name:"only-files" help:"Put back only stored files that are missing or altered, and touch nothing else."`
	Over    string      `placeholder:"WORD" help:"Replace a database that holds data; the word is said when it is wanted."`
	Recover recoveryKey `embed:""`
}

// Run puts a backup into an empty place. It reads all of it before it changes anything, and the database comes last and
// in one step: a restore that was cut off is run again.
func (r *restoreCommand) Run(ctx context.Context, c *settings, s streams) error {
	if err := c.settle(); err != nil {
		return err
	}
	if r.Only {
		return r.onlyFiles(ctx, c, s)
	}
	if c.Keyset != "" {
		return complain("TITIAN_KEYSET is set, and the keyset comes with the backup: unset it, and after the restore give every replica the content of %s", c.keysetPath())
	}
	typed, err := r.Recover.typed(s.in)
	if err != nil {
		return err
	}
	alone, err := c.occupy(true)
	if err != nil {
		return err
	}
	defer alone.Close()
	log := newLog(s.err, c.LogLevel)
	fmt.Fprintln(s.out, "Reading the backup to its end …")
	sum, _, err := c.checkBackup(ctx, r.File, typed, log)
	if err != nil {
		return err
	}
	opened, err := openBare(ctx, c, log)
	if err != nil {
		return err
	}
	defer opened.close()
	if err := r.mayReplace(ctx, opened.db); err != nil {
		return err
	}
	if err := opened.redis.Clear(ctx); err != nil {
		return err
	}
	fmt.Fprintln(s.out, "Restoring …")
	if err := opened.restore(ctx, c, r.File, typed); err != nil {
		return err
	}
	fmt.Fprintf(s.out, "Restored: %d rows and %d files as of %s. What came later is lost.\n"+
		"Start titian now. A WhatsApp link is not in a backup: pair it again with `titian whatsapp pair`.\n",
		sum.AllRows(), sum.Files, sum.MadeAt.In(locales.WITA).Format("2006-01-02 15:04 MST"))
	return nil
}

// openBare opens the servers without migrating the database or asking for its keyset.
func openBare(ctx context.Context, c *settings, log *slog.Logger) (*stores, error) {
	s := &stores{}
	if err := s.openServers(ctx, c, log); err != nil {
		return nil, err
	}
	err := patiently(ctx, log, "Postgres", func() (err error) {
		s.db, err = postgres.Open(ctx, s.servers.DatabaseURL, postgres.Options{Now: clock(), Log: log})
		return err
	})
	if err != nil {
		s.close()
		return nil, unreachable("DATABASE_URL", c.DatabaseURL, err)
	}
	err = patiently(ctx, log, "Redis", func() (err error) {
		s.redis, err = redis.Open(ctx, s.servers.RedisURL, redis.Options{Log: log})
		return err
	})
	if err != nil {
		s.close()
		return nil, unreachable("REDIS_URL", c.RedisURL, err)
	}
	return s, nil
}

// mayReplace refuses a database that is in use or holds data.
func (r *restoreCommand) mayReplace(ctx context.Context, db *postgres.DB) error {
	tables, running, err := db.Holds(ctx)
	switch {
	case err != nil:
		return err
	case len(running) > 0:
		return complain("titian still runs on this database, or ended less than half a minute ago without saying so (%s): stop it and try again", strings.Join(running, ", "))
	case len(tables) > 0 && r.Over != overWord:
		return complain("the database holds data already (%s), and a restore removes all of it; back it up first, then add --over %s", strings.Join(tables, ", "), overWord)
	}
	return nil
}

func (s *stores) restore(ctx context.Context, c *settings, path, typed string) error {
	put := &putting{ctx: ctx, c: c, stores: s}
	defer put.close()
	if _, err := c.through(ctx, path, typed, put); err != nil {
		return err
	}
	if err := put.rows.Finish(ctx); err != nil {
		return err
	}
	err := s.db.Migrate(ctx, func(ctx context.Context, check postgres.KeyCheck) error {
		_, err := keys.Ensure(ctx, c.ensure(check))
		return err
	})
	if err != nil {
		return mendable(err)
	}
	return s.keepRecovery(c, typed)
}

// keepRecovery lets a machine that has no recovery key go on with the one that opened the backup.
func (s *stores) keepRecovery(c *settings, typed string) error {
	if _, err := os.Stat(c.recoveryPath()); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	public, err := backup.Public(typed)
	if err != nil {
		return err
	}
	return saveRecovery(c, public)
}

// putting puts what a backup holds in its place.
type putting struct {
	ctx    context.Context
	c      *settings
	stores *stores
	rows   *postgres.Restore
}

func (p *putting) Begin(shape []byte) (err error) {
	p.rows, err = p.stores.db.OpenRestore(p.ctx, shape, false)
	return err
}

// Keyset never removes a keyset that is there: it is moved aside.
func (p *putting) Keyset(b []byte) error {
	k, err := keys.Parse(b)
	if err != nil {
		return err
	}
	path := p.c.keysetPath()
	if old, err := os.ReadFile(path); err == nil && !bytes.Equal(bytes.TrimSpace(old), bytes.TrimSpace(b)) {
		aside := p.c.in("keyset-before-" + time.Now().UTC().Format("20060102T150405Z") + ".json")
		if err := os.Rename(path, aside); err != nil {
			return fmt.Errorf("move the keyset aside: %w", err)
		}
	}
	if err := k.SaveFile(path); err != nil {
		return err
	}
	p.stores.vault, err = p.c.openVault(k)
	return err
}

func (p *putting) Text(name string, b []byte) error {
	if !filepath.IsLocal(name) || filepath.Base(name) != name {
		return fmt.Errorf("%w: a text has a strange name", backup.ErrDamaged)
	}
	if err := os.MkdirAll(p.c.in("locales"), 0o700); err != nil {
		return err
	}
	return toFile(p.c.in("locales", name), nil, func(w io.Writer) error {
		_, err := w.Write(b)
		return err
	})
}

func (p *putting) Table(ctx context.Context, name string, rows io.Reader) (int64, error) {
	return p.rows.Copy(ctx, name, rows)
}

func (p *putting) File(ctx context.Context, id string, sealed io.Reader) error {
	return p.stores.vault.PutSealed(ctx, id, sealed)
}

func (p *putting) close() {
	if p.rows != nil {
		p.rows.Close()
	}
}
