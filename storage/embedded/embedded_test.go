package embedded

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

func TestConfiguredServersAreUsedAndNothingIsStarted(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	s, err := Open(t.Context(), Options{Dir: dir, DatabaseURL: "postgres://db", RedisURL: "redis://cache"})
	if err != nil || s.DatabaseURL != "postgres://db" || s.RedisURL != "redis://cache" || s.Mini {
		t.Fatalf("%+v, %v", s, err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Fatalf("the data folder was made: %v", err)
	}
}

func TestOnlyTheServerThatIsNotConfiguredIsStarted(t *testing.T) {
	h := newHouse(t)
	o := h.options()
	arg := strings.Replace(h.arg, `"DatabaseURL":""`, `"DatabaseURL":"postgres://db"`, 1)
	o.DatabaseURL, o.Keeper = "postgres://db", []string{o.Keeper[0], "keeper", arg}
	s, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if s.DatabaseURL != "postgres://db" || !strings.HasPrefix(s.RedisURL, "unix:///") || h.postmaster() != 0 {
		t.Fatalf("%+v", s)
	}
	if _, err := Open(t.Context(), h.options()); err == nil || !strings.Contains(err.Error(), "set them alike") {
		t.Fatalf("the keeper without Postgres was taken: %v", err)
	}
}

func TestFromNothingAndAgainWithEverythingKept(t *testing.T) {
	h := newHouse(t)
	for turn := 1; turn <= 2; turn++ {
		began := time.Now()
		s := h.open()
		t.Logf("open %d took %s", turn, time.Since(began).Round(time.Millisecond))
		h.counts(s, fmt.Sprint(turn, turn))
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		postmaster, redis := h.postmaster(), h.redis()
		if !h.alone(patience) {
			t.Fatal("the keeper stays")
		}
		if postmaster == 0 || redis == 0 || !gone(postmaster) || !gone(redis) {
			t.Fatalf("Postgres %d or Redis %d outlived the keeper", postmaster, redis)
		}
	}
}

func TestTheServersStayWhileAnyProcessUsesThemAndStopWithTheLast(t *testing.T) {
	h := newHouse(t)
	s := h.open()
	other := h.guest()
	other.counts("1 1")
	keeper := h.state().PID
	h.counts(s, "2 2")
	s.Close()
	other.counts("3 3")
	if now := h.state(); now.PID != keeper || !now.alive() {
		t.Fatalf("keeper %d became %+v", keeper, now)
	}
	if group, err := syscall.Getpgid(keeper); err != nil || group != keeper {
		t.Fatalf("the keeper is in process group %d of a terminal (%v)", group, err)
	}
	other.leaves()
	h.soon("the keeper stops", func() bool { return gone(keeper) })
}

func TestWithoutPostgresOneSentenceSaysHowToInstallIt(t *testing.T) {
	t.Setenv("PG_BIN", t.TempDir())
	_, err := Open(t.Context(), newHouse(t).options())
	if !errors.Is(err, ErrNoPostgres) || !strings.Contains(err.Error(), "`apt-get install -y postgresql`") {
		t.Fatal(err)
	}
}

func TestDataOfAnotherPostgresIsNamedAndLeftAlone(t *testing.T) {
	h := newHouse(t)
	if err := os.MkdirAll(filepath.Join(h.Dir, "postgres"), 0o700); err != nil {
		t.Fatal(err)
	}
	h.write("postgres/PG_VERSION", "9\n")
	_, err := Open(t.Context(), h.options())
	other, ok := errors.AsType[*OtherVersion](err)
	if !ok || other.Made != "9" || !strings.Contains(err.Error(), "postgresql-9") {
		t.Fatal(err)
	}
}

func TestWithoutRedisKeysOfMiniredisExpireByTheWallClock(t *testing.T) {
	t.Setenv("REDIS_BIN", t.TempDir())
	h := newHouse(t)
	s := h.open()
	if !s.Mini {
		t.Fatalf("%+v", s)
	}
	h.counts(s, "1 1")
	client := h.client(s)
	if err := client.Set(t.Context(), "short", 1, 300*time.Millisecond).Err(); err != nil {
		t.Fatal(err)
	}
	h.soon("the key expires", func() bool { return errors.Is(client.Get(t.Context(), "short").Err(), redis.Nil) })
	before := h.state()
	kill(before.PID)
	h.soon("another keeper is there", func() bool { now := h.state(); return now.PID != before.PID && now.alive() })
	if now := h.state(); now.RedisURL != before.RedisURL {
		t.Fatal("miniredis came back at another address")
	}
	h.counts(s, "2 1")
}

func TestMiniredisWantsItsPassword(t *testing.T) {
	t.Setenv("REDIS_BIN", t.TempDir())
	s := newHouse(t).open()
	options, err := redis.ParseURL(s.RedisURL)
	if err != nil {
		t.Fatal(err)
	}
	options.Password = ""
	client := redis.NewClient(options)
	defer client.Close()
	if err := client.Ping(t.Context()).Err(); err == nil {
		t.Fatal("it answers without")
	}
}

func (h *house) client(s *Servers) *redis.Client {
	h.Helper()
	options, err := redis.ParseURL(s.RedisURL)
	if err != nil {
		h.Fatal(err)
	}
	client := redis.NewClient(options)
	h.Cleanup(func() { client.Close() })
	return client
}

func TestServersNeverRunAsRootAndNothingIsOpenToOthers(t *testing.T) {
	h := newHouse(t)
	h.open()
	for _, pid := range []int{h.postmaster(), h.redis()} {
		if owner := ownerOf(fmt.Sprintf("/proc/%d", pid)); owner == 0 {
			t.Errorf("process %d runs as root", pid)
		}
	}
	entries, err := os.ReadDir(h.Dir)
	if err != nil || len(entries) == 0 {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if about, err := entry.Info(); err != nil || about.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s is %v, %v", entry.Name(), about.Mode(), err)
		}
	}
	about, err := os.Stat(h.Dir)
	if err != nil || about.Mode().Perm()&^0o710 != 0 {
		t.Fatalf("the data folder is %v, %v", about.Mode(), err)
	}
}

func TestAFolderTheServersCannotEnterIsNamed(t *testing.T) {
	if os.Geteuid() != 0 {
		return // an ordinary user's servers run as that user
	}
	closed := filepath.Join(filepath.Dir(newHouse(t).Dir), "closed")
	if err := os.Mkdir(closed, 0o700); err != nil {
		t.Fatal(err)
	}
	_, err := Open(t.Context(), Options{Dir: filepath.Join(closed, "data")})
	if out, ok := errors.AsType[*Unreachable](err); !ok || out.Folder != closed {
		t.Fatal(err)
	}
}

func TestAPathTooLongForASocketGetsAShortOne(t *testing.T) {
	long := filepath.Join(filepath.Dir(newHouse(t).Dir), strings.Repeat("panjang-", 20))
	h := houseIn(t, long, 0)
	s := h.open()
	h.counts(s, "1 1")
	user, err := Prepare(long)
	if err != nil {
		t.Fatal(err)
	}
	socket, err := SocketDir(long, user)
	if err != nil || strings.HasPrefix(socket, long) {
		t.Fatalf("%s, %v", socket, err)
	}
	about, err := os.Stat(socket)
	if err != nil || about.Mode().Perm() != 0o700 {
		t.Fatalf("%v, %v", about, err)
	}
	t.Cleanup(func() { os.RemoveAll(socket) })
}

func TestAFailingKeeperSaysWhy(t *testing.T) {
	h := newHouse(t)
	h.open().Close()
	if !h.alone(patience) {
		t.Fatal("the keeper stays")
	}
	h.write("postgres/postgresql.conf", "nonsense = 1\n")
	_, err := Open(t.Context(), h.options())
	if err == nil || !strings.Contains(err.Error(), "nonsense") {
		t.Fatal(err)
	}
}

func TestOpenGivesUpWhenToldTo(t *testing.T) {
	h := newHouse(t)
	if err := os.MkdirAll(h.Dir, 0o700); err != nil {
		t.Fatal(err)
	}
	stopping, err := tryLock(filepath.Join(h.Dir, "users.lock"), syscall.LOCK_EX)
	if err != nil {
		t.Fatal(err)
	}
	defer stopping.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := Open(ctx, h.options()); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatal(err)
	}
}

// A server that missed the keeper's death is found by the lock it holds and the folder in its command line.
