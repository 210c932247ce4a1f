package vault

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"
)

// Disk is a Store in a folder: ab/abcdef… under its root, and tmp for files still arriving.
type Disk struct {
	root string
	tmp  string
}

// OpenDisk makes the folder when it is not there, and removes what a crash left half written.
func OpenDisk(dir string) (*Disk, error) {
	d := LookAt(dir)
	if err := os.MkdirAll(d.tmp, 0o700); err != nil {
		return nil, fmt.Errorf("open the vault: %w", err)
	}
	if err := d.sweepAside(); err != nil {
		return nil, fmt.Errorf("open the vault: %w", err)
	}
	return d, nil
}

// LookAt is a folder as it is: nothing in it is changed, and nothing can be put when it is not there.
func LookAt(dir string) *Disk { return &Disk{root: dir, tmp: filepath.Join(dir, "tmp")} }

// Open opens a file. Who reads it keeps it while it is replaced or deleted.
func (d *Disk) Open(_ context.Context, id string) (file io.ReadCloser, sizeBytes int64, err error) {
	f, err := os.Open(d.path(id))
	if err != nil {
		return nil, 0, err
	}
	st, err := f.Stat()
	if err != nil {
		return nil, 0, errors.Join(err, f.Close())
	}
	return f, st.Size(), nil
}

func (d *Disk) shard(id string) string { return filepath.Join(d.root, id[:2]) }
func (d *Disk) path(id string) string  { return filepath.Join(d.root, id[:2], id) }

// Space is the room on a disk; Free is what this program may still use.
type Space struct{ FreeBytes, TotalBytes int64 }

// SpaceAt asks the file system that a folder stands on.
func SpaceAt(dir string) (Space, error) {
	var st syscall.Statfs_t
	if err := syscall.Statfs(dir, &st); err != nil {
		return Space{}, fmt.Errorf("ask for the space of %s: %w", dir, err)
	}
	block := int64(st.Bsize)
	return Space{FreeBytes: int64(st.Bavail) * block, TotalBytes: int64(st.Blocks) * block}, nil
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
