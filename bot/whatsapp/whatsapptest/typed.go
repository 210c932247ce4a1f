package whatsapptest

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"go.mau.fi/whatsmeow/util/hkdfutil"
	"go.mau.fi/whatsmeow/util/keys"
	"golang.org/x/crypto/curve25519"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/types"
)

// typing is a client that waits until a code is typed on the phone of an account.
type typing struct {
	account *account
	ref     []byte
	wrapped []byte // the client's key, locked with the code
	phone   *Phone // who typed it; nil: nobody yet
	shared  []byte // what the two agreed on
}

// named is how a client that links by a typed code must call itself.
var named = regexp.MustCompile(`^(Chrome|Firefox|Edge|Safari|Opera) \((Linux|Windows|Mac OS|macOS)\)$`)

// hello takes a client's wish to be linked by a typed code. The lock is held.
func (s *Server) hello(p *pairing, reg waBinary.Node) (answer []waBinary.Node, refused string) {
	to, _ := reg.Attrs["jid"].(types.JID)
	display, _ := reg.GetChildByTag("companion_platform_display").Content.([]byte)
	wrapped, _ := reg.GetChildByTag("link_code_pairing_wrapped_companion_ephemeral_pub").Content.([]byte)
	noise, _ := reg.GetChildByTag("companion_server_auth_key_pub").Content.([]byte)
	a := s.at(to)
	switch {
	case a == nil:
		return nil, "404"
	case !named.Match(display), len(wrapped) != 80, !slices.Equal(noise, p.noise):
		return nil, "400"
	}
	p.typing = &typing{account: a, ref: []byte(rand.Text()), wrapped: wrapped}
	s.happened()
	return []waBinary.Node{{Tag: "link_code_companion_reg", Content: []waBinary.Node{{Tag: "link_code_pairing_ref", Content: p.typing.ref}}}}, ""
}

// typedHeard answers a client's half of linking by a typed code. The lock is held.
func (s *Server) typedHeard(l *link, n *waBinary.Node, reg waBinary.Node) {
	answer := waBinary.Node{Tag: "iq", Attrs: waBinary.Attrs{"from": types.ServerJID, "type": "result", "id": n.Attrs["id"]}}
	refused := ""
	switch stage := text(reg.Attrs["stage"]); stage {
	case "companion_hello":
		var parts []waBinary.Node
		parts, refused = s.hello(l.pairing, reg)
		answer.Content = content(parts)
	case "companion_finish":
		if err := s.finish(l, reg); err != nil {
			s.t.Errorf("link by a typed code: %v", err)
			refused = "400"
		}
	default:
		s.t.Errorf("linking by a typed code has no stage %q", stage)
	}
	if refused != "" {
		answer.Attrs["type"], answer.Content = "error", []waBinary.Node{{Tag: "error", Attrs: waBinary.Attrs{"code": refused, "text": "refused"}}}
	}
	l.send(answer)
}

// LinkTyped types a code with the phone, as Settings → Linked devices → Link with phone number does. It returns when the new
// device has logged in.
func (p *Phone) LinkTyped(code string) {
	p.t.Helper()
	if err := p.types(strings.ReplaceAll(code, "-", "")); err != nil {
		p.t.Fatalf("type a code: %v", err)
	}
	p.server.await("the linked device to log in", func() bool {
		for id, d := range p.account.devices {
			if id != 0 && d.link != nil {
				return true
			}
		}
		return false
	})
}

// types answers the client that waits for this phone, with a key locked with the code.
func (p *Phone) types(code string) error {
	s := p.server
	s.mu.Lock()
	defer s.mu.Unlock()
	var l *link
	for _, of := range s.pairings {
		if t := of.pairing.typing; t != nil && t.account == p.account {
			l = of
		}
	}
	if l == nil {
		return errors.New("no client waits for a code")
	}
	t, own := l.pairing.typing, keys.NewKeyPair()
	theirs, err := locked(code, t.wrapped)
	if err != nil {
		return err
	}
	if t.shared, err = curve25519.X25519(own.Priv[:], theirs); err != nil {
		return err
	}
	t.phone = p
	head := make([]byte, 48) // salt and start
	_, _ = rand.Read(head)
	wrapped, err := locked(code, append(head, own.Pub[:]...))
	if err != nil {
		return err
	}
	l.send(waBinary.Node{
		Tag: "notification", Attrs: waBinary.Attrs{"from": types.ServerJID, "type": "link_code_companion_reg", "id": rand.Text(), "t": now()},
		Content: []waBinary.Node{{Tag: "link_code_companion_reg", Attrs: waBinary.Attrs{"stage": "primary_hello"}, Content: []waBinary.Node{
			{Tag: "link_code_pairing_ref", Content: t.ref},
			{Tag: "link_code_pairing_wrapped_primary_ephemeral_pub", Content: append(head, wrapped...)},
			{Tag: "primary_identity_pub", Content: p.identity.Pub[:]},
		}}},
	})
	return nil
}

// locked locks or opens the key behind a salt and a start with what the code gives.
func locked(code string, wrapped []byte) ([]byte, error) {
	key, err := pbkdf2.Key(sha256.New, code, wrapped[:32], 2<<16, 32)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	out := make([]byte, len(wrapped)-48)
	cipher.NewCTR(block, wrapped[32:48]).XORKeyStream(out, wrapped[48:])
	return out, nil
}

// finish takes the client's half of the secret, and signs it in. A code that was typed wrong shows here. The lock is held.
func (s *Server) finish(l *link, reg waBinary.Node) error {
	t := l.pairing.typing
	ref, _ := reg.GetChildByTag("link_code_pairing_ref").Content.([]byte)
	bundle, _ := reg.GetChildByTag("link_code_pairing_wrapped_key_bundle").Content.([]byte)
	if t == nil || t.phone == nil || !slices.Equal(ref, t.ref) || len(bundle) < 44 {
		return errors.New("nobody typed a code for this client")
	}
	block, err := aes.NewCipher(hkdfutil.SHA256(t.shared, bundle[:32], []byte("link_code_pairing_key_bundle_encryption_key"), 32))
	if err != nil {
		return err
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		return err
	}
	plain, err := gcm.Open(nil, bundle[32:44], bundle[44:], nil)
	if err != nil {
		return fmt.Errorf("the code was typed wrong: %w", err)
	}
	if len(plain) != 96 || !slices.Equal(plain[:32], l.pairing.data.GetEIdent()) || !slices.Equal(plain[32:64], t.phone.identity.Pub[:]) {
		return errors.New("the keys of the bundle are not the two sides'")
	}
	shared, err := curve25519.X25519(t.phone.identity.Priv[:], plain[:32])
	if err != nil {
		return err
	}
	_, err = s.confirm(l, t.phone, hkdfutil.SHA256(slices.Concat(t.shared, shared, plain[64:]), nil, []byte("adv_secret"), 32))
	return err
}
