package bot_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"titian/bot/bottest"
	"titian/bot/chat"
)

// someone is a person whom their network knows by a hidden id, by a number, or by both.
type someone struct {
	h           *bottest.House
	lid, number string
}

func newSomeone(h *bottest.House, n int) *someone {
	return &someone{h: h, lid: fmt.Sprintf("%d@lid", n), number: fmt.Sprintf("6281200000%03d@s.whatsapp.net", n)}
}

// message is what they type, named as the network does: "lid", "number", or "both".
func (s *someone) message(as, text string) chat.Message {
	name := s.lid
	if as == "number" {
		name = s.number
	}
	m := s.h.Network.Message(name, chat.Text, text)
	if as == "both" {
		m.Alias = chat.Address{Network: m.From.Network, Key: s.number}
	}
	if as != "lid" {
		m.Vouched = "+" + strings.Split(s.number, "@")[0]
	}
	return m
}

// says types a line and hears what is said to it.
func (s *someone) says(h *bottest.House, as, text string) string {
	s.h.T.Helper()
	m := s.message(as, text)
	return h.Person(m.From.Key).Gives(m)
}

func TestTheSamePersonAsHiddenIdThenAsNumberIsOneContactWithOneConversation(t *testing.T) {
	h := bottest.New(t, bottest.Options{})
	second := bottest.New(t, bottest.Options{PostgresURL: h.Options.PostgresURL, RedisURL: h.Options.RedisURL, Clock: h.Clock, Network: h.Network, VaultDir: h.Options.VaultDir, Worker: "second"})
	for i, c := range []struct {
		what  string
		turns []string // who each line of a registration is from, from the first on; the last goes on
		other string   // who said halo before, and is another contact then; empty: nobody
	}{
		{"the number, then both", []string{"number", "number", "number", "number", "both", "lid", "number"}, ""},
		{"the id, then both", []string{"lid", "lid", "lid", "lid", "both", "number", "lid"}, ""},
		{"both, then either", []string{"both", "both", "both", "lid", "number"}, ""},
		{"the id, beside a number that said hello", []string{"lid", "lid", "lid", "lid", "both", "number"}, "number"},
		{"the number, beside an id that said hello", []string{"number", "number", "number", "number", "both", "lid"}, "lid"},
	} {
		before := contacts(t, h)
		s := newSomeone(h, i+1)
		if c.other != "" {
			if said := s.says(h, c.other, "halo"); said == "" {
				t.Fatalf("%s: no answer to hello", c.what)
			}
		}
		var said string
		for n, line := range registering {
			as := c.turns[min(n, len(c.turns)-1)]
			at := []*bottest.House{h, second}[n%2] // both keep what they know in memory
			if said = s.says(at, as, line); said == "" || strings.Contains(said, "belum mengerti") {
				t.Fatalf("%s: %q by %s is answered %q", c.what, line, as, said)
			}
		}
		if !strings.Contains(said, "IKM-2026-") {
			t.Fatalf("%s: at the end it says %q", c.what, said)
		}
		for _, as := range []string{"lid", "number", "both"} {
			if said := s.says(second, as, "status"); !strings.Contains(said, "IKM-2026-") {
				t.Errorf("%s: the status by %s is %q", c.what, as, said)
			}
		}
		if n := contacts(t, h) - before; n != 1 {
			t.Errorf("%s: %d contacts", c.what, n)
		}
		if one, other := h.Contact(s.lid), h.Contact(s.number); one != other || len(h.Owners(s.lid)) != 1 {
			t.Errorf("%s: contacts %s and %s, %d owners", c.what, one, other, len(h.Owners(s.lid)))
		}
	}
}

func TestSomebodyElseByAKnownNumberSeesNothingOfWhoHadIt(t *testing.T) {
	h := bottest.New(t, bottest.Options{})
	old, next := newSomeone(h, 1), newSomeone(h, 2)
	next.number = old.number
	for _, line := range registering {
		old.says(h, "both", line)
	}
	for _, as := range []string{"both", "lid", "both"} {
		if said := next.says(h, as, "status"); strings.Contains(said, "IKM-") || strings.Contains(said, "Contoh") {
			t.Errorf("somebody else hears %q", said)
		}
	}
	if said := old.says(h, "lid", "status"); !strings.Contains(said, "IKM-2026-") {
		t.Errorf("whose number it was hears %q", said)
	}
}

// Two processes have both contacts in hand while messages of either come to either.
func TestTwoProcessesThatSeeThatTwoAreOneAtOnceMakeThemOne(t *testing.T) {
	h := bottest.New(t, bottest.Options{})
	second := bottest.New(t, bottest.Options{PostgresURL: h.Options.PostgresURL, RedisURL: h.Options.RedisURL, Clock: h.Clock, Network: h.Network, VaultDir: h.Options.VaultDir, Worker: "second"})
	for i := range 4 {
		s := newSomeone(h, i+1)
		for n, line := range registering[:4] {
			s.says([]*bottest.House{h, second}[n%2], "number", line)
		}
		s.says(h, "lid", "halo")
		s.says(second, "lid", "halo")
		var all sync.WaitGroup
		for n, m := range []chat.Message{s.message("both", "bantuan"), s.message("both", "bantuan"), s.message("number", "bantuan"), s.message("lid", "bantuan")} {
			at := []*bottest.House{h, second}[n%2]
			all.Go(func() {
				if err := bottest.Wait(t, at.Bot.Receive(context.Background(), m)); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if said := s.says(second, "number", registering[4]); !strings.Contains(said, "nomor HP") {
			t.Errorf("round %d: the registration goes on with %q", i, said)
		}
		if n := contacts(t, h); n != i+1 {
			t.Errorf("round %d: %d contacts", i, n)
		}
	}
}

func TestAProcessThatDiesWhileTwoBecomeOneLosesNothing(t *testing.T) {
	for _, step := range []bottest.Step{
		bottest.AfterMark, bottest.BeforeTransacted, bottest.AfterTransacted, bottest.BeforeSettle, bottest.AfterSettle,
	} {
		t.Run(string(step), func(t *testing.T) {
			t.Parallel()
			var victim atomic.Value
			victim.Store("")
			h, died := dying(t, step, func() string { return victim.Load().(string) })
			s := newSomeone(h, 1)
			for _, line := range registering[:4] {
				s.says(h, "number", line)
			}
			h.Network.Fail(func(chat.Address, chat.Outgoing) error { return &chat.SendError{Failure: chat.FailedBusy} })
			if err := bottest.Wait(t, h.Bot.Receive(context.Background(), s.message("lid", "halo"))); err != nil {
				t.Fatal(err)
			}
			stays, goes := h.Contact(s.number), h.Contact(s.lid)
			victim.Store("merge into " + string(stays))
			m := s.message("both", registering[4])
			h.Bot.Receive(context.Background(), m)
			<-died
			h.Network.Fail(nil)
			heir := h.Reopen()
			if said := heir.Person(s.lid).Gives(m); !strings.Contains(said, "nomor HP") {
				t.Errorf("after the redelivery the registration goes on with %q", said)
			}
			if n := contacts(t, heir); n != 1 {
				t.Errorf("%d contacts", n)
			}
			// The reply that was owed in the chat that went is sent all the same.
			for !heard(heir, s.lid, "Assalamualaikum", "Titian") {
				if err := heir.Bot.TakeOver(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			if rec, err := heir.Redis.Load(t.Context(), goes); err != nil || rec.Mark == "" && (len(rec.State) > 0 || rec.Seq < 2) {
				t.Errorf("of the one that went stays seq %d, %d bytes, mark %q, %v", rec.Seq, len(rec.State), rec.Mark, err)
			}
		})
	}
}

// heard says whether a name was sent something with one of the words.
func heard(h *bottest.House, name string, words ...string) bool {
	for _, m := range h.Network.Sent(name) {
		for _, w := range words {
			if strings.Contains(m.Text, w) {
				return true
			}
		}
	}
	return false
}
