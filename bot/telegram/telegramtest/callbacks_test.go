package telegramtest

import (
	"strings"
	"testing"
	"time"
)

const tooOld = "Bad Request: query is too old and response timeout expired or query ID is invalid"

// asked sends a question with one button and gives the message.
func asked(t *testing.T, srv *Server, siti *User) Sent {
	t.Helper()
	works(t, ask(t, srv, "sendMessage", params{"chat_id": 7001, "text": "?", "reply_markup": params{"inline_keyboard": [][]params{{{"text": "Ya", "callback_data": "y:1"}}}}}))
	return siti.Next(t)
}

func TestATapIsAnsweredOnceAndInTime(t *testing.T) {
	srv, clock, siti := met(t, Options{EasyPolling: true})
	question := asked(t, srv, siti)
	tap, err := siti.Tap(question.ID, "Ya")
	if err != nil {
		t.Fatal(err)
	}
	a := works(t, ask(t, srv, "getUpdates", nil))
	for _, part := range []string{`"callback_query":{"id":"` + tap.ID + `"`, `"from":{"id":7001`, `"data":"y:1"`, `"chat_instance":"`, `"reply_markup":{"inline_keyboard":[[{"text":"Ya","callback_data":"y:1"}]]}`} {
		if !strings.Contains(string(a.Result), part) {
			t.Fatalf("%s\nlacks %s", a.Result, part)
		}
	}
	refused(t, ask(t, srv, "answerCallbackQuery", params{"callback_query_id": "1"}), 400, tooOld)
	refused(t, ask(t, srv, "answerCallbackQuery", params{"callback_query_id": tap.ID, "text": long(201)}), 400, "Bad Request: MESSAGE_TOO_LONG")
	works(t, ask(t, srv, "answerCallbackQuery", params{"callback_query_id": tap.ID, "text": long(200), "show_alert": true}))
	refused(t, ask(t, srv, "answerCallbackQuery", params{"callback_query_id": tap.ID}), 400, tooOld)
	if answer, err := tap.Await(t.Context()); err != nil || !answer.Alert || len(answer.Text) != 200 {
		t.Fatalf("answer %+v, %v", answer, err)
	}

	late, err := siti.Tap(question.ID, "y:1")
	if err != nil {
		t.Fatal(err)
	}
	clock.Advance(16 * time.Second)
	refused(t, ask(t, srv, "answerCallbackQuery", params{"callback_query_id": late.ID}), 400, tooOld)
	if late.Answered() {
		t.Fatal("a late answer counts")
	}
}

func TestOnlyAButtonThatIsThereCanBeTapped(t *testing.T) {
	srv, _, siti := met(t, Options{EasyPolling: true})
	question := asked(t, srv, siti)
	for _, id := range []int{question.ID, 999} {
		if _, err := siti.Tap(id, "Tidak"); err == nil {
			t.Errorf("tapped a button that is not under %d", id)
		}
	}
	works(t, ask(t, srv, "editMessageReplyMarkup", params{"chat_id": 7001, "message_id": question.ID}))
	if _, err := siti.Tap(question.ID, "Ya"); err == nil {
		t.Error("tapped a button that was taken away")
	}
	siti.TapForgotten(999, "y:1")
	if a := works(t, ask(t, srv, "getUpdates", nil)); !strings.Contains(string(a.Result), `"message":{"message_id":999,"chat":{"id":7001,"type":"private","first_name":"Siti"},"date":0}`) {
		t.Fatalf("came %s", a.Result)
	}
}
