package delivery

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"titian/bot/chat"
	"titian/storage"
)

func TestRepliesToOneContactGoInOrderWhileOthersGoAtOnce(t *testing.T) {
	in(t, func(t *testing.T, h *house) {
		h.net.takes = time.Second
		h.Reply(owed("siti", 1, 0), owed("siti", 1, 1), owed("wa", 1, 0))
		h.Reply(owed("siti", 2, 0))
		h.finish(t)
		var siti []string
		for _, s := range h.net.seen() {
			if s.to == "wa" && s.at != 0 {
				t.Errorf("wa waited: %s", s)
			}
			if s.to == "siti" {
				siti = append(siti, s.text)
			}
		}
		if !slices.Equal(siti, []string{"siti 1.0", "siti 1.1", "siti 2.0"}) {
			t.Errorf("siti got %q", siti)
		}
		wantTrimmed(t, h, "siti/1.0", "siti/1.1", "siti/2.0", "wa/1.0")
	})
}

func TestATakenOverReplyGoesBeforeThoseOfLaterTurns(t *testing.T) {
	in(t, func(t *testing.T, h *house) {
		h.net.takes = time.Second
		h.Reply(owed("siti", 5, 0), owed("siti", 7, 0), owed("siti", 7, 1))
		synctest.Wait()
		h.Reply(owed("siti", 6, 0), owed("siti", 6, 1))
		h.finish(t)
		wantTexts(t, h, "siti 5.0", "siti 6.0", "siti 6.1", "siti 7.0", "siti 7.1")
	})
}

func TestAReplyThatWaitsOrWasSentIsNotSentAgainButTrimmedAgain(t *testing.T) {
	in(t, func(t *testing.T, h *house) {
		h.net.takes = time.Second
		r := owed("siti", 1, 0)
		h.Reply(r, r)
		synctest.Wait()
		h.Reply(r)
		time.Sleep(4 * time.Minute)
		h.Reply(r)
		time.Sleep(time.Second)
		wantTexts(t, h, "siti 1.0")
		wantTrimmed(t, h, "siti/1.0", "siti/1.0")
	})
}

func TestAReplyThatNoRecordOwesIsSentAndNotTrimmed(t *testing.T) {
	in(t, func(t *testing.T, h *house) {
		wait := Reply{Contact: "siti", To: at("siti"), Message: chat.Outgoing{Text: "mohon tunggu"}}
		h.Reply(wait, wait)
		h.finish(t)
		wantTexts(t, h, "mohon tunggu", "mohon tunggu")
		wantTrimmed(t, h)
	})
}

func TestSentRepliesAreTrimmedTogetherWithin100ms(t *testing.T) {
	in(t, func(t *testing.T, h *house) {
		for i := range 500 {
			h.Reply(owed(fmt.Sprint("c", i), 1, 0))
		}
		time.Sleep(100 * time.Millisecond)
		synctest.Wait()
		if h.ledger.calls != 1 || len(h.ledger.trimmed) != 500 {
			t.Fatalf("%d trims in %d calls", len(h.ledger.trimmed), h.ledger.calls)
		}
	})
}

func TestTrimsWaitForALedgerThatIsDown(t *testing.T) {
	in(t, func(t *testing.T, h *house) {
		h.ledger.down = 4
		h.Reply(owed("siti", 1, 0))
		time.Sleep(time.Second)
		h.Reply(owed("siti", 2, 0))
		time.Sleep(time.Minute)
		wantTrimmed(t, h, "siti/1.0", "siti/2.0")
	})
}

func TestA429SlowsItsChatAloneAndLosesNothing(t *testing.T) {
	in(t, func(t *testing.T, h *house) {
		h.net.says["siti 1.0"] = []error{after(7 * time.Second), after(2 * time.Second)}
		h.Reply(owed("siti", 1, 0), owed("siti", 1, 1), owed("wa", 1, 0))
		synctest.Wait()
		if err := h.notice("siti", "notice to siti", Notice); err != nil {
			t.Fatal(err)
		}
		var siti []string
		for _, s := range h.net.seen() {
			switch {
			case s.to == "siti":
				siti = append(siti, fmt.Sprint(s.text, "@", s.at.Round(time.Second)))
			case s.at != 0:
				t.Errorf("wa waited: %s", s)
			}
		}
		if want := []string{"siti 1.0@0s", "siti 1.0@7s", "siti 1.0@9s", "siti 1.1@9s", "notice to siti@9s"}; !slices.Equal(siti, want) {
			t.Errorf("siti got %q, want %q", siti, want)
		}
	})
}

func TestABusyNetworkIsTriedEverMoreSlowlyUntilItTakesTheReply(t *testing.T) {
	in(t, func(t *testing.T, h *house) {
		for range 40 {
			h.net.says["siti 1.0"] = append(h.net.says["siti 1.0"], errBusy)
		}
		h.Reply(owed("siti", 1, 0))
		h.finish(t)
		tries := h.net.seen()
		if len(tries) != 41 {
			t.Fatalf("%d tries", len(tries))
		}
		for i := 1; i < len(tries); i++ {
			wait := tries[i].at - tries[i-1].at
			if wait < 250*time.Millisecond || wait > 30*time.Second || i > 8 && wait < 15*time.Second {
				t.Errorf("try %d came after %s", i, wait)
			}
		}
	})
}

func TestATimedOutReplyIsRepeatedOnce(t *testing.T) {
	in(t, func(t *testing.T, h *house) {
		h.net.says["siti 1.0"] = []error{errUnsure}
		h.net.says["siti 1.1"] = []error{errUnsure, errUnsure, errUnsure}
		h.Reply(owed("siti", 1, 0), owed("siti", 1, 1), owed("siti", 1, 2))
		h.finish(t)
		wantTexts(t, h, "siti 1.0", "siti 1.0", "siti 1.1", "siti 1.1", "siti 1.2")
		wantTrimmed(t, h, "siti/1.0", "siti/1.1", "siti/1.2")
	})
}

func TestASendThatHangsTimesOutAfterThirtySeconds(t *testing.T) {
	in(t, func(t *testing.T, h *house) {
		h.net.takes = time.Hour
		h.Reply(owed("siti", 1, 0))
		time.Sleep(31 * time.Second)
		synctest.Wait()
		if tries := h.net.seen(); len(tries) != 2 || tries[1].at != 30*time.Second {
			t.Fatal(tries)
		}
	})
}

func TestAContactWhoBlockedTheBotIsRememberedAndGetsNothingMore(t *testing.T) {
	in(t, func(t *testing.T, h *house) {
		h.ledger.down = 3
		h.net.says["siti 1.0"] = []error{errBlocked}
		elsewhere := owed("siti", 3, 0)
		elsewhere.To = at("siti's other phone")
		h.Reply(owed("siti", 1, 0), owed("siti", 2, 0), elsewhere)
		h.finish(t)
		wantTexts(t, h, "siti 1.0", "siti 3.0")
		wantTrimmed(t, h, "siti/1.0", "siti/2.0", "siti/3.0")
		if !slices.Equal(h.ledger.gone, []storage.ContactID{"siti"}) {
			t.Fatal(h.ledger.gone)
		}
	})
}

func TestAReplyThatCannotBeSentDoesNotHoldUpTheNext(t *testing.T) {
	in(t, func(t *testing.T, h *house) {
		h.net.says["siti 1.0"] = []error{errInvalid}
		h.Reply(owed("siti", 1, 0), owed("siti", 1, 1))
		h.finish(t)
		wantTexts(t, h, "siti 1.0", "siti 1.1")
		wantTrimmed(t, h, "siti/1.0", "siti/1.1")
	})
}

func TestAReplyFollowsAChatThatMovedAndTheMoveIsTold(t *testing.T) {
	in(t, func(t *testing.T, h *house) {
		var told string
		h.Delivery.Moved = func(c storage.ContactID, from chat.Address, key string) {
			told = fmt.Sprint(c, " ", from.Key, " ", key)
		}
		h.net.says["siti 1.0"] = []error{&chat.SendError{Failure: chat.FailedInvalid, MovedTo: "-100", Cause: errInvalid}}
		h.Reply(owed("siti", 1, 0))
		h.finish(t)
		if tries := h.net.seen(); len(tries) != 2 || tries[1].to != "-100" || told != "siti siti -100" {
			t.Fatal(tries, told)
		}
	})
}

func TestAReplyToANetworkThatDoesNotRunHereStaysOwed(t *testing.T) {
	in(t, func(t *testing.T, h *house) {
		r := owed("siti", 1, 0)
		r.To.Network = chat.WhatsApp
		h.Reply(r, owed("siti", 1, 1))
		h.finish(t)
		wantTrimmed(t, h, "siti/1.1")
	})
}

func TestLeasesAreRenewedWhileRepliesWaitAndNoLonger(t *testing.T) {
	in(t, func(t *testing.T, h *house) {
		h.net.says["siti 1.0"] = []error{after(65 * time.Second)}
		h.Reply(owed("siti", 1, 0))
		time.Sleep(5 * time.Minute)
		synctest.Wait()
		if n := h.ledger.renewed["siti"]; n != 6 {
			t.Fatalf("renewed %d times in 65 seconds", n)
		}
	})
}

func TestNoMoreSendsAreUnderWayThanTheNetworkTakes(t *testing.T) {
	in(t, func(t *testing.T, h *house) {
		h.net.takes = time.Second
		for i := range 200 {
			h.Reply(owed(fmt.Sprint("c", i), 1, 0))
		}
		h.finish(t)
		if h.net.most != 64 {
			t.Fatalf("%d at a time", h.net.most)
		}
	})
}

func TestAtRestAnyNumberOfContactsCostNothing(t *testing.T) {
	in(t, func(t *testing.T, h *house) {
		for i := range 2_000 {
			h.Reply(owed(fmt.Sprint("c", i), 1, 0))
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		stacks := make([]byte, 1<<20)
		stacks = stacks[:runtime.Stack(stacks, true)]
		if strings.Contains(string(stacks), "delivery.(*Delivery)") {
			t.Errorf("a goroutine at rest:\n%s", stacks)
		}
		if len(h.lanes)+len(h.pending) != 0 || h.renewal != nil {
			t.Error("something stayed behind")
		}
	})
}

func TestWhateverANetworkDoesEveryReplyIsSentInOrder(t *testing.T) {
	for seed := range uint64(20) {
		in(t, func(t *testing.T, h *house) {
			random := rand.New(rand.NewPCG(seed, 0))
			failures := []error{errBusy, after(time.Second), globally(3 * time.Second), errUnsure}
			h.net.takes = 50 * time.Millisecond
			for seq := int64(1); seq <= 10; seq++ {
				for c := range 50 {
					r := owed(fmt.Sprint("c", c), seq, 0)
					if random.IntN(3) == 0 {
						h.net.mu.Lock()
						h.net.says[r.Message.Text] = []error{failures[random.IntN(len(failures))]}
						h.net.mu.Unlock()
					}
					h.Reply(r)
				}
				time.Sleep(time.Duration(random.IntN(1000)) * time.Millisecond)
			}
			h.finish(t)
			last := map[string]string{}
			order := map[string]int{}
			for _, s := range h.net.seen() {
				if last[s.to] != s.text {
					order[s.to]++
					if want := fmt.Sprintf("%s %d.0", s.to, order[s.to]); s.text != want {
						t.Fatalf("seed %d: %q came where %q was due", seed, s.text, want)
					}
				}
				last[s.to] = s.text
			}
			if len(h.ledger.trimmed) != 500 {
				t.Fatalf("seed %d: %d trimmed", seed, len(h.ledger.trimmed))
			}
		})
	}
}

func TestMetricsTellTheLatencyFromAcceptedAndAnEmptyQueueAtTheEnd(t *testing.T) {
	in(t, func(t *testing.T, h *house) {
		var latency time.Duration
		var depth, refused int
		h.Delivery.Metrics = Metrics{
			Latency: func(_ chat.Network, d time.Duration) { latency = d },
			Queued:  func(_ chat.Network, change int) { depth += change },
			Refused: func(chat.Network, chat.Failure) { refused++ },
		}
		h.net.takes = 100 * time.Millisecond
		r := owed("siti", 1, 0)
		r.Accepted = time.Now().Add(-time.Second)
		h.net.says["siti 1.0"] = []error{after(time.Second)}
		h.Reply(r)
		h.finish(t)
		if latency != 2200*time.Millisecond || depth != 0 || refused != 1 {
			t.Fatal(latency, depth, refused)
		}
	})
}
