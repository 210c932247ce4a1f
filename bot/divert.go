package bot

import (
	"context"
	"encoding/json"
	"fmt"

	"titian/bot/chat"
	"titian/storage"
)

// divert puts a letter that holds the line into the inbox, its sender's older
// ones before it, and acknowledges them. Work on the first goes on; whoever is
// second finds that it was seen. While Postgres is down nothing is acknowledged.
func (b *Bot) divert(l *letter) {
	at, letters := b.mail.upTo(l)
	if letters == nil {
		return
	}
	at.divert.Lock()
	defer at.divert.Unlock()
	for _, each := range letters {
		if each.inboxed != 0 || each.answered.Load() {
			continue
		}
		if !b.putAside(b.life, each) {
			l.patience(b.Patience, func() { b.divert(l) })
			return
		}
	}
}

// putAside stores one letter in the inbox and acknowledges it.
func (b *Bot) putAside(ctx context.Context, l *letter) bool {
	ctx, cancel := context.WithTimeout(ctx, inboxTimeout)
	defer cancel()
	contact, err := b.contact(ctx, l.msg)
	if err != nil {
		return false
	}
	body, err := b.sealMessage(l.msg)
	if err != nil {
		return false
	}
	behind, err := b.Inbox.InboxWaiting(ctx, contact.ID)
	if err != nil {
		return false
	}
	_, err = b.Inbox.InboxPut(ctx, storage.Inboxed{
		Contact: contact.ID, Network: string(l.msg.From.Network), MessageID: l.msg.ID,
		ReceivedAt: b.Now(), Body: body,
	})
	if err != nil {
		b.Log.Warn("inbox cannot take a message yet", "error", err)
		return false
	}
	if err := b.Running.SetInboxed(ctx, contact.ID, true); err != nil {
		b.cache.doubt(contact.ID) // the next look asks Postgres, which knows
	}
	l.diverted.Store(!behind)
	b.mail.drop(l)
	b.Meter.Diverted(l.msg.From.Network)
	l.answer(nil)
	select {
	case b.wake <- struct{}{}:
	default:
	}
	return true
}

// requeue puts a letter behind older ones of its contact that wait in the inbox.
func (b *Bot) requeue(ctx context.Context, l *letter) bool { return b.putAside(ctx, l) }

// keep stores a letter of a network that forgets it once it is acknowledged, and acknowledges it then. The channel hands
// over a sender's next one only after that, so they stand there in order.
func (b *Bot) keep(l *letter) {
	if err := b.store(b.life, l.msg); err != nil {
		b.Log.Warn("the inbox cannot take a message yet", "error", err)
		l.answer(err)
		return
	}
	l.answer(nil)
	b.rouse()
}

// store puts a message into the inbox of its contact.
func (b *Bot) store(ctx context.Context, m chat.Message) error {
	ctx, cancel := context.WithTimeout(ctx, inboxTimeout)
	defer cancel()
	if ours, err := b.concerns(ctx, m); err != nil || !ours {
		return err
	}
	contact, err := b.contact(ctx, m)
	if err != nil {
		return err
	}
	body, err := b.sealMessage(m)
	if err != nil {
		return err
	}
	put := storage.Inboxed{Contact: contact.ID, Network: string(m.From.Network), MessageID: m.ID, ReceivedAt: b.Now(), Body: body}
	if b.backlogged(m) {
		put.NotBefore = put.ReceivedAt.Add(gather)
	}
	if _, err = b.Inbox.InboxPut(ctx, put); err != nil {
		return err
	}
	if err := b.Running.SetInboxed(ctx, contact.ID, true); err != nil {
		b.cache.doubt(contact.ID) // the next look asks Postgres, which knows
	}
	return nil
}

// rouse wakes the loop that works the inbox.
func (b *Bot) rouse() {
	select {
	case b.wake <- struct{}{}:
	default:
	}
}

func (b *Bot) sealMessage(m chat.Message) ([]byte, error) {
	plain, err := json.Marshal(m)
	if err != nil {
		return nil, fmt.Errorf("write message %s: %w", m.ID, err)
	}
	sealed, err := b.Sealer.Seal(plain, inboxAAD(string(m.From.Network), m.ID))
	if err != nil {
		return nil, fmt.Errorf("seal message %s: %w", m.ID, err)
	}
	return sealed, nil
}

func inboxAAD(network, messageID string) []byte {
	return []byte("message/" + network + "/" + messageID)
}
