package delivery

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"titian/bot/chat"
	"titian/storage"
)

// memoir is an Unasked that can be down.
type memoir struct {
	mu       sync.Mutex
	down     bool
	standing storage.Standing
	ticked   []chat.Tick
}

func (m *memoir) do(what func()) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.down {
		return storage.ErrDown
	}
	what()
	return nil
}

func (m *memoir) TakeTurn(_ context.Context, _ storage.Sending, decide func(storage.Standing) storage.Decision) (s storage.Standing, err error) {
	err = m.do(func() {
		s = m.standing
		m.standing.Lane = decide(s).Lane
	})
	return s, err
}

func (m *memoir) Standing(context.Context, chat.Network, storage.ContactID) (s storage.Standing, err error) {
	return s, m.do(func() { s = m.standing })
}
func (m *memoir) TurnSent(context.Context, chat.Network, string) error { return m.do(func() {}) }
func (m *memoir) PullBrake(_ context.Context, b storage.Brake) error {
	return m.do(func() { b.ID = "1"; m.standing.Brake = b })
}
func (m *memoir) Ticked(_ context.Context, ticks []chat.Tick) error {
	return m.do(func() { m.ticked = append(m.ticked, ticks...) })
}

func (m *memoir) set(down bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.down = down
}

// always is an office that never closes.
type always struct{}

func (always) Works(time.Time) bool { return true }

func TestABrakeHoldsHereAtOnceAndIsStoredWhenPostgresIsBack(t *testing.T) {
	in(t, func(t *testing.T, h *house) {
		time.Sleep(2 * time.Hour) // 02.00 UTC is 10.00 WITA
		m := &memoir{standing: storage.Standing{Heard: time.Now()}}
		h.Delivery.Unasked, h.Delivery.Calendar = m, always{}
		h.Delivery.Policy = func(chat.Network) *Policy { return builtIn(t) }
		h.net.says["cold"] = []error{&chat.SendError{Failure: chat.FailedBlocked, Cause: fmt.Errorf("%w: 463", chat.ErrCold)}}
		if err := h.notice("siti", "first", Notice); err != nil {
			t.Fatal(err)
		}
		var later *Later
		if err := h.notice("wa", "second", Notice); !errors.As(err, &later) || later.Why != TooSoon || chat.FailureOf(err) != chat.FailedBusy {
			t.Errorf("just after another: %v", err)
		}
		m.set(true)
		var failed *chat.SendError
		if err := h.notice("wa", "while Postgres is away", Notice); !errors.As(err, &failed) || failed.Failure != chat.FailedBusy {
			t.Errorf("while Postgres is away: %v", err)
		}
		h.Reply(Reply{Contact: "la", ID: "1.0", Seq: 1, To: at("la"), Message: chat.Outgoing{Text: "cold"}})
		synctest.Wait()
		m.set(false)
		if err := h.May(t.Context(), chat.Telegram, "wa", Broadcast); !errors.As(err, &later) || later.Why != Braked {
			t.Errorf("a 463 that is not stored yet: %v", err)
		}
		time.Sleep(time.Minute)
		if s, err := m.Standing(t.Context(), chat.Telegram, "wa"); err != nil || s.Brake.Cause != storage.BrakeCold {
			t.Error("the brake is not stored")
		}
		if err := h.notice("wa", "third", Broadcast); !errors.As(err, &later) || later.Why != Braked {
			t.Errorf("and stored: %v", err)
		}
		// Replies go on, and so does what staff are sent.
		h.Reply(Reply{Contact: "wa", ID: "2.0", Seq: 2, To: at("wa"), Message: chat.Outgoing{Text: "reply"}})
		if err := h.notice("ani", "to staff", Staff); err != nil {
			t.Error(err)
		}
		wantTexts(t, h, "first", "cold", "reply", "to staff")
	})
}

func TestWhatArrivesIsKeptWhilePostgresIsAway(t *testing.T) {
	in(t, func(t *testing.T, h *house) {
		m := &memoir{down: true}
		h.Delivery.Unasked = m
		h.Tick(chat.Tick{Ref: "1"})
		time.Sleep(5 * time.Second)
		h.Tick(chat.Tick{Ref: "2", Read: true})
		m.set(false)
		time.Sleep(time.Minute)
		m.mu.Lock()
		defer m.mu.Unlock()
		if len(m.ticked) != 2 || m.ticked[0].Ref != "1" {
			t.Errorf("%+v are stored", m.ticked)
		}
	})
}
