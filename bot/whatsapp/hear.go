package whatsapp

import (
	"context"
	"sync"
	"time"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"

	"titian/bot/chat"
)

// hearing is one connection's ear. The library hands over one event after the other; what is answered with false is not
// acknowledged, and comes again after the next connect.
type hearing struct {
	*Channel
	client  *whatsmeow.Client
	receive chat.Receive
	device  types.JID
	linked  types.JID       // the same, with its number among the account's devices
	ctx     context.Context // ends when the process stops
	life    context.Context // ends with the connection
	over    chan time.Duration
	busy    sync.WaitGroup // events in hand; begun under mu
	settled *settled

	mu      sync.Mutex
	refused map[string]bool // senders of whom a message was refused: their later ones wait behind it
	again   *time.Timer     // asks for what was refused
	asked   bool            // it did: what is refused from then on may have come on the next connection already
	behind  bool            // and something was
	deaf    bool            // nothing more is heard; set before closed
	closed  bool

	unread *unread
	outage *outage
}

// on is the library's handler. A panic is no acknowledgement, and neither is what comes once the connection is hung up.
func (h *hearing) on(event any) (taken bool) {
	if !h.begin() {
		return false
	}
	defer h.busy.Done()
	defer func() {
		if r := recover(); r != nil {
			h.log.Error("whatsapp: an event could not be worked: it comes again")
			taken = false
		}
	}()
	if a, minds := h.alarm(event); minds {
		h.alarmed(a)
	}
	if h.connected(event) {
		return true
	}
	switch e := event.(type) {
	case *events.Message:
		return h.message(e)
	case *events.UndecryptableMessage:
		h.unreadable(e)
	case *events.CallOffer:
		h.called(e)
	case *events.MediaRetry:
		h.reuploaded(e)
	case *events.Receipt:
		h.ticks(e)
	}
	return true
}

// begin counts one more event in hand; false: nothing is heard any longer.
func (h *hearing) begin() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.deaf {
		return false
	}
	h.busy.Add(1)
	return true
}

// hush hears nothing from now on; the channel it returns closes when what is in hand is done.
func (h *hearing) hush() <-chan struct{} {
	h.mu.Lock()
	h.deaf = true
	h.mu.Unlock()
	done := make(chan struct{})
	go func() { h.busy.Wait(); close(done) }()
	return done
}

// message takes a message in and waits for its outcome.
func (h *hearing) message(e *events.Message) bool {
	if byHand(e) {
		return h.byHand(e)
	}
	who := h.who(h.life, e.Info.MessageSource)
	h.unread.forget(who.id(e.Info.ID))
	m, ok := message(e, who)
	if isSecret(e.Message) && private(e.Info.MessageSource) {
		m, ok = h.secret(e, who)
	}
	if !ok {
		return true
	}
	if !h.take(m) {
		return false
	}
	h.settled.took(e.Info.ID)
	go func() { // best effort: the ticks turn blue
		_ = h.client.MarkRead(h.life, []types.MessageID{e.Info.ID}, h.now(), e.Info.Chat, e.Info.Sender)
	}()
	return true
}

// take hands a message on. False: it was refused, or has not been taken in time; then it comes again, and later ones of
// its sender are not let past it.
func (h *hearing) take(m chat.Message) bool {
	if h.waits(m) {
		return false
	}
	outcome := h.receive(h.life, m)
	late := time.NewTimer(h.pace.hold)
	defer late.Stop()
	stopping := h.ctx.Done()
	for {
		select {
		case err := <-outcome:
			if err == nil {
				return true
			}
			h.refuse(m)
			return false
		case <-late.C:
			h.refuse(m)
			return false
		case <-stopping:
			stopping = nil
			late.Reset(h.pace.drain / 2)
		}
	}
}

// waits says whether an older message of a sender was refused, behind which this one must wait.
func (h *hearing) waits(m chat.Message) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	waits := h.refused[m.From.Key]
	h.behind = h.behind || waits && h.asked
	return waits
}

// refuse remembers that a sender's messages wait, and asks for them again after a while.
func (h *hearing) refuse(m chat.Message) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.refused[m.From.Key] = true
	h.behind = h.behind || h.asked
	h.ask()
}

// ask begins a new connection after a while, once. h.mu is held.
func (h *hearing) ask() {
	if h.again != nil || h.closed || h.ctx.Err() != nil {
		return
	}
	h.again = time.AfterFunc(h.pace.again, func() {
		h.mu.Lock()
		h.asked = true
		h.mu.Unlock()
		h.client.ResetConnection()
	})
}

// arrived begins anew with a connection: what was refused comes again on it. WhatsApp may have sent some of it before the
// connection is known here; that was refused as well, and is asked for once more.
func (h *hearing) arrived() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.again, h.asked = nil, false
	h.outage.over.Store(false)
	if !h.behind {
		h.refused = map[string]bool{}
		return
	}
	h.behind = false
	h.ask()
}

// called declines a call; the person is told by the bot.
func (h *hearing) called(e *events.CallOffer) {
	source := types.MessageSource{Chat: e.From.ToNonAD(), Sender: e.From, SenderAlt: e.CallCreatorAlt}
	if !private(source) {
		return
	}
	who := h.who(h.life, source)
	m := envelope(types.MessageInfo{MessageSource: source, ID: "call " + e.CallID, Timestamp: e.Timestamp}, who)
	m.Kind, m.Ref = chat.Call, ""
	go func() { _ = h.client.RejectCall(h.life, e.From, e.CallID) }()
	h.take(m)
}

// close stops what would still happen.
func (h *hearing) close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = true
	if h.again != nil {
		h.again.Stop()
	}
}
