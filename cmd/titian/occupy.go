package main

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// occupy notes that this process works on the data folder, alone or beside
// others. The kernel forgets the note with the process. Alone is a Complaint
// while others are there.
func (c *settings) occupy(alone bool) (*os.File, error) {
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return nil, complain("the data folder cannot be made: %v", err)
	}
	f, err := os.OpenFile(c.in("running.lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, complain("the data folder cannot be written: %v", err)
	}
	how := syscall.LOCK_SH
	if alone {
		how = syscall.LOCK_EX
	}
	err = syscall.Flock(int(f.Fd()), how|syscall.LOCK_NB)
	if err == nil {
		return f, nil
	}
	f.Close()
	switch {
	case !errors.Is(err, syscall.EWOULDBLOCK):
		return nil, fmt.Errorf("lock the data folder: %w", err)
	case alone:
		return nil, complain("another titian works on %s: stop it first, and every replica elsewhere", c.Data)
	}
	return nil, complain("the keyset of %s is being rotated: try again in a moment", c.Data)
}
