package telegram

import (
	"context"
	"math/rand/v2"
	"time"
)

// pace holds every wait of the channel, so that tests need not live through them.
type pace struct {
	poll     time.Duration // how long getUpdates is held open; the server allows 50 s
	send     time.Duration // an answer later than this leaves a send unsure
	crowd    time.Duration // between polls while the offset moves but work is open
	same     time.Duration // between polls of one offset; within 0.5 s the server gives one update only
	full     time.Duration // the same when 100 are unconfirmed: nothing new can come
	conflict time.Duration // after 409; the server answers a further conflict within 3 s late
	least    time.Duration // first wait after a failure
	most     time.Duration // longest wait after failures
	drain    time.Duration // at the end: for messages being worked on
	confirm  time.Duration // at the end: for the last confirmation
	stall    time.Duration // a download that gives nothing, or an upload that takes nothing, for so long has ended
	apart    time.Duration // between uploads of one size; Telegram slows them down
	answer   time.Duration // all tries to answer one tap; Telegram forgets it soon after
	patience time.Duration // a webhook request is answered at the latest after this
}

var usualPace = pace{
	poll: 50 * time.Second, send: 30 * time.Second,
	crowd: 10 * time.Millisecond, same: 600 * time.Millisecond, full: 3 * time.Second,
	conflict: 4 * time.Second, least: 500 * time.Millisecond, most: 30 * time.Second,
	drain: 8 * time.Second, confirm: time.Second,
	stall: 30 * time.Second, apart: time.Second, answer: 15 * time.Second, patience: 50 * time.Second,
}

// backoff is the wait before try n (from 0): doubling, between half and all of
// it by chance, so that replicas do not come back together.
func (p pace) backoff(n int) time.Duration {
	d := p.most
	if n < 16 {
		d = min(p.least<<n, p.most)
	}
	return d/2 + rand.N(d/2+1)
}

// wait lets d pass; false means ctx ended first.
func wait(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
