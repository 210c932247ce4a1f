package whatsapp

import (
	"testing"

	"titian/bot/chat"
	"titian/bot/chattest"
)

func TestWhatsAppKeepsEveryPromiseOfAChannel(t *testing.T) {
	chattest.Run(t, func(t *testing.T) chattest.Harness {
		t.Parallel()
		n := newNetwork(t)
		return chattest.Harness{
			Open:   func(testing.TB) chat.Channel { return n.channel() },
			Person: func(t testing.TB) chattest.Person { return n.person(t) },
			Lacks:  []chattest.Ability{chattest.Buttons, chattest.Blocking, chattest.Vouching},
		}
	})
}
