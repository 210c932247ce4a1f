package bot

import (
	"context"
	"errors"
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
			if !b.pause(ctx, l, new(5*time.Millisecond), &waited) {
				return
			}
		case errors.Is(err, storage.ErrQueued):
			if b.putAside(ctx, l) {
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

// finish acknowledges a handled letter and wipes what was kept for its failure.
func (b *Bot) finish(ctx context.Context, l *letter, counted bool) {
	if counted {
		_ = b.Tries.ClearTries(ctx, string(l.msg.From.Network), l.msg.ID)
	}
	b.waited.Delete(l.msg.From)
	l.answer(nil)
}

// panicked is a panic caught while working a message. It names the place, never a value.
type panicked struct{ stack string }

func (p *panicked) Error() string { return "panic" }

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
