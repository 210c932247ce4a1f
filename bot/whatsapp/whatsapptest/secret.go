package whatsapptest

import (
	"context"
	"crypto/rand"

	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/util/gcmutil"
	"go.mau.fi/whatsmeow/util/hkdfutil"
	"google.golang.org/protobuf/proto"
)

// SendsOnce sends a picture that may be seen once: linked devices are told of it and never get it.
func (p *Phone) SendsOnce(to *Phone, content []byte) {
	p.t.Helper()
	to.set(func(f *faults, a *account) { f.once[a]++ })
	p.Send(to, &waE2E.Message{ViewOnceMessageV2: &waE2E.FutureProofMessage{Message: &waE2E.Message{ImageMessage: p.image(content, "")}}})
}

// Votes chooses options of a poll that this phone was sent, in place of what it chose before; none takes the vote back.
func (p *Phone) Votes(ctx context.Context, to *Phone, poll types.MessageID, options ...string) {
	p.t.Helper()
	p.mu.Lock()
	var asked *types.MessageInfo
	for _, e := range p.came {
		if e.Info.ID == poll {
			asked = &e.Info
		}
	}
	p.mu.Unlock()
	if asked == nil {
		p.t.Fatal("a phone votes in a poll it was not sent")
	}
	vote, err := p.client.BuildPollVote(ctx, asked, options)
	if err != nil {
		p.t.Fatalf("a phone cannot vote: %v", err)
	}
	p.Send(to, vote)
}

// SaysEditably sends a text with the secret that newer phones edit it by.
func (p *Phone) SaysEditably(to *Phone, words string) (id types.MessageID, secret []byte) {
	p.t.Helper()
	secret = make([]byte, 32)
	_, _ = rand.Read(secret)
	return p.Send(to, &waE2E.Message{Conversation: proto.String(words), MessageContextInfo: &waE2E.MessageContextInfo{MessageSecret: secret}}), secret
}

// EditsSealed changes what was said, as newer phones do: sealed with the secret of the message.
func (p *Phone) EditsSealed(to *Phone, id types.MessageID, secret []byte, words string) {
	p.t.Helper()
	now, err := proto.Marshal(&waE2E.Message{Conversation: proto.String(words)})
	if err != nil {
		p.t.Fatal(err)
	}
	self := p.JID(p.account.shows == ByLID || p.account.shows == ByLIDOnly).ToNonAD().String()
	iv := make([]byte, 12)
	_, _ = rand.Read(iv)
	sealed, err := gcmutil.Encrypt(hkdfutil.SHA256(secret, nil, []byte(id+self+self+"Message Edit"), 32), iv, now, nil)
	if err != nil {
		p.t.Fatal(err)
	}
	p.Send(to, &waE2E.Message{SecretEncryptedMessage: &waE2E.SecretEncryptedMessage{
		TargetMessageKey: p.client.BuildMessageKey(to.JID(true), p.JID(true), id), EncPayload: sealed, EncIV: iv,
		SecretEncType: waE2E.SecretEncryptedMessage_MESSAGE_EDIT.Enum(),
	}})
}
