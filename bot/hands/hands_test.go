package hands

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestAllWorkIsDoneOnceHoweverMuchComesAtOnce(t *testing.T) {
	var h Hands
	var mu sync.Mutex
	done := map[int]int{}
	var all sync.WaitGroup
	for n := range 2000 {
		all.Add(1)
		h.Do(func() {
			defer all.Done()
			mu.Lock()
			defer mu.Unlock()
			done[n]++
		})
	}
	all.Wait()
	for n := range 2000 {
		if done[n] != 1 {
			t.Fatalf("work %d was done %d times", n, done[n])
		}
	}
	h.Home()
}

func TestWorkThatWaitsForOtherWorkIsNotInItsWay(t *testing.T) {
	var h Hands
	defer h.Home()
	first, second := make(chan bool), make(chan bool)
	h.Do(func() { <-second; close(first) })
	h.Do(func() { close(second) })
	<-first
}

func TestAtRestNobodyStays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // it fails by itself when a goroutine stays
		var h Hands
		for range 3 {
			var all sync.WaitGroup
			for range 10 {
				all.Add(1)
				h.Do(func() { time.Sleep(time.Second); all.Done() })
			}
			all.Wait()
			synctest.Wait()
			if n, _ := h.resting(); n != 10 {
				t.Errorf("%d are idle, want 10", n)
			}
		}
		time.Sleep(3 * restAfter)
		synctest.Wait()
		if n, looks := h.resting(); n != 0 || looks {
			t.Errorf("%d stay", n)
		}
	})
}

// resting is how many are idle, and whether anyone looks after them.
func (h *Hands) resting() (n int, looks bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.idle), h.look != nil
}

func TestWhoIsAtWorkWhenAllAreSentHomeGoesHomeAfterIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // it fails by itself when a goroutine stays
		var h Hands
		h.Do(func() { time.Sleep(time.Second) })
		h.Home()
		h.Do(func() { time.Sleep(time.Second) })
		time.Sleep(2 * time.Second)
	})
}

func BenchmarkDo(b *testing.B) {
	var h Hands
	defer h.Home()
	done := make(chan bool)
	b.ReportAllocs()
	for b.Loop() {
		h.Do(func() { deep(60); done <- true })
		<-done
	}
}

func BenchmarkGo(b *testing.B) {
	done := make(chan bool)
	b.ReportAllocs()
	for b.Loop() {
		go func() { deep(60); done <- true }()
		<-done
	}
}

// deep needs some 16 kB of stack, as a turn does.
func deep(n int) byte {
	var room [256]byte
	if n > 0 {
		room[n] = deep(n - 1)
	}
	return room[n]
}
