// Package hands keeps goroutines that have done a piece of work for the next
// one: their stacks have grown to what the work needs, and a fresh goroutine
// pays for that growth each time. It imports nothing of this module, knows
// nothing of the work, and at rest has no goroutine.
package hands

import (
	"sync"
	"time"
)

// Who waits for work unneeded for so long goes home; so many wait at most.
const (
	restAfter = 5 * time.Second
	mostIdle  = 128
)

// Hands do work side by side, as many pieces at a time as are given. The zero value is ready.
type Hands struct {
	mu     sync.Mutex
	idle   []chan func() // who came back last is called first
	unused int           // so many, from the front, were not called since the last look
	look   *time.Timer   // nil: nobody is idle
	home   bool          // nobody waits for work any more
}

// Do has work done, at once and beside the caller.
func (h *Hands) Do(work func()) {
	h.mu.Lock()
	n := len(h.idle)
	if n == 0 {
		h.mu.Unlock()
		go h.run(work)
		return
	}
	hand := h.idle[n-1]
	h.idle = h.idle[:n-1]
	h.unused = min(h.unused, n-1)
	h.mu.Unlock()
	hand <- work
}

func (h *Hands) run(work func()) {
	hand := make(chan func(), 1)
	for work != nil {
		work()
		if !h.wait(hand) {
			return
		}
		work = <-hand
	}
}

// wait puts a hand among the idle ones; false: there are enough, or it is time to go home.
func (h *Hands) wait(hand chan func()) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.home || len(h.idle) >= mostIdle {
		return false
	}
	h.idle = append(h.idle, hand)
	if h.look == nil {
		h.unused = 0
		h.look = time.AfterFunc(restAfter, h.rest)
	}
	return true
}

// rest sends home who was not needed since the last look.
func (h *Hands) rest() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, hand := range h.idle[:h.unused] {
		close(hand)
	}
	h.idle = append(h.idle[:0], h.idle[h.unused:]...)
	h.unused = len(h.idle)
	if h.unused == 0 {
		h.look = nil
		return
	}
	h.look.Reset(restAfter)
}

// Home sends all who are idle home, and who is at work when it is done. Do may still be called.
func (h *Hands) Home() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, hand := range h.idle {
		close(hand)
	}
	h.idle, h.unused, h.home = nil, 0, true
	if h.look != nil {
		h.look.Stop()
		h.look = nil
	}
}
