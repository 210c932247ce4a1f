package bot_test

import (
	"strings"
	"testing"

	"titian/bot/bottest"
	"titian/bot/chat"
)

const interrupted = "tadi kami terputus"

func TestAfterAnInterruptionTheSameQuestionIsPutAgainOnce(t *testing.T) {
	h := bottest.New(t, bottest.Options{})
	p := h.Person("contoh")
	var last string
	for _, line := range registering[:5] {
		last = p.Says(line)
	}
	question := last[strings.LastIndex(last, "\n")+1:]
	again := h.Network.Message("contoh", chat.Interrupted, "")
	said := p.Gives(again)
	if !strings.Contains(said, interrupted) || !strings.Contains(said, question) {
		t.Errorf("after %q it says %q", last, said)
	}
	if said := p.Gives(again); said != "" {
		t.Errorf("put a second time: %q", said)
	}
	if said := p.At(h.Reopen()).Gives(again); said != "" {
		t.Errorf("put a second time by another process: %q", said)
	}
	if said := p.Says(registering[5]); strings.Contains(said, interrupted) || said == "" {
		t.Errorf("the answer is met with %q", said)
	}
}

func TestWhoseConversationIsLostIsGreetedAndWhoIsAskedNothingHearsNothing(t *testing.T) {
	h := bottest.New(t, bottest.Options{})
	if said := h.Person("baru").Gives(h.Network.Message("baru", chat.Interrupted, "")); !strings.Contains(said, interrupted) || !strings.Contains(said, "Titian") {
		t.Errorf("of whom only the address is left hears %q", said)
	}
	p := h.Person("selesai")
	for _, line := range registering {
		p.Says(line)
	}
	if said := p.Gives(h.Network.Message("selesai", chat.Interrupted, "")); said != "" {
		t.Errorf("who has filed hears %q", said)
	}
}
