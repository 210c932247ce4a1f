package telegramtest

import (
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"
)

func TestTheServerCanBeMountedAsAHandler(t *testing.T) {
	srv := NewHandler(Options{Token: "77:rahasia", Username: "dinas_bot"})
	t.Cleanup(srv.Close)
	own := httptest.NewServer(srv)
	t.Cleanup(own.Close)
	if srv.URL() != "" {
		t.Fatalf("URL %q without a listener", srv.URL())
	}
	a := works(t, request(t, "GET", own.URL+"/bot77:rahasia/getMe", "", ""))
	if want := `"id":77,"is_bot":true,"first_name":"Titian","username":"dinas_bot"`; !strings.Contains(string(a.Result), want) {
		t.Fatalf("%s lacks %s", a.Result, want)
	}
}

func TestTheLibrarysChannelIsServed(t *testing.T) {
	srv := setup(t, Options{})
	bot := library(t, srv)
	siti := srv.User(7001, "Siti")
	updates := bot.GetUpdatesChan(tgbotapi.UpdateConfig{Timeout: 1, AllowedUpdates: []string{"message"}})
	siti.Say("satu")
	siti.Say("dua")
	if first, second := soon(t, updates), soon(t, updates); first.Message.Text != "satu" || second.Message.Text != "dua" {
		t.Fatalf("came %+v, %+v", first, second)
	}
	bot.StopReceivingUpdates()
	for range updates { // closes once the running poll has ended
	}
	if got := srv.AllowedUpdates(); len(got) != 1 || got[0] != "message" {
		t.Fatalf("allowed %v", got)
	}
}

func TestOldMessagesAndCallsAreForgotten(t *testing.T) {
	srv, _, siti := met(t, Options{Keep: Keep{Messages: 3, Calls: 4, Updates: 2}})
	for range 10 {
		works(t, ask(t, srv, "sendMessage", send(7001, "x")))
	}
	first := siti.Say("satu").UpdateID
	siti.Say("dua")
	siti.Say("tiga")
	if n, calls, all := len(siti.Transcript()), len(srv.Calls("")), srv.Count("sendMessage"); n != 0 || calls != 4 || all != 10 || siti.SentCount() != 10 {
		t.Fatalf("%d messages and %d calls are remembered, %d counted", n, calls, all)
	}
	if len(siti.Events()) != 3 {
		t.Fatalf("%d events are remembered", len(siti.Events()))
	}
	if srv.Redeliver(first) {
		t.Fatal("a forgotten update was redelivered")
	}
}

func TestUpdatesHaveTheirRealShape(t *testing.T) {
	srv, clock, siti := met(t, Options{EasyPolling: true, FirstUpdate: 900})
	siti.Username("siti_ikm")
	post := siti.Say("halo")
	if _, err := siti.Edit(post.MessageID, "halo lagi"); err != nil {
		t.Fatal(err)
	}
	if _, err := siti.Edit(999, "x"); err == nil {
		t.Fatal("a message that is not there was edited")
	}
	at, _ := json.Marshal(clock.Now().Unix())
	who := `"from":{"id":7001,"is_bot":false,"first_name":"Siti","username":"siti_ikm","language_code":"id"},` +
		`"chat":{"id":7001,"type":"private","username":"siti_ikm","first_name":"Siti"},"date":` + string(at)
	want := `[{"update_id":901,"message":{"message_id":2,` + who + `,"text":"halo"}},` +
		`{"update_id":902,"edited_message":{"message_id":2,` + who + `,"edit_date":` + string(at) + `,"text":"halo lagi"}}]`
	if a := works(t, ask(t, srv, "getUpdates", nil)); string(a.Result) != want {
		t.Fatalf("came %s\nwant %s", a.Result, want)
	}
}

func TestAwaitEndsWithItsContext(t *testing.T) {
	srv, _, siti := met(t, Options{})
	ctx, cancel := contextFor(t, time.Nanosecond)
	defer cancel()
	if _, err := siti.Await(ctx, 1); err == nil {
		t.Error("Await came back without a message")
	}
	if _, err := siti.NextEvent(ctx); err == nil {
		t.Error("NextEvent came back without an event")
	}
	if err := srv.AwaitCalls(ctx, "sendMessage", 1); err == nil {
		t.Error("AwaitCalls came back without a call")
	}
}
