package telegram

import (
	"context"
	"sync"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"
)

// Bounds on what taps cost: answers on their way, and ids remembered.
const (
	answersAtOnce = 16
	tapsKept      = 4096
)

// taps answers callback queries beside everything else: Telegram's apps show a
// waiting button until then, whatever becomes of the message.
type taps struct {
	base  context.Context
	slots chan struct{}

	mu    sync.Mutex
	known map[string]bool
	ring  []string // the known ids, oldest at next
	next  int
	open  int
	idle  chan struct{} // closed when open falls to 0
}

func (t *taps) begin(base context.Context) {
	t.base, t.slots = base, make(chan struct{}, answersAtOnce)
	t.known, t.ring = make(map[string]bool), make([]string, tapsKept)
}

// answerTap answers the callback query, once however often it is delivered.
// It returns at once.
func (c *Channel) answerTap(id string) {
	if id == "" || !c.taps.claim(id) {
		return
	}
	go func() {
		defer c.taps.done()
		ctx, cancel := context.WithTimeout(c.taps.base, c.pace.answer)
		defer cancel()
		select {
		case c.taps.slots <- struct{}{}:
			defer func() { <-c.taps.slots }()
		case <-ctx.Done():
			return
		}
		// Of a tap that is too old nothing can be said any more: passing() is false for it.
		for try := 0; ; try++ {
			_, err := c.call(ctx, c.pace.answer, "answerCallbackQuery", tgbotapi.Params{"callback_query_id": id})
			retry, again := passing(err)
			if err == nil || !again || !wait(ctx, max(retry, c.pace.backoff(try))) {
				return
			}
		}
	}()
}

func (t *taps) claim(id string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.known[id] {
		return false
	}
	delete(t.known, t.ring[t.next])
	t.known[id], t.ring[t.next] = true, id
	t.next = (t.next + 1) % len(t.ring)
	if t.open++; t.open == 1 {
		t.idle = make(chan struct{})
	}
	return true
}

func (t *taps) done() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.open--; t.open == 0 {
		close(t.idle)
	}
}

// settle waits until no answer is on its way, or ctx ends.
func (t *taps) settle(ctx context.Context) {
	t.mu.Lock()
	idle, open := t.idle, t.open
	t.mu.Unlock()
	if open == 0 {
		return
	}
	select {
	case <-idle:
	case <-ctx.Done():
	}
}
