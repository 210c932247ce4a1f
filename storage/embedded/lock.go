package embedded

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// lookAgain is how often a wait for another process looks again: the kernel tells nobody that a flock came free.
const lookAgain = 10 * time.Millisecond

// tryLock takes path with flock(2), LOCK_EX or LOCK_SH, and returns nil, nil when another holds it.
// The lock belongs to the open file: a child that inherits it holds it too, and the kernel frees it with the last of them.
func tryLock(path string, how int) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|syscall.O_NOFOLLOW, 0o600)
	if err != nil {
		return nil, err
	}
	if err := inherit(path); err != nil {
		f.Close()
		return nil, err
	}
	err = syscall.Flock(int(f.Fd()), how|syscall.LOCK_NB)
	if err == nil {
		return f, nil
	}
	f.Close()
	if errors.Is(err, syscall.EWOULDBLOCK) || errors.Is(err, syscall.EINTR) {
		return nil, nil
	}
	return nil, fmt.Errorf("lock %s: %w", path, err)
}

// waitLock is tryLock until ctx ends.
func waitLock(ctx context.Context, path string, how int) (*os.File, error) {
	for {
		f, err := tryLock(path, how)
		if f != nil || err != nil {
			return f, err
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("lock %s: %w", path, ctx.Err())
		case <-time.After(lookAgain):
		}
	}
}

// leftover is a server whose keeper died: it still holds the lock of its data until it has ended too.
type leftover struct {
	lock     string // held by the server and all its children
	pidFile  string // first line: its process id
	title    string // what the command line of that process contains, so that it is really ours
	log      string // the server's, where a killing is noted
	patience time.Duration
}

// take returns the lock. A server left over is on its way out, since the kernel told it so; one that is not is killed.
func (l leftover) take(ctx context.Context) (*os.File, error) {
	patient, cancel := context.WithTimeout(ctx, l.patience)
	defer cancel()
	f, err := waitLock(patient, l.lock, syscall.LOCK_EX)
	if err == nil || ctx.Err() != nil || patient.Err() == nil {
		return f, err
	}
	if pid := firstLine(l.pidFile); runsFor(pid, l.title) {
		syscall.Kill(pid, syscall.SIGKILL)
		l.note(fmt.Sprintf("killed process %d, which an earlier keeper left and which did not end in %s", pid, l.patience))
	}
	patient, cancel = context.WithTimeout(ctx, l.patience)
	defer cancel()
	return waitLock(patient, l.lock, syscall.LOCK_EX)
}

func (l leftover) note(what string) {
	log, err := appendTo(l.log)
	if err != nil {
		return
	}
	defer log.Close()
	fmt.Fprintln(log, time.Now().UTC().Format(time.RFC3339), what)
}

// firstLine is the number on the first line of a pid file, 0 when there is none.
func firstLine(path string) int {
	text, err := os.ReadFile(path)
	if err != nil {
		return 0
	}
	line, _, _ := strings.Cut(string(text), "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(line))
	if err != nil {
		return 0
	}
	return pid
}

// runsFor says whether pid lives and has title in its command line: after a machine died its numbers belong to anybody.
func runsFor(pid int, title string) bool {
	if pid <= 1 {
		return false
	}
	argv, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	return err == nil && strings.Contains(string(argv), title)
}
