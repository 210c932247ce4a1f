package whatsapptest

import (
	"context"
	"crypto/rand"
	"errors"
	"sync"
	"testing"
	"time"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waAdv"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/store"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"
	"go.mau.fi/whatsmeow/util/keys"
	waLog "go.mau.fi/whatsmeow/util/log"
)

// Phone is somebody with WhatsApp: a real whatsmeow client that is the first device of its account, as a phone is.
type Phone struct {
	t        testing.TB
	server   *Server
	account  *account
	identity *keys.KeyPair
	client   *whatsmeow.Client
	up       chan struct{}

	mu       sync.Mutex
	came     []*events.Message // in order
	read     int
	ticks    map[types.MessageID]types.ReceiptType
	typing   int
	rings    chan struct{}
	rejected []string // calls; under the server's lock
}

// Phone puts somebody with a new number on the network, connected. The phone ends with the test.
func (s *Server) Phone(t testing.TB, name string) *Phone {
	t.Helper()
	identity := keys.NewKeyPair()
	d := &store.Device{
		Log: waLog.Noop, NoiseKey: keys.NewKeyPair(), IdentityKey: identity, SignedPreKey: identity.CreateSignedPreKey(1),
		RegistrationID: 1, AdvSecretKey: make([]byte, 32), Account: &waAdv.ADVSignedDeviceIdentity{}, PushName: name,
		Initialized: true, Container: &store.NoopStore{},
	}
	kept := newMemory()
	d.SetAllStores(kept)
	d.LIDs = kept
	p := &Phone{t: t, server: s, identity: identity, up: make(chan struct{}, 1), rings: make(chan struct{}),
		ticks: map[types.MessageID]types.ReceiptType{}}
	s.mu.Lock()
	p.account = s.openAccount()
	p.account.phone = p
	p.account.devices[0] = &device{account: p.account, noise: d.NoiseKey.Pub[:], identity: identity.Pub[:], name: name}
	j := p.account.pn()
	d.ID, d.LID = &j, p.account.hidden()
	s.mu.Unlock()
	p.client = whatsmeow.NewClient(d, waLog.Noop)
	s.reroute(p.client)
	p.client.SynchronousAck = true
	p.client.SetForceActiveDeliveryReceipts(true)
	p.client.AddEventHandler(p.on)
	p.connect()
	t.Cleanup(p.client.Disconnect)
	return p
}

// reroute leads a client's connections here.
func (s *Server) reroute(c *whatsmeow.Client) {
	h := clientOf(s)
	c.SetWebsocketHTTPClient(h)
	c.SetPreLoginHTTPClient(h)
	c.SetMediaHTTPClient(h)
}

func (p *Phone) connect() {
	p.t.Helper()
	if err := p.client.Connect(); err != nil {
		p.t.Fatalf("connect a phone: %v", err)
	}
	select {
	case <-p.up:
	case <-time.After(patience):
		p.t.Fatal("a phone did not connect")
	}
	if err := p.client.SendPresence(p.ctx(), types.PresenceAvailable); err != nil {
		p.t.Fatal(err)
	}
}

func (p *Phone) ctx() context.Context { return context.Background() }

func (p *Phone) on(event any) {
	switch e := event.(type) {
	case *events.Connected:
		select {
		case p.up <- struct{}{}:
		default:
		}
		return
	case *events.Message:
		p.mu.Lock()
		p.came = append(p.came, e)
	case *events.Receipt:
		p.mu.Lock()
		for _, id := range e.MessageIDs {
			if p.ticks[id] != types.ReceiptTypeRead {
				p.ticks[id] = e.Type
			}
		}
	case *events.ChatPresence:
		p.mu.Lock()
		if e.State == types.ChatPresenceComposing {
			p.typing++
		}
	default:
		return
	}
	close(p.rings)
	p.rings = make(chan struct{})
	p.mu.Unlock()
}

// Number is the phone's number, without a plus.
func (p *Phone) Number() string { return p.account.number }

// JID is the hidden address or the number's.
func (p *Phone) JID(hidden bool) types.JID {
	if hidden {
		return p.account.hidden()
	}
	return p.account.pn()
}

// Shows chooses how the phone's messages name their sender from now on.
func (p *Phone) Shows(a Addressing) { p.set(func(_ *faults, of *account) { of.shows = a }) }

// Away disconnects the phone; Back connects it again.
func (p *Phone) Away() { p.client.Disconnect() }

// Back connects a phone that was away.
func (p *Phone) Back() { p.connect() }

// Send sends any message to somebody and returns its id.
func (p *Phone) Send(to *Phone, m *waE2E.Message) types.MessageID {
	p.t.Helper()
	_ = p.client.Store.LIDs.PutLIDMapping(p.ctx(), to.JID(true), to.JID(false)) // a phone knows both names of whom it writes to
	r, err := p.client.SendMessage(p.ctx(), to.JID(true), m)
	if err != nil {
		p.t.Fatalf("a phone cannot send: %v", err)
	}
	return r.ID
}

// Calls rings somebody's linked devices.
func (p *Phone) Calls(to *Phone) (id string) {
	id = rand.Text()
	p.set(func(_ *faults, a *account) { p.server.ring(a.devices[0], to.account, id) })
	return id
}

// CallDeclined waits until a call of the phone was declined.
func (p *Phone) CallDeclined(id string) {
	p.t.Helper()
	p.server.await("a declined call", func() bool {
		for _, r := range p.rejected {
			if r == id {
				return true
			}
		}
		return false
	})
}

// Next waits for the next message to this phone.
func (p *Phone) Next(ctx context.Context) (*events.Message, error) {
	for {
		p.mu.Lock()
		if p.read < len(p.came) {
			p.read++
			defer p.mu.Unlock()
			return p.came[p.read-1], nil
		}
		rings := p.rings
		p.mu.Unlock()
		select {
		case <-rings:
		case <-ctx.Done():
			return nil, errors.New("nothing came")
		}
	}
}

// Tick waits until a message the phone sent has a receipt of a type.
func (p *Phone) Tick(ctx context.Context, id types.MessageID, want types.ReceiptType) error {
	for {
		p.mu.Lock()
		got, there := p.ticks[id]
		rings := p.rings
		p.mu.Unlock()
		if there && got == want {
			return nil
		}
		select {
		case <-rings:
		case <-ctx.Done():
			return errors.New("no such receipt came")
		}
	}
}

// SeesTyping waits until somebody was seen typing to this phone so often.
func (p *Phone) SeesTyping(ctx context.Context, times int) error {
	for {
		p.mu.Lock()
		seen, rings := p.typing, p.rings
		p.mu.Unlock()
		if seen >= times {
			return nil
		}
		select {
		case <-rings:
		case <-ctx.Done():
			return errors.New("nobody is typing")
		}
	}
}

func (p *Phone) heardMessage(id types.MessageID) *waE2E.Message {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, e := range p.came {
		if e.Info.ID == id {
			return e.Message
		}
	}
	return nil
}
