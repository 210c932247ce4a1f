package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// patience is how long a test waits for what should come at once.
const patience = time.Minute

var built struct {
	sync.Once
	path string
	err  error
}

func TestMain(m *testing.M) {
	code := m.Run()
	if built.path != "" {
		os.RemoveAll(filepath.Dir(built.path))
	}
	if furniture.from != "" {
		os.RemoveAll(filepath.Dir(furniture.from))
	}
	os.Exit(code)
}

// binary builds the program, once.
func binary(t testing.TB) string {
	t.Helper()
	if *benchBinary != "" {
		return *benchBinary
	}
	built.Do(func() {
		dir, err := os.MkdirTemp("", "titian-binary-")
		if err != nil {
			built.err = err
			return
		}
		built.path = filepath.Join(dir, "titian")
		if said, err := exec.Command("go", "build", "-tags", tags(), "-o", built.path, ".").CombinedOutput(); err != nil {
			built.err = fmt.Errorf("build: %w: %s", err, said)
		}
	})
	if built.err != nil {
		t.Fatal(built.err)
	}
	return built.path
}

// tags are those the program is built with: only one of a lab writes its profile.
func tags() string {
	if *benchProfile != "" {
		return "lab"
	}
	return ""
}

// program is how a test runs the binary: with these variables, and no other of Titian's.
type program struct {
	t   testing.TB
	env []string
}

func (p program) command(args ...string) *exec.Cmd {
	ctx, cancel := context.WithTimeout(context.Background(), 2*patience)
	p.t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, binary(p.t), args...)
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME")}, p.env...)
	return cmd
}

// runs runs a command to its end and returns what it printed.
func (p program) runs(stdin string, args ...string) (out, errs string, code int) {
	p.t.Helper()
	var o, e bytes.Buffer
	cmd := p.command(args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(stdin), &o, &e
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		p.t.Fatal(err)
	}
	return o.String(), e.String(), cmd.ProcessState.ExitCode()
}

// prints is runs for a command that must succeed.
func (p program) prints(stdin string, args ...string) string {
	p.t.Helper()
	out, errs, code := p.runs(stdin, args...)
	if code != 0 {
		p.t.Fatalf("titian %s: exit %d: %s", strings.Join(args, " "), code, errs)
	}
	return out
}

// served is a running `titian serve`.
type served struct {
	t    testing.TB
	cmd  *exec.Cmd
	web  string
	errs *bytes.Buffer
	rest chan struct{} // closed when it has printed its last line
}

// serves starts it and waits until it says where it is.
func (p program) serves() *served {
	p.t.Helper()
	return p.servesAt("127.0.0.1:0")
}

// servesAt is serves at an address of one's own.
func (p program) servesAt(addr string) *served {
	p.t.Helper()
	s := &served{t: p.t, errs: &bytes.Buffer{}, rest: make(chan struct{})}
	s.cmd = p.command("serve", "--addr", addr)
	s.cmd.Stderr = s.errs
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		p.t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() { s.cmd.Process.Kill(); <-s.rest })
	found := make(chan string, 1)
	go func() {
		defer close(s.rest)
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			if _, after, ok := strings.Cut(lines.Text(), "http://"); ok {
				found <- "http://" + after[:strings.Index(after, "/")]
			}
		}
	}()
	select {
	case s.web = <-found:
	case <-s.rest:
		s.cmd.Wait()
		p.t.Fatalf("it ended: %s", s.errs)
	case <-time.After(patience):
		p.t.Fatal("it did not start")
	}
	return s
}

// get asks its web address.
func (s *served) get(path string) (int, string) {
	s.t.Helper()
	r, err := http.Get(s.web + path)
	if err != nil {
		s.t.Fatal(err)
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return r.StatusCode, string(body)
}

// stops sends SIGTERM and wants an end in order, within ten seconds.
func (s *served) stops() {
	s.t.Helper()
	began := time.Now()
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		s.t.Fatal(err)
	}
	<-s.rest
	if err := s.cmd.Wait(); err != nil {
		s.t.Errorf("it ended with %v: %s", err, s.errs)
	}
	if took := time.Since(began); took > 10*time.Second {
		s.t.Errorf("it took %v to stop", took)
	}
}

// dies is kill -9.
func (s *served) dies() {
	s.cmd.Process.Kill()
	<-s.rest
	s.cmd.Wait()
}

// servedBy gives a program its own servers and an empty data folder.
func servedBy(t testing.TB, database, redis string, more ...string) program {
	data := filepath.Join(t.TempDir(), "data")
	return program{t, append([]string{"TITIAN_DATA=" + data, "DATABASE_URL=" + database, "REDIS_URL=" + redis}, more...)}
}

// fromNothing is a program with no server configured. When the test ends its
// keeper has stopped.
func fromNothing(t testing.TB) (program, string) {
	dir, err := os.MkdirTemp("", "titian-nothing-")
	if err == nil {
		err = os.Chmod(dir, 0o755) // the servers of root run as somebody else
	}
	if err != nil {
		t.Fatal(err)
	}
	data := filepath.Join(dir, "data")
	t.Cleanup(func() {
		if lock, err := os.OpenFile(filepath.Join(data, "keeper.lock"), os.O_RDWR, 0); err == nil {
			if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
				t.Error(err)
			}
			lock.Close()
		}
		os.RemoveAll(dir)
	})
	return program{t, []string{"TITIAN_DATA=" + data}}, data
}
