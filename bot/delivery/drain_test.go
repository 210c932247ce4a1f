package delivery

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"titian/bot/chat"
)

func TestDrainSendsWhatItCanInTimeAndTheRestStaysOwed(t *testing.T) {
	in(t, func(t *testing.T, h *house) {
		h.net.takes = 2 * time.Second
		h.net.says["held 1.0"] = []error{after(time.Minute)}
		h.Reply(owed("siti", 1, 0), owed("siti", 1, 1), owed("held", 1, 0), owed("held", 1, 1))
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		if err := h.Drain(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Fatal(err)
		}
		wantTrimmed(t, h, "siti/1.0", "siti/1.1")
	})
}

func TestAReplyCutOffInTheMiddleStaysOwed(t *testing.T) {
	in(t, func(t *testing.T, h *house) {
		h.net.takes = 20 * time.Second
		h.Reply(owed("siti", 1, 0))
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if h.Drain(ctx) == nil {
			t.Fatal("nothing is said of a reply that stays owed")
		}
		wantTrimmed(t, h)
	})
}

func TestADrainingDeliveryTakesNothingMoreAndLetsWaitingNoticesGo(t *testing.T) {
	in(t, func(t *testing.T, h *house) {
		h.net.says["first"] = []error{globally(time.Hour)}
		waits := make(chan error, 2)
		go func() { waits <- h.notice("siti", "first", Notice) }()
		synctest.Wait()
		go func() { waits <- h.notice("wa", "second", Broadcast) }()
		synctest.Wait()
		begun := time.Now()
		h.finish(t)
		for range 2 {
			err := <-waits
			wantFailure(t, err, chat.FailedBusy)
			if !errors.Is(err, ErrStopping) {
				t.Error(err)
			}
		}
		if time.Since(begun) > time.Second {
			t.Error("the waiting notices held up the stop")
		}
		h.Reply(owed("siti", 1, 0))
		if err := h.notice("siti", "third", Notice); !errors.Is(err, ErrStopping) {
			t.Error(err)
		}
		wantTexts(t, h, "first")
	})
}

func TestDrainSaysThatSentRepliesAreStillOnTheirRecords(t *testing.T) {
	in(t, func(t *testing.T, h *house) {
		h.Reply(owed("siti", 1, 0))
		synctest.Wait()
		h.ledger.down = 1
		if h.Drain(t.Context()) == nil {
			t.Fatal("nothing is said")
		}
	})
}
