package bot

import (
	"context"
	"time"

	"titian/bot/chat"
	"titian/storage"
)

const (
	// old is how long ago a message was sent for it to belong to a backlog: what came while nobody was there to answer.
	old = 5 * time.Minute
	// gather is how long a message of a backlog waits in the inbox for those that come after it.
	gather = 5 * time.Second
	// company is how long one that did not go through the inbox waits for the next of its sender.
	company = 250 * time.Millisecond
)

// backlogged says whether a person sent a message long ago.
func (b *Bot) backlogged(m chat.Message) bool {
	switch m.Kind {
	case chat.Expired, chat.Detached, chat.Answered, chat.Closed, chat.Fetched, chat.Interrupted, chat.TakenOver:
		return false
	}
	return b.Now().Sub(m.At) > old
}

// gently lets a message of a backlog, behind which more of its chat wait, have no answer of its own: what would be said
// is held until the last of them is answered, and said then only if that has no answer. What was refused, and what had a
// lasting outcome, is said all the same.
func (b *Bot) gently(l *letter, r reaction) reaction {
	hush := !r.loud && !tells(r.effects) && b.backlogged(l.msg) && (l.more || b.mail.followed(l))
	hold := func(conv Conversation, out []chat.Outgoing) (Conversation, []chat.Outgoing) {
		switch {
		case hush && len(out) > 0:
			conv.Held, out = out, nil
		case hush:
		case len(out) == 0 && len(conv.Held) > 0 && !r.at.Before(conv.QuietUntil):
			out, conv.Held = conv.Held, nil
		default:
			conv.Held = nil
		}
		return conv, out
	}
	if r.then == nil {
		r.conv, r.out = hold(r.conv, r.out)
		return r
	}
	then := r.then
	r.then = func(o storage.Outcome) (Conversation, []chat.Outgoing) { return hold(then(o)) }
	return r
}

// tells says whether the outcome of effects is something that a person must read, also when more was said since.
func tells(effects []storage.Effect) bool {
	for _, e := range effects {
		switch e.(type) {
		case storage.KeepFile, storage.DropFiles, storage.SayToStaff, storage.FetchLater:
		default:
			return true
		}
	}
	return false
}

// unheld lets a conversation say what is held for a message that was given up: the one that would have been answered.
func (b *Bot) unheld(ctx context.Context, l *letter, c storage.ContactID) {
	if !b.backlogged(l.msg) {
		return
	}
	h, err := b.load(ctx, c, l.msg.ID, true)
	if err != nil || len(h.conv.Held) == 0 {
		return
	}
	b.Receive(ctx, chat.Message{ID: "held " + l.msg.ID, Kind: chat.Interrupted, From: l.msg.From, Chat: l.msg.Chat, At: b.Now()})
}
