package backup

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Place is where backups stand, by their names; backuptest holds one to it.
type Place interface {
	// Put writes a file to its end and onto the disk; on any error, of write as it is, there is none of that name.
	Put(ctx context.Context, name string, write func(io.Writer) error) error
	// Open is fs.ErrNotExist when there is none.
	Open(ctx context.Context, name string) (file io.ReadCloser, sizeBytes int64, err error)
	// Rename gives a whole file its name, in place of any that has it.
	Rename(ctx context.Context, from, to string) error
	// Delete of a file that is not there is no error.
	Delete(ctx context.Context, name string) error
	// List yields every file, and whatever else stands there as a file.
	List(ctx context.Context, yield func(name string, sizeBytes int64, at time.Time) error) error
}

const partSuffix = ".part"

// PartName is what a backup is called until it was read back.
func PartName(name string) string { return name + partSuffix }

// IsPart says whether a name is a PartName of a backup: if nobody is making one, it was left by a process that died.
func IsPart(name string) bool {
	whole, ok := strings.CutSuffix(name, partSuffix)
	_, named := MadeAt(whole)
	return ok && named
}

// Folder is a Place on a disk, made when it is first written to.
type Folder string

// Put writes the file for its owner only.
func (f Folder) Put(ctx context.Context, name string, write func(io.Writer) error) (err error) {
	if err := os.MkdirAll(string(f), 0o700); err != nil {
		return err
	}
	file, err := os.OpenFile(f.path(name), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	whole := false
	defer func() {
		if !whole {
			_ = file.Close()
			_ = os.Remove(f.path(name))
		}
	}()
	if err := write(file); err != nil {
		return err
	}
	if err := errors.Join(ctx.Err(), file.Sync()); err != nil {
		return err
	}
	whole = true
	return file.Close()
}

// Open opens a file.
func (f Folder) Open(_ context.Context, name string) (io.ReadCloser, int64, error) {
	file, err := os.Open(f.path(name))
	if err != nil {
		return nil, 0, err
	}
	st, err := file.Stat()
	if err != nil {
		return nil, 0, errors.Join(err, file.Close())
	}
	return file, st.Size(), nil
}

// Rename survives a power cut once it returns.
func (f Folder) Rename(_ context.Context, from, to string) error {
	if err := os.Rename(f.path(from), f.path(to)); err != nil {
		return err
	}
	dir, err := os.Open(string(f))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

// Delete removes a file.
func (f Folder) Delete(_ context.Context, name string) error {
	if err := os.Remove(f.path(name)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

// List yields the files of the folder, none when it is not there.
func (f Folder) List(ctx context.Context, yield func(name string, sizeBytes int64, at time.Time) error) error {
	entries, err := os.ReadDir(string(f))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, e := range entries {
		st, err := e.Info()
		switch {
		case errors.Is(err, os.ErrNotExist) || err == nil && !st.Mode().IsRegular():
			continue
		case err == nil:
			err = ctx.Err()
		}
		if err == nil {
			err = yield(e.Name(), st.Size(), st.ModTime().UTC())
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (f Folder) path(name string) string { return filepath.Join(string(f), filepath.Base(name)) }
