package main

import (
	"bytes"
	"context"
	"strings"
	"sync"
	"time"
)

// printout is what a running program prints, read while it prints.
type printout struct {
	mu   sync.Mutex
	text bytes.Buffer
	more chan struct{} // closed and replaced with each line
	over bool
}

func newPaper() *printout { return &printout{more: make(chan struct{})} }

func (p *printout) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	close(p.more)
	p.more = make(chan struct{})
	return p.text.Write(b)
}

func (p *printout) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.over = true
	close(p.more)
	p.more = make(chan struct{})
}

func (p *printout) String() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.text.String()
}

func (p *printout) tail(n int) string {
	text := p.String()
	return text[max(0, len(text)-n):]
}

// has waits until words stand there; false when they do not come any more.
func (p *printout) has(words string, within time.Duration) bool {
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	for {
		p.mu.Lock()
		found, over, more := strings.Contains(p.text.String(), words), p.over, p.more
		p.mu.Unlock()
		if found || over {
			return found
		}
		select {
		case <-more:
		case <-ctx.Done():
			return false
		}
	}
}
