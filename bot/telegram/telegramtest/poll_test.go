package telegramtest

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"
)

const otherPoll = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"

func want(t *testing.T, got, expected []int) {
	t.Helper()
	if !reflect.DeepEqual(got, expected) {
		t.Fatalf("updates %v, want %v", got, expected)
	}
}

func TestUpdatesAreKeptUntilAHigherOffsetConfirmsThem(t *testing.T) {
	srv, _ := clocked(t, Options{FirstUpdate: 501, EasyPolling: true})
	siti := srv.User(7001, "Siti")
	siti.Start()
	siti.Say("satu")
	siti.Say("dua")
	want(t, ids(t, ask(t, srv, "getUpdates", nil)), []int{501, 502, 503})
	want(t, ids(t, ask(t, srv, "getUpdates", nil)), []int{501, 502, 503})
	want(t, ids(t, ask(t, srv, "getUpdates", params{"offset": 502, "limit": 1})), []int{502})
	want(t, ids(t, ask(t, srv, "getUpdates", nil)), []int{502, 503})
	if srv.Confirmed() != 502 || srv.Pending() != 2 {
		t.Fatalf("confirmed %d, pending %d", srv.Confirmed(), srv.Pending())
	}
	want(t, ids(t, ask(t, srv, "getUpdates", params{"offset": 504})), []int{})
	want(t, ids(t, ask(t, srv, "getUpdates", params{"offset": 0})), []int{})
}

func TestNegativeOffsetsCountFromTheEndAndForgetTheRest(t *testing.T) {
	srv, _ := clocked(t, Options{EasyPolling: true})
	siti := srv.User(7001, "Siti")
	for range 5 {
		siti.Say("x")
	}
	want(t, ids(t, ask(t, srv, "getUpdates", params{"offset": -2})), []int{1003, 1004})
	want(t, ids(t, ask(t, srv, "getUpdates", params{"offset": -100})), []int{1003, 1004})
}

func TestAnOffsetBeyondTheNextUpdateConfirmsNothing(t *testing.T) {
	srv, _ := clocked(t, Options{EasyPolling: true})
	srv.User(7001, "Siti").Start()
	want(t, ids(t, ask(t, srv, "getUpdates", params{"offset": 5000})), []int{1000})
}

func TestLimitIsClampedTo100(t *testing.T) {
	srv, _ := clocked(t, Options{EasyPolling: true})
	siti := srv.User(7001, "Siti")
	for range 130 {
		siti.Say("x")
	}
	for asked, got := range map[int]int{0: 1, -5: 1, 7: 7, 100: 100, 500: 100} {
		if n := len(ids(t, ask(t, srv, "getUpdates", params{"limit": asked}))); n != got {
			t.Errorf("limit %d gave %d, want %d", asked, n, got)
		}
	}
}

func TestALongPollIsWokenByAnUpdate(t *testing.T) {
	srv, clock := clocked(t, Options{})
	poll := later(t, srv, "getUpdates", params{"timeout": 30})
	waiters(t, clock, 1)
	srv.User(7001, "Siti").Start()
	want(t, ids(t, soon(t, poll)), []int{1000})
}

func TestTheTimeoutIsClampedTo50Seconds(t *testing.T) {
	srv, clock := clocked(t, Options{})
	poll := later(t, srv, "getUpdates", params{"timeout": 600})
	waiters(t, clock, 1)
	clock.Advance(50 * time.Second)
	want(t, ids(t, soon(t, poll)), []int{})
}

func TestSecondPollerEndsTheFirstWithConflict(t *testing.T) {
	srv, clock := clocked(t, Options{})
	first := later(t, srv, "getUpdates", params{"timeout": 30})
	waiters(t, clock, 1)
	second := later(t, srv, "getUpdates", params{"timeout": 30, "offset": 1})
	refused(t, soon(t, first), 409, otherPoll)
	waiters(t, clock, 2)

	third := later(t, srv, "getUpdates", params{"timeout": 30, "offset": 2})
	waiters(t, clock, 4) // the third's poll and the second's late answer
	select {
	case a := <-second:
		t.Fatalf("a conflict within 3 s of the last was answered at once: %+v", a)
	default:
	}
	clock.Advance(3 * time.Second)
	refused(t, soon(t, second), 409, otherPoll)
	srv.User(7001, "Siti").Start()
	want(t, ids(t, soon(t, third)), []int{1000})
}

func TestPollingWhileAWebhookIsSetIsAConflict(t *testing.T) {
	srv, clock := clocked(t, Options{})
	waiting := later(t, srv, "getUpdates", params{"timeout": 30})
	waiters(t, clock, 1)
	works(t, ask(t, srv, "setWebhook", params{"url": "https://bot.example.id/telegram"}))
	refused(t, soon(t, waiting), 409, "Conflict: terminated by setWebhook request")
	clock.Advance(4 * time.Second)
	refused(t, ask(t, srv, "getUpdates", nil), 409,
		"Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first")
	works(t, ask(t, srv, "deleteWebhook", nil))
	works(t, ask(t, srv, "getUpdates", nil))
}

func TestPollingTheSameOffsetAgainAtOnceIsSlowed(t *testing.T) {
	srv, clock := clocked(t, Options{})
	siti := srv.User(7001, "Siti")
	siti.Start()
	siti.Say("dua")
	want(t, ids(t, ask(t, srv, "getUpdates", nil)), []int{1000, 1001})
	want(t, ids(t, ask(t, srv, "getUpdates", nil)), []int{1000})
	clock.Advance(600 * time.Millisecond)
	want(t, ids(t, ask(t, srv, "getUpdates", nil)), []int{1000, 1001})

	works(t, ask(t, srv, "getUpdates", params{"offset": 1002}))
	held := later(t, srv, "getUpdates", params{"offset": 1002})
	waiters(t, clock, 1)
	clock.Advance(3 * time.Second)
	want(t, ids(t, soon(t, held)), []int{})
}

func TestUpdatesAreForgottenAfter24HoursAndTapsAfter150Seconds(t *testing.T) {
	srv, clock, siti := met(t, Options{EasyPolling: true})
	works(t, ask(t, srv, "sendMessage", params{"chat_id": 7001, "text": "?", "reply_markup": params{"inline_keyboard": [][]params{{{"text": "Ya", "callback_data": "y"}}}}}))
	say := siti.Say("x")
	if _, err := siti.Tap(siti.Next(t).ID, "Ya"); err != nil {
		t.Fatal(err)
	}
	clock.Advance(151 * time.Second)
	want(t, ids(t, ask(t, srv, "getUpdates", nil)), []int{say.UpdateID})
	clock.Advance(24 * time.Hour)
	want(t, ids(t, ask(t, srv, "getUpdates", nil)), []int{})
}

func TestAllowedUpdatesAreHonouredAndRemembered(t *testing.T) {
	srv, _, siti := met(t, Options{EasyPolling: true})
	if id := siti.React(1, "👍"); id != 0 {
		t.Fatal("a reaction came without being asked for")
	}
	works(t, ask(t, srv, "getUpdates", params{"allowed_updates": []string{"message_reaction"}}))
	if id := siti.React(1, "👍"); id == 0 {
		t.Fatal("a reaction did not come")
	}
	works(t, ask(t, srv, "getUpdates", params{"allowed_updates": nil}))
	if post := siti.Say("x"); post.UpdateID != 0 {
		t.Fatal("a message came though only reactions were asked for")
	}
	works(t, ask(t, srv, "getUpdates", params{"allowed_updates": []string{}}))
	if post := siti.Say("x"); post.UpdateID == 0 {
		t.Fatal("an empty list did not restore the default")
	}
	refused(t, ask(t, srv, "getUpdates", params{"allowed_updates": []string{"massage"}}), 400,
		`Bad Request: allowed_updates names "massage", which is no kind of update`)
}

func TestAnUpdateCanBeDeliveredAgainUnderItsID(t *testing.T) {
	srv, _, siti := met(t, Options{EasyPolling: true})
	post := siti.Say("x")
	want(t, ids(t, ask(t, srv, "getUpdates", params{"offset": post.UpdateID + 1})), []int{})
	if !srv.Redeliver(post.UpdateID) || srv.Redeliver(99999) {
		t.Fatal("redelivery")
	}
	want(t, ids(t, ask(t, srv, "getUpdates", params{"offset": post.UpdateID + 1})), []int{post.UpdateID})
	want(t, ids(t, ask(t, srv, "getUpdates", params{"offset": post.UpdateID + 1})), []int{})
}

func TestAnyUpdateCanBeRaw(t *testing.T) {
	srv, _, _ := met(t, Options{EasyPolling: true})
	id, err := srv.Raw(`{"message":{"message_id":"bukan angka"}}`)
	if err != nil || id == 0 {
		t.Fatal(id, err)
	}
	a := works(t, ask(t, srv, "getUpdates", nil))
	if !strings.Contains(string(a.Result), `"bukan angka"`) || !json.Valid(a.Result) {
		t.Fatalf("came %s", a.Result)
	}
	for _, wrong := range []string{"", "[]", `{"a":1,"b":2}`} {
		if _, err := srv.Raw(wrong); err == nil {
			t.Errorf("%q was taken", wrong)
		}
	}
}
