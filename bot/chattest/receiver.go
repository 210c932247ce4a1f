package chattest

import (
	"context"
	"errors"
	"sync"
	"testing"

	"titian/bot/chat"
)

// receiver stands where the bot would, and remembers what came.
type receiver struct {
	hello  string
	answer func(chat.Message) <-chan error

	mu    sync.Mutex
	came  []chat.Message
	read  int
	rings chan struct{}
}

func newReceiver(hello string, answer func(chat.Message) <-chan error) *receiver {
	return &receiver{hello: hello, answer: answer, rings: make(chan struct{})}
}

func (r *receiver) receive(_ context.Context, m chat.Message) <-chan error {
	if r.hello != "" && m.Text == r.hello {
		return outcome(nil)
	}
	promised := r.answer(m)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.came = append(r.came, m)
	close(r.rings)
	r.rings = make(chan struct{})
	return promised
}

// next waits for the next message, in the order they came.
func (r *receiver) next(t testing.TB) chat.Message {
	t.Helper()
	ctx := patient(t)
	for {
		r.mu.Lock()
		if r.read < len(r.came) {
			m := r.came[r.read]
			r.read++
			r.mu.Unlock()
			return m
		}
		rings := r.rings
		r.mu.Unlock()
		select {
		case <-rings:
		case <-ctx.Done():
			t.Fatalf("no message came within %v", Patience)
		}
	}
}

// nextKind waits for the next message of a kind and skips others.
func (r *receiver) nextKind(t testing.TB, kind chat.Kind) chat.Message {
	t.Helper()
	for {
		if m := r.next(t); m.Kind == kind {
			return m
		}
	}
}

var errNotNow = errors.New("not now")

// take acknowledges.
func take(chat.Message) <-chan error { return outcome(nil) }

func outcome(err error) <-chan error {
	c := make(chan error, 1)
	c <- err
	return c
}

// refuseOnce fails the first delivery of a message whose text is text, and
// takes everything else.
func refuseOnce(text string) func(chat.Message) <-chan error {
	var once sync.Once
	return func(m chat.Message) <-chan error {
		err := error(nil)
		if m.Text == text {
			once.Do(func() { err = errNotNow })
		}
		return outcome(err)
	}
}

// hold leaves a message whose text is text open for ever, and takes everything else.
func hold(text string) func(chat.Message) <-chan error {
	return func(m chat.Message) <-chan error {
		if m.Text == text {
			return make(chan error)
		}
		return outcome(nil)
	}
}
