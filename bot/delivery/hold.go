package delivery

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"

	"titian/bot/chat"
)

const (
	firstBackoff = 500 * time.Millisecond
	maxBackoff   = 30 * time.Second
)

// backoff is how long to wait after a failed try that named no time: doubling, half of it chance, at most 30 s.
func backoff(tries int) time.Duration {
	most := maxBackoff
	if tries < 7 {
		most = min(firstBackoff<<tries, maxBackoff)
	}
	return most/2 + rand.N(most/2)
}

// pause waits, and says whether it waited to the end.
func pause(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// holds are the waits that networks asked for: of one chat, or of everything unasked on a network (a zero Key).
type holds struct {
	now func() time.Time
	mu  sync.Mutex
	end map[chat.Address]time.Time
}

func newHolds(now func() time.Time) *holds {
	return &holds{now: now, end: map[chat.Address]time.Time{}}
}

// put never shortens a hold. Past ones are forgotten here, so the map is as long as the holds that stand.
func (h *holds) put(on chat.Address, d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	now := h.now()
	for a, end := range h.end {
		if !end.After(now) {
			delete(h.end, a)
		}
	}
	if end := now.Add(d); end.After(h.end[on]) {
		h.end[on] = end
	}
}

func (h *holds) left(on chat.Address) time.Duration {
	h.mu.Lock()
	defer h.mu.Unlock()
	return max(0, h.end[on].Sub(h.now()))
}

// wait waits until none of the holds stands, and says whether it waited to the end.
func (h *holds) wait(ctx context.Context, on ...chat.Address) bool {
	for {
		var longest time.Duration
		for _, a := range on {
			longest = max(longest, h.left(a))
		}
		if longest == 0 {
			return ctx.Err() == nil
		}
		if !pause(ctx, longest) {
			return false
		}
	}
}
