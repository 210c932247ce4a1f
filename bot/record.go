package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"titian/bot/chat"
	"titian/storage"
)

// markPatience is how long a mark is left to whoever set it, who is most likely
// still in their transaction.
const markPatience = time.Second

// load gives the conversation to work on: the cached one, or the truth of the
// stores. A mark of the message own was left by this process itself.
func (b *Bot) load(ctx context.Context, c storage.ContactID, own string, fromInbox bool) (held, error) {
	if h, _, sure := b.cache.get(c); sure {
		return h, nil
	}
	h, inboxed, err := b.truth(ctx, c, own)
	if err != nil {
		return held{}, err
	}
	if h.into != "" {
		b.cache.leave(c)
		return held{}, fmt.Errorf("load conversation %s: %w", c, storage.ErrMerged)
	}
	if inboxed && !fromInbox {
		return held{}, fmt.Errorf("load conversation %s: %w", c, storage.ErrQueued)
	}
	b.cache.put(h, false)
	if b.Now().Before(b.CarefulUntil) {
		b.hand(h.rec, h.rec.Owed) // who owed them has most likely died: they come before the next reply
	}
	return h, nil
}

// truth finds the highest seq among cache, Redis, snapshot and turns, settles a
// mark that was left on it, and rewrites a Redis record that is lower or lost.
func (b *Bot) truth(ctx context.Context, c storage.ContactID, own string) (h held, inboxed bool, err error) {
	running, err := b.Running.Load(ctx, c)
	if err != nil && !errors.Is(err, storage.ErrMissing) {
		return held{}, false, err
	}
	missing := err != nil
	stored, err := b.Ledger.Conversation(ctx, c)
	if err != nil {
		return held{}, false, err
	}
	inboxed = running.Inboxed || stored.Inboxed
	best, from := running, running.Seq
	if missing {
		best, from = storage.Record{Contact: c}, -1
	}
	known, _, _ := b.cache.get(c)
	for _, r := range []*storage.Record{&known.rec, stored.Snapshot, stored.Turn} {
		if r != nil && r.Contact == c && r.Seq > best.Seq {
			best = *r
		}
	}
	if stored.Taken > best.Seq && best.Mark == "" {
		best.Seq = stored.Taken // a turn was given up there: the next one goes above it
	}
	if overtaken(best, stored.Turn) {
		if best, err = b.adopt(best, *stored.Turn); err != nil {
			return held{}, inboxed, err
		}
	}
	switch {
	case best.Seq == from && best.Mark != "":
		if best.Mark != own && !b.marks.old(c, best.Mark) {
			return held{}, inboxed, fmt.Errorf("load conversation %s: %w", c, storage.ErrMarked)
		}
		best, err = b.settle(ctx, best)
	case best.Seq > from && best.Seq > 0:
		best.Inboxed = inboxed
		err = b.Running.Raise(ctx, best)
		b.hand(best, best.Owed)
	}
	if err != nil {
		return held{}, false, err
	}
	best.Seen = sawToo(best.Seen, stored.Seen)
	conv, err := b.open(best)
	return held{rec: best, conv: conv, into: stored.Into}, inboxed, err
}

// sawToo adds messages that were handled elsewhere before, as the oldest.
func sawToo(seen, elsewhere []string) []string {
	var more []string
	for _, id := range elsewhere {
		if !slices.Contains(seen, id) {
			more = append(more, id)
		}
	}
	if len(more) == 0 {
		return seen
	}
	all := slices.Concat(more, seen)
	return all[max(0, len(all)-storage.MaxSeen):]
}

// overtaken says whether a lasting turn is missing from a record that is not
// behind it: its mark was lost with Redis, and another turn took its seq.
func overtaken(best storage.Record, turn *storage.Record) bool {
	if turn == nil || len(turn.Seen) == 0 || best.Mark != "" || best.Deleted {
		return false
	}
	after := best.Seq - turn.Seq // each turn remembers one message
	return after >= 0 && after < storage.MaxSeen && !best.HasSeen(turn.Seen[len(turn.Seen)-1])
}

// adopt puts a lasting turn above the ones that overtook it: what it did stands
// in Postgres, and is not done again.
func (b *Bot) adopt(best, turn storage.Record) (storage.Record, error) {
	best.Seq++
	best.State = turn.State
	best.See(turn.Seen[len(turn.Seen)-1])
	owed := append([]storage.Owed(nil), best.Owed...)
	for _, o := range turn.Owed {
		if turnOf(o.ID) != turn.Seq {
			continue
		}
		_, n, _ := strings.Cut(o.ID, ".")
		again, err := b.renumber(best.Contact, o, fmt.Sprintf("%d.%s", best.Seq, n))
		if err != nil {
			return best, err
		}
		owed = append(owed, again)
	}
	best.Owed = owed
	return best, nil
}

// renumber seals an owed reply under another id.
func (b *Bot) renumber(c storage.ContactID, o storage.Owed, id string) (storage.Owed, error) {
	r, err := b.openOwed(c, o)
	if err != nil {
		return o, fmt.Errorf("open reply %s/%s: %w", c, o.ID, err)
	}
	r.ID = id
	r.Message.ID = string(c) + "." + id
	return b.sealOwed(c, r)
}

// openOwed opens an owed reply.
func (b *Bot) openOwed(c storage.ContactID, o storage.Owed) (storage.Reply, error) {
	plain, err := b.Sealer.Open(o.Body, owedAAD(c, o.ID))
	r := storage.Reply{}
	if err == nil {
		err = json.Unmarshal(plain, &r)
	}
	return r, err
}

// sealOwed seals a reply as a record owes it.
func (b *Bot) sealOwed(c storage.ContactID, r storage.Reply) (storage.Owed, error) {
	body, err := json.Marshal(r)
	if err != nil {
		return storage.Owed{}, fmt.Errorf("write reply %s/%s: %w", c, r.ID, err)
	}
	if body, err = b.Sealer.Seal(body, owedAAD(c, r.ID)); err != nil {
		return storage.Owed{}, fmt.Errorf("seal reply %s/%s: %w", c, r.ID, err)
	}
	return storage.Owed{ID: r.ID, Body: body}, nil
}

// settle decides a mark whose message may have died: a row in turns is rolled
// forward as it stands, no row is given up with a void one.
func (b *Bot) settle(ctx context.Context, marked storage.Record) (storage.Record, error) {
	c, seq, id := marked.Contact, marked.Seq+1, marked.Mark
	rec, void, err := b.Ledger.StoredTurn(ctx, c, seq)
	switch {
	case errors.Is(err, storage.ErrNotFound):
		if err := b.Ledger.Void(ctx, c, seq); err != nil {
			return marked, err // ErrConflict: the late writer made it; look again
		}
		void, err = true, nil
	case errors.Is(err, storage.ErrDeleted): // its words were erased since
		void, err = true, nil
	}
	if err != nil {
		return marked, err
	}
	if void {
		marked.Seq, marked.Mark = seq, ""
		return marked, b.Running.Void(ctx, c, seq, id)
	}
	if err := b.Running.Settle(ctx, rec, id); err != nil {
		return marked, err
	}
	b.hand(rec, rec.Owed)
	return rec, nil
}

// marks remembers since when the marks of others were seen.
type marks struct {
	mu   sync.Mutex
	seen map[storage.ContactID]mark
}

type mark struct {
	message string
	since   time.Time
}

// old says whether a mark has been seen for longer than markPatience.
func (m *marks) old(c storage.ContactID, message string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	known, ok := m.seen[c]
	if ok && known.message == message {
		return time.Since(known.since) > markPatience
	}
	if m.seen == nil || len(m.seen) > maxHeld {
		m.seen = map[storage.ContactID]mark{}
	}
	m.seen[c] = mark{message, time.Now()}
	return false
}

// next is the record one turn on, with its new replies sealed.
func (b *Bot) next(h held, m chat.Message, conv Conversation, out []chat.Outgoing, at time.Time) (storage.Record, []storage.Owed, error) {
	rec := h.rec
	rec.Seq++
	rec.Mark, rec.Inboxed, rec.Deleted = "", false, false
	rec.See(m.ID)
	state, err := conv.appendJSON(make([]byte, 0, len(rec.State)+1024))
	if err != nil {
		return rec, nil, fmt.Errorf("write conversation %s: %w", rec.Contact, err)
	}
	if rec.State, err = b.Sealer.Seal(state, stateAAD(rec.Contact)); err != nil {
		return rec, nil, fmt.Errorf("seal conversation %s: %w", rec.Contact, err)
	}
	owed := make([]storage.Owed, len(out))
	for i, o := range out {
		id := fmt.Sprintf("%d.%d", rec.Seq, i)
		o.ID = string(rec.Contact) + "." + id
		if owed[i], err = b.sealOwed(rec.Contact, storage.Reply{ID: id, To: m.Chat, Message: o, Accepted: at}); err != nil {
			return rec, nil, err
		}
	}
	rec.Owed = append(append(make([]storage.Owed, 0, len(h.rec.Owed)+len(owed)), h.rec.Owed...), owed...)
	return rec, owed, nil
}

// open reads a sealed state. A state that no release can read starts afresh:
// better asked again than silent for ever.
func (b *Bot) open(rec storage.Record) (Conversation, error) {
	var conv Conversation
	if len(rec.State) == 0 || rec.Deleted {
		return conv, nil
	}
	plain, err := b.Sealer.Open(rec.State, stateAAD(rec.Contact))
	if err != nil {
		return conv, fmt.Errorf("open conversation %s/%d: %w", rec.Contact, rec.Seq, err)
	}
	if err := json.Unmarshal(plain, &conv); err != nil {
		b.Log.Error("conversation cannot be read, starts afresh", "contact", rec.Contact, "seq", rec.Seq)
		return Conversation{}, nil
	}
	return conv, nil
}

// hand gives owed replies to delivery, which ignores those it already has.
func (b *Bot) hand(rec storage.Record, owed []storage.Owed) {
	replies := make([]storage.Reply, 0, len(owed))
	for _, o := range owed {
		r, err := b.openOwed(rec.Contact, o)
		if err != nil {
			b.Log.Error("reply cannot be opened", "contact", rec.Contact, "reply", o.ID, "error", err)
			continue
		}
		r.Contact, r.Seq = rec.Contact, turnOf(o.ID)
		replies = append(replies, r)
	}
	b.Replies.Reply(replies...)
}

// turnOf is the seq in an owed reply's id "<seq>.<n>".
func turnOf(id string) int64 {
	seq, _, _ := strings.Cut(id, ".")
	n, _ := strconv.ParseInt(seq, 10, 64)
	return n
}

func stateAAD(c storage.ContactID) []byte { return []byte("conversation/" + string(c)) }

func owedAAD(c storage.ContactID, id string) []byte {
	return []byte("owed/" + string(c) + "/" + id)
}
