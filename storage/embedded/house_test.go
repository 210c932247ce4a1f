package embedded

import (
	"bufio"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	_ "github.com/lib/pq"
	"github.com/redis/go-redis/v9"
)

// patience is for what must happen soon; the machine may be busy.
const patience = 30 * time.Second

// TestMain is also the program that the tests start again: as the keeper, and as a process that uses the servers.
func TestMain(m *testing.M) {
	if len(os.Args) == 3 {
		switch os.Args[1] {
		case "keeper":
			exit(runKeeper(os.Args[2]))
		case "user":
			exit(runUser(os.Args[2]))
		}
	}
	os.Exit(m.Run())
}

func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

func optionsFor(arg string) Options {
	var o Options
	if err := json.Unmarshal([]byte(arg), &o); err != nil {
		exit(err)
	}
	o.Log = slog.New(slog.NewTextHandler(os.Stderr, nil))
	exe, err := os.Executable()
	if err != nil {
		exit(err)
	}
	o.Keeper = []string{exe, "keeper", arg}
	return o
}

func runKeeper(arg string) error {
	ctx, cancel := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer cancel()
	return Keep(ctx, optionsFor(arg))
}

// runUser opens the servers and counts once in both for each line it reads, saying what it counted.
func runUser(arg string) error {
	s, err := Open(context.Background(), optionsFor(arg))
	if err != nil {
		return err
	}
	defer s.Close()
	for in := bufio.NewScanner(os.Stdin); in.Scan(); {
		n, err := count(s)
		if err != nil {
			return err
		}
		fmt.Println(n)
	}
	return nil
}

// count adds one in Postgres and in Redis and returns both sums.
func count(s *Servers) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	db, err := sql.Open("postgres", s.DatabaseURL)
	if err != nil {
		return "", err
	}
	defer db.Close()
	var rows int
	err = db.QueryRowContext(ctx, `INSERT INTO counted VALUES (1) RETURNING (SELECT count(*) + 1 FROM counted)`).Scan(&rows)
	if err != nil {
		return "", fmt.Errorf("count in Postgres: %w", err)
	}
	options, err := redis.ParseURL(s.RedisURL)
	if err != nil {
		return "", err
	}
	client := redis.NewClient(options)
	defer client.Close()
	n, err := client.Incr(ctx, "counted").Result()
	if err != nil {
		return "", fmt.Errorf("count in Redis: %w", err)
	}
	return fmt.Sprintf("%d %d", rows, n), nil
}

// house is one data folder of a test, with what runs on it.
type house struct {
	*testing.T
	Dir string
	arg string
}

// newHouse makes a data folder that the servers' user can reach. Whatever runs on it ends with the test.
func newHouse(t *testing.T) *house {
	t.Helper()
	above, err := os.MkdirTemp(ground(), "titian-embedded-")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(above, 0o755); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(above) })
	return houseIn(t, filepath.Join(above, "data"), 50*time.Millisecond)
}

// ground is memory where there is plenty: a cluster is a thousand small files.
func ground() string {
	var memory syscall.Statfs_t
	if os.Getenv("TMPDIR") == "" && syscall.Statfs("/dev/shm", &memory) == nil && memory.Bavail*uint64(memory.Bsize) > 4<<30 {
		return "/dev/shm"
	}
	return os.TempDir()
}

func houseIn(t *testing.T, dir string, grace time.Duration) *house {
	t.Helper()
	h := &house{T: t, Dir: dir}
	arg, err := json.Marshal(Options{Dir: dir, Grace: grace})
	if err != nil {
		t.Fatal(err)
	}
	h.arg = string(arg)
	t.Cleanup(h.close)
	return h
}

// close ends the keeper, by its own process id should it not leave by itself.
func (h *house) close() {
	if h.Failed() {
		text, _ := os.ReadFile(filepath.Join(h.Dir, "log", "keeper.log"))
		h.Logf("keeper.log:\n%s", text)
	}
	now := h.state()
	if h.alone(patience) {
		return
	}
	h.Errorf("the keeper %d did not stop although nobody uses its servers", now.PID)
	if now.alive() {
		syscall.Kill(now.PID, syscall.SIGKILL)
	}
}

// alone waits until there is no keeper.
func (h *house) alone(within time.Duration) bool {
	return poll(within, func() bool {
		lock, err := tryLock(filepath.Join(h.Dir, "keeper.lock"), syscall.LOCK_EX)
		lock.Close()
		return lock != nil || os.IsNotExist(err)
	})
}

func (h *house) options() Options {
	o := optionsFor(h.arg)
	o.Log = slog.New(slog.NewTextHandler(h.Output(), nil))
	return o
}

func (h *house) state() state {
	s, _ := readState(filepath.Join(h.Dir, "servers.json"))
	return s
}

func (h *house) postmaster() int {
	return firstLine(filepath.Join(h.Dir, "postgres", "postmaster.pid"))
}
func (h *house) redis() int { return firstLine(filepath.Join(h.Dir, "redis", "redis.pid")) }

// open opens the servers in this process, with the table that count needs.
func (h *house) open() *Servers {
	h.Helper()
	s, err := Open(h.Context(), h.options())
	if err != nil {
		h.Fatalf("open: %v", err)
	}
	h.Cleanup(func() { s.Close() })
	h.exec(s, "CREATE TABLE IF NOT EXISTS counted (n int)")
	return s
}

func (h *house) exec(s *Servers, query string) {
	h.Helper()
	db, err := sql.Open("postgres", s.DatabaseURL)
	if err != nil {
		h.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(query); err != nil {
		h.Fatal(err)
	}
}

func (h *house) counts(s *Servers, want string) {
	h.Helper()
	if got, err := count(s); err != nil || got != want {
		h.Fatalf("counted %q, want %q (%v)", got, want, err)
	}
}

// guest is another process with the servers open.
type guest struct {
	h   *house
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
}

func (h *house) guest() *guest {
	h.Helper()
	u := &guest{h: h, cmd: exec.Command(h.options().Keeper[0], "user", h.arg)}
	u.cmd.Stderr = h.Output()
	u.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	in, err := u.cmd.StdinPipe()
	if err != nil {
		h.Fatal(err)
	}
	out, err := u.cmd.StdoutPipe()
	if err != nil {
		h.Fatal(err)
	}
	u.in, u.out = in, bufio.NewReader(out)
	if err := u.cmd.Start(); err != nil {
		h.Fatal(err)
	}
	return u
}

// counts makes the other process count once.
func (u *guest) counts(want string) {
	u.h.Helper()
	fmt.Fprintln(u.in)
	got, err := u.out.ReadString('\n')
	if err != nil || strings.TrimSpace(got) != want {
		u.h.Fatalf("the other process counted %q, want %q (%v)", got, want, err)
	}
}

func (u *guest) leaves() {
	u.h.Helper()
	u.in.Close()
	if err := u.cmd.Wait(); err != nil {
		u.h.Fatalf("the other process: %v", err)
	}
}

func kill(pid int) { syscall.Kill(pid, syscall.SIGKILL) }

func gone(pid int) bool { return startOf(pid) == "" }

func poll(within time.Duration, what func() bool) bool {
	for deadline := time.Now().Add(within); !what(); time.Sleep(lookAgain) {
		if time.Now().After(deadline) {
			return false
		}
	}
	return true
}

func (h *house) soon(what string, is func() bool) {
	h.Helper()
	if !poll(patience, is) {
		h.Fatalf("not within %s: %s", patience, what)
	}
}
