package telegramtest

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Call is one call the bot made, with what came of it.
type Call struct {
	Method string
	Chat   int64
	Params map[string]string
	Files  map[string]int // uploads, with their sizes in bytes
	At     time.Time
	Status int    // HTTP status; 0 when the connection was dropped or hung
	Error  string // description when it failed
	Via    string // "webhook" when it came in a webhook's answer
}

// callLog counts all calls and remembers the last ones.
type callLog struct {
	keep  int
	ring  []Call
	next  int
	count map[string]int
	bell  bell
}

func (l *callLog) init(o Options) { l.keep, l.count = o.Keep.Calls, map[string]int{} }

func (s *Server) record(c Call) {
	s.mu.Lock()
	defer s.mu.Unlock()
	l := &s.log
	if c.At.IsZero() {
		c.At = s.opt.Now()
	}
	l.count[""]++
	l.count[strings.ToLower(c.Method)]++
	if len(l.ring) < l.keep {
		l.ring = append(l.ring, c)
	} else {
		l.ring[l.next] = c
		l.next = (l.next + 1) % l.keep
	}
	l.bell.ring()
}

// Calls lists the remembered calls of a method, oldest first; of all methods when it is empty. A call is recorded when it has been answered or trapped.
func (s *Server) Calls(method string) []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Call
	for i := range s.log.ring {
		c := s.log.ring[(s.log.next+i)%len(s.log.ring)]
		if method == "" || strings.EqualFold(method, c.Method) {
			out = append(out, c)
		}
	}
	return out
}

// Count is how many calls of a method were made since New; of all methods when it is empty.
func (s *Server) Count(method string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.log.count[strings.ToLower(method)]
}

// AwaitCalls waits until a method was called n times since New.
func (s *Server) AwaitCalls(ctx context.Context, method string, n int) error {
	for {
		s.mu.Lock()
		have := s.log.count[strings.ToLower(method)]
		rung := s.log.bell.wait()
		s.mu.Unlock()
		if have >= n {
			return nil
		}
		select {
		case <-rung:
		case <-ctx.Done():
			return fmt.Errorf("await %d calls of %s, have %d: %w", n, method, have, ctx.Err())
		}
	}
}

// chatOf is the chat a call is about, 0 when it names none by number.
func chatOf(a args) int64 {
	id, _ := strconv.ParseInt(a.values["chat_id"], 10, 64)
	return id
}
