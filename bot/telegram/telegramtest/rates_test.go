package telegramtest

import (
	"fmt"
	"testing"
	"time"
)

// sendUntil429 sends to chats in turn until one is refused; it gives how many passed and the refusal.
func sendUntil429(t *testing.T, srv *Server, chats ...int64) (int, answered) {
	t.Helper()
	for n := range 200 {
		if a := ask(t, srv, "sendMessage", send(chats[n%len(chats)], fmt.Sprint("x", n))); !a.OK {
			return n, a
		}
	}
	t.Fatal("200 messages passed")
	return 0, answered{}
}

func TestAllChatsTogetherTake30MessagesASecond(t *testing.T) {
	srv, clock, _ := met(t, Options{Limits: Limits{PerSecond: 30}})
	n, a := sendUntil429(t, srv, 7001)
	refused(t, a, 429, "Too Many Requests: retry after 1")
	if n != 30 || a.Parameters.RetryAfter != 1 {
		t.Fatalf("%d passed, retry_after %d", n, a.Parameters.RetryAfter)
	}
	clock.Advance(time.Second)
	if n, _ := sendUntil429(t, srv, 7001); n != 30 {
		t.Fatalf("%d passed a second later", n)
	}
}

func TestAStrictLimitHoldsInAnySecond(t *testing.T) {
	srv, clock, _ := met(t, Options{Limits: Limits{PerSecond: 10, Strict: true}})
	for range 5 {
		works(t, ask(t, srv, "sendMessage", send(7001, "early")))
	}
	clock.Advance(900 * time.Millisecond)
	if n, a := sendUntil429(t, srv, 7001); n != 5 || a.Parameters.RetryAfter != 1 {
		t.Fatalf("%d passed, retry_after %d", n, a.Parameters.RetryAfter)
	}
	clock.Advance(100 * time.Millisecond) // the early ones are a second old, the others are not
	if n, _ := sendUntil429(t, srv, 7001); n != 5 {
		t.Fatalf("%d passed when the early ones were a second old", n)
	}
}

func TestOneChatTakesABurstAndThenOneMessageASecond(t *testing.T) {
	srv, clock, _ := met(t, Options{Limits: Limits{PerChat: 1, ChatBurst: 3}})
	srv.User(7002, "Amir").Start()
	if n, _ := sendUntil429(t, srv, 7001); n != 3 {
		t.Fatalf("%d passed at once", n)
	}
	works(t, ask(t, srv, "sendMessage", send(7002, "x")))
	clock.Advance(time.Second)
	if n, _ := sendUntil429(t, srv, 7001); n != 1 {
		t.Fatalf("%d passed a second later", n)
	}
}

func TestOneGroupTakes20MessagesAMinuteEditsIncluded(t *testing.T) {
	srv, clock := clocked(t, Options{Limits: Limits{GroupPerMinute: 20}})
	group := srv.Group(-500, "Staf")
	n, a := sendUntil429(t, srv, -500)
	if n != 20 || a.Parameters.RetryAfter != 3 {
		t.Fatalf("%d passed, retry_after %d", n, a.Parameters.RetryAfter)
	}
	clock.Advance(3 * time.Second)
	id := group.Next(t).ID
	works(t, ask(t, srv, "editMessageText", params{"chat_id": -500, "message_id": id, "text": "y"}))
	refused(t, ask(t, srv, "editMessageText", params{"chat_id": -500, "message_id": id, "text": "z"}), 429, "Too Many Requests: retry after 3")
}

func TestARateOfZeroIsNoLimit(t *testing.T) {
	srv, _, siti := met(t, Options{})
	for range 150 {
		works(t, ask(t, srv, "sendMessage", send(7001, "x")))
	}
	if siti.SentCount() != 150 {
		t.Fatal("not all were sent")
	}
}

func TestUploadsOfOneSizeAreSlowedButNotTheirFileID(t *testing.T) {
	srv, _, siti := met(t, Options{Limits: Limits{SameSize: 2}})
	content := make([]byte, 100_001)
	works(t, uploading(t, srv, "sendDocument", "document", "a.pdf", content, toSiti))
	works(t, uploading(t, srv, "sendDocument", "document", "a.pdf", content, toSiti))
	refused(t, uploading(t, srv, "sendDocument", "document", "a.pdf", content, toSiti), 429, "Too Many Requests: retry after 60")
	works(t, ask(t, srv, "sendDocument", params{"chat_id": 7001, "document": siti.Next(t).Document}))
	works(t, uploading(t, srv, "sendDocument", "document", "a.pdf", content[:99_999], toSiti))
}

func TestAPaidBroadcastMustBeBought(t *testing.T) {
	paid := params{"chat_id": 7001, "text": "x", "allow_paid_broadcast": true}
	srv, _, _ := met(t, Options{})
	refused(t, ask(t, srv, "sendMessage", paid), 400, "Bad Request: paid broadcasts are not enabled for the bot")
	bought, _, _ := met(t, Options{PaidBroadcast: true, Limits: Limits{PerSecond: 30}})
	for range 100 {
		works(t, ask(t, bought, "sendMessage", paid))
	}
}
