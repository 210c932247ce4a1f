package whatsapp

import (
	"sync"
	"time"

	waBinary "go.mau.fi/whatsmeow/binary"
	waLog "go.mau.fi/whatsmeow/util/log"
)

// settled knows which messages were taken and are not acknowledged yet. The library acknowledges after its handler has
// returned and tells nobody, except the logger of what it sends.
type settled struct {
	logs
	mu   sync.Mutex
	open map[string]bool
	none chan struct{} // not nil: closed when none is open
}

func newSettled(l logs) *settled { return &settled{logs: l, open: map[string]bool{}} }

// Sub is the logger of a part; that of what is sent looks for acknowledgements.
func (s *settled) Sub(part string) waLog.Logger {
	if part == "Send" {
		return sending{s}
	}
	return s.logs.Sub(part)
}

type sending struct{ *settled }

// Debugf is called with each node that is about to be sent.
func (s sending) Debugf(_ string, args ...any) {
	for _, a := range args {
		if n, ok := a.(*waBinary.Node); ok && (n.Tag == "receipt" || n.Tag == "ack") && n.Attrs["type"] != "read" {
			id, _ := n.Attrs["id"].(string)
			s.settle(id)
		}
	}
}

func (s *settled) took(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open[id] = true
}

func (s *settled) settle(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.open, id)
	if len(s.open) == 0 && s.none != nil {
		close(s.none)
		s.none = nil
	}
}

// lastWord is how long the library may take between saying that it sends and having sent.
const lastWord = 50 * time.Millisecond

// wait waits until every taken message is acknowledged, for a while.
func (s *settled) wait(most time.Duration) {
	s.mu.Lock()
	none := make(chan struct{})
	if len(s.open) == 0 {
		close(none)
	} else {
		s.none = none
	}
	s.mu.Unlock()
	select {
	case <-none:
		time.Sleep(lastWord)
	case <-time.After(most):
	}
}
