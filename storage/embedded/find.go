package embedded

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// inherited names the variable that tells a keeper under which number it has keeper.lock.
const inherited = "TITIAN_KEEPER_LOCK"

// errKilled is worth another try: a keeper that cannot start its servers says why.
var errKilled = errors.New("the keeper of the servers ended without a word")

// find returns the running keeper's state, starting a keeper when there is none. The caller shares users.lock, so the
// keeper it finds does not stop; one that is killed meanwhile frees keeper.lock and is replaced.
func (k *keeper) find(ctx context.Context) (state, error) {
	for tries := 1; ; {
		lock, err := tryLock(k.path("keeper.lock"), syscall.LOCK_EX)
		if err != nil {
			return state{}, err
		}
		if lock != nil {
			now, err := k.launch(ctx, lock)
			if !errors.Is(err, errKilled) || tries == 3 {
				return now, err
			}
			tries++
			continue
		}
		if now, ok := readState(k.path("servers.json")); ok && now.alive() {
			return now, k.serves(now)
		}
		select {
		case <-ctx.Done():
			return state{}, fmt.Errorf("wait for the keeper of the servers: %w", ctx.Err())
		case <-time.After(lookAgain):
		}
	}
}

// serves is an error when a running keeper was told to use servers from elsewhere and we were not.
func (k *keeper) serves(now state) error {
	if k.DatabaseURL == "" && now.DatabaseURL == "" || k.RedisURL == "" && now.RedisURL == "" {
		return fmt.Errorf("another titian uses %s with DATABASE_URL or REDIS_URL set and this one has neither: set them alike, or stop the other", k.Dir)
	}
	return nil
}

// launch starts a keeper in a session of its own, so that a Ctrl-C here is not its end, and hands it the lock.
// What can be said here about a machine that has no Postgres is said before.
func (k *keeper) launch(ctx context.Context, lock *os.File) (state, error) {
	defer lock.Close()
	if len(k.Keeper) == 0 {
		return state{}, errors.New("start the keeper of the servers: no command was given for it")
	}
	if _, err := k.servers(); err != nil {
		return state{}, err
	}
	log, err := appendTo(k.path("log", "keeper.log"))
	if err != nil {
		return state{}, fmt.Errorf("open the keeper's log: %w", err)
	}
	defer log.Close()
	cmd := exec.Command(k.Keeper[0], k.Keeper[1:]...)
	cmd.Env = append(os.Environ(), inherited+"=3")
	cmd.Stdout, cmd.Stderr = log, log
	cmd.ExtraFiles = []*os.File{lock}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := cmd.Start(); err != nil {
		return state{}, fmt.Errorf("start the keeper of the servers: %w", err)
	}
	ended := make(chan struct{})
	go func() { cmd.Wait(); close(ended) }()
	return k.await(ctx, cmd.Process.Pid, ended)
}

// await returns when the keeper we started is ready or has said why not.
func (k *keeper) await(ctx context.Context, pid int, ended <-chan struct{}) (state, error) {
	for {
		now, ok := readState(k.path("servers.json"))
		if ok && now.PID == pid && now.alive() && now.Error == "" {
			return now, nil
		}
		select {
		case <-ended:
			if now, ok = readState(k.path("servers.json")); ok && now.PID == pid && now.Error != "" {
				return state{}, fmt.Errorf("start the servers: %s", now.Error)
			}
			return state{}, fmt.Errorf("%w: see %s", errKilled, k.path("log", "keeper.log"))
		case <-ctx.Done():
			return state{}, fmt.Errorf("wait for the servers to start: %w", ctx.Err())
		case <-time.After(lookAgain):
		}
	}
}

// watch replaces a keeper that was killed, until ctx ends.
func (k *keeper) watch(ctx context.Context) {
	for wait := time.Second; ; {
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
		wait = time.Second
		lock, err := tryLock(k.path("keeper.lock"), syscall.LOCK_EX)
		if lock == nil && err == nil {
			continue
		}
		if err == nil {
			k.Log.Warn("the keeper of the servers is gone, starting another", "dir", k.Dir)
			_, err = k.launch(ctx, lock)
		}
		if err != nil && ctx.Err() == nil {
			k.Log.Error("no keeper of the servers", "dir", k.Dir, "error", err)
			wait = 10 * time.Second
		}
	}
}

// ownLock is the keeper.lock this process was started with, else its own; nil when another keeper has it.
func (k *keeper) ownLock() (*os.File, error) {
	given := os.Getenv(inherited)
	os.Unsetenv(inherited)
	if given == "3" {
		syscall.CloseOnExec(3)
		lock := os.NewFile(3, k.path("keeper.lock"))
		if k.holds(lock) {
			return lock, nil
		}
		lock.Close()
	}
	return tryLock(k.path("keeper.lock"), syscall.LOCK_EX)
}

// holds says whether the lock is still the file of that name: a data folder may be removed, and made again.
func (k *keeper) holds(lock *os.File) bool {
	ours, err := lock.Stat()
	if err != nil {
		return false
	}
	there, err := os.Stat(k.path("keeper.lock"))
	return err == nil && os.SameFile(ours, there)
}

func (k *keeper) path(names ...string) string {
	return filepath.Join(k.Dir, filepath.Join(names...))
}

// madeBy is the version that made the data in dir, "" when there is none.
func madeBy(dir string) string {
	text, err := os.ReadFile(filepath.Join(dir, "PG_VERSION"))
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(text))
}
