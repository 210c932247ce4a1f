package vault

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// aside is a file still arriving. Its writer holds a lock on it, which the system drops when the process
// dies: a file in tmp that can be locked is a leftover, even while another process is writing beside it.
type aside struct {
	file    *os.File
	settled bool
}

func (d *Disk) newAside() (*aside, error) {
	for {
		f, err := os.OpenFile(filepath.Join(d.tmp, NewID()), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			return nil, err
		}
		if err := lock(f, syscall.LOCK_EX); err != nil && !errors.Is(err, errNoLocks) {
			return nil, errors.Join(err, os.Remove(f.Name()), f.Close())
		}
		if named(f) {
			return &aside{file: f}, nil
		}
		_ = f.Close() // swept by another process between its making and its lock
	}
}

func (a *aside) discard() {
	if !a.settled {
		_ = os.Remove(a.file.Name())
		_ = a.file.Close()
	}
}

// sweepAside removes the leftovers of processes that died.
func (d *Disk) sweepAside() error {
	entries, err := os.ReadDir(d.tmp)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if !e.Type().IsRegular() {
			continue
		}
		if err := sweep(filepath.Join(d.tmp, e.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

func sweep(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	if lock(f, syscall.LOCK_EX|syscall.LOCK_NB) != nil || !named(f) {
		return nil // still being written, or already moved to its place
	}
	return os.Remove(path)
}

// errNoLocks is what a file system without locks answers; then nothing is ever swept there.
var errNoLocks = errors.ErrUnsupported

func lock(f *os.File, how int) error {
	for {
		err := syscall.Flock(int(f.Fd()), how)
		switch {
		case err == syscall.EINTR:
		case err == syscall.ENOLCK:
			return errNoLocks
		default:
			return err
		}
	}
}

func named(f *os.File) bool {
	mine, err := f.Stat()
	if err != nil {
		return false
	}
	there, err := os.Stat(f.Name())
	return err == nil && os.SameFile(mine, there)
}
