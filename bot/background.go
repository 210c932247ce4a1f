package bot

import (
	"context"
	"errors"
	"time"

	"titian/storage"
)

const (
	snapshotEvery = 750 * time.Millisecond // a changed conversation is in Postgres at most 1 s later
	snapshotBatch = 500
	takeoverEvery = 5 * time.Second
	takeoverBatch = 100
	healEvery     = time.Minute
	healBatch     = 1000
)

// snapshotLoop writes changed conversations to Postgres and sheds idle ones.
func (b *Bot) snapshotLoop(ctx context.Context) {
	tick := time.NewTicker(snapshotEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			b.saveSnapshots(ctx)
			b.cache.shed()
		}
	}
}

// saveSnapshots writes what changed; what cannot be written stays owed.
func (b *Bot) saveSnapshots(ctx context.Context) {
	list := b.cache.changed()
	for len(list) > 0 {
		n := min(len(list), snapshotBatch)
		batch := make([]storage.Snapshot, n)
		for i, h := range list[:n] {
			batch[i] = b.snapshot(h)
		}
		if err := b.Ledger.SaveSnapshots(ctx, batch); err != nil {
			b.cache.owe(list)
			b.Log.Warn("snapshots wait", "conversations", len(list), "error", err)
			return
		}
		b.Meter.Snapshots(n)
		list = list[n:]
	}
}

func (b *Bot) snapshot(h held) storage.Snapshot {
	flowName, question := b.unfinished(h.conv)
	return storage.Snapshot{
		Record: h.rec, Flow: flowName, Question: question,
		HeardAt: h.conv.HeardAt, ChangedAt: b.Now(),
	}
}

// takeoverLoop sends replies whose sender died. A process that runs no network
// would only keep them from one that does.
func (b *Bot) takeoverLoop(ctx context.Context) {
	if len(b.Networks) == 0 {
		return
	}
	tick := time.NewTicker(takeoverEvery)
	defer tick.Stop()
	healed := b.heal(ctx, b.Now())
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if time.Since(healed) >= healEvery {
				healed = b.heal(ctx, b.Now().Add(-healEvery))
			}
			if err := b.TakeOver(ctx); err != nil && ctx.Err() == nil {
				b.Log.Warn("owed replies cannot be read", "error", err)
			}
		}
	}
}

// TakeOver sends the owed replies of conversations whose sender's lease lapsed.
func (b *Bot) TakeOver(ctx context.Context) error {
	contacts, err := b.Running.Lapsed(ctx, takeoverBatch)
	if err != nil {
		return err
	}
	for _, c := range contacts {
		rec, err := b.Running.Load(ctx, c)
		if err != nil && !errors.Is(err, storage.ErrMissing) {
			continue // its lease lapses again
		}
		if len(rec.Owed) == 0 { // trimmed, but still listed
			if err := b.Running.Trim(ctx, []storage.Sent{{Contact: c}}); err != nil {
				return err
			}
		}
		b.hand(rec, rec.Owed)
	}
	return nil
}

// heal looks after the replies that stand in snapshots since a time: where Redis
// lost them they are written back and sent, where they were sent from another
// process the snapshot learns of it. It says when it was done.
func (b *Bot) heal(ctx context.Context, since time.Time) time.Time {
	contacts, err := b.Ledger.Owing(ctx, since, healBatch)
	for _, c := range contacts {
		h, _, failed := b.truth(ctx, c, "")
		if failed != nil {
			err = failed
			continue
		}
		b.cache.put(h, true)
		b.cache.doubt(c) // whoever works it looks for itself
	}
	if err != nil && ctx.Err() == nil {
		b.Log.Warn("replies in snapshots wait a minute", "error", err)
	}
	return time.Now()
}

// Sent notes that replies left; delivery calls it before it trims the record.
func (b *Bot) Sent(c storage.ContactID, replies []string) { b.cache.sent(c, replies) }
