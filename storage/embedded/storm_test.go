package embedded

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// Twenty processes come and go at once, on servers that stop the moment nobody is there: nobody may meet a dead server,
// nothing counted may be lost, and there is never a second keeper.
func TestAStormOfTwentyProcesses(t *testing.T) {
	h := houseIn(t, newHouse(t).Dir, time.Millisecond)
	h.open().Close()
	var all sync.WaitGroup
	const processes, times = 20, 3
	for range processes {
		all.Go(func() {
			for range times {
				guest := h.guest()
				fmt.Fprintln(guest.in)
				if line, err := guest.out.ReadString('\n'); err != nil {
					t.Errorf("a process met a dead server: %q, %v", line, err)
				}
				guest.in.Close()
				guest.cmd.Wait()
			}
		})
	}
	all.Wait()
	if !h.alone(patience) {
		t.Fatal("the keeper stays")
	}
	h.counts(h.open(), fmt.Sprint(processes*times+1, processes*times+1))
	t.Logf("%d keepers one after another", h.keepers())
}

// Whoever comes while the keeper stops waits for it and starts the next one, with others who came at the same time.
func TestThoseWhoComeWhileTheKeeperStopsWaitForIt(t *testing.T) {
	h := houseIn(t, newHouse(t).Dir, time.Millisecond)
	users := filepath.Join(h.Dir, "users.lock")
	const times, together = 5, 3
	for range times {
		h.open().Close()
		stopping := func() bool {
			lock, err := tryLock(users, syscall.LOCK_SH)
			lock.Close()
			return lock == nil && err == nil
		}
		h.soon("the keeper stops", stopping)
		var all sync.WaitGroup
		for range together {
			all.Go(func() {
				s, err := Open(t.Context(), h.options())
				if err != nil {
					t.Errorf("open: %v", err)
					return
				}
				defer s.Close()
				if _, err := count(s); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
	}
	h.counts(h.open(), fmt.Sprint(times*together+1, times*together+1))
	t.Logf("%d keepers one after another", h.keepers())
}

func TestAKeeperKilledWhileItMakesTheDataLeavesNothingHalfMade(t *testing.T) {
	h := newHouse(t)
	first := h.guest()
	started := func() bool {
		entries, err := os.ReadDir(filepath.Join(h.Dir, "postgres.new"))
		return err == nil && len(entries) > 3
	}
	h.soon("initdb is at work", started)
	keeper := h.child(first.cmd.Process.Pid)
	kill(keeper)
	h.counts(h.open(), "1 1")
	first.counts("2 2")
	first.leaves()
}

// child is the process that another one started.
func (h *house) child(of int) int {
	h.Helper()
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		h.Fatal(err)
	}
	for _, path := range stats {
		text, _ := os.ReadFile(path)
		fields := strings.Fields(string(text[strings.LastIndex(string(text), ")")+1:]))
		if pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(path))); len(fields) > 1 && fields[1] == strconv.Itoa(of) {
			return pid
		}
	}
	h.Fatalf("process %d has no child", of)
	return 0
}

// Keepers are killed again and again under processes that come and go. A count may fail meanwhile; what was counted stays.
func TestKeepersKilledUnderThoseWhoUseThemLoseNothing(t *testing.T) {
	h := newHouse(t)
	h.open()
	var all sync.WaitGroup
	var counted atomic.Int64
	for range 4 {
		all.Go(func() {
			for range 4 {
				s, err := Open(t.Context(), h.options())
				if err != nil {
					t.Errorf("open: %v", err)
					return
				}
				for range 5 {
					if _, err := count(s); err == nil {
						counted.Add(1)
					}
				}
				s.Close()
			}
		})
	}
	for range 3 {
		before := h.state()
		kill(before.PID)
		h.soon("another keeper is there", func() bool { now := h.state(); return now.PID != before.PID && now.alive() })
	}
	all.Wait()
	s := h.open()
	last := ""
	h.soon("both answer", func() bool { got, err := count(s); last = got; return err == nil })
	rows, n := 0, 0
	if _, err := fmt.Sscan(last, &rows, &n); err != nil || rows <= int(counted.Load()) || n <= int(counted.Load()) {
		t.Fatalf("%d were counted and %q stayed, %v", counted.Load(), last, err)
	}
	t.Logf("%d counted of 80, %s stayed", counted.Load(), last)
}

// keepers is how many there were; it fails when one began before another had ended.
func (h *house) keepers() int {
	h.Helper()
	log, err := os.ReadFile(filepath.Join(h.Dir, "log", "keeper.log"))
	if err != nil {
		h.Fatal(err)
	}
	running, keepers := false, 0
	for line := range strings.Lines(string(log)) {
		began, ended := strings.Contains(line, "servers ready"), strings.Contains(line, "servers stopped")
		if began && running || ended && !running {
			h.Fatalf("two keepers at once:\n%s", log)
		}
		if began {
			keepers++
		}
		running = began || running && !ended
	}
	return keepers
}
