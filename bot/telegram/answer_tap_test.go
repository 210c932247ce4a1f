package telegram

import (
	"encoding/json"
	"errors"
	"testing"

	"titian/bot/chat"
	"titian/bot/telegram/telegramtest"
)

// question sends one with a button and lets the person see it.
func question(t *testing.T, c *Channel, u *telegramtest.User) telegramtest.Sent {
	t.Helper()
	m := chat.Outgoing{Text: "Setuju?", Choices: []chat.Choice{{ID: "ya", Label: "Ya"}}}
	if _, err := c.Send(t.Context(), to(u), m); err != nil {
		t.Fatal(err)
	}
	return u.Next(t)
}

func TestATapIsAnsweredOnceEvenWhenItsMessageFailsAndComesAgain(t *testing.T) {
	n := newNetwork(t, telegramtest.Options{})
	c := n.channel()
	fails := 2
	r := run(t, c, func(m chat.Message) <-chan error {
		if m.Kind == chat.Tap && fails > 0 {
			fails--
			return decided(errors.New("redis is down"))
		}
		return decided(nil)
	})
	u := n.person()
	u.Start()
	r.next()
	tap, err := u.Tap(question(t, c, u).ID, "Ya")
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		r.next()
	}
	if _, err := tap.Await(within(t)); err != nil {
		t.Fatal(err)
	}
	if err := r.stop(); err != nil {
		t.Fatal(err)
	}
	if count := n.Count("answerCallbackQuery"); count != 1 {
		t.Errorf("answered %d times", count)
	}
}

func TestATapIsAnsweredWhileItsMessageIsStillWorkedOn(t *testing.T) {
	n := newNetwork(t, telegramtest.Options{})
	c := n.channel()
	r := run(t, c, func(m chat.Message) <-chan error {
		if m.Kind == chat.Tap {
			return make(chan error)
		}
		return decided(nil)
	})
	u := n.person()
	u.Start()
	r.next()
	tap, err := u.Tap(question(t, c, u).ID, "Ya")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tap.Await(within(t)); err != nil {
		t.Error(err)
	}
}

func TestATapIsAnsweredAfterFailuresThatPass(t *testing.T) {
	n := newNetwork(t, telegramtest.Options{})
	c := n.channel()
	r := run(t, c, nil)
	u := n.person()
	u.Start()
	r.next()
	for _, fault := range []telegramtest.Fault{{HTML502: true}, {DropBefore: true}, {RetryAfter: 1}} {
		n.Fail("answerCallbackQuery", 0, fault, 1)
	}
	tap, err := u.Tap(question(t, c, u).ID, "Ya")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tap.Await(within(t)); err != nil {
		t.Error(err)
	}
}

func TestATapTooOldIsLeftInPeace(t *testing.T) {
	n := newNetwork(t, telegramtest.Options{})
	c := n.channel()
	n.Fail("answerCallbackQuery", 0, telegramtest.Fault{
		Status: 400, Description: "Bad Request: query is too old and response timeout expired or query ID is invalid"}, -1)
	r := run(t, c, nil)
	u := n.person()
	u.Start()
	r.next()
	if _, err := u.Tap(question(t, c, u).ID, "Ya"); err != nil {
		t.Fatal(err)
	}
	if m := r.next(); m.Kind != chat.Tap {
		t.Errorf("a %s came", m.Kind)
	}
	if err := r.stop(); err != nil {
		t.Fatal(err)
	}
	if count := n.Count("answerCallbackQuery"); count != 1 {
		t.Errorf("tried %d times", count)
	}
}

func TestAPoisonedTapIsAnsweredToo(t *testing.T) {
	n := newNetwork(t, telegramtest.Options{})
	run(t, n.channel(), nil)
	if _, err := n.Raw(`{"callback_query":{"id":"77","from":"nobody","data":4}}`); err != nil {
		t.Fatal(err)
	}
	if err := n.AwaitCalls(within(t), "answerCallbackQuery", 1); err != nil {
		t.Error(err)
	}
}

func TestTheMemoryOfTapsIsBounded(t *testing.T) {
	var kept taps
	kept.begin(t.Context())
	for i := range 3 * tapsKept {
		id, _ := json.Marshal(i)
		if !kept.claim(string(id)) {
			t.Fatal("a new tap was taken for a known one")
		}
		kept.done()
	}
	if len(kept.known) > tapsKept {
		t.Errorf("%d taps are remembered", len(kept.known))
	}
}
