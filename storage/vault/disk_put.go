package vault

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
)

// Put writes the file aside, syncs it and renames it: once it returns nil the file survives a power cut.
func (d *Disk) Put(ctx context.Context, id string, write func(io.Writer) error) error {
	a, err := d.newAside()
	if err != nil {
		return err
	}
	defer a.discard()
	if err := write(a.file); err != nil {
		return err
	}
	return d.settle(ctx, a, id)
}

// settle moves a finished file to its place. The lock on it is held until it has left tmp.
func (d *Disk) settle(ctx context.Context, a *aside, id string) error {
	if err := a.file.Sync(); err != nil {
		return err
	}
	if err := d.makeShard(id); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := os.Rename(a.file.Name(), d.path(id)); err != nil {
		return err
	}
	a.settled = true
	return errors.Join(a.file.Close(), syncDir(d.shard(id)))
}

func (d *Disk) makeShard(id string) error {
	err := os.Mkdir(d.shard(id), 0o700)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return syncDir(d.root)
}
