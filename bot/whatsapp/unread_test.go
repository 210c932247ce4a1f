package whatsapp

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"

	"titian/bot/chat"
)

// reception takes what it is handed, unless it is closed.
type reception struct {
	mu     sync.Mutex
	closed bool
	tries  int
	took   []chat.Message
}

func (r *reception) receive(_ context.Context, m chat.Message) <-chan error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.tries++
	done := make(chan error, 1)
	if r.closed {
		done <- errors.New("the inbox cannot take it")
		return done
	}
	r.took = append(r.took, m)
	done <- nil
	return done
}

func (r *reception) opens(open bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closed = !open
}

func (r *reception) all() []chat.Message {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]chat.Message(nil), r.took...)
}

// of is a message of somebody, under an id that they chose.
func of(number string, id types.MessageID) types.MessageInfo {
	lid := types.NewJID("9"+number, types.HiddenUserServer)
	return types.MessageInfo{ID: id, MessageSource: types.MessageSource{
		Chat: lid, Sender: lid, SenderAlt: types.NewJID(number, types.DefaultUserServer)}}
}

func TestWhoeverWroteWhatCannotBeReadIsToldHoweverThingsGo(t *testing.T) {
	one, two := of("6281200000001", "3EB01"), of("6281200000002", "3EB01") // people choose their ids
	garbled := func(i types.MessageInfo) any { return &events.UndecryptableMessage{Info: i} }
	for name, tt := range map[string]struct {
		happens func(c *Channel, h *hearing, r *reception)
		told    int
	}{
		"nothing readable comes": {told: 1, happens: func(_ *Channel, h *hearing, _ *reception) { h.on(garbled(one)) }},
		"it is said three times that it cannot be read": {told: 1, happens: func(_ *Channel, h *hearing, _ *reception) {
			for range 3 {
				h.on(garbled(one))
			}
		}},
		"it comes after all": {told: 0, happens: func(_ *Channel, h *hearing, _ *reception) {
			h.on(garbled(one))
			h.on(&events.Message{Info: one})
		}},
		"two people chose one id": {told: 2, happens: func(_ *Channel, h *hearing, _ *reception) {
			h.on(garbled(one))
			h.on(garbled(two))
		}},
		"somebody else's message with that id comes": {told: 1, happens: func(_ *Channel, h *hearing, _ *reception) {
			h.on(garbled(one))
			h.on(&events.Message{Info: two})
		}},
		"nothing can be taken for five minutes": {told: 1, happens: func(_ *Channel, h *hearing, r *reception) {
			r.opens(false)
			h.on(garbled(one))
			time.Sleep(5 * time.Minute)
			r.opens(true)
		}},
		"the process stops meanwhile": {told: 1, happens: func(c *Channel, h *hearing, _ *reception) {
			h.on(garbled(one))
			time.Sleep(time.Second)
			c.hang(h)
		}},
		"the process stops while nothing can be taken for a moment": {told: 1, happens: func(c *Channel, h *hearing, r *reception) {
			r.opens(false)
			h.on(garbled(one))
			time.AfterFunc(3*time.Second, func() { r.opens(true) })
			c.hang(h)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c, h := deaf(t, watch(), time.Now)
				r := &reception{}
				h.receive = r.receive
				tt.happens(c, h, r)
				time.Sleep(time.Minute)
				told := r.all()
				if len(told) != tt.told {
					t.Errorf("%d are told, want %d", len(told), tt.told)
				}
				for _, m := range told {
					if m.Kind != chat.Undecryptable || m.Ref != one.ID || m.ID == (who{lid: one.Sender, pn: one.SenderAlt}).id(one.ID) {
						t.Errorf("told is %s, of %s as %s: it must not stand for the message itself", m.Kind, m.Ref, m.ID)
					}
				}
			})
		})
	}
}
