package bot

import (
	"context"
	"encoding/json"
	"sync"
	"time"

	"titian/bot/chat"
	"titian/storage"
)

const (
	inboxLease = time.Minute
	inboxPoll  = time.Second
	// inboxAtOnce bounds the contacts whose inboxed messages are worked side by side.
	inboxAtOnce  = 256
	inboxTimeout = 5 * time.Second
)

// inboxLoop works what waits in the inbox, also what other processes left there.
// Contacts are worked side by side: a slow one holds up nobody else.
func (b *Bot) inboxLoop(ctx context.Context) {
	tick := time.NewTicker(inboxPoll)
	defer tick.Stop()
	var working sync.WaitGroup
	defer working.Wait()
	places := make(chan struct{}, inboxAtOnce)
	for {
		more, err := b.takeInbox(ctx, places, &working)
		if err != nil && ctx.Err() == nil {
			b.Log.Warn("inbox cannot be read", "error", err)
		}
		if more {
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

// takeInbox leases what waits and begins to work it, a goroutine a contact. More may wait where every place was taken.
func (b *Bot) takeInbox(ctx context.Context, places chan struct{}, working *sync.WaitGroup) (more bool, err error) {
	free := cap(places) - len(places)
	if free == 0 || len(b.Networks) == 0 {
		return false, nil
	}
	batch, err := b.Inbox.InboxTake(ctx, b.Worker, inboxLease, networkNames(b.Networks), free)
	if err != nil {
		return false, err
	}
	queues := map[storage.ContactID][]storage.Inboxed{}
	for _, row := range batch {
		queues[row.Contact] = append(queues[row.Contact], row)
	}
	for _, queue := range queues {
		places <- struct{}{}
		working.Go(func() {
			defer func() { <-places }()
			b.workQueue(ctx, queue)
		})
	}
	return len(queues) == free, nil
}

// workQueue works one contact's messages in order, renewing their leases. What
// is not worked when the process stops is given back untried.
func (b *Bot) workQueue(ctx context.Context, queue []storage.Inboxed) {
	b.tellInboxed(queue[0].Contact)
	letters := make([]*letter, len(queue))
	for i, row := range queue {
		letters[i] = b.fromInbox(row)
	}
	inLine(letters)
	if len(letters) == storage.InboxRun {
		letters[len(letters)-1].more = true // most likely
	}
	b.mail.post(letters...)
	renew := time.NewTicker(inboxLease / 3)
	defer renew.Stop()
	more := false
	for i, l := range letters {
		for answered := false; !answered; {
			select {
			case err := <-l.done:
				answered = true
				more = b.worked(ctx, queue[i], err)
			case <-renew.C:
				b.renewInbox(queue[i:])
			}
		}
	}
	if more {
		b.rouse()
	}
}

// inLine lets the letters of one who writes from several addresses stand in one line. Of those that cannot be opened
// nobody knows from where they are.
func inLine(letters []*letter) {
	var first *letter
	for _, l := range letters {
		switch {
		case l.unread != nil:
		case first == nil:
			first = l
		default:
			l.line = first.line
		}
	}
}

// tellInboxed notes in Redis what Postgres knows, wherever that was lost or
// never got there: a newer message at another process would overtake these.
func (b *Bot) tellInboxed(c storage.ContactID) {
	ctx, cancel := context.WithTimeout(b.life, inboxTimeout)
	defer cancel()
	b.noteInboxed(ctx, c)
}

// worked ends a row, or gives it back, however long Postgres is away: a row that
// waited for its lease to end would hold up its contact for a minute. When the
// process stops, one try must do. more: others of its contact wait now, which could not be taken meanwhile.
func (b *Bot) worked(stopping context.Context, row storage.Inboxed, err error) (more bool) {
	for pause := 50 * time.Millisecond; ; pause = min(2*pause, 2*time.Second) {
		more, failed := b.endRow(row, err)
		if failed == nil {
			return more
		}
		b.Log.Warn("inbox message cannot be ended", "error", failed)
		if !storage.IsDown(failed) {
			return true
		}
		select {
		case <-time.After(pause):
		case <-stopping.Done():
			return false
		}
	}
}

func (b *Bot) endRow(row storage.Inboxed, err error) (more bool, _ error) {
	ctx, cancel := context.WithTimeout(context.Background(), inboxTimeout)
	defer cancel()
	if err != nil {
		return false, b.Inbox.InboxRelease(ctx, []int64{row.ID})
	}
	return b.leaveInbox(ctx, row)
}

// leaveInbox removes a worked message and, when it was the last, lets new ones pass again.
func (b *Bot) leaveInbox(ctx context.Context, row storage.Inboxed) (more bool, err error) {
	more, err = b.Inbox.InboxDone(ctx, row.ID)
	if err != nil || more {
		return more, err
	}
	if err := b.Running.SetInboxed(ctx, row.Contact, false); err != nil {
		return false, err
	}
	// Another replica may have put one there in between.
	more, err = b.Inbox.InboxWaiting(ctx, row.Contact)
	if err == nil && more {
		err = b.Running.SetInboxed(ctx, row.Contact, true)
	}
	return more, err
}

func (b *Bot) renewInbox(queue []storage.Inboxed) {
	ctx, cancel := context.WithTimeout(context.Background(), inboxTimeout)
	defer cancel()
	ids := make([]int64, len(queue))
	for i, row := range queue {
		ids[i] = row.ID
	}
	if err := b.Inbox.InboxRenew(ctx, ids, inboxLease); err != nil {
		b.Log.Warn("inbox lease cannot be renewed", "error", err)
	}
}

// fromInbox opens a stored message. One that cannot be opened fails at every
// try, and is parked for its contact as it was stored.
func (b *Bot) fromInbox(row storage.Inboxed) *letter {
	var m chat.Message
	plain, err := b.Sealer.Open(row.Body, inboxAAD(row.Network, row.MessageID))
	if err == nil {
		err = json.Unmarshal(plain, &m)
	}
	if err != nil {
		m = chat.Message{ID: row.MessageID, Kind: chat.Undecryptable, From: chat.Address{Network: chat.Network(row.Network)}}
	}
	l := newLetter(m)
	l.inboxed, l.suspect, l.arrived = row.ID, row.Tries > 0, row.ReceivedAt
	if err != nil {
		l.unread = &row
	}
	return l
}

func networkNames(list []chat.Network) []string {
	names := make([]string, len(list))
	for i, n := range list {
		names[i] = string(n)
	}
	return names
}
