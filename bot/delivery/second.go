package delivery

import (
	"context"
	"math"
	"sync"
	"time"
)

// aSecond is how long a network counts a message after it answered.
const aSecond = time.Second

// second counts what a network may count within one second, by whatever clock: the messages that are on their way, and those
// answered less than a second ago. However unevenly a busy machine sends, at most that many arrive within a second.
type second struct {
	mu       sync.Mutex
	open     int
	answered []time.Time // the oldest first
	ended    chan struct{}
}

// limit is how many messages of all kinds a second may hold at a pace: replies and a slow answer need some room beside it.
func limit(rate float64) int { return int(math.Floor(rate*1.01 + 5)) }

func (s *second) forget(now time.Time) {
	for len(s.answered) > 0 && now.Sub(s.answered[0]) >= aSecond {
		s.answered = s.answered[1:]
	}
}

// begin counts one that never waits: a reply, or the change of a message.
func (s *second) begin() {
	s.mu.Lock()
	s.open++
	s.mu.Unlock()
}

// room waits until fewer than most are counted, and counts one more. One at a time may wait.
func (s *second) room(ctx context.Context, most int) error {
	for {
		s.mu.Lock()
		now := time.Now()
		s.forget(now)
		if s.open+len(s.answered) < most {
			s.open++
			s.mu.Unlock()
			return nil
		}
		wait := aSecond
		if len(s.answered) > 0 {
			wait = aSecond - now.Sub(s.answered[0])
		}
		s.mu.Unlock()
		t := time.NewTimer(wait)
		select {
		case <-t.C:
		case <-s.ended:
			t.Stop()
		case <-ctx.Done():
			t.Stop()
			return context.Cause(ctx)
		}
	}
}

// end is called when one has been answered, or, unsent, was not needed.
func (s *second) end(sent bool) {
	s.mu.Lock()
	s.open--
	if sent {
		now := time.Now()
		s.forget(now)
		s.answered = append(s.answered, now)
	}
	s.mu.Unlock()
	if !sent {
		select {
		case s.ended <- struct{}{}:
		default:
		}
	}
}
