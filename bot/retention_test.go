package bot_test

import (
	"strings"
	"testing"
	"time"

	"titian/bot/bottest"
	"titian/bot/chat"
)

func TestAnOldDraftGoesWithoutAWordAndATakenUpOneStays(t *testing.T) {
	h := bottest.New(t, bottest.Options{})
	p := h.Person("contoh")
	for _, line := range registering[:4] {
		p.Says(line)
	}
	expired := func(before time.Time) chat.Message {
		m := h.Network.Message("contoh", chat.Expired, "")
		m.At = before
		return m
	}
	if said := p.Gives(expired(h.Clock.Now().Add(-time.Hour))); said != "" {
		t.Errorf("a draft that is younger is met with %q", said)
	}
	if said := p.Says("status"); !strings.Contains(said, "langkah 3") {
		t.Errorf("the younger draft is gone: %q", said)
	}
	if said := p.Gives(expired(h.Clock.Now())); said != "" {
		t.Errorf("the old draft goes with the words %q", said)
	}
	if said := p.Says("status"); strings.Contains(said, "langkah") {
		t.Errorf("the old draft is still there: %q", said)
	}
}
