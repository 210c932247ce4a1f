package whatsapptest

import (
	"crypto/rand"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/types"
)

// receipt works what a device says of messages it was sent: it acknowledges them, and their sender hears of it. The lock is held.
func (s *Server) receipt(d *device, n *waBinary.Node) {
	to, _ := n.Attrs["to"].(types.JID)
	kind := text(n.Attrs["type"])
	ack := waBinary.Node{Tag: "ack", Attrs: waBinary.Attrs{"class": "receipt", "id": n.Attrs["id"], "from": n.Attrs["to"]}}
	if kind != "" {
		ack.Attrs["type"] = kind
	}
	d.link.send(ack)
	if kind == "server-error" {
		s.mediaAsked(d, n)
		return
	}
	if kind == "" || kind == "inactive" || kind == "sender" || kind == "peer_msg" {
		s.taken(d, keyOf("message", n.Attrs["id"], n.Attrs["to"]))
	}
	target := s.at(to)
	if target == nil || target == d.account && kind != "retry" {
		return
	}
	hidden := to.Server == types.HiddenUserServer
	for id, other := range target.devices {
		if kind == "retry" && id != to.Device {
			continue
		}
		attrs := waBinary.Attrs{"id": n.Attrs["id"], "from": d.jid(hidden), "t": now()}
		for _, key := range []string{"type", "recipient"} {
			if v, ok := n.Attrs[key]; ok {
				attrs[key] = v
			}
		}
		s.deliver(other, parcel{keyOf("receipt", n.Attrs["id"], attrs["from"]), waBinary.Node{Tag: "receipt", Attrs: attrs, Content: n.Content}})
	}
	if kind == "read" {
		s.faults.read[d.account] += 1 + len(n.GetChildrenByTag("list"))
	}
	s.happened()
}

// typing shows somebody that the other types. It is not kept.
func (s *Server) typing(d *device, n *waBinary.Node) {
	to, _ := n.Attrs["to"].(types.JID)
	target := s.at(to)
	if target == nil {
		return
	}
	for _, other := range target.devices {
		if other.link != nil && other.awake {
			other.link.send(waBinary.Node{Tag: "chatstate", Attrs: waBinary.Attrs{"from": d.jid(to.Server == types.HiddenUserServer).ToNonAD()}, Content: n.Content})
		}
	}
}

// call brings a call, or its refusal, to the other side. The lock is held.
func (s *Server) call(d *device, n *waBinary.Node) {
	to, _ := n.Attrs["to"].(types.JID)
	target := s.at(to)
	d.link.send(waBinary.Node{Tag: "ack", Attrs: waBinary.Attrs{"class": "call", "id": n.Attrs["id"], "from": to}})
	if target == nil {
		return
	}
	for _, child := range n.GetChildren() {
		if child.Tag == "reject" && target.phone != nil {
			target.phone.rejected = append(target.phone.rejected, text(child.Attrs["call-id"]))
		}
	}
	s.happened()
}

// ring calls every linked device of an account. The lock is held.
func (s *Server) ring(from *device, target *account, id string) {
	for _, d := range target.devices {
		if d.id == 0 {
			continue
		}
		attrs := waBinary.Attrs{"id": rand.Text(), "from": from.jid(true).ToNonAD(), "t": now(), "platform": "android", "version": "2.26.1"}
		s.deliver(d, parcel{keyOf("call", attrs["id"], attrs["from"]), waBinary.Node{Tag: "call", Attrs: attrs, Content: []waBinary.Node{{
			Tag: "offer", Attrs: waBinary.Attrs{"call-id": id, "call-creator": from.jid(true).ToNonAD(), "caller_pn": from.account.pn()},
		}}}})
	}
}

// newDevices tells everybody else that an account's list of devices changed: they ask for it before they next write to
// it. The lock is held.
func (s *Server) newDevices(a *account) {
	for user, other := range s.accounts {
		if other == a || user != other.number { // each account stands there twice
			continue
		}
		for _, d := range other.devices {
			for _, j := range []types.JID{a.pn(), a.hidden()} {
				attrs := waBinary.Attrs{"id": rand.Text(), "from": j, "t": now(), "type": "devices"}
				s.deliver(d, parcel{keyOf("notification", attrs["id"], j), waBinary.Node{Tag: "notification", Attrs: attrs,
					Content: []waBinary.Node{{Tag: "update", Attrs: waBinary.Attrs{"device_hash": "2:changed"}}}}})
			}
		}
	}
}
