package vault

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// Delete removes a file for good; one that is not there is no error.
func (v *Vault) Delete(ctx context.Context, id string) error {
	if !ValidID(id) {
		return fmt.Errorf("delete file: %w", ErrID)
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("delete file %s: %w", id, err)
	}
	err := os.Remove(v.path(id))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = syncDir(v.shard(id))
	}
	if err != nil {
		return fmt.Errorf("delete file %s: %w", id, err)
	}
	return nil
}

// List yields every file put before olderThan, by the clock of the file system, in the order of their ids.
// The first error of yield ends it and is returned. yield may delete what it is given. Anything in the
// folder that Put did not make is passed over.
func (v *Vault) List(ctx context.Context, olderThan time.Time, yield func(id string, modTime time.Time) error) error {
	shards, err := os.ReadDir(v.root)
	if err != nil {
		return fmt.Errorf("list the vault: %w", err)
	}
	for _, s := range shards {
		if !s.IsDir() || len(s.Name()) != 2 {
			continue
		}
		if err := v.listShard(ctx, s.Name(), olderThan, yield); err != nil {
			return fmt.Errorf("list the vault: %w", err)
		}
	}
	return nil
}

func (v *Vault) listShard(ctx context.Context, shard string, olderThan time.Time, yield func(string, time.Time) error) error {
	files, err := os.ReadDir(filepath.Join(v.root, shard))
	if err != nil {
		return err
	}
	for _, f := range files {
		if err := ctx.Err(); err != nil {
			return err
		}
		id := f.Name()
		if !ValidID(id) || id[:2] != shard {
			continue
		}
		at, ok, err := putAt(f)
		if err != nil {
			return err
		}
		if !ok || !at.Before(olderThan) {
			continue
		}
		if err := yield(id, at); err != nil {
			return err
		}
	}
	return nil
}

// putAt is false for what is no file, and for one deleted meanwhile.
func putAt(f fs.DirEntry) (at time.Time, ok bool, err error) {
	st, err := f.Info()
	if errors.Is(err, fs.ErrNotExist) {
		return time.Time{}, false, nil
	}
	if err != nil {
		return time.Time{}, false, err
	}
	return st.ModTime().UTC(), st.Mode().IsRegular(), nil
}
