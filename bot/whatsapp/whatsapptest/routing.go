package whatsapptest

import (
	"slices"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/types"
)

// What WhatsApp refuses a message with.
const (
	refusedInvalid  = "479" // the stanza is not as it should be
	refusedStranger = "463" // the account may not write to who never wrote to it
)

// route takes a message of a device, answers it, and brings each part to the device it was encrypted for. The lock is held.
func (s *Server) route(from *device, n *waBinary.Node) {
	to, _ := n.Attrs["to"].(types.JID)
	target := s.at(to)
	parts, direct := n.GetOptionalChildByTag("participants")
	var answer string
	switch {
	case target == nil || text(n.Attrs["id"]) == "":
		answer = refusedInvalid
	case s.faults.refuseMessages[from.account] != "":
		answer = s.faults.refuseMessages[from.account]
	case s.faults.timelock[from.account] && target != from.account && !target.writtenTo[from.account]:
		answer = refusedStranger
	case needsIdentity(n) && from.id != 0 && !has(n, "device-identity"):
		answer = refusedInvalid
	}
	ack := waBinary.Node{Tag: "ack", Attrs: waBinary.Attrs{"class": "message", "id": n.Attrs["id"], "from": to, "t": now()}}
	if answer != "" {
		ack.Attrs["error"] = answer
		from.link.send(ack)
		s.happened()
		return
	}
	if direct {
		if s.incomplete(from, target, parts) {
			ack.Attrs["phash"] = "2:stale"
		}
		for _, part := range parts.GetChildren() {
			j, _ := part.Attrs["jid"].(types.JID)
			s.bring(from, s.deviceAt(j), n, part.GetChildren())
		}
	} else {
		s.bring(from, s.deviceAt(to), n, n.GetChildrenByTag("enc"))
	}
	from.account.writtenTo[target] = true
	s.faults.sent[from.account]++
	if !s.faults.swallowAcks[from.account] {
		from.link.send(ack)
	}
	s.happened()
}

func needsIdentity(n *waBinary.Node) bool {
	found := false
	var look func(waBinary.Node)
	look = func(n waBinary.Node) {
		found = found || n.Tag == "enc" && text(n.Attrs["type"]) == "pkmsg"
		for _, child := range n.GetChildren() {
			look(child)
		}
	}
	look(*n)
	return found
}

func has(n *waBinary.Node, tag string) bool { _, ok := n.GetOptionalChildByTag(tag); return ok }

// incomplete says whether a device of either side is missing among the recipients.
func (s *Server) incomplete(from *device, target *account, parts waBinary.Node) bool {
	meant := map[*device]bool{from: true}
	for _, part := range parts.GetChildren() {
		j, _ := part.Attrs["jid"].(types.JID)
		meant[s.deviceAt(j)] = true
	}
	for _, a := range []*account{from.account, target} {
		for _, d := range a.devices {
			if !meant[d] {
				return true
			}
		}
	}
	return false
}

// carried are the parts of a message that go on to whoever receives it.
var carried = []string{"device-identity", "meta", "biz"}

// bring delivers one encrypted part. The lock is held.
func (s *Server) bring(from, to *device, n *waBinary.Node, enc []waBinary.Node) {
	if to == nil || to.account.blocked[from.account] {
		return
	}
	own := to.account == from.account
	hidden := s.hidden(from, n, own)
	attrs := waBinary.Attrs{"id": n.Attrs["id"], "t": now(), "from": from.jid(hidden), "type": n.Attrs["type"], "notify": from.name}
	if from.name == "" {
		attrs["notify"] = "-"
	}
	for _, key := range []string{"edit", "category"} {
		if v, ok := n.Attrs[key]; ok {
			attrs[key] = v
		}
	}
	switch {
	case own && text(n.Attrs["category"]) != "peer":
		attrs["recipient"] = n.Attrs["to"]
		if pn, ok := n.Attrs["peer_recipient_pn"]; ok {
			attrs["peer_recipient_pn"] = pn
		}
	case from.account.shows == ByLID:
		attrs["sender_pn"] = from.account.pn()
	case from.account.shows == ByNumber:
		attrs["sender_lid"] = from.account.hidden()
	}
	content := slices.Clone(enc)
	if s.faults.garble[to.account] > 0 && !own {
		s.faults.garble[to.account]--
		content = garbled(content)
	}
	if s.faults.once[to.account] > 0 && !own && to.id != 0 {
		s.faults.once[to.account]--
		content = []waBinary.Node{{Tag: "unavailable", Attrs: waBinary.Attrs{"type": "view_once"}}}
	}
	for _, child := range n.GetChildren() {
		if slices.Contains(carried, child.Tag) {
			content = append(content, child)
		}
	}
	p := parcel{keyOf("message", n.Attrs["id"], attrs["from"]), waBinary.Node{Tag: "message", Attrs: attrs, Content: content}}
	s.deliver(to, p)
	if s.faults.twice[to.account] > 0 && !own {
		s.faults.twice[to.account]--
		s.deliver(to, p)
	}
}

// hidden says whether a message names its sender by the hidden id.
func (s *Server) hidden(from *device, n *waBinary.Node, own bool) bool {
	if to, ok := n.Attrs["to"].(types.JID); ok && own {
		return to.Server == types.HiddenUserServer
	}
	return from.account.shows == ByLID || from.account.shows == ByLIDOnly
}

func garbled(parts []waBinary.Node) []waBinary.Node {
	parts = slices.Clone(parts)
	for i, part := range parts {
		if raw, ok := part.Content.([]byte); ok {
			raw = slices.Clone(raw)
			raw[len(raw)-1] ^= 0xff
			parts[i].Content = raw
		}
	}
	return parts
}
