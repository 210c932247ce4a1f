package whatsapp

import (
	"context"
	"sync"

	"go.mau.fi/whatsmeow/store"
)

// sessions keeps what is opened and what is sealed apart: the library reads a Signal session, moves it on and writes it
// back, and would use one key twice if the other happened between; the phone then drops the second message unseen.
type sessions struct {
	store.SessionStore
	turn *sync.Mutex
}

type opening struct {
	store.EventBuffer
	turn *sync.Mutex
}

// apart puts the guard before the stores of a device.
func apart(d *store.Device) {
	turn := &sync.Mutex{}
	d.Sessions, d.EventBuffer = sessions{d.Sessions, turn}, opening{d.EventBuffer, turn}
}

// DoDecryptionTxn opens one message.
func (o opening) DoDecryptionTxn(ctx context.Context, open func(context.Context) error) error {
	o.turn.Lock()
	defer o.turn.Unlock()
	return o.EventBuffer.DoDecryptionTxn(ctx, open)
}

// sealing is one send: from reading its sessions to having written them.
type sealing struct{ done func() }

type sealingKey struct{}

// sealed is a context to send with, once; end must be called.
func sealed(ctx context.Context) (_ context.Context, end func()) {
	s := &sealing{}
	return context.WithValue(ctx, sealingKey{}, s), s.end
}

func (s *sealing) end() {
	if s.done != nil {
		s.done()
		s.done = nil
	}
}

// GetManySessions begins the sealing of a send.
func (s sessions) GetManySessions(ctx context.Context, addresses []string) (map[string][]byte, error) {
	if now, ok := ctx.Value(sealingKey{}).(*sealing); ok && now.done == nil {
		s.turn.Lock()
		now.done = s.turn.Unlock
	}
	return s.SessionStore.GetManySessions(ctx, addresses)
}

// PutManySessions ends it.
func (s sessions) PutManySessions(ctx context.Context, all map[string][]byte) error {
	err := s.SessionStore.PutManySessions(ctx, all)
	if now, ok := ctx.Value(sealingKey{}).(*sealing); ok {
		now.end()
	}
	return err
}
