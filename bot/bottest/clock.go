package bottest

import (
	"sync/atomic"
	"time"
)

// Clock is a time that a test moves; between moves it stands on Start plus what
// really passed, so that waiting works.
type Clock struct {
	begun  time.Time
	offset atomic.Int64
}

// Start is when a test's clock begins: a Monday morning in Kendari.
var Start = time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC)

// NewClock begins at Start.
func NewClock() *Clock { return &Clock{begun: time.Now()} }

// Now is the test's time.
func (c *Clock) Now() time.Time {
	return Start.Add(time.Since(c.begun) + time.Duration(c.offset.Load())).Round(0)
}

// Move lets time pass, or go back.
func (c *Clock) Move(d time.Duration) { c.offset.Add(int64(d)) }
