package telegramtest

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const maxRetryDelay = time.Minute

// pump starts deliveries while connections are free and lanes ready. The lock is held.
func (s *Server) pump() {
	h := &s.hook
	for !s.closed && h.flying < h.max && len(h.ready) > 0 {
		l := h.ready[0]
		h.ready = h.ready[1:]
		h.flying++
		s.tasks.Add(1)
		go func(to hookTarget) {
			defer s.tasks.Done()
			s.deliver(to, l)
		}(hookTarget{h.ctx, h.url, h.secret})
	}
}

// hookTarget is the webhook as it stood when a delivery began.
type hookTarget struct {
	ctx         context.Context
	url, secret string
}

// outcome is what a webhook answered.
type outcome struct {
	failure    string
	status     int
	retryAfter time.Duration
	method     string
	args       args
}

// deliver posts the first update of a lane and decides what comes next.
func (s *Server) deliver(to hookTarget, l *laneQueue) {
	s.mu.Lock()
	u := l.items[0]
	if now := s.opt.Now(); to.ctx.Err() == nil && !u.expires.After(now) {
		s.hook.flying--
		s.advance(l, u, now)
		s.mu.Unlock()
		return
	}
	s.handOver(u)
	s.mu.Unlock()
	out := s.post(to, u)
	if out.failure == "" && out.method != "" {
		s.execute(out.method, out.args, to.ctx.Done(), "webhook")
	}
	s.mu.Lock()
	if to.ctx.Err() != nil {
		s.mu.Unlock()
		return // the webhook was closed meanwhile; the update still waits
	}
	s.hook.flying--
	now := s.opt.Now()
	if out.failure == "" {
		s.hook.gone = time.Time{}
		s.advance(l, u, now)
		s.mu.Unlock()
		return
	}
	pause, closed := s.missed(l, u, out, now)
	s.pump()
	s.mu.Unlock()
	if closed || pause < 0 {
		return
	}
	if pause > 0 {
		select {
		case <-s.opt.After(pause):
		case <-to.ctx.Done():
			return
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if to.ctx.Err() == nil {
		s.hook.ready = append(s.hook.ready, l)
		s.pump()
	}
}

// advance takes a finished update off its lane.
func (s *Server) advance(l *laneQueue, u *update, now time.Time) {
	s.queue.finish(u, now)
	l.items = l.items[1:]
	l.fails, l.delay = 0, time.Second
	if len(l.items) == 0 {
		delete(s.hook.lanes, l.lane)
	} else {
		s.hook.ready = append(s.hook.ready, l)
	}
	s.pump()
}

// missed notes a failed delivery and tells how long to wait: at once after the first, then 2, 4, 8 s to a minute. Below 0: the update was dropped.
func (s *Server) missed(l *laneQueue, u *update, out outcome, now time.Time) (pause time.Duration, closed bool) {
	h := &s.hook
	h.failure, h.failedAt = out.failure, now
	switch {
	case out.status != http.StatusGone:
		h.gone = time.Time{}
	case h.gone.IsZero():
		h.gone = now
	case now.Sub(h.gone) > 23*time.Hour:
		s.closeWebhook()
		return 0, true
	}
	pause = out.retryAfter
	if pause == 0 && l.fails > 0 {
		l.delay = min(l.delay*2, maxRetryDelay)
		pause = l.delay
	}
	l.fails++
	if now.Add(pause).After(u.expires) {
		s.advance(l, u, now)
		return -1, false
	}
	return pause, false
}

func (s *Server) post(to hookTarget, u *update) outcome {
	ctx, cancel := context.WithTimeout(to.ctx, s.opt.WebhookPatience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, to.url, bytes.NewReader(u.body))
	if err != nil {
		return outcome{failure: err.Error()}
	}
	req.Header.Set("Content-Type", "application/json")
	if to.secret != "" {
		req.Header.Set("X-Telegram-Bot-Api-Secret-Token", to.secret)
	}
	resp, err := s.opt.WebhookClient.Do(req)
	if err != nil {
		if ctx.Err() != nil {
			return outcome{failure: "Read timeout expired"}
		}
		return outcome{failure: "Connection failed: " + err.Error()}
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err != nil {
		return outcome{failure: "Webhook connection closed"}
	}
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		seconds, _ := strconv.Atoi(resp.Header.Get("Retry-After"))
		return outcome{
			failure:    fmt.Sprintf("Wrong response from the webhook: %s", resp.Status),
			status:     resp.StatusCode,
			retryAfter: time.Duration(min(max(seconds, 0), 3600)) * time.Second,
		}
	}
	return answeredWith(resp.Header.Get("Content-Type"), body)
}

// answeredWith finds the method call a 2xx answer may carry.
func answeredWith(contentType string, body []byte) outcome {
	a := args{values: map[string]string{}}
	if len(body) == 0 || a.readBody(contentType, bytes.NewReader(body)) != nil {
		return outcome{}
	}
	name := a.values["method"]
	delete(a.values, "method")
	switch lower := strings.ToLower(name); {
	case lower == "setwebhook", lower == "deletewebhook", lower == "close", lower == "logout", strings.HasPrefix(lower, "get"):
		return outcome{}
	}
	return outcome{method: name, args: a}
}
