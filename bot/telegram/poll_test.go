package telegram

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"titian/bot/chat"
	"titian/bot/chattest"
	"titian/bot/telegram/telegramtest"
)

func within(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), chattest.Patience)
	t.Cleanup(cancel)
	return ctx
}

func TestOneBlockedUpdateHoldsNobodyUpBeyondTheWindow(t *testing.T) {
	n := newNetwork(t, telegramtest.Options{})
	siti, blocked := n.person(), make(chan error, 1)
	var mu sync.Mutex
	times := map[string]int{}
	for i := range 250 {
		siti.Say(fmt.Sprint(i))
	}
	r := run(t, n.channel(), func(m chat.Message) <-chan error {
		mu.Lock()
		defer mu.Unlock()
		if times[m.Text]++; m.Text == "0" {
			return blocked
		}
		return decided(nil)
	})
	for i := range window {
		if m := r.next(); m.Text != fmt.Sprint(i) {
			t.Fatalf("message %s came, want %d", m.Text, i)
		}
	}
	if err := n.AwaitCalls(within(t), "getUpdates", 4); err != nil {
		t.Fatal(err)
	}
	polls := n.Calls("getUpdates")
	for i, poll := range polls[1:] {
		if gap := poll.At.Sub(polls[i].At); poll.Params["offset"] == polls[i].Params["offset"] && gap < 500*time.Millisecond {
			t.Errorf("offset %s was asked for again after %v", poll.Params["offset"], gap)
		}
	}
	if n.Confirmed() > 1000 {
		t.Errorf("the open update is confirmed: %d", n.Confirmed())
	}
	select {
	case m := <-r.came:
		t.Errorf("message %s came beyond the window or twice", m.Text)
	default:
	}
	blocked <- nil
	for i := window; i < 250; i++ {
		if m := r.next(); m.Text != fmt.Sprint(i) {
			t.Fatalf("message %s came, want %d", m.Text, i)
		}
	}
	if err := r.stop(); err != nil {
		t.Fatal(err)
	}
	for text, count := range times {
		if count != 1 {
			t.Errorf("message %s was received %d times", text, count)
		}
	}
	if n.Pending() != 0 {
		t.Errorf("%d updates stayed unconfirmed", n.Pending())
	}
}

func TestASlowMessageDoesNotKeepNewOnesWaiting(t *testing.T) {
	n := newNetwork(t, telegramtest.Options{})
	siti, budi := n.person(), n.person()
	slow := make(chan error, 1)
	r := run(t, n.channel(), func(m chat.Message) <-chan error {
		if m.Text == "lama" {
			return slow
		}
		return decided(nil)
	})
	siti.Say("lama")
	r.next()
	for i := range 5 {
		budi.Say(fmt.Sprint(i))
		if m := r.next(); m.Text != fmt.Sprint(i) {
			t.Fatalf("message %q came, want %d", m.Text, i)
		}
	}
	if n.Confirmed() > 1000 {
		t.Errorf("the open update is confirmed: %d", n.Confirmed())
	}
	calls := n.Count("getUpdates")
	if calls > 20 {
		t.Errorf("%d polls for six messages: the loop runs hot", calls)
	}
	slow <- nil
}

func TestWhatWasFinishedIsConfirmedAtTheEnd(t *testing.T) {
	n := newNetwork(t, telegramtest.Options{})
	r := run(t, n.channel(), nil)
	n.person().Say("halo")
	r.next()
	if err := r.stop(); err != nil {
		t.Fatal(err)
	}
	if n.Pending() != 0 || n.Confirmed() != n.LastUpdate()+1 {
		t.Errorf("%d updates wait, confirmed up to %d", n.Pending(), n.Confirmed())
	}
}

func TestABotKilledBeforeItConfirmedGetsTheUpdatesAgain(t *testing.T) {
	n := newNetwork(t, telegramtest.Options{})
	var fault *telegramtest.Trap
	cut := make(chan struct{})
	r := run(t, n.channel(), func(m chat.Message) <-chan error {
		if m.Text == "3" { // from here on nothing reaches Telegram
			fault = n.Fail("getUpdates", 0, telegramtest.Fault{DropBefore: true}, -1)
			close(cut)
		}
		return decided(nil)
	})
	siti := n.person()
	for i := range 4 {
		siti.Say(fmt.Sprint(i))
	}
	<-cut
	if err := r.stop(); err != nil {
		t.Fatal(err)
	}
	fault.Lift()
	again := run(t, n.channel(), nil)
	for again.next().Text != "3" { // it fails the test if that never comes
	}
}

func TestAPoisonUpdateIsSkippedCountedAndNotQuoted(t *testing.T) {
	n := newNetwork(t, telegramtest.Options{})
	c := n.channel()
	r := run(t, c, nil)
	siti := n.person()
	siti.Say("satu")
	r.next()
	if _, err := n.Raw(`{"message":{"message_id":"NIK 7471","chat":7}}`); err != nil {
		t.Fatal(err)
	}
	siti.Say("dua")
	if m := r.next(); m.Text != "dua" {
		t.Errorf("%q came after the poison", m.Text)
	}
	if err := r.stop(); err != nil {
		t.Fatal(err)
	}
	if c.Skipped() != 1 || n.Pending() != 0 {
		t.Errorf("%d skipped, %d waiting", c.Skipped(), n.Pending())
	}
	if n.log.find("update skipped") == "" || n.log.find("7471") != "" {
		t.Error("the log does not tell of it, or quotes it")
	}
}

func TestPollingGoesOnAfterEveryFailureThatPasses(t *testing.T) {
	for what, fault := range map[string]telegramtest.Fault{
		"another poller":               {Status: 409, Description: "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"},
		"a dropped connection":         {DropBefore: true},
		"a connection dropped after":   {DropAfter: true},
		"an answer cut off":            {Truncate: 20},
		"a proxy's error page":         {HTML502: true},
		"a server error":               {Status: 500, Description: "Internal Server Error: restart"},
		"a login page":                 {Status: 200, Body: "<html>"},
		"a refusal by someone between": {Status: 401, Body: "<html>"},
	} {
		t.Run(what, func(t *testing.T) {
			n := newNetwork(t, telegramtest.Options{})
			n.Fail("getUpdates", 0, fault, 3)
			r := run(t, n.channel(), nil)
			n.person().Say("halo")
			if m := r.next(); m.Text != "halo" {
				t.Errorf("%q came", m.Text)
			}
		})
	}
}

func TestFloodWaitsAreObeyedByThePoll(t *testing.T) {
	n := newNetwork(t, telegramtest.Options{})
	n.Fail("getUpdates", 0, telegramtest.Fault{RetryAfter: 1}, 1)
	n.person().Say("halo")
	r := run(t, n.channel(), nil)
	r.next()
	polls := n.Calls("getUpdates")
	if waited := polls[1].At.Sub(polls[0].At); waited < 900*time.Millisecond {
		t.Errorf("polled again after %v, asked to wait 1 s", waited)
	}
}

func TestAWebhookSetBehindThePollersBackIsTakenAway(t *testing.T) {
	n := newNetwork(t, telegramtest.Options{})
	c := n.channel()
	r := run(t, c, nil)
	if err := n.AwaitCalls(within(t), "deleteWebhook", 1); err != nil {
		t.Fatal(err)
	}
	if _, err := c.call(t.Context(), time.Second, "setWebhook", tgbotapi.Params{"url": "https://other.example/"}); err != nil {
		t.Fatal(err)
	}
	if err := n.AwaitCalls(within(t), "deleteWebhook", 2); err != nil {
		t.Fatal(err)
	}
	n.person().Say("halo")
	r.next()
}

func TestATokenThatIsRefusedEndsTheRunClearly(t *testing.T) {
	for _, method := range []string{"getMe", "getUpdates"} {
		n := newNetwork(t, telegramtest.Options{})
		n.Fail(method, 0, telegramtest.Fault{Status: http.StatusUnauthorized, Description: "Unauthorized"}, 1)
		r := run(t, n.channel(), nil)
		if err := r.end(); !errors.Is(err, ErrToken) {
			t.Errorf("%s: Run ended with %v, want ErrToken", method, err)
		}
	}
}

func TestEveryPollSaysWhichUpdatesItWants(t *testing.T) {
	n := newNetwork(t, telegramtest.Options{})
	r := run(t, n.channel(), nil)
	n.person().Say("halo")
	r.next()
	_ = r.stop()
	for _, call := range n.Calls("getUpdates") {
		if call.Params["allowed_updates"] != wanted {
			t.Errorf("a poll asked for %q", call.Params["allowed_updates"])
		}
	}
}

func TestOnlyTheHolderOfTheLockPolls(t *testing.T) {
	n := newNetwork(t, telegramtest.Options{})
	held, released := make(chan chan struct{}, 2), make(chan struct{}, 2)
	lock := func(ctx context.Context) (<-chan struct{}, func(), error) {
		select {
		case lost := <-held:
			return lost, func() { released <- struct{}{} }, nil
		case <-ctx.Done():
			return nil, nil, ctx.Err()
		}
	}
	first := run(t, n.channel(func(o *Options) { o.Lock = lock }), nil)
	lost := make(chan struct{})
	held <- lost
	siti := n.person()
	siti.Say("satu")
	first.next()
	close(lost)
	<-released                         // and no poll of it is under way
	second := run(t, n.channel(), nil) // it has its own lock, always held
	siti.Say("dua")
	for second.next().Text != "dua" { // what the first could not confirm any more may come before it
	}
	_ = second.stop()
	held <- make(chan struct{})
	siti.Say("tiga")
	if m := first.next(); m.Text != "tiga" {
		t.Errorf("the first replica, holding the lock again, got %q", m.Text)
	}
	if line := n.log.find("Conflict"); line != "" {
		t.Errorf("two replicas polled: %s", line)
	}
}

func TestALockThatCannotBeAskedForIsAskedForAgain(t *testing.T) {
	n := newNetwork(t, telegramtest.Options{})
	tries := 0
	r := run(t, n.channel(func(o *Options) {
		o.Lock = func(context.Context) (<-chan struct{}, func(), error) {
			if tries++; tries < 3 {
				return nil, nil, errors.New("connection refused")
			}
			return nil, func() {}, nil
		}
	}), nil)
	n.person().Say("halo")
	r.next()
}
