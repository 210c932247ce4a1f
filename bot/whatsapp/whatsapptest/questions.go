package whatsapptest

import (
	"crypto/rand"
	"net/url"
	"strconv"
	"strings"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/types"
)

// asked answers an iq. One the server does not know fails the test: WhatsApp would not answer it either. The lock is held.
func (s *Server) asked(d *device, n *waBinary.Node) {
	if text(n.Attrs["type"]) == "result" {
		return
	}
	var answer []waBinary.Node
	about := text(n.Attrs["xmlns"]) + " " + text(n.Attrs["type"])
	switch about {
	case "encrypt get":
		answer = s.keysAsked(d, n)
	case "encrypt set":
		d.upload(n)
	case "passive set":
		if _, active := n.GetOptionalChildByTag("active"); active {
			defer s.wake(d)
		}
	case "usync get":
		answer = []waBinary.Node{{Tag: "usync", Content: []waBinary.Node{{Tag: "list", Content: s.users(n)}}}}
	case "w:m set":
		at, _ := url.Parse(s.URL())
		answer = []waBinary.Node{{Tag: "media_conn", Attrs: waBinary.Attrs{
			"auth": rand.Text(), "ttl": "300", "auth_ttl": "21600", "max_buckets": "12", "id": rand.Text(),
		}, Content: []waBinary.Node{{Tag: "host", Attrs: waBinary.Attrs{"hostname": at.Host}}}}}
	case "privacy get":
		answer = []waBinary.Node{{Tag: "privacy"}}
	case "privacy set", "w:p get", "urn:xmpp:whatsapp:dirty set":
	case "md set":
		s.mdAsked(d, n)
	case "blocklist get":
		answer = []waBinary.Node{{Tag: "list"}}
	default:
		s.t.Errorf("the server was asked %q, which it does not know", about)
	}
	d.link.send(waBinary.Node{Tag: "iq", Attrs: waBinary.Attrs{"from": types.ServerJID, "type": "result", "id": n.Attrs["id"]}, Content: content(answer)})
	s.happened()
}

func content(nodes []waBinary.Node) any {
	if nodes == nil {
		return nil
	}
	return nodes
}

// upload keeps the one-time keys a device offers.
func (d *device) upload(n *waBinary.Node) {
	identity, _ := n.GetChildByTag("identity").Content.([]byte)
	register, _ := n.GetChildByTag("registration").Content.([]byte)
	d.identity, d.register, d.signed = identity, register, n.GetChildByTag("skey")
	list := n.GetChildByTag("list")
	d.once = append(d.once, list.GetChildren()...)
}

// keysAsked counts a device's own keys, or hands out others' to begin a session with. The lock is held.
func (s *Server) keysAsked(d *device, n *waBinary.Node) []waBinary.Node {
	if _, counting := n.GetOptionalChildByTag("count"); counting {
		// Never 0: the library would make 812 keys instead of 50, which takes a test seconds.
		return []waBinary.Node{{Tag: "count", Attrs: waBinary.Attrs{"value": strconv.Itoa(max(1, len(d.once)))}}}
	}
	wanted := n.GetChildByTag("key")
	var users []waBinary.Node
	for _, one := range wanted.GetChildren() {
		j, _ := one.Attrs["jid"].(types.JID)
		user := waBinary.Node{Tag: "user", Attrs: waBinary.Attrs{"jid": j, "t": now()}}
		of := s.deviceAt(j)
		if of == nil || of.identity == nil || of.signed.Tag == "" {
			user.Content = []waBinary.Node{{Tag: "error", Attrs: waBinary.Attrs{"code": "404", "text": "item-not-found"}}}
		} else {
			user.Content = of.bundle()
		}
		users = append(users, user)
	}
	return []waBinary.Node{{Tag: "list", Content: users}}
}

// bundle is what begins a session with a device; a one-time key is handed out once.
func (d *device) bundle() []waBinary.Node {
	parts := []waBinary.Node{
		{Tag: "registration", Content: d.register}, {Tag: "type", Content: []byte{5}}, {Tag: "identity", Content: d.identity},
	}
	if len(d.once) > 0 {
		parts, d.once = append(parts, d.once[0]), d.once[1:]
	}
	return append(parts, d.signed)
}

// users answers who stands behind addresses, and with which devices. The lock is held.
func (s *Server) users(n *waBinary.Node) []waBinary.Node {
	list := n.GetChildByTag("usync", "list")
	var found []waBinary.Node
	for _, one := range list.GetChildren() {
		j, _ := one.Attrs["jid"].(types.JID)
		byNumber, asNumber := one.GetOptionalChildByTag("contact")
		if asNumber {
			digits, _ := byNumber.Content.([]byte)
			number, _, _ := strings.Cut(strings.TrimPrefix(string(digits), "+"), "@")
			j = types.NewJID(number, types.DefaultUserServer)
		}
		a := s.at(j)
		user := waBinary.Node{Tag: "user", Attrs: waBinary.Attrs{"jid": j}}
		switch {
		case a != nil:
			user.Content = a.described(asNumber)
		case asNumber:
			user.Content = []waBinary.Node{{Tag: "contact", Attrs: waBinary.Attrs{"type": "out"}}}
		default:
			continue
		}
		found = append(found, user)
	}
	return found
}

func (a *account) described(asNumber bool) []waBinary.Node {
	var devices []waBinary.Node
	for id := range uint16(len(a.devices) + 100) {
		if a.devices[id] != nil {
			devices = append(devices, waBinary.Node{Tag: "device", Attrs: waBinary.Attrs{"id": strconv.Itoa(int(id))}})
		}
	}
	parts := []waBinary.Node{
		{Tag: "devices", Content: []waBinary.Node{{Tag: "device-list", Content: devices}}},
		{Tag: "lid", Attrs: waBinary.Attrs{"val": a.hidden()}},
	}
	if asNumber {
		parts = append(parts, waBinary.Node{Tag: "contact", Attrs: waBinary.Attrs{"type": "in"}})
	}
	return parts
}

// mdAsked works what concerns linked devices. The lock is held.
func (s *Server) mdAsked(d *device, n *waBinary.Node) {
	if gone, ok := n.GetOptionalChildByTag("remove-companion-device"); ok {
		j, _ := gone.Attrs["jid"].(types.JID)
		delete(d.account.devices, j.Device)
		s.newDevices(d.account)
		return
	}
	s.t.Errorf("the server was asked %s, which it does not know", n)
}
