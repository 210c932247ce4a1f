// Package storagetest holds what tests of the stores share: real servers for every package (here), and the suites that
// each implementation of a contract runs. Imported by tests only. Nothing in it skips: a missing program fails the test
// with the command that installs it.
package storagetest

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"

	"titian/storage/embedded"
)

// house is the folder of this test process: private, reachable by the user the servers run as, and removed when the
// process has ended, even by a kill.
type house struct {
	dir   string
	user  embedded.User
	alive io.Closer // never closed, and never garbage: see removeAtExit
}

var (
	houseOnce sync.Once
	theHouse  house
	houseErr  error
	rooms     int
	roomsMu   sync.Mutex
)

// room returns a new folder in the house.
func room(t testing.TB) (string, embedded.User) {
	t.Helper()
	houseOnce.Do(func() { theHouse, houseErr = openHouse() })
	if houseErr != nil {
		t.Fatalf("make a folder for test servers: %v", houseErr)
	}
	roomsMu.Lock()
	defer roomsMu.Unlock()
	rooms++
	dir := filepath.Join(theHouse.dir, fmt.Sprint(rooms))
	if err := theHouse.user.Folder(dir); err != nil {
		t.Fatalf("make a folder for a test server: %v", err)
	}
	return dir, theHouse.user
}

func openHouse() (house, error) {
	dir, err := os.MkdirTemp(ground(), "titian-test-")
	if err != nil {
		return house{}, err
	}
	alive, err := removeAtExit(dir)
	if err != nil {
		return house{}, err
	}
	user, err := embedded.Prepare(dir)
	return house{dir, user, alive}, err
}

// ground is memory where there is plenty, ten times as fast for the thousand small files of a cluster; else, or when
// TMPDIR is set, the temporary folder.
func ground() string {
	var memory syscall.Statfs_t
	if os.Getenv("TMPDIR") == "" && syscall.Statfs("/dev/shm", &memory) == nil && memory.Bavail*uint64(memory.Bsize) > 4<<30 {
		return "/dev/shm"
	}
	return os.TempDir()
}

// removeAtExit leaves the removal to a shell that reads what it returns until we are gone: `go test` ends without asking.
func removeAtExit(dir string) (io.Closer, error) {
	cmd := exec.Command("/bin/sh", "-c", `cat >/dev/null; for try in 1 2 3 4 5 6 7 8 9; do rm -rf "$1" && exit; sleep 0.3; done`, "sh", dir)
	cmd.Dir = "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	alive, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	return alive, cmd.Start()
}

// Server is one server of a test's own, for outages. It keeps its data and its URL over Stop, Kill and Start, and is
// gone when the test ends. Its methods fail the test.
type Server struct {
	URL string

	t      testing.TB
	server interface {
		Stop() error
		Kill()
		PID() int
	}
	start func() error
	aof   string
}

// Stop ends the server in order: connections are closed, everything is on disk.
func (s *Server) Stop() {
	s.t.Helper()
	if err := s.server.Stop(); err != nil {
		s.t.Fatalf("stop the server: %v", err)
	}
}

// Kill ends the server as kill -9 does.
func (s *Server) Kill() { s.server.Kill() }

// Start starts it again on the same data.
func (s *Server) Start() {
	s.t.Helper()
	if err := s.start(); err != nil {
		s.t.Fatalf("start the server: %v", err)
	}
}

// PID is the process id of the running server.
func (s *Server) PID() int { return s.server.PID() }
