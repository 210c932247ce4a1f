package embedded

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"time"

	"github.com/alicebob/miniredis/v2"
)

// tick is how exact expiry is on miniredis.
const tick = 100 * time.Millisecond

// mini is a Redis inside the keeper for a machine without one: all in memory, on the loopback, behind a random password.
// Its address and password stay the same over restarts as long as the port is free.
type mini struct {
	path string // where they are kept
	Addr string
	Word string

	server *miniredis.Miniredis
	done   chan struct{}
}

// Start listens and lets the time to live of keys pass with the wall clock, which miniredis by itself does not.
func (m *mini) Start(context.Context) error {
	if text, err := os.ReadFile(m.path); err != nil || json.Unmarshal(text, m) != nil || m.Word == "" {
		m.Addr, m.Word = "127.0.0.1:0", rand.Text()
	}
	m.server = miniredis.NewMiniRedis()
	m.server.RequireAuth(m.Word)
	if m.server.StartAddr(m.Addr) != nil {
		if err := m.server.StartAddr("127.0.0.1:0"); err != nil {
			return fmt.Errorf("start miniredis: %w", err)
		}
	}
	m.Addr, m.done = m.server.Addr(), make(chan struct{})
	go m.clock(m.done)
	return writePrivate(m.path, m)
}

func (m *mini) clock(done <-chan struct{}) {
	ticker := time.NewTicker(tick)
	defer ticker.Stop()
	for last := time.Now().Round(0); ; {
		select {
		case <-done:
			return
		case <-ticker.C:
		}
		now := time.Now().Round(0) // the wall clock: a machine that slept has grown older
		if now.After(last) {
			m.server.FastForward(now.Sub(last))
		}
		last = now
	}
}

// URL is the address for go-redis.
func (m *mini) URL() string {
	return (&url.URL{Scheme: "redis", User: url.UserPassword("", m.Word), Host: m.Addr, Path: "/0"}).String()
}

func (m *mini) Stop() error {
	if m.server != nil {
		m.server.Close()
		close(m.done)
		m.server = nil
	}
	return nil
}

func (m *mini) Done() <-chan struct{} { return m.done }
