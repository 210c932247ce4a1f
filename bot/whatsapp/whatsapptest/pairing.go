package whatsapptest

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"

	"go.mau.fi/whatsmeow"
	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/proto/waAdv"
	"go.mau.fi/whatsmeow/proto/waWa6"
	"go.mau.fi/whatsmeow/types"
	"google.golang.org/protobuf/proto"
)

// pairing is a client without an account, whose code waits to be scanned.
type pairing struct {
	refs    []string
	noise   []byte
	data    *waWa6.ClientPayload_DevicePairingRegistrationData
	asked   string // the id of the pair-success that waits for its answer
	account *account
	device  uint16
	signed  *waAdv.ADVSignedDeviceIdentity
	typing  *typing // nil: it did not ask for a code to be typed
}

// codes is how many QR codes WhatsApp gives out for one connection.
const codes = 6

func (s *Server) offer(l *link, who caller) bool {
	p := &pairing{noise: who.noise, data: who.payload.GetDevicePairingData()}
	var refs []waBinary.Node
	for range codes {
		ref := "2@" + rand.Text()
		p.refs, s.pairings[ref] = append(p.refs, ref), l
		refs = append(refs, waBinary.Node{Tag: "ref", Content: []byte(ref)})
	}
	l.pairing = p
	l.send(waBinary.Node{Tag: "iq", Attrs: waBinary.Attrs{"from": types.ServerJID, "type": "set", "id": rand.Text(), "xmlns": "md"},
		Content: []waBinary.Node{{Tag: "pair-device", Content: refs}}})
	return true
}

// Link scans a QR code with the phone, as Settings → Linked devices does. It returns when the new device has logged in, or
// was asked for a passkey.
func (p *Phone) Link(code string) {
	p.t.Helper()
	d, err := p.scan(code)
	if errors.Is(err, errPasskey) {
		return
	}
	if err != nil {
		p.t.Fatalf("scan: %v", err)
	}
	p.server.await("the linked device to log in", func() bool { return d().link != nil })
}

func (p *Phone) scan(code string) (linked func() *device, err error) {
	_, fragment, _ := strings.Cut(code, "#")
	parts := strings.Split(fragment, ",")
	if len(parts) != 5 {
		return nil, errors.New("no code of a linked device")
	}
	var raw [3][]byte // noise, identity, secret
	for i := range raw {
		if raw[i], err = base64.StdEncoding.DecodeString(parts[i+1]); err != nil || len(raw[i]) != 32 {
			return nil, fmt.Errorf("part %d of the code is no key", i+1)
		}
	}
	s := p.server
	s.mu.Lock()
	defer s.mu.Unlock()
	l := s.pairings[parts[0]]
	if l == nil {
		return nil, errors.New("the code has expired")
	}
	if !slices.Equal(l.pairing.noise, raw[0]) || !slices.Equal(l.pairing.data.GetEIdent(), raw[1]) {
		return nil, errors.New("the code is not of this client")
	}
	if s.faults.passkey[p.account] {
		l.send(waBinary.Node{
			Tag: "notification", Attrs: waBinary.Attrs{"from": types.ServerJID, "type": "passkey_prologue_request", "id": rand.Text(), "t": now()},
			Content: []waBinary.Node{{Tag: "passkey_request_options", Content: []byte(`{"challenge":"AAAA","rpId":"whatsapp.com"}`)}},
		})
		return nil, errPasskey
	}
	return s.confirm(l, p, raw[2])
}

var errPasskey = errors.New("the account wants a passkey")

// confirm sends the phone's signature over the new device to it.
func (s *Server) confirm(l *link, p *Phone, secret []byte) (func() *device, error) {
	a, pair := p.account, l.pairing
	number := uint16(1)
	for a.devices[number] != nil {
		number++
	}
	details, err := proto.Marshal(&waAdv.ADVDeviceIdentity{
		RawID: proto.Uint32(1), Timestamp: proto.Uint64(1), KeyIndex: proto.Uint32(uint32(number)),
		AccountType: waAdv.ADVEncryptionType_E2EE.Enum(), DeviceType: waAdv.ADVEncryptionType_E2EE.Enum(),
	})
	if err != nil {
		return nil, err
	}
	pair.account, pair.device = a, number
	pair.signed = &waAdv.ADVSignedDeviceIdentity{Details: details, AccountSignatureKey: p.identity.Pub[:],
		AccountSignature: sign(p.identity, slices.Concat(whatsmeow.AdvAccountSignaturePrefix, details, pair.data.GetEIdent()))}
	signed, err := proto.Marshal(pair.signed)
	if err != nil {
		return nil, err
	}
	mac := hmac.New(sha256.New, secret)
	mac.Write(signed)
	container, err := proto.Marshal(&waAdv.ADVSignedDeviceIdentityHMAC{Details: signed, HMAC: mac.Sum(nil)})
	if err != nil {
		return nil, err
	}
	pair.asked = rand.Text()
	j, hidden := a.pn(), a.hidden()
	j.Device, hidden.Device = number, number
	l.send(waBinary.Node{
		Tag: "iq", Attrs: waBinary.Attrs{"from": types.ServerJID, "type": "set", "id": pair.asked, "xmlns": "md", "t": now()},
		Content: []waBinary.Node{{Tag: "pair-success", Content: []waBinary.Node{
			{Tag: "device-identity", Content: container},
			{Tag: "device", Attrs: waBinary.Attrs{"jid": j, "lid": hidden}},
			{Tag: "platform", Attrs: waBinary.Attrs{"name": "android"}},
		}}},
	})
	return func() *device {
		if d := a.devices[number]; d != nil {
			return d
		}
		return &device{}
	}, nil
}

// pairingHeard works what a client says while it pairs: the countersigned identity makes it a device. The lock is held.
func (s *Server) pairingHeard(l *link, n *waBinary.Node) {
	p := l.pairing
	if reg, ok := n.GetOptionalChildByTag("link_code_companion_reg"); ok && n.Tag == "iq" {
		s.typedHeard(l, n, reg)
		return
	}
	if n.Tag != "iq" || p.asked == "" || text(n.Attrs["id"]) != p.asked {
		return
	}
	if text(n.Attrs["type"]) != "result" {
		s.t.Errorf("the client refused to be paired: %s", n)
		return
	}
	answer := n.GetChildByTag("pair-device-sign", "device-identity")
	raw, _ := answer.Content.([]byte)
	var signed waAdv.ADVSignedDeviceIdentity
	if err := proto.Unmarshal(raw, &signed); err != nil {
		s.t.Errorf("the client's signature cannot be read: %v", err)
		return
	}
	over := slices.Concat(whatsmeow.AdvDeviceSignaturePrefix, p.signed.Details, p.data.GetEIdent(), p.signed.AccountSignatureKey)
	if !verify(p.data.GetEIdent(), over, signed.GetDeviceSignature()) {
		s.t.Error("the client's signature does not fit")
		return
	}
	p.account.devices[p.device] = &device{
		account: p.account, id: p.device, noise: p.noise, identity: p.data.GetEIdent(), register: p.data.GetERegid(),
		signed: waBinary.Node{Tag: "skey", Content: []waBinary.Node{
			{Tag: "id", Content: p.data.GetESkeyID()}, {Tag: "value", Content: p.data.GetESkeyVal()}, {Tag: "signature", Content: p.data.GetESkeySig()}}},
	}
	s.newDevices(p.account)
	l.last(waBinary.Node{Tag: "stream:error", Attrs: waBinary.Attrs{"code": "515"}})
	s.happened()
}
