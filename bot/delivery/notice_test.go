package delivery

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"titian/bot/chat"
	"titian/storage"
)

func TestUnaskedMessagesKeepTheBotsPaceTogetherWithOtherReplicas(t *testing.T) {
	in(t, func(t *testing.T, h *house) {
		other := New(h.Options)
		var all sync.WaitGroup
		for i := range 500 {
			d := []*Delivery{h.Delivery, other}[i%2]
			all.Go(func() {
				c := fmt.Sprint("c", i)
				if _, err := d.Notice(t.Context(), storage.ContactID(c), at(c), chat.Outgoing{Text: c}, Broadcast); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		perSecond := map[int]int{}
		for _, s := range h.net.seen() {
			perSecond[int(s.at/time.Second)]++
		}
		for second, n := range perSecond {
			if n > 25 {
				t.Errorf("%d in second %d", n, second)
			}
		}
		if len(perSecond) > 21 {
			t.Errorf("500 took %d seconds", len(perSecond))
		}
		if err := other.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
	})
}

func TestAChatGetsOneUnaskedMessageASecond(t *testing.T) {
	in(t, func(t *testing.T, h *house) {
		var all sync.WaitGroup
		for i := range 5 {
			all.Go(func() {
				if err := h.notice("siti", fmt.Sprint(i), Notice); err != nil {
					t.Error(err)
				}
			})
		}
		all.Go(func() { h.notice("wa", "wa", Broadcast) })
		all.Wait()
		var last time.Duration = -time.Second
		for _, s := range h.net.seen() {
			if s.to == "wa" && s.at > 200*time.Millisecond {
				t.Errorf("wa waited %s for siti", s.at)
			}
			if s.to == "siti" {
				if s.at-last < time.Second {
					t.Errorf("two messages within %s", s.at-last)
				}
				last = s.at
			}
		}
		if last > 4200*time.Millisecond {
			t.Errorf("the last came at %s", last)
		}
	})
}

func TestWithoutARateOnlyTheChatsPaceIsKept(t *testing.T) {
	in(t, func(t *testing.T, h *house) {
		h.Delivery.Rate = func(chat.Network) float64 { return 0 }
		var all sync.WaitGroup
		for i := range 500 {
			all.Go(func() { h.notice(fmt.Sprint("c", i), "x", Broadcast) })
		}
		all.Wait()
		if last := h.net.seen()[499]; last.at > 2*time.Second {
			t.Fatal(last)
		}
	})
}

func TestNoticesPassBroadcastsAndRepliesPassBoth(t *testing.T) {
	in(t, func(t *testing.T, h *house) {
		h.net.takes = 10 * time.Millisecond
		var all sync.WaitGroup
		for i := range 100 {
			all.Go(func() { h.notice(fmt.Sprint("b", i), "broadcast", Broadcast) })
		}
		time.Sleep(time.Second)
		for i := range 10 {
			all.Go(func() { h.notice(fmt.Sprint("n", i), "notice", Notice) })
		}
		for i := range 10 {
			h.Reply(owed(fmt.Sprint("r", i), 1, 0))
		}
		all.Wait()
		for _, s := range h.net.seen() {
			if s.to[0] == 'r' && s.at != time.Second {
				t.Errorf("a reply waited: %s", s)
			}
			if s.text == "notice" && s.at > 1700*time.Millisecond { // the replies have their share of the second
				t.Errorf("a notice waited for broadcasts: %s", s)
			}
		}
	})
}

func TestUnaskedMessagesLeaveHalfOfTheWayFreeForReplies(t *testing.T) {
	in(t, func(t *testing.T, h *house) {
		h.Delivery.Rate = func(chat.Network) float64 { return 0 }
		h.net.takes = 10 * time.Second
		var all sync.WaitGroup
		for i := range 100 {
			all.Go(func() { h.notice(fmt.Sprint("b", i), "broadcast", Broadcast) })
		}
		time.Sleep(time.Second)
		for i := range 32 {
			h.Reply(owed(fmt.Sprint("r", i), 1, 0))
		}
		all.Wait()
		for _, s := range h.net.seen() {
			if s.to[0] == 'r' && s.at != time.Second {
				t.Errorf("a reply waited: %s", s)
			}
		}
		if h.net.most != 64 {
			t.Errorf("%d at a time", h.net.most)
		}
	})
}

func TestANoticeWaitsForTheRepliesOfItsContact(t *testing.T) {
	in(t, func(t *testing.T, h *house) {
		h.net.takes = 3 * time.Second
		h.Reply(owed("siti", 1, 0), owed("siti", 1, 1))
		if err := h.notice("siti", "notice", Notice); err != nil {
			t.Fatal(err)
		}
		wantTexts(t, h, "siti 1.0", "siti 1.1", "notice")
	})
}

func TestAGlobal429HoldsEverythingUnaskedAndNoReply(t *testing.T) {
	in(t, func(t *testing.T, h *house) {
		h.net.says["first"] = []error{globally(20 * time.Second)}
		var all sync.WaitGroup
		all.Go(func() {
			if err := h.notice("a", "first", Broadcast); err != nil {
				t.Error(err)
			}
		})
		synctest.Wait()
		for i := range 10 {
			all.Go(func() { h.notice(fmt.Sprint("c", i), "later", Notice) })
		}
		h.Reply(owed("siti", 1, 0))
		all.Wait()
		for i, s := range h.net.seen() {
			switch {
			case i == 0, s.to == "siti":
				if s.at != 0 {
					t.Errorf("waited: %s", s)
				}
			case s.at < 20*time.Second:
				t.Errorf("sent in spite of the network's word: %s", s)
			}
		}
		if len(h.net.seen()) != 13 {
			t.Error(h.net.seen())
		}
	})
}

func TestATimedOutNoticeIsRepeatedOnceAndABroadcastIsUnsure(t *testing.T) {
	in(t, func(t *testing.T, h *house) {
		h.net.says["notice"] = []error{errUnsure}
		h.net.says["twice"] = []error{errUnsure, errUnsure}
		h.net.says["broadcast"] = []error{errUnsure}
		if err := h.notice("siti", "notice", Notice); err != nil {
			t.Error(err)
		}
		wantFailure(t, h.notice("wa", "twice", Notice), chat.FailedUnsure)
		wantFailure(t, h.notice("la", "broadcast", Broadcast), chat.FailedUnsure)
		wantTexts(t, h, "notice", "notice", "twice", "twice", "broadcast")
	})
}

func TestABusyBroadcastIsSentLaterAndABlockedOneIsRemembered(t *testing.T) {
	in(t, func(t *testing.T, h *house) {
		h.net.says["busy"] = []error{errBusy, after(3 * time.Second)}
		h.net.says["blocked"] = []error{errBlocked}
		h.net.says["invalid"] = []error{errInvalid}
		if err := h.notice("siti", "busy", Broadcast); err != nil {
			t.Error(err)
		}
		wantFailure(t, h.notice("wa", "blocked", Broadcast), chat.FailedBlocked)
		wantFailure(t, h.notice("la", "invalid", Broadcast), chat.FailedInvalid)
		if !slices.Equal(h.ledger.gone, []storage.ContactID{"wa"}) {
			t.Error(h.ledger.gone)
		}
	})
}

func TestASharedPaceThatIsDownIsWaitedOut(t *testing.T) {
	in(t, func(t *testing.T, h *house) {
		h.pacer.down = 5
		if err := h.notice("siti", "notice", Notice); err != nil {
			t.Fatal(err)
		}
		wantTexts(t, h, "notice")
	})
}

func TestANoticeWhoseTimeIsUpBeforeItsTurnWasNotSent(t *testing.T) {
	in(t, func(t *testing.T, h *house) {
		h.net.says["first"] = []error{globally(time.Hour)}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		_, err := h.Notice(ctx, "siti", at("siti"), chat.Outgoing{Text: "first"}, Broadcast)
		wantFailure(t, err, chat.FailedBusy)
		_, err = h.Notice(ctx, "wa", at("wa"), chat.Outgoing{Text: "second"}, Broadcast)
		wantFailure(t, err, chat.FailedBusy)
		_, err = h.Notice(ctx, "wa", chat.Address{Network: chat.WhatsApp}, chat.Outgoing{}, Broadcast)
		wantFailure(t, err, chat.FailedBusy)
		wantTexts(t, h, "first")
	})
}

func TestABroadcastCutOffInTheMiddleIsUnsure(t *testing.T) {
	in(t, func(t *testing.T, h *house) {
		h.net.takes = 10 * time.Second
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := h.Notice(ctx, "siti", at("siti"), chat.Outgoing{Text: "x"}, Broadcast)
		wantFailure(t, err, chat.FailedUnsure)
	})
}

func TestThePaceOfAChatNamesNobody(t *testing.T) {
	for _, key := range []string{"6281234567890@s.whatsapp.net", "7001"} {
		if k := chatKey(chat.Address{Network: chat.WhatsApp, Key: key}); len(k) != len("chat:whatsapp:00000") {
			t.Error(k)
		}
	}
}

func TestAGateGivesBackAPlaceThatNobodyWaitsForAnyMore(t *testing.T) {
	g := newGate(1, 0)
	ctx, cancel := context.WithCancel(t.Context())
	if err := g.enter(ctx, reply); err != nil {
		t.Fatal(err)
	}
	waits := make(chan error)
	go func() { waits <- g.enter(ctx, Notice) }()
	cancel()
	if err := <-waits; !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	g.leave()
	if err := g.enter(t.Context(), Broadcast); err != nil {
		t.Fatal(err)
	}
	if err := g.enter(ctx, reply); err == nil {
		t.Fatal("entered a full gate")
	}
}

func TestAMessageThatStillWaitsIsCalledBackAndOneThatIsBeingSentIsNot(t *testing.T) {
	in(t, func(t *testing.T, h *house) {
		h.net.takes = time.Second
		wanted, callBack := context.WithCancel(t.Context())
		ended := make(chan error, 2)
		send := func(text string) {
			_, err := h.Notice(Until(t.Context(), wanted), "siti", at("siti"), chat.Outgoing{Text: text}, Broadcast)
			ended <- err
		}
		go send("first")
		synctest.Wait()
		go send("second") // waits for the chat
		synctest.Wait()
		callBack()
		wantFailure(t, <-ended, chat.FailedBusy)
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if got := h.net.texts(); len(got) != 1 || got[0] != "first" {
			t.Errorf("the network saw %v", got)
		}
	})
}
