package bot

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"titian/bot/chat"
	"titian/storage"
)

const (
	inboxLease = time.Minute
	inboxPoll  = time.Second
	inboxBatch = 64
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
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	contact, err := b.contact(ctx, l.msg)
	if err != nil {
		return false
	}
	body, err := b.sealMessage(l.msg)
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

// inboxLoop works what waits in the inbox, also what other processes left there.
func (b *Bot) inboxLoop(ctx context.Context) {
	tick := time.NewTicker(inboxPoll)
	defer tick.Stop()
	for {
		n, err := b.workInbox(ctx)
		if err != nil && ctx.Err() == nil {
			b.Log.Warn("inbox cannot be read", "error", err)
		}
		if n == inboxBatch {
			continue
		}
		select {
		case <-ctx.Done():
			return
		case <-b.wake:
		case <-tick.C:
		}
	}
}

// workInbox takes one batch and waits until it is worked, so that a contact's
// messages stay in order and a lease is held no longer than needed.
func (b *Bot) workInbox(ctx context.Context) (int, error) {
	batch, err := b.Inbox.InboxTake(ctx, b.Worker, inboxLease, networkNames(b.Networks), inboxBatch)
	if err != nil || len(batch) == 0 {
		return len(batch), err
	}
	ids := make([]int64, len(batch))
	letters := make([]*letter, len(batch))
	for i, row := range batch {
		ids[i] = row.ID
		letters[i] = b.fromInbox(row)
		b.mail.post(letters[i])
	}
	renew := time.NewTicker(inboxLease / 3)
	defer renew.Stop()
	for i, l := range letters {
		for waiting := true; waiting; {
			select {
			case err := <-l.done:
				waiting = false
				if err == nil {
					b.leaveInbox(ctx, batch[i])
				}
			case <-renew.C:
				if err := b.Inbox.InboxRenew(ctx, ids[i:], inboxLease); err != nil {
					b.Log.Warn("inbox lease cannot be renewed", "error", err)
				}
			}
		}
	}
	return len(batch), nil
}

// fromInbox opens a stored message. One that cannot be opened is worked as an
// empty message of its sender, fails, and is parked like any other.
func (b *Bot) fromInbox(row storage.Inboxed) *letter {
	var m chat.Message
	plain, err := b.Sealer.Open(row.Body, inboxAAD(row.Network, row.MessageID))
	if err == nil {
		err = json.Unmarshal(plain, &m)
	}
	if err != nil {
		b.Log.Error("inbox message cannot be opened", "network", row.Network, "message", row.MessageID)
		m = chat.Message{ID: row.MessageID, Kind: chat.Undecryptable, From: chat.Address{Network: chat.Network(row.Network)}}
	}
	l := newLetter(m)
	l.inboxed, l.suspect = row.ID, row.Tries > 1
	return l
}

// leaveInbox removes a worked message and, when it was the last, lets new ones pass again.
func (b *Bot) leaveInbox(ctx context.Context, row storage.Inboxed) {
	if err := b.Inbox.InboxDone(ctx, row.ID); err != nil {
		b.Log.Warn("inbox message cannot be removed", "error", err)
		return
	}
	waiting, err := b.Inbox.InboxWaiting(ctx, row.Contact)
	if err != nil || waiting {
		return
	}
	if err := b.Running.SetInboxed(ctx, row.Contact, false); err != nil {
		return
	}
	// Another replica may have put one there in between.
	if waiting, err := b.Inbox.InboxWaiting(ctx, row.Contact); err == nil && waiting {
		_ = b.Running.SetInboxed(ctx, row.Contact, true)
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

func networkNames(list []chat.Network) []string {
	names := make([]string, len(list))
	for i, n := range list {
		names[i] = string(n)
	}
	return names
}
