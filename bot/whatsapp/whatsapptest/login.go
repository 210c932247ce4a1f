package whatsapptest

import (
	"bytes"
	"strconv"
	"time"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/types"
)

// greet answers a finished handshake: a QR code for who has no account, a login for who has one. False: this connection
// is refused and ends soon.
func (s *Server) greet(l *link, who caller) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if who.payload.GetDevicePairingData() != nil {
		return s.offer(l, who)
	}
	j := types.JID{User: strconv.FormatUint(who.payload.GetUsername(), 10), Device: uint16(who.payload.GetDevice()), Server: types.DefaultUserServer}
	d := s.deviceAt(j)
	switch {
	case d == nil || !bytes.Equal(d.noise, who.noise):
		l.last(waBinary.Node{Tag: "failure", Attrs: waBinary.Attrs{"reason": "401", "location": "test"}})
		return false
	case s.faults.refusal[d.account] != nil:
		d.failed++
		l.last(*s.faults.refusal[d.account])
		s.happened()
		return false
	}
	if old := d.link; old != nil {
		old.device = nil
		s.faults.thrownOut[d.account]++
		old.last(conflict("replaced"))
	}
	d.link, d.awake, l.device = l, false, d
	l.send(waBinary.Node{Tag: "success", Attrs: waBinary.Attrs{
		"t": now(), "lid": d.jid(true), "location": "test", "props": "1", "companion_enc_static": "x",
	}})
	s.happened()
	return true
}

func conflict(kind string) waBinary.Node {
	code := map[string]string{"device_removed": "401"}[kind]
	n := waBinary.Node{Tag: "stream:error", Attrs: waBinary.Attrs{}, Content: []waBinary.Node{
		{Tag: "conflict", Attrs: waBinary.Attrs{"type": kind}}}}
	if code != "" {
		n.Attrs["code"] = code
	}
	return n
}

func now() string { return strconv.FormatInt(time.Now().Unix(), 10) }

// left is told when a connection has ended.
func (s *Server) left(l *link) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if d := l.device; d != nil && d.link == l {
		d.link, d.awake = nil, false
	}
	if l.pairing != nil {
		for _, ref := range l.pairing.refs {
			delete(s.pairings, ref)
		}
	}
	s.happened()
}

// wake gives a device what waited for it, between the two marks of an offline backlog. The lock is held.
func (s *Server) wake(d *device) {
	if d.awake {
		return
	}
	d.awake = true
	count := strconv.Itoa(len(d.waiting))
	messages := 0
	for _, p := range d.waiting {
		if p.node.Tag == "message" {
			messages++
		}
	}
	d.link.send(waBinary.Node{Tag: "ib", Attrs: waBinary.Attrs{"from": types.ServerJID}, Content: []waBinary.Node{{
		Tag: "offline_preview", Attrs: waBinary.Attrs{
			"count": count, "appdata": "0", "message": strconv.Itoa(messages), "notification": "0", "receipt": strconv.Itoa(len(d.waiting) - messages),
		}}}})
	for i, p := range d.waiting {
		n := p.node
		n.Attrs = map[string]any{"offline": strconv.Itoa(i)}
		for k, v := range p.node.Attrs {
			n.Attrs[k] = v
		}
		d.link.send(n)
	}
	d.link.send(waBinary.Node{Tag: "ib", Attrs: waBinary.Attrs{"from": types.ServerJID}, Content: []waBinary.Node{{
		Tag: "offline", Attrs: waBinary.Attrs{"count": count}}}})
	s.happened()
}

// heard works what a client sent.
func (s *Server) heard(l *link, n *waBinary.Node) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if l.pairing != nil {
		s.pairingHeard(l, n)
		return
	}
	d := l.device
	if d == nil || l.silent.Load() { // replaced meanwhile
		return
	}
	switch n.Tag {
	case "iq":
		s.asked(d, n)
	case "message":
		s.route(d, n)
	case "receipt":
		s.receipt(d, n)
	case "ack":
		s.taken(d, keyOf(text(n.Attrs["class"]), n.Attrs["id"], n.Attrs["to"]))
	case "presence":
		if name := text(n.Attrs["name"]); name != "" {
			d.name = name
		}
	case "chatstate":
		s.typing(d, n)
	case "call":
		s.call(d, n)
	case "ib": // statistics
	default:
		s.t.Errorf("the server was sent a %s, which it does not know", n.Tag)
	}
}
