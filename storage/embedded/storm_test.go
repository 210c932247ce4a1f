package embedded

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
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
