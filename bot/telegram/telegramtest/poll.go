package telegramtest

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"time"
)

// poll is the one long poll that may wait, and what is remembered of the last.
type poll struct {
	waiting      *waitingPoll
	lastOffset   int
	lastStart    time.Time
	lateConflict time.Time // a conflict before this is answered 3 s late
}

type waitingPoll struct {
	woken chan struct{} // buffered: something came
	ended chan struct{} // closed: another request takes over
	cause *failure
}

func (p *poll) wake() {
	if p.waiting != nil {
		select {
		case p.waiting.woken <- struct{}{}:
		default:
		}
	}
}

// end lets the waiting poll fail.
func (p *poll) end(cause *failure) {
	if p.waiting != nil {
		p.waiting.cause = cause
		close(p.waiting.ended)
		p.waiting = nil
	}
}

var (
	errOtherPoll  = conflict("terminated by other getUpdates request; make sure that only one bot instance is running")
	errWebhookSet = conflict("terminated by setWebhook request")
	errWebhookOn  = conflict("can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first")
)

// getUpdates holds the lock except while it waits.
func (s *Server) getUpdates(c *call) (any, *failure) {
	s.mu.Lock()
	if s.loggedOut {
		s.mu.Unlock()
		return nil, &failure{code: 400, text: "Logged out"}
	}
	if s.hook.url != "" {
		return nil, s.conflict(c, errWebhookOn)
	}
	if f := s.rememberAllowed(c); f != nil {
		s.mu.Unlock()
		return nil, f
	}
	offset := int(c.number("offset", 0, math.MinInt32, math.MaxInt32))
	limit := int(c.number("limit", 100, 1, 100))
	timeout := time.Duration(c.number("timeout", 0, 0, int64(MaxPollTimeout/time.Second))) * time.Second
	limit, timeout = s.calm(offset, limit, timeout)
	s.confirm(offset)
	updates := s.queue.take(limit, s.opt.Now())
	s.handOver(updates...)
	if len(updates) > 0 || timeout == 0 {
		s.mu.Unlock()
		return encodeUpdates(updates), nil
	}
	s.poll.end(errOtherPoll) // only a poll that waits ends the one before
	p := &waitingPoll{woken: make(chan struct{}, 1), ended: make(chan struct{})}
	s.poll.waiting = p
	s.mu.Unlock()
	return s.waitForUpdates(c, p, limit, timeout)
}

// calm slows a bot that polls the same offset again at once.
func (s *Server) calm(offset, limit int, timeout time.Duration) (int, time.Duration) {
	now := s.opt.Now()
	if !s.opt.EasyPolling && !s.poll.lastStart.IsZero() && offset == s.poll.lastOffset {
		since := now.Sub(s.poll.lastStart)
		if timeout < 3*time.Second && since < 3*time.Second {
			timeout = 3 * time.Second
		}
		if since < 500*time.Millisecond {
			limit = 1
		}
	}
	s.poll.lastOffset, s.poll.lastStart = offset, now
	return limit, timeout
}

// confirm forgets what lies below the offset; a negative one counts from the end, one beyond the next update is as none.
func (s *Server) confirm(offset int) {
	q := &s.queue
	first := q.next
	if q.head < len(q.items) {
		first = q.items[q.head].id
	}
	if offset < 0 {
		offset = max(q.next+offset, first)
	}
	if offset > q.next {
		return
	}
	q.confirm = max(q.confirm, offset)
	q.forget(offset, s.opt.Now())
}

func (s *Server) waitForUpdates(c *call, p *waitingPoll, limit int, timeout time.Duration) (any, *failure) {
	over := s.opt.After(timeout)
	for expired := false; ; {
		select {
		case <-p.woken:
			gather(p) // the real server too waits 1-2 ms for more
		case <-over:
			expired = true
		case <-p.ended:
			s.mu.Lock()
			return nil, s.conflict(c, p.cause)
		case <-c.abandoned:
			expired = true
		case <-s.done:
			expired = true
		}
		s.mu.Lock()
		if s.poll.waiting != p {
			return nil, s.conflict(c, p.cause)
		}
		updates := s.queue.take(limit, s.opt.Now())
		s.handOver(updates...)
		if len(updates) > 0 || expired {
			s.poll.waiting = nil
			s.mu.Unlock()
			return encodeUpdates(updates), nil
		}
		s.mu.Unlock()
	}
}

func gather(p *waitingPoll) {
	t := time.NewTimer(time.Millisecond)
	defer t.Stop()
	select {
	case <-t.C:
	case <-p.ended:
	}
}

// conflict answers at once, or 3 s late when the last conflict was within 3 s. It is called with the lock and gives it back.
func (s *Server) conflict(c *call, f *failure) *failure {
	now := s.opt.Now()
	late := now.Before(s.poll.lateConflict)
	if !late {
		s.poll.lateConflict = now.Add(3 * time.Second)
	}
	s.mu.Unlock()
	if late {
		s.wait(3*time.Second, c.abandoned)
	}
	return f
}

// rememberAllowed keeps allowed_updates for later calls; a kind nobody knows is refused, where the real server skips it.
func (s *Server) rememberAllowed(c *call) *failure {
	if !c.has("allowed_updates") {
		return nil
	}
	var kinds []string
	if err := json.Unmarshal([]byte(c.values["allowed_updates"]), &kinds); err != nil {
		return bad("allowed_updates must be an array of strings")
	}
	if len(kinds) == 0 {
		s.allowed = nil
		return nil
	}
	allowed := map[string]bool{}
	for _, k := range kinds {
		k = strings.ToLower(k)
		if _, known := knownKinds[k]; !known {
			return bad("allowed_updates names %q, which is no kind of update", k)
		}
		allowed[k] = true
	}
	s.allowed = allowed
	return nil
}

const maxUpdatesBytes = 4 << 20

// encodeUpdates puts encoded updates together, without decoding them again; what exceeds 4 MiB waits for the next poll.
func encodeUpdates(updates []*update) reply {
	size := 32
	for i, u := range updates {
		if size += len(u.body) + 50; size > maxUpdatesBytes {
			updates = updates[:i]
			break
		}
	}
	b := append(make([]byte, 0, size), `{"ok":true,"result":[`...)
	for i, u := range updates {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, u.body...)
	}
	return reply{status: 200, kind: "application/json", body: append(b, "]}"...)}
}

// AllowedUpdates lists the kinds the bot asked for; nil means the default.
func (s *Server) AllowedUpdates() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return sortedKeys(s.allowed)
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }
