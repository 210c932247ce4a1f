package whatsapp

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"time"

	"go.mau.fi/whatsmeow/types"

	"titian/bot/chat"
)

// who is somebody as WhatsApp knows them: by the hidden id, by the number, or by both.
type who struct {
	device types.JID
	lid    types.JID // empty: not known
	pn     types.JID // empty: not known
}

// key names them for good: by the hidden id where it is known, because a number may pass to somebody else.
func (w who) key() types.JID {
	if !w.lid.IsEmpty() {
		return w.lid
	}
	return w.pn
}

func (w who) address() chat.Address {
	return chat.Address{Network: chat.WhatsApp, Key: w.key().String()}
}

// alias is their number where the hidden id is their address.
func (w who) alias() chat.Address {
	if w.lid.IsEmpty() || w.pn.IsEmpty() {
		return chat.Address{}
	}
	return chat.Address{Network: chat.WhatsApp, Key: w.pn.String()}
}

// vouched is their number as WhatsApp vouches for it, E.164; empty: it does not tell.
func (w who) vouched() string {
	if w.pn.IsEmpty() {
		return ""
	}
	return "+" + w.pn.User
}

// id names a message among all of the network. The sender chose its own id, so it is bound to device and sender; hashed,
// because it stands where an address may not.
func (w who) id(id types.MessageID) string {
	sum := sha256.Sum256([]byte(strings.Join([]string{w.device.String(), w.key().String(), id}, "\x00")))
	return base64.RawURLEncoding.EncodeToString(sum[:18])
}

// lookup is how long the other name of a person is looked for.
const lookup = 5 * time.Second

// who finds out both names of a sender, as far as they can be had: from the message, from what the library remembers, and
// the hidden id from WhatsApp itself, so that one person does not appear as two.
func (h *hearing) who(ctx context.Context, s types.MessageSource) who {
	w := who{device: h.device}
	for _, j := range []types.JID{s.Sender.ToNonAD(), s.SenderAlt.ToNonAD()} {
		switch j.Server {
		case types.HiddenUserServer:
			w.lid = j
		case types.DefaultUserServer:
			w.pn = j
		}
	}
	ctx, cancel := context.WithTimeout(ctx, lookup)
	defer cancel()
	if w.pn.IsEmpty() && !w.lid.IsEmpty() {
		if pn, err := h.client.Store.LIDs.GetPNForLID(ctx, w.lid); err == nil {
			w.pn = pn.ToNonAD()
		}
	}
	if w.lid.IsEmpty() && !w.pn.IsEmpty() {
		if lid, err := h.client.Store.LIDs.GetLIDForPN(ctx, w.pn); err == nil {
			w.lid = lid.ToNonAD()
		}
	}
	if w.lid.IsEmpty() && !w.pn.IsEmpty() {
		if found, err := h.client.GetUserInfo(ctx, []types.JID{w.pn}); err == nil {
			w.lid = found[w.pn].LID.ToNonAD()
		}
	}
	return w
}

// private says whether a message is of one person to the dinas: no group, no status, no channel, nothing staff typed.
func private(s types.MessageSource) bool {
	return !s.IsFromMe && !s.IsGroup && (s.Chat.Server == types.DefaultUserServer || s.Chat.Server == types.HiddenUserServer)
}
