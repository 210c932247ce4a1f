package whatsapp

import (
	"context"
	"errors"
	"testing"

	"titian/bot/chattest"
)

func TestPhoneIsLinkedByACodeThatIsTypedOnIt(t *testing.T) {
	t.Parallel()
	n := unlinked(t)
	var linked bool
	err := n.channel().Pair(t.Context(), n.office.Number(), func(s Step) {
		linked = linked || s.Linked
		if s.Typed != "" {
			go n.office.LinkTyped(s.Typed)
		}
		if s.Code != "" {
			t.Error("a code to be scanned is shown too")
		}
	})
	if err != nil || !linked {
		t.Fatalf("linked %t, %v", linked, err)
	}
	c := n.channel()
	d := run(t, c)
	n.person(t).Says("halo")
	if m := d.next(t); m.Text != "halo" {
		t.Errorf("%q came", m.Text)
	}
}

func TestNumberThatIsNotOnWhatsAppIsRefused(t *testing.T) {
	t.Parallel()
	n := unlinked(t)
	if err := n.channel().Pair(t.Context(), "6281299999999", func(Step) {}); err == nil {
		t.Error("a number that nobody has was taken")
	}
}

func TestAccountThatWantsAPasskeyIsTold(t *testing.T) {
	t.Parallel()
	n := unlinked(t)
	n.office.WantsPasskey(true)
	ctx, cancel := context.WithTimeout(t.Context(), chattest.Patience)
	defer cancel()
	told := false
	err := n.channel().Pair(ctx, "", func(s Step) {
		n.scan(s)
		if s.Passkey {
			told = true
			cancel()
		}
	})
	if !told || !errors.Is(err, context.Canceled) {
		t.Errorf("told %t, %v", told, err)
	}
}
