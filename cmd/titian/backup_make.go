package main

import (
	"bufio"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"filippo.io/age"

	"titian/storage/backup"
	"titian/storage/keys"
	"titian/storage/postgres"
	"titian/storage/vault"
)

// errBusy: another process is making a backup.
var errBusy = errors.New("a backup is being made right now")

// recoveryPath holds the public part of the recovery key: it only encrypts.
func (c *settings) recoveryPath() string { return c.in("recovery.pub") }

// recovery is whom backups are encrypted to.
func (c *settings) recovery() (age.Recipient, error) {
	b, err := os.ReadFile(c.recoveryPath())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, complain("there is no recovery key yet, and without one nobody could open a backup: run `titian backup --new-key` and write down what it prints")
	}
	if err != nil {
		return nil, complain("the recovery key's public part cannot be read: %v", err)
	}
	key, err := backup.ParsePublic(string(b))
	if err != nil {
		return nil, complain("%s is damaged: put it back, or remove it and run `titian backup --new-key`", c.recoveryPath())
	}
	return key, nil
}

// backUp makes one backup in a folder and says what is in it. It is a backup only once the file was read back from the
// disk, whole, and its rows restored on trial; until then it stands aside. errBusy.
func (s *stores) backUp(ctx context.Context, c *settings, dir string, log *slog.Logger) (postgres.Backup, error) {
	var none postgres.Backup
	to, err := c.recovery()
	if err != nil {
		return none, err
	}
	release, lost, held, err := s.db.TryLock(ctx, "backup")
	if err != nil {
		return none, err
	}
	if !held {
		return none, errBusy
	}
	defer release()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	go func() {
		select {
		case <-lost:
			cancel(errors.New("the connection that keeps others from backing up is gone"))
		case <-ctx.Done():
		}
	}()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return none, complain("the backup folder cannot be made: %v", err)
	}
	sweepParts(dir)
	f, err := os.CreateTemp(dir, ".titian-*.part") // mode 0600
	if err != nil {
		return none, complain("the backup folder cannot be written: %v", err)
	}
	defer os.Remove(f.Name()) // nothing, once it is renamed
	defer f.Close()
	b, err := s.fill(ctx, c, f, to, log)
	if err != nil {
		return none, err
	}
	if err := os.Rename(f.Name(), filepath.Join(dir, b.Name)); err != nil {
		return none, fmt.Errorf("finish the backup: %w", err)
	}
	if err := syncFolder(dir); err != nil {
		return none, fmt.Errorf("finish the backup: %w", err)
	}
	return b, s.db.NoteBackup(ctx, b)
}

// sweepParts removes what killed backups left. Only who has the lock calls it.
func sweepParts(dir string) {
	parts, _ := filepath.Glob(filepath.Join(dir, ".titian-*.part"))
	for _, part := range parts {
		_ = os.Remove(part)
	}
}

func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// fill writes the file, reads it back with a key that was never on the disk, and restores it on trial.
func (s *stores) fill(ctx context.Context, c *settings, f *os.File, to age.Recipient, log *slog.Logger) (postgres.Backup, error) {
	once, key, err := backup.Once()
	if err != nil {
		return postgres.Backup{}, err
	}
	sum, err := s.write(ctx, c, f, to, once)
	if err != nil {
		return postgres.Backup{}, err
	}
	size, err := f.Seek(0, io.SeekCurrent)
	if err == nil {
		_, err = f.Seek(0, io.SeekStart)
	}
	if err != nil {
		return postgres.Backup{}, fmt.Errorf("read the backup back: %w", err)
	}
	t := &trial{ctx: ctx, db: s.db, look: look{name: s.keys.Name(), log: log}}
	defer t.close()
	if _, err := backup.Read(ctx, bufio.NewReaderSize(f, 1<<20), key, t); err != nil {
		return postgres.Backup{}, fmt.Errorf("the new backup does not read back: %w", err)
	}
	if err := t.finish(); err != nil {
		return postgres.Backup{}, fmt.Errorf("the new backup cannot be restored: %w", err)
	}
	return postgres.Backup{MadeAt: sum.MadeAt, Name: backup.Name(sum.MadeAt), SizeBytes: size,
		Rows: sum.AllRows(), Files: sum.Files, Tested: t.restore != nil}, nil
}

func (s *stores) write(ctx context.Context, c *settings, f *os.File, to ...age.Recipient) (backup.Summary, error) {
	keyset, err := s.keys.Marshal()
	if err != nil {
		return backup.Summary{}, err
	}
	made := clock()().UTC().Truncate(time.Second)
	dump, err := s.db.OpenDump(ctx)
	if err != nil {
		return backup.Summary{}, err
	}
	defer dump.Close()
	w := bufio.NewWriterSize(f, 1<<20)
	sum, err := backup.Write(ctx, w, backup.Contents{
		MadeAt: made, Dump: dump, Files: s.vault, Gone: vault.ErrMissing, Keyset: keyset, Texts: c.in("locales"),
	}, to...)
	if err == nil {
		err = w.Flush()
	}
	if err == nil {
		err = f.Sync()
	}
	return sum, err
}

// look goes through a backup and changes nothing: the keyset must be one, open the rows' check value, and open the files.
type look struct {
	name    string // the keyset's, when it is known
	keys    *keys.Keyset
	spoiled int // files that were damaged before they were backed up
	log     *slog.Logger
}

func (l *look) Begin([]byte) error        { return nil }
func (l *look) Text(string, []byte) error { return nil }

func (l *look) Keyset(b []byte) (err error) {
	if l.keys, err = keys.Parse(b); err != nil {
		return fmt.Errorf("the keyset in the backup: %w", err)
	}
	if l.name != "" && l.keys.Name() != l.name {
		return fmt.Errorf("the backup holds keyset %s and not %s", l.keys.Name(), l.name)
	}
	return nil
}

// Table counts the lines of COPY, in which a line break within a value is no line break.
func (l *look) Table(_ context.Context, name string, rows io.Reader) (n int64, err error) {
	lines := bufio.NewReader(rows)
	for begun := false; ; {
		part, err := lines.ReadSlice('\n')
		switch {
		case err == nil && name == "key_check" && !begun:
			if err := l.check(string(part)); err != nil {
				return n, err
			}
			n++
		case err == nil:
			n++
		case errors.Is(err, io.EOF):
			return n, nil
		case !errors.Is(err, bufio.ErrBufferFull):
			return n, err
		}
		begun = errors.Is(err, bufio.ErrBufferFull)
	}
}

func (l *look) check(line string) error {
	_, digits, ok := strings.Cut(strings.TrimSpace(line), `\\x`)
	value, err := hex.DecodeString(digits)
	if !ok || err != nil || l.keys == nil {
		return errors.New("the key check value in the backup cannot be read")
	}
	if err := l.keys.Verify(value); err != nil {
		return fmt.Errorf("the keyset in the backup does not belong to its rows: %w", err)
	}
	return nil
}

// File opens a sealed file to its end. One that was damaged on the disk is no reason to be without a backup.
func (l *look) File(_ context.Context, id string, sealed io.Reader) error {
	if !vault.ValidID(id) {
		return fmt.Errorf("%w: a file has a strange name", backup.ErrDamaged)
	}
	plain, err := l.keys.OpenStream(sealed, []byte(id))
	if err == nil {
		_, err = io.Copy(io.Discard, plain)
	}
	if errors.Is(err, backup.ErrDamaged) {
		return err
	}
	if err != nil {
		l.spoiled++
		l.log.Error("a file does not open, neither in the vault nor in the backup", "file", id)
	}
	return nil
}

// trial is look that restores the rows beside the data, where the server lets it.
type trial struct {
	look
	ctx     context.Context
	db      *postgres.DB
	restore *postgres.Restore // nil: not allowed
}

func (t *trial) Begin(shape []byte) (err error) {
	t.restore, err = t.db.OpenRestore(t.ctx, shape, true)
	if errors.Is(err, postgres.ErrNoTrial) {
		t.log.Warn("the backup is read back, but not restored on trial", "error", err)
		return nil
	}
	return err
}

func (t *trial) Table(ctx context.Context, name string, rows io.Reader) (int64, error) {
	if t.restore == nil {
		return t.look.Table(ctx, name, rows)
	}
	return t.restore.Copy(ctx, name, rows)
}

func (t *trial) finish() error {
	if t.restore == nil {
		return nil
	}
	return t.restore.Finish(t.ctx)
}

func (t *trial) close() {
	if t.restore != nil {
		t.restore.Close()
	}
}
