package delivery

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"titian/bot/chat"
)

func (h *house) edit(ref string) error {
	return h.Edit(context.Background(), "siti", at("siti"), ref, chat.Outgoing{Text: "x"})
}

func (h *house) remove(ref string) error {
	return h.Remove(context.Background(), "siti", at("siti"), ref)
}

func TestAnEditGoesAtOnceAndObeysTheWaitANetworkAsksFor(t *testing.T) {
	in(t, func(t *testing.T, h *house) {
		if err := h.notice("siti", "kartu", Notice); err != nil {
			t.Fatal(err)
		}
		if err := h.edit("1"); err != nil {
			t.Fatal(err)
		}
		if all := h.net.seen(); all[1].at != 0 {
			t.Errorf("it came at %s", all[1].at)
		}
		h.net.says["edit 2"] = []error{after(7 * time.Second), errUnsure}
		if err := h.edit("2"); err != nil {
			t.Fatal(err)
		}
		if all := h.net.seen(); len(all) != 5 || all[3].at != 7*time.Second {
			t.Errorf("the network saw %v", all)
		}
	})
}

func TestRemovalsKeepTheBotsPaceButNotTheChats(t *testing.T) {
	in(t, func(t *testing.T, h *house) {
		var all sync.WaitGroup
		for _, ref := range []string{"1", "2", "3", "4", "5", "6"} {
			all.Go(func() {
				if err := h.remove(ref); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		seen := h.net.seen()
		if last := seen[5].at; last < 200*time.Millisecond || last > 400*time.Millisecond {
			t.Errorf("six removals at 25 a second took %s", last)
		}
		h.net.says["remove 7"] = []error{globally(5 * time.Second)}
		begun := time.Now()
		if err := h.remove("7"); err != nil || time.Since(begun) < 5*time.Second {
			t.Errorf("%v after %s", err, time.Since(begun))
		}
	})
}

func TestWhatCannotBeChangedIsSaid(t *testing.T) {
	in(t, func(t *testing.T, h *house) {
		gone := &chat.SendError{Failure: chat.FailedInvalid, Cause: chat.ErrGone}
		h.net.says["edit 1"] = []error{gone}
		h.net.says["remove 2"] = []error{errUnsure, errUnsure}
		h.net.says["remove 3"] = []error{errBlocked}
		if err := h.edit("1"); !errors.Is(err, chat.ErrGone) {
			t.Error(err)
		}
		wantFailure(t, h.remove("2"), chat.FailedUnsure)
		wantFailure(t, h.remove("3"), chat.FailedBlocked)
		if !slices.Contains(h.ledger.gone, "siti") {
			t.Error("it is not remembered that siti blocked the bot")
		}
		h.posts[chat.Web] = &post{network: chat.Web, sender: mute{}, slots: newGate(1, 0), pace: newGate(1, 0)}
		err := h.Edit(t.Context(), "siti", chat.Address{Network: chat.Web, Key: "x"}, "1", chat.Outgoing{})
		if wantFailure(t, err, chat.FailedInvalid); !errors.Is(err, chat.ErrUnable) {
			t.Error(err)
		}
		wantFailure(t, h.Remove(t.Context(), "siti", chat.Address{Network: chat.WhatsApp, Key: "x"}, "1"), chat.FailedBusy)
	})
}

// mute is a network that can only send.
type mute struct{}

func (mute) Send(context.Context, chat.Address, chat.Outgoing) (chat.Receipt, error) {
	return chat.Receipt{}, nil
}

func TestARemovalThatWaitsIsGivenBackWhenTheDeliveryStops(t *testing.T) {
	in(t, func(t *testing.T, h *house) {
		h.net.says["remove 1"] = []error{after(time.Hour)}
		ended := make(chan error, 1)
		go func() { ended <- h.remove("1") }()
		synctest.Wait()
		h.finish(t)
		wantFailure(t, <-ended, chat.FailedBusy)
		wantFailure(t, h.edit("1"), chat.FailedBusy)
	})
}
