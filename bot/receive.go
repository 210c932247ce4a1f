package bot

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"
	"time"

	"titian/bot/chat"
	"titian/storage"
)

// maxTries is how often a message may fail by its own fault before it is parked.
const maxTries = 3

// errUnread is why a message of the inbox that cannot be opened fails.
var errUnread = errors.New("the message cannot be opened")

// panicked is a panic caught while working a message. It names the place, never a value.
type panicked struct{ stack string }

func (p *panicked) Error() string { return "panic" }

// work brings one letter to its end: handled, parked, or handed back when the process stops.
func (b *Bot) work(l *letter) {
	ctx := b.life
	counted, waited := false, time.Duration(0)
	for pause := 50 * time.Millisecond; ; {
		leave := func() {}
		if (l.suspect || b.Now().Before(b.CarefulUntil)) && !counted {
			alone, err := b.countAlone(ctx, l)
			if err != nil && !b.pause(ctx, l, &pause, &waited) || err == nil && alone == nil {
				return
			}
			if err != nil {
				continue
			}
			counted, leave = true, alone
		}
		err := b.try(ctx, l)
		leave()
		l.retried = true
		switch {
		case err == nil:
			b.finish(ctx, l, counted)
			return
		case ctx.Err() != nil:
			l.answer(err)
			return
		case again(err):
			b.Meter.Conflict()
			if !b.pause(ctx, l, ptr(5*time.Millisecond), &waited) {
				return
			}
		case errors.Is(err, storage.ErrQueued):
			if b.requeue(ctx, l) {
				return
			}
			if !b.pause(ctx, l, &pause, &waited) {
				return
			}
		case storage.IsDown(err):
			b.Log.Warn("waiting for a server", "error", err)
			if !b.pause(ctx, l, &pause, &waited) {
				return
			}
		default:
			b.Log.Error("message failed", "network", l.msg.From.Network, "message", l.msg.ID, "kind", l.msg.Kind, "error", err, "at", stackOf(err))
			if !counted {
				if parked, _ := b.count(ctx, l); parked {
					return
				}
			}
			l.suspect, counted = true, false
		}
	}
}

func ptr[T any](v T) *T { return &v }

// finish acknowledges a handled letter and wipes what was kept for its failure.
func (b *Bot) finish(ctx context.Context, l *letter, counted bool) {
	if counted {
		_ = b.Tries.ClearTries(ctx, string(l.msg.From.Network), l.msg.ID)
	}
	b.waited.Delete(l.msg.From)
	l.answer(nil)
}

// pause waits before another try, longer each time. A person who waits for more
// than eight seconds is told so once an outage. False: the process stops.
func (b *Bot) pause(ctx context.Context, l *letter, d, waited *time.Duration) bool {
	if *waited < 8*time.Second && *waited+*d >= 8*time.Second {
		if _, told := b.waited.LoadOrStore(l.msg.From, true); !told {
			b.Replies.Courtesy(l.msg.Chat, b.Voice.Say("bot.wait", nil))
		}
	}
	timer := time.NewTimer(*d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
		l.answer(ctx.Err())
		return false
	}
	*waited += *d
	*d = min(*d*2, 2*time.Second)
	return true
}

// count notes durably that a suspect letter is tried once more, and parks it after the third try.
func (b *Bot) count(ctx context.Context, l *letter) (parked bool, err error) {
	n, err := b.Tries.CountTry(ctx, string(l.msg.From.Network), l.msg.ID)
	if err != nil || n <= maxTries {
		return false, err
	}
	if err := b.park(ctx, l); err != nil {
		return false, err
	}
	l.answer(nil)
	return true, nil
}

// try works a letter once. A panic becomes an error.
func (b *Bot) try(ctx context.Context, l *letter) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = &panicked{stack: where(debug.Stack())}
		}
	}()
	if l.unread != nil {
		return errUnread
	}
	start := b.Now()
	m := l.msg
	if m.Kind == chat.Group {
		if wanted, err := b.wanted(ctx, m); !wanted || err != nil {
			return err
		}
	}
	contact, err := b.one(ctx, m)
	if err != nil {
		return err
	}
	if m.Kind == chat.Blocked || m.Kind == chat.Returned {
		return b.reachable(ctx, contact, m.Kind == chat.Returned)
	}
	own := ""
	if l.retried {
		own = m.ID
	}
	h, err := b.load(ctx, contact.ID, own, l.queued())
	if err != nil {
		b.cache.doubt(contact.ID)
		return err
	}
	if h.rec.HasSeen(m.ID) {
		if l.retried {
			b.hand(h.rec, h.rec.Owed) // else whoever committed it sends them, or their lease lapses
		}
		return b.keepFrail(ctx, h)
	}
	if err = b.turn(ctx, l, contact, h, start); err != nil {
		b.cache.doubt(contact.ID)
	}
	return err
}

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

// keepFrail writes the snapshot before the acknowledgement where Redis keeps nothing over a restart:
// also of a lasting turn, whose replies are found again by their snapshot.
func (b *Bot) keepFrail(ctx context.Context, h held) error {
	if !b.Frail {
		return nil
	}
	return b.Ledger.SaveSnapshots(ctx, []storage.Snapshot{b.snapshot(h)})
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

// contact finds who writes, by the address, cached.
func (b *Bot) contact(ctx context.Context, m chat.Message) (storage.Contact, error) {
	if c, ok := b.cache.contact(m); ok && !c.Unreachable {
		return c, nil
	}
	c, err := b.Contacts.Writer(ctx, storage.Writer{Address: m.From, Alias: m.Alias, Vouched: m.Vouched, Source: source(m.Text)}, b.Now())
	if err != nil {
		return storage.Contact{}, err
	}
	if c.Unreachable && m.Kind != chat.Blocked {
		if err := b.Contacts.SetReachable(ctx, c.ID, true); err != nil {
			return storage.Contact{}, err
		}
		c.Unreachable = false
	}
	if c.Twin != "" { // until they are one, the stores are asked
		return c, nil
	}
	known := c
	known.New = false
	b.cache.meet(m, known)
	if c.New { // there is no conversation to ask the stores for
		b.cache.put(held{rec: storage.Record{Contact: c.ID}}, false)
	}
	return c, nil
}

func (b *Bot) reachable(ctx context.Context, c storage.Contact, reachable bool) error {
	b.cache.forget(c.Address)
	return b.Contacts.SetReachable(ctx, c.ID, reachable)
}

// Lost notes that a contact blocked the bot; their next message makes them reachable again.
func (b *Bot) Lost(c storage.ContactID) { b.cache.forgetContact(c) }

// source is the word behind /start, which a QR poster carries: letters, digits, - and _ only.
func source(text string) string {
	word, ok := strings.CutPrefix(text, "/start ")
	if !ok || len(word) > 64 {
		return ""
	}
	for _, r := range word {
		if !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_", r) {
			return ""
		}
	}
	return word
}

// where names the frames of a panic without their arguments, which may hold personal data.
func where(stack []byte) string {
	var frames []string
	for _, line := range strings.Split(string(stack), "\n") {
		if at, ok := strings.CutPrefix(line, "\t"); ok && strings.Contains(at, "/") {
			at, _, _ = strings.Cut(at, " +")
			frames = append(frames, at[strings.LastIndex(at, "/")+1:])
		}
	}
	return strings.Join(frames[:min(len(frames), 12)], " < ")
}

func stackOf(err error) string {
	var p *panicked
	if errors.As(err, &p) {
		return p.stack
	}
	return ""
}

// park gives a letter up: kept sealed with its cause for staff, and the person is told.
func (b *Bot) park(ctx context.Context, l *letter) error {
	parked, err := b.sealed(ctx, l)
	if err != nil {
		return err
	}
	parked.Cause = fmt.Sprintf("%s message failed %d times", l.msg.Kind, maxTries)
	if err := b.Tries.Park(ctx, parked); err != nil {
		return err
	}
	b.Meter.Parked(l.msg.From.Network)
	if l.unread == nil {
		b.Replies.Courtesy(l.msg.Chat, b.Voice.Say("bot.parked", nil))
		b.unheld(ctx, l, parked.Contact)
	}
	return nil
}

// sealed is a letter as it is kept for staff.
func (b *Bot) sealed(ctx context.Context, l *letter) (storage.Parked, error) {
	p := storage.Parked{Network: string(l.msg.From.Network), MessageID: l.msg.ID, ParkedAt: b.Now()}
	if l.unread != nil {
		p.Contact, p.Body = l.unread.Contact, l.unread.Body
		return p, nil
	}
	contact, err := b.contact(ctx, l.msg)
	if err != nil {
		return p, err
	}
	p.Contact = contact.ID
	p.Body, err = b.sealMessage(l.msg)
	return p, err
}
