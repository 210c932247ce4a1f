package bot

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

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

// putAside stores one letter in the inbox, behind what waits there of its contact, and acknowledges it. False: the inbox
// cannot take it yet.
func (b *Bot) putAside(ctx context.Context, l *letter) bool {
	ctx, cancel := context.WithTimeout(ctx, inboxTimeout)
	defer cancel()
	contact, err := b.contact(ctx, l.msg)
	if err != nil {
		return false
	}
	behind, err := b.Inbox.InboxWaiting(ctx, contact.ID)
	if err != nil {
		return false
	}
	if err := b.store(ctx, contact.ID, l.msg, time.Time{}); err != nil {
		b.Log.Warn("inbox cannot take a message yet", "error", err)
		return false
	}
	l.diverted.Store(!behind)
	b.mail.drop(l)
	b.Meter.Diverted(l.msg.From.Network)
	l.answer(nil)
	b.rouse()
	return true
}

// keep stores a letter of a network that forgets it once it is acknowledged, and acknowledges it then. The channel hands
// over a sender's next one only after that, so they stand there in order.
func (b *Bot) keep(l *letter) {
	if err := b.keepMessage(b.life, l.msg); err != nil {
		b.Log.Warn("the inbox cannot take a message yet", "error", err)
		l.answer(err)
		return
	}
	l.answer(nil)
	b.rouse()
}

// keepMessage stores a message for whoever wrote it; one of a backlog is worked a little later, with those that follow it.
// One that is nobody's concern is not stored.
func (b *Bot) keepMessage(ctx context.Context, m chat.Message) error {
	ctx, cancel := context.WithTimeout(ctx, inboxTimeout)
	defer cancel()
	if ours, err := b.concerns(ctx, m); err != nil || !ours {
		return err
	}
	contact, err := b.contact(ctx, m)
	if err != nil {
		return err
	}
	var notBefore time.Time
	if b.backlogged(m) {
		notBefore = b.Now().Add(gather)
	}
	return b.store(ctx, contact.ID, m, notBefore)
}

// store puts a message, sealed, into the inbox of a contact, to be worked not before a time, and notes that something waits there.
func (b *Bot) store(ctx context.Context, c storage.ContactID, m chat.Message, notBefore time.Time) error {
	body, err := b.sealMessage(m)
	if err != nil {
		return err
	}
	_, err = b.Inbox.InboxPut(ctx, storage.Inboxed{
		Contact: c, Network: string(m.From.Network), MessageID: m.ID,
		ReceivedAt: b.Now(), NotBefore: notBefore, Body: body,
	})
	if err != nil {
		return err
	}
	b.noteInboxed(ctx, c)
	return nil
}

// noteInboxed notes in Redis that messages of a contact wait in the inbox: a newer one would overtake them. Where that
// fails, the next look asks Postgres, which knows.
func (b *Bot) noteInboxed(ctx context.Context, c storage.ContactID) {
	if err := b.Running.SetInboxed(ctx, c, true); err != nil {
		b.cache.doubt(c)
	}
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
