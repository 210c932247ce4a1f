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
	"slices"
	"strings"
	"time"

	"filippo.io/age"

	"titian/storage/backup"
	"titian/storage/keys"
	"titian/storage/postgres"
	"titian/storage/vault"
)

var (
	// errBusy: another process is making a backup.
	errBusy = errors.New("a backup is being made right now")
	// errMade: another process made it.
	errMade = errors.New("the backup is made already")
)

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

// backups makes backups of the stores at one place.
type backups struct {
	stores   *stores
	settings *settings
	place    backup.Place
	now      func() time.Time
	log      *slog.Logger
}

// at is the place of an address, which came from a variable or flag; its errors are Complaints.
func (s *settings) at(variable, address string) (backup.Place, error) {
	if !inStore(address) {
		return backup.Folder(address), nil
	}
	b, err := s.bucket(variable, address)
	if err != nil {
		return nil, err
	}
	return b, nil
}

// make makes one backup and says what is in it. It is a backup only once the file was read back from its place, whole,
// and its rows restored on trial; until then it has another name. errBusy while another process makes one; errMade when due,
// asked once nobody else makes one, says that none is needed.
func (b *backups) make(ctx context.Context, due func(context.Context) (bool, error)) (postgres.Backup, error) {
	var none postgres.Backup
	to, err := b.settings.recovery()
	if err != nil {
		return none, err
	}
	release, lost, held, err := b.stores.db.TryLock(ctx, "backup")
	if err != nil {
		return none, err
	}
	if !held {
		return none, errBusy
	}
	defer release()
	if due != nil {
		wanted, err := due(ctx)
		if err == nil && !wanted {
			err = errMade
		}
		if err != nil {
			return none, err
		}
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	go func() {
		select {
		case <-lost:
			cancel(errors.New("the connection that keeps others from backing up is gone"))
		case <-ctx.Done():
		}
	}()
	if err := b.sweepParts(ctx); err != nil {
		return none, fmt.Errorf("look at where backups stand: %w", err)
	}
	made, err := b.fill(ctx, to)
	if err != nil {
		return none, err
	}
	return made, b.stores.db.NoteBackup(ctx, made)
}

// sweepParts removes what killed backups left. Only who has the lock calls it.
func (b *backups) sweepParts(ctx context.Context) error {
	return b.drop(ctx, func(names []string) []string {
		return slices.DeleteFunc(names, func(name string) bool { return !backup.IsPart(name) })
	})
}

// drop removes those of the files there that which picks.
func (b *backups) drop(ctx context.Context, which func(names []string) []string) error {
	var names []string
	err := b.place.List(ctx, func(name string, _ int64, _ time.Time) error {
		names = append(names, name)
		return nil
	})
	if err != nil {
		return err
	}
	for _, name := range which(names) {
		if err := b.place.Delete(ctx, name); err != nil {
			return err
		}
	}
	return nil
}

// fill writes the file, reads it back with a key that was never on the disk, restores it on trial, and gives it its name.
func (b *backups) fill(ctx context.Context, to age.Recipient) (made postgres.Backup, err error) {
	once, key, err := backup.Once()
	if err != nil {
		return made, err
	}
	var sum backup.Summary
	name := backup.Name(b.now())
	part := backup.PartName(name)
	err = b.place.Put(ctx, part, func(w io.Writer) (err error) {
		sum, err = b.write(ctx, w, to, once)
		return err
	})
	if err != nil {
		return made, fmt.Errorf("write the backup: %w", err)
	}
	defer func() {
		if err != nil {
			_ = b.place.Delete(context.WithoutCancel(ctx), part)
		}
	}()
	size, tested, err := b.verify(ctx, part, key)
	if err != nil {
		return made, err
	}
	if err := b.place.Rename(ctx, part, name); err != nil {
		return made, fmt.Errorf("finish the backup: %w", err)
	}
	return postgres.Backup{MadeAt: sum.MadeAt, Name: name, SizeBytes: size, Rows: sum.AllRows(), Files: sum.Files, Tested: tested}, nil
}

// verify reads a backup back from where it stands and restores its rows on trial; tested is false where the server lets nobody.
func (b *backups) verify(ctx context.Context, name string, key age.Identity) (size int64, tested bool, err error) {
	f, size, err := b.place.Open(ctx, name)
	if err != nil {
		return 0, false, fmt.Errorf("read the backup back: %w", err)
	}
	defer f.Close()
	t := &trial{ctx: ctx, db: b.stores.db, look: look{name: b.stores.keys.Name(), log: b.log}}
	defer t.close()
	if _, err := backup.Read(ctx, bufio.NewReaderSize(f, 1<<20), key, t); err != nil {
		return 0, false, fmt.Errorf("the new backup does not read back: %w", err)
	}
	if err := t.finish(); err != nil {
		return 0, false, fmt.Errorf("the new backup cannot be restored: %w", err)
	}
	return size, t.restore != nil, nil
}

func (b *backups) write(ctx context.Context, to io.Writer, keys ...age.Recipient) (backup.Summary, error) {
	keyset, err := b.stores.keys.Marshal()
	if err != nil {
		return backup.Summary{}, err
	}
	made := b.now().UTC().Truncate(time.Second)
	dump, err := b.stores.db.OpenDump(ctx)
	if err != nil {
		return backup.Summary{}, err
	}
	defer dump.Close()
	w := bufio.NewWriterSize(to, 1<<20)
	sum, err := backup.Write(ctx, w, backup.Contents{
		MadeAt: made, Dump: dump, Files: b.stores.vault, Gone: vault.ErrMissing, Keyset: keyset, Texts: b.settings.in("locales"),
	}, keys...)
	if err == nil {
		err = w.Flush()
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
