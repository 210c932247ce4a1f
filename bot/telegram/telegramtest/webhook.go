package telegramtest

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"sort"
	"strings"
	"time"
)

// webhook is where updates are posted to, and the lanes they wait in.
type webhook struct {
	url, secret, ip string
	custom          bool // came with a certificate
	max             int
	nextSet         time.Time
	gone            time.Time // since when it answers 410
	failedAt        time.Time
	failure         string

	lanes  map[lane]*laneQueue
	ready  []*laneQueue
	flying int
	ctx    context.Context
	stop   context.CancelFunc

	closing bell
}

type laneQueue struct {
	lane  lane
	items []*update
	fails int
	delay time.Duration
}

func (h *webhook) init() {
	h.ctx, h.stop = context.WithCancel(context.Background())
	h.lanes = map[lane]*laneQueue{}
}

// add puts an update at the end of its lane.
func (h *webhook) add(u *update) {
	l := h.lanes[u.lane]
	if l == nil {
		l = &laneQueue{lane: u.lane, delay: time.Second}
		h.lanes[u.lane] = l
		h.ready = append(h.ready, l)
	}
	l.items = append(l.items, u)
}

func (s *Server) setWebhook(c *call) (any, *failure) {
	target := c.values["url"]
	if target == "" {
		return s.deleteWebhook(c)
	}
	now := s.opt.Now()
	if now.Before(s.hook.nextSet) {
		return nil, tooMany(1)
	}
	s.hook.nextSet = now.Add(time.Second)
	if f := s.checkWebhook(target, c); f != nil {
		return nil, f
	}
	if f := s.rememberAllowed(c); f != nil {
		return nil, f
	}
	custom := c.hasFile("certificate")
	most := int(c.number("max_connections", 40, 1, 100))
	h := &s.hook
	same := h.url == target && h.max == most && h.secret == c.values["secret_token"] && h.ip == c.values["ip_address"] && !custom && !h.custom
	if same && !c.flag("drop_pending_updates") {
		return described{true, "Webhook is already set"}, nil
	}
	s.poll.end(errWebhookSet)
	s.closeWebhook()
	if c.flag("drop_pending_updates") {
		s.queue.forget(s.queue.next, now)
	}
	h.url, h.secret, h.ip, h.max, h.custom = target, c.values["secret_token"], c.values["ip_address"], most, custom
	h.failedAt, h.failure, h.gone = time.Time{}, "", time.Time{}
	for _, u := range s.queue.items[s.queue.head:] {
		if !u.done {
			h.add(u)
		}
	}
	s.pump()
	return described{true, "Webhook was set"}, nil
}

// checkWebhook is the rule for a webhook's address and secret.
func (s *Server) checkWebhook(target string, c *call) *failure {
	u, err := url.Parse(target)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return bad("invalid webhook URL specified")
	}
	secret := c.values["secret_token"]
	if len(secret) > 256 {
		return bad("secret token is too long")
	}
	if strings.Trim(secret, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-") != "" {
		return bad("secret token contains unallowed characters")
	}
	ip := net.ParseIP(u.Hostname())
	if s.opt.HTTPWebhook && (ip.IsLoopback() || u.Hostname() == "localhost") {
		return nil
	}
	if u.Scheme != "https" {
		return bad("bad webhook: An HTTPS URL must be provided for webhook")
	}
	switch u.Port() {
	case "", "443", "80", "88", "8443":
	default:
		return bad("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
	}
	if ip != nil && (ip.IsLoopback() || ip.IsPrivate()) {
		return bad("bad webhook: IP address %s is reserved", ip)
	}
	return nil
}

func (s *Server) deleteWebhook(c *call) (any, *failure) {
	was := s.hook.url != ""
	s.closeWebhook()
	if c.flag("drop_pending_updates") {
		s.queue.forget(s.queue.next, s.opt.Now())
	}
	if was {
		return described{true, "Webhook was deleted"}, nil
	}
	return described{true, "Webhook is already deleted"}, nil
}

// closeWebhook ends all deliveries; their updates wait on, for a poll or another webhook.
func (s *Server) closeWebhook() {
	h := &s.hook
	h.stop()
	h.closing.ring()
	next := h.nextSet
	*h = webhook{nextSet: next}
	h.init()
}

// AwaitNoWebhook waits until no webhook is set.
func (s *Server) AwaitNoWebhook(ctx context.Context) error {
	for {
		s.mu.Lock()
		set, closing := s.hook.url, s.hook.closing.wait()
		s.mu.Unlock()
		if set == "" {
			return nil
		}
		select {
		case <-closing:
		case <-ctx.Done():
			return fmt.Errorf("await the end of webhook %s: %w", set, ctx.Err())
		}
	}
}

type webhookInfo struct {
	URL            string   `json:"url"`
	Custom         bool     `json:"has_custom_certificate"`
	Pending        int      `json:"pending_update_count"`
	IP             string   `json:"ip_address,omitempty"`
	FailedAt       int64    `json:"last_error_date,omitempty"`
	Failure        string   `json:"last_error_message,omitempty"`
	MaxConnections int      `json:"max_connections,omitempty"`
	Allowed        []string `json:"allowed_updates,omitempty"`
}

func (s *Server) getWebhookInfo(*call) (any, *failure) {
	h := &s.hook
	s.queue.forget(0, s.opt.Now())
	info := webhookInfo{URL: h.url, Custom: h.custom, Pending: s.queue.pending, IP: h.ip, Failure: h.failure, MaxConnections: h.max, Allowed: sortedKeys(s.allowed)}
	if !h.failedAt.IsZero() {
		info.FailedAt = h.failedAt.Unix()
	}
	return info, nil
}

func sortedKeys(set map[string]bool) []string {
	var out []string
	for k := range set {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}

func (c *call) hasFile(k string) bool {
	if _, ok := c.files[k]; ok {
		return true
	}
	name, ok := strings.CutPrefix(c.values[k], "attach://")
	if !ok {
		return false
	}
	_, ok = c.files[name]
	return ok
}
