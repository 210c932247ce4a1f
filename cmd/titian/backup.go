package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"titian/locales"
	"titian/storage/backup"
	"titian/storage/bucket"
	"titian/storage/postgres"
)

// backupCommand is `titian backup`.
type backupCommand struct {
	To      string      `placeholder:"FOLDER" help:"Where to, a folder or s3://NAME/FOLDER; default: TITIAN_BACKUP."`
	NewKey  bool        `help:"Make the recovery key and print it, once: write it on paper."`
	Verify  string      `placeholder:"FILE" help:"Read a backup to its end with --key, and change nothing; s3://NAME/FILE too."`
	Recover recoveryKey `embed:""`
}

// recoveryKey is how a command is told the recovery key.
type recoveryKey struct {
	Key     Secret `env:"TITIAN_RECOVERY_KEY" placeholder:"KEY" help:"The recovery key; - reads it from standard input."`
	KeyFile string `env:"TITIAN_RECOVERY_KEY_FILE" placeholder:"FILE" help:"A file that holds it."`
}

// typed is what a person gave.
func (r *recoveryKey) typed(in io.Reader) (string, error) {
	if err := r.Key.settle("TITIAN_RECOVERY_KEY", r.KeyFile); err != nil {
		return "", err
	}
	switch r.Key {
	case "":
		return "", complain("the recovery key is wanted: --key, --key-file, or --key - to type it")
	case "-":
		b, err := io.ReadAll(io.LimitReader(in, maxSecret))
		return string(b), err
	}
	return r.Key.Reveal(), nil
}

// Run makes a backup, or a key, or looks at a backup.
func (b *backupCommand) Run(ctx context.Context, c *settings, s streams) error {
	if err := c.settle(); err != nil {
		return err
	}
	switch {
	case b.NewKey:
		return newRecoveryKey(c, s.out)
	case b.Verify != "":
		return b.verify(ctx, c, s)
	}
	dir, variable := b.To, "--to"
	if dir == "" {
		dir, variable = c.Backup, "TITIAN_BACKUP"
	}
	if dir == "" {
		return complain("where to? Give --to FOLDER, or set TITIAN_BACKUP")
	}
	place, err := c.at(variable, dir)
	if err != nil {
		return err
	}
	if _, err := c.recovery(); err != nil {
		return err
	}
	beside, err := c.occupy(false)
	if err != nil {
		return err
	}
	defer beside.Close()
	log := newLog(s.err, c.LogLevel)
	opened, err := openResults(ctx, c, log)
	if err != nil {
		return err
	}
	defer opened.close()
	if opened.vault, err = c.openVault(opened.keys); err != nil {
		return err
	}
	made, err := (&backups{stores: opened, settings: c, place: place, now: clock(), log: log}).make(ctx, nil)
	refused, isRefused := errors.AsType[*bucket.Refused](err)
	denied, isDenied := errors.AsType[*fs.PathError](err)
	switch {
	case errors.Is(err, errBusy):
		return complain("%v: try again when it is done", errBusy)
	case isRefused:
		return complain("%s cannot be used: the store says %s", variable, refused.Code)
	case isDenied:
		return complain("the backup folder cannot be used: %v", denied)
	case err != nil:
		return err
	}
	fmt.Fprintf(s.out, "%s in %s: %s\n", made.Name, dir, describe(made))
	return nil
}

// describe says honestly how far a backup was tested.
func describe(b postgres.Backup) string {
	tested := "read back whole and restored on trial"
	if !b.Tested {
		tested = "read back whole, but not restored on trial: this database role may not make a schema"
	}
	return fmt.Sprintf("%d rows, %d files, %d bytes; %s", b.Rows, b.Files, b.SizeBytes, tested)
}

// newRecoveryKey prints the secret and keeps the public part. A second key would leave the first one's paper behind, so
// it is never made in passing.
func newRecoveryKey(c *settings, out io.Writer) error {
	if _, err := os.Stat(c.recoveryPath()); err == nil {
		return complain("there is a recovery key already, and only its paper opens the backups made so far; for another one move %s away first, and keep both papers", c.recoveryPath())
	}
	secret, public, err := backup.NewKey()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return complain("the data folder cannot be made: %v", err)
	}
	if err := saveRecovery(c, public); err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, `The recovery key. It is printed once and kept nowhere: write it on paper, and keep the
paper away from this machine. Whoever has it and a backup reads everything; without it
no backup can be opened. Blanks and small letters do not matter.

%s

Test the paper: titian backup --to FOLDER, then titian backup --verify FILE --key -
`, backup.Spelled(secret))
	return err
}

func saveRecovery(c *settings, public string) error {
	return toFile(c.recoveryPath(), nil, func(w io.Writer) error {
		_, err := fmt.Fprintln(w, public)
		return err
	})
}

// verify reads a backup to its end, on any machine: no server is asked.
func (b *backupCommand) verify(ctx context.Context, c *settings, s streams) error {
	typed, err := b.Recover.typed(s.in)
	if err != nil {
		return err
	}
	sum, spoiled, err := c.checkBackup(ctx, b.Verify, typed, newLog(s.err, c.LogLevel))
	if err != nil {
		return err
	}
	fmt.Fprintf(s.out, "%s is whole: of %s, %d rows, %d files\n", b.Verify, sum.MadeAt.In(locales.WITA).Format("2006-01-02 15:04 MST"), sum.AllRows(), sum.Files)
	if spoiled > 0 {
		fmt.Fprintf(s.out, "%d of the files were damaged before the backup was made\n", spoiled)
	}
	return nil
}

// checkBackup reads a backup to its end and changes nothing. What an operator can mend is a Complaint.
func (s *settings) checkBackup(ctx context.Context, path, typed string, log *slog.Logger) (sum backup.Summary, spoiled int, err error) {
	l := &look{log: log}
	sum, err = s.through(ctx, path, typed, l)
	return sum, l.spoiled, err
}

// through takes a visitor through a backup, which stands in a file or in a store.
func (s *settings) through(ctx context.Context, path, typed string, v backup.Visitor) (backup.Summary, error) {
	key, err := backup.ParseKey(typed)
	if err != nil {
		return backup.Summary{}, complain("that is not a recovery key, or a letter of it is wrong: it begins with AGE-SECRET-KEY-1")
	}
	f, err := s.openBackup(ctx, path)
	if err != nil {
		return backup.Summary{}, err
	}
	defer f.Close()
	sum, err := backup.Read(ctx, bufio.NewReaderSize(f, 1<<20), key, v)
	switch {
	case f.err != nil:
		return sum, complain("%s cannot be read to its end now, and may be whole: try again (%v)", path, f.err)
	case errors.Is(err, backup.ErrOtherKey):
		return sum, complain("%s was made for another recovery key than this one", path)
	case errors.Is(err, backup.ErrNotBackup):
		return sum, complain("%s is not a backup of Titian, or its beginning is damaged", path)
	case errors.Is(err, backup.ErrDamaged):
		return sum, complain("%s is damaged or cut short: take another one", path)
	case errors.Is(err, backup.ErrNewer), errors.Is(err, postgres.ErrNewerDump):
		return sum, complain("%s was made by a newer Titian than this one: install that one first", path)
	}
	return sum, err
}

// openBackup opens a backup by its path, or by s3://NAME/FOLDER/FILE. Its errors are Complaints.
func (s *settings) openBackup(ctx context.Context, path string) (*source, error) {
	dir, name := filepath.Dir(path), filepath.Base(path)
	if inStore(path) {
		cut := strings.LastIndex(path, "/")
		dir, name = path[:cut], path[cut+1:]
	}
	place, err := s.at("the backup's address", dir)
	if err != nil {
		return nil, err
	}
	f, _, err := place.Open(ctx, name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, complain("the backup cannot be read: there is no %s", path)
	case err != nil:
		return nil, complain("the backup cannot be read: %v", err)
	}
	return &source{ReadCloser: f}, nil
}

// source remembers that it failed itself: what is read through it would be called damaged.
type source struct {
	io.ReadCloser
	err error
}

func (s *source) Read(p []byte) (int, error) {
	n, err := s.ReadCloser.Read(p)
	if err != nil && err != io.EOF {
		s.err = err
	}
	return n, err
}
