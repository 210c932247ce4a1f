package telegramtest

import (
	"context"
	"sync"
	"time"
)

// Clock is a clock moved by hand, for Options.Now and Options.After.
type Clock struct {
	mu     sync.Mutex
	now    time.Time
	timers []timer
	asked  int
	bell   bell
}

type timer struct {
	at time.Time
	ch chan time.Time
}

// NewClock starts a clock that stands still at start.
func NewClock(start time.Time) *Clock { return &Clock{now: start} }

// Now is where the clock stands.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// After fires once the clock was moved d further.
func (c *Clock) After(d time.Duration) <-chan time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	ch := make(chan time.Time, 1)
	c.asked++
	if d <= 0 {
		ch <- c.now
	} else {
		c.timers = append(c.timers, timer{c.now.Add(d), ch})
	}
	c.bell.ring()
	return ch
}

// Advance moves the clock and fires what is due.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	kept := c.timers[:0]
	for _, t := range c.timers {
		if t.at.After(c.now) {
			kept = append(kept, t)
			continue
		}
		t.ch <- c.now
	}
	c.timers = kept
}

// AwaitTimers waits until After was called n times in all, so that a test moves the clock only when someone waits on it.
func (c *Clock) AwaitTimers(ctx context.Context, n int) error {
	for {
		c.mu.Lock()
		if c.asked >= n {
			c.mu.Unlock()
			return nil
		}
		rung := c.bell.wait()
		c.mu.Unlock()
		select {
		case <-rung:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// bell wakes everyone who waits; its owner's lock guards it.
type bell struct{ ch chan struct{} }

func (b *bell) wait() <-chan struct{} {
	if b.ch == nil {
		b.ch = make(chan struct{})
	}
	return b.ch
}

func (b *bell) ring() {
	if b.ch != nil {
		close(b.ch)
		b.ch = nil
	}
}
