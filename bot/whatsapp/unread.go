package whatsapp

import (
	"context"
	"sync"
	"time"

	"go.mau.fi/whatsmeow/types/events"

	"titian/bot/chat"
)

// unread are the messages of one connection that cannot be read, by their ids, until they come in a form that can or their
// senders' being told is taken. WhatsApp has forgotten them by then: the library acknowledges them before it says so.
type unread struct {
	mu     sync.Mutex
	open   map[string]context.CancelFunc
	hurry  chan struct{} // closed: nothing is waited for any longer
	ended  bool
	untold sync.WaitGroup
}

func newUnread() *unread {
	return &unread{open: map[string]context.CancelFunc{}, hurry: make(chan struct{})}
}

// unreadable waits whether a message that cannot be read comes in a form that can; if not, the person is told. That has an id
// of its own, so that the message is heard even if it comes later.
func (h *hearing) unreadable(e *events.UndecryptableMessage) {
	if e.DecryptFailMode == events.DecryptFailHide || !private(e.Info.MessageSource) {
		return
	}
	who := h.who(h.life, e.Info.MessageSource)
	m := envelope(e.Info, who)
	id, wait := m.ID, h.pace.unread
	m.Kind, m.ID = chat.Undecryptable, who.id("unread "+e.Info.ID)
	if e.IsUnavailable && e.UnavailableType == events.UnavailableTypeViewOnce {
		m.Kind, wait = chat.Once, 0 // a photo to be seen once never comes to a linked device
	}
	h.unread.begin(h.life, id, func(ctx context.Context) { h.tell(ctx, m, wait) })
}

// tell hands a message on after a while, again and again until it is taken.
func (h *hearing) tell(ctx context.Context, m chat.Message, wait time.Duration) {
	late := time.NewTimer(wait)
	defer late.Stop()
	select {
	case <-late.C:
	case <-h.unread.hurry:
	case <-ctx.Done():
		return
	}
	for {
		select {
		case err := <-h.receive(ctx, m):
			if err == nil {
				return
			}
		case <-ctx.Done():
			return
		}
		if !pause(ctx, h.pace.again) {
			return
		}
	}
}

// begin does something about a message, once, until it is done or forgotten.
func (u *unread) begin(life context.Context, id string, do func(context.Context)) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.ended || u.open[id] != nil {
		return
	}
	ctx, stop := context.WithCancel(life)
	u.open[id] = stop
	u.untold.Go(func() {
		do(ctx)
		if ctx.Err() == nil {
			u.forget(id)
		}
	})
}

// forget stops what is done about a message.
func (u *unread) forget(id string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if stop := u.open[id]; stop != nil {
		stop()
		delete(u.open, id)
	}
}

// end waits for nothing any longer: whoever was not told is told now, for as long as that may take.
func (u *unread) end(most time.Duration) {
	u.mu.Lock()
	u.ended = true
	u.mu.Unlock()
	close(u.hurry)
	done := make(chan struct{})
	go func() { u.untold.Wait(); close(done) }()
	select {
	case <-done:
	case <-time.After(most):
		u.mu.Lock()
		defer u.mu.Unlock()
		for _, stop := range u.open {
			stop()
		}
	}
}
