package vault

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// Delete removes a file for good.
func (d *Disk) Delete(ctx context.Context, id string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	err := os.Remove(d.path(id))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = syncDir(d.shard(id))
	}
	return err
}

// List yields the files with their time by the clock of the file system. Anything in the folder that Put did not make
// is passed over.
func (d *Disk) List(ctx context.Context, yield func(name string, sizeBytes int64, at time.Time) error) error {
	shards, err := os.ReadDir(d.root)
	if err != nil {
		return err
	}
	for _, s := range shards {
		if !s.IsDir() || len(s.Name()) != 2 {
			continue
		}
		if err := d.listShard(ctx, s.Name(), yield); err != nil {
			return err
		}
	}
	return nil
}

func (d *Disk) listShard(ctx context.Context, shard string, yield func(string, int64, time.Time) error) error {
	files, err := os.ReadDir(filepath.Join(d.root, shard))
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
		st, err := f.Info()
		if errors.Is(err, fs.ErrNotExist) {
			continue // deleted meanwhile
		}
		if err != nil {
			return err
		}
		if !st.Mode().IsRegular() {
			continue
		}
		if err := yield(id, st.Size(), st.ModTime().UTC()); err != nil {
			return err
		}
	}
	return nil
}

// Sweep removes the leftovers of processes that died, however young: their writers hold no lock on them any more.
func (d *Disk) Sweep(context.Context, time.Time) error { return d.sweepAside() }
