package embedded

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestAUserThatIsKilledHoldsNothing(t *testing.T) {
	h := newHouse(t)
	s := h.open()
	other := h.guest()
	other.counts("1 1")
	s.Close()
	keeper := h.state().PID
	kill(other.cmd.Process.Pid)
	other.cmd.Wait()
	h.soon("the keeper stops", func() bool { return gone(keeper) })
}

func TestServersDieWithAKilledKeeperAndTheNextOpenHasEverything(t *testing.T) {
	h := newHouse(t)
	s := h.open()
	h.counts(s, "1 1")
	keeper, postmaster, redis := h.state().PID, h.postmaster(), h.redis()
	s.Close()
	kill(keeper)
	h.soon("Postgres and Redis die with the keeper", func() bool { return gone(postmaster) && gone(redis) })
	h.counts(h.open(), "2 2")
}

func TestAKilledKeeperIsReplacedUnderThoseWhoUseIt(t *testing.T) {
	h := newHouse(t)
	s := h.open()
	h.counts(s, "1 1")
	before := h.state()
	kill(before.PID)
	h.soon("another keeper is there", func() bool { now := h.state(); return now.PID != before.PID && now.alive() })
	if now := h.state(); now.DatabaseURL != before.DatabaseURL || now.RedisURL != before.RedisURL {
		t.Fatalf("the addresses changed: %+v, %+v", before, now)
	}
	h.counts(s, "2 2")
}

func TestAKilledServerIsStartedAgain(t *testing.T) {
	h := newHouse(t)
	s := h.open()
	h.counts(s, "1 1")
	postmaster, redis := h.postmaster(), h.redis()
	kill(postmaster)
	kill(redis)
	ready := func(pid func() int, before int) func() bool {
		return func() bool { return pid() != before && pid() != 0 }
	}
	h.soon("Postgres is back", ready(h.postmaster, postmaster))
	h.soon("Redis is back", ready(h.redis, redis))
	h.soon("both answer", func() bool { _, err := count(s); return err == nil })
}

func TestWhatAKilledMachineLeftIsRecognised(t *testing.T) {
	h := newHouse(t)
	s := h.open()
	h.counts(s, "1 1")
	keeper, postmaster, redis := h.state(), h.postmaster(), h.redis()
	left, err := os.ReadFile(filepath.Join(h.Dir, "servers.json"))
	if err != nil {
		t.Fatal(err)
	}
	s.Close()
	for _, pid := range []int{postmaster, redis, keeper.PID} {
		kill(pid)
	}
	h.soon("all are gone", func() bool { return gone(postmaster) && gone(redis) && gone(keeper.PID) })
	// After a reboot the numbers belong to others who live: to this test.
	ours := strings.ReplaceAll(string(left), fmt.Sprint(keeper.PID), fmt.Sprint(os.Getpid()))
	h.write("servers.json", ours)
	h.write("redis/redis.pid", fmt.Sprintln(os.Getpid()))
	pidFile, err := os.ReadFile(filepath.Join(h.Dir, "postgres", "postmaster.pid"))
	if err != nil {
		t.Fatalf("a killed Postgres leaves its pid file: %v", err)
	}
	_, rest, _ := strings.Cut(string(pidFile), "\n")
	h.write("postgres/postmaster.pid", fmt.Sprintf("%d\n%s", os.Getpid(), rest))
	h.counts(h.open(), "2 2")
}

func (h *house) write(name, text string) {
	h.Helper()
	if err := os.WriteFile(filepath.Join(h.Dir, name), []byte(text), 0o600); err != nil {
		h.Fatal(err)
	}
}

func TestAKeeperWhoseFolderIsRemovedStops(t *testing.T) {
	h := newHouse(t)
	s := h.open()
	keeper := h.state().PID
	s.Close()
	h.soon("the folder is removed", func() bool { return os.RemoveAll(h.Dir) == nil })
	h.soon("the keeper stops", func() bool { return gone(keeper) })
}

func TestATermedKeeperWaitsForItsUsers(t *testing.T) {
	h := newHouse(t)
	s := h.open()
	keeper := h.state().PID
	syscall.Kill(keeper, syscall.SIGTERM)
	h.counts(s, "1 1")
	s.Close()
	h.soon("the keeper stops", func() bool { return gone(keeper) })
}

func TestAServerThatOutlivesItsKeeperIsKilledAndNoOther(t *testing.T) {
	h := newHouse(t)
	h.open().Close()
	if !h.alone(patience) {
		t.Fatal("the keeper stays")
	}
	lock, err := tryLock(filepath.Join(h.Dir, "postgres.lock"), syscall.LOCK_EX)
	if err != nil {
		t.Fatal(err)
	}
	deaf, err := launch{argv: []string{"/bin/sh", "-c", "kill -STOP $$", h.Dir}, dir: "/", onDeath: syscall.SIGKILL, lock: lock}.start()
	if err != nil {
		t.Fatal(err)
	}
	defer deaf.kill()
	lock.Close()
	pidFile := filepath.Join(h.Dir, "left.pid")
	h.write("left.pid", fmt.Sprintln(os.Getpid()))
	left := leftover{lock: filepath.Join(h.Dir, "postgres.lock"), pidFile: pidFile, title: h.Dir, log: filepath.Join(h.Dir, "log", "left.log"), patience: 50 * time.Millisecond}
	if _, err := left.take(t.Context()); err == nil {
		t.Fatal("a lock was taken twice")
	}
	h.write("left.pid", fmt.Sprintln(deaf.pid()))
	taken, err := left.take(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	taken.Close()
}
