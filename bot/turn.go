package bot

import (
	"context"
	"time"

	"titian/bot/chat"
	"titian/storage"
)

// turn lets the conversation advance and commits what came of it.
func (b *Bot) turn(ctx context.Context, l *letter, contact storage.Contact, h held, start time.Time) error {
	r, err := b.react(ctx, l, contact, h.conv, start)
	if err != nil {
		return err
	}
	r = b.gently(l, r)
	if len(r.effects) > 0 {
		err = b.lasting(ctx, l, contact, h, r, start)
	} else {
		err = b.plain(ctx, l, h, r, start)
	}
	if err == nil {
		b.Meter.Turn(l.msg.From.Network, r.conv.flowName(), len(r.effects) > 0, b.Now().Sub(start))
	}
	return err
}

// plain commits an answer that changes nothing but the conversation: one script.
func (b *Bot) plain(ctx context.Context, l *letter, h held, r reaction, at time.Time) error {
	r.conv = r.conv.named(h.rec, len(r.out))
	rec, owed, err := b.next(h, l.msg, r.conv, r.out, at)
	if err != nil {
		return err
	}
	turn := rec
	turn.Owed = owed // older ones stand in Redis as they are
	if err := b.ran(b.Running.Commit(ctx, turn, l.queued())); err != nil {
		return err
	}
	done := b.cache.put(held{rec: rec, conv: r.conv}, true)
	if err := b.keepFrail(ctx, done); err != nil {
		return err
	}
	b.Replies.Reply(opened(rec, owed, r.out, l.msg, at)...)
	return nil
}

// lasting commits results: mark in Redis, one transaction in Postgres, then the stored row in Redis.
func (b *Bot) lasting(ctx context.Context, l *letter, contact storage.Contact, h held, r reaction, at time.Time) error {
	if err := b.ran(b.Running.Mark(ctx, contact.ID, h.rec.Seq, l.msg.ID, l.queued())); err != nil {
		return err
	}
	key := storage.TurnKey{
		Contact: contact.ID, Seq: h.rec.Seq + 1, MessageID: l.msg.ID,
		Network: string(l.msg.From.Network), At: at,
	}
	done := held{}
	var owed []storage.Owed
	var twin storage.ContactID
	rec, err := b.Ledger.Commit(ctx, key, r.effects, func(o storage.Outcome) (storage.Record, error) {
		conv, out := r.then(o)
		conv, twin = conv.named(h.rec, len(out)), o.Join.With
		var rec storage.Record
		var err error
		rec, owed, err = b.next(h, l.msg, conv, out, at)
		done = held{conv: conv}
		r.out = out
		return rec, err
	})
	if err != nil {
		return err // the mark stays: the next look at this record settles it
	}
	b.staffDone(ctx, r.effects)
	if err := b.ran(b.Running.Settle(ctx, rec, l.msg.ID)); err != nil {
		return err
	}
	done.rec = rec
	if err := b.keepFrail(ctx, b.cache.put(done, true)); err != nil {
		return err
	}
	b.Replies.Reply(opened(rec, owed, r.out, l.msg, at)...)
	b.joined(ctx, contact.ID, twin)
	return nil
}

// keepFrail writes the snapshot before the acknowledgement where Redis keeps nothing over a restart:
// also of a lasting turn, whose replies are found again by their snapshot.
func (b *Bot) keepFrail(ctx context.Context, h held) error {
	if !b.Frail {
		return nil
	}
	return b.Ledger.SaveSnapshots(ctx, []storage.Snapshot{b.snapshot(h)})
}

// ran looks at what Redis said. While it was down, messages may have gone to the
// inbox without its noting so: every conversation asks Postgres once. An outage
// of Postgres alone leaves the cached ones going.
func (b *Bot) ran(err error) error {
	if storage.IsDown(err) {
		b.cache.doubtAll()
	}
	return err
}

// opened pairs sealed replies with what they hold, so that the fast path does not open what it just sealed.
func opened(rec storage.Record, owed []storage.Owed, out []chat.Outgoing, m chat.Message, at time.Time) []storage.Reply {
	replies := make([]storage.Reply, len(owed))
	for i, o := range owed {
		message := out[i]
		message.ID = string(rec.Contact) + "." + o.ID
		replies[i] = storage.Reply{Contact: rec.Contact, ID: o.ID, Seq: rec.Seq, To: m.Chat, Message: message, Accepted: at}
	}
	return replies
}
