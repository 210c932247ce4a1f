package telegram

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"titian/bot/chat"
	"titian/bot/telegram/telegramtest"
)

// runHooked starts a channel by webhook, with its site.
func runHooked(t *testing.T, answers func(chat.Message) <-chan error) (*network, *Channel, *running) {
	t.Helper()
	n, s := newNetwork(t, telegramtest.Options{HTTPWebhook: true}), newSite(t)
	c := n.hooked(s)
	if answers == nil {
		answers = taken
	}
	r := &running{t: t, came: make(chan chat.Message, 4096), answers: answers}
	handler := c.Handler(r.receive)
	s.handler.Store(&handler)
	t.Cleanup(s.close)
	beside := run(t, c, nil)
	r.cancel, r.ended = beside.cancel, beside.ended
	if err := n.AwaitCalls(within(t), "setWebhook", 1); err != nil {
		t.Fatal(err)
	}
	return n, c, r
}

func TestTheWebhookIsSetWithItsSecretAndLimits(t *testing.T) {
	n, _, _ := runHooked(t, nil)
	set := n.Calls("setWebhook")[0]
	if set.Params["secret_token"] != secret || set.Params["allowed_updates"] != wanted || set.Params["max_connections"] != "40" {
		t.Errorf("setWebhook said %v", set.Params)
	}
}

func TestAnUpdateIsAnswered200OnlyAfterItsCommit(t *testing.T) {
	commit := make(chan error, 1)
	n, _, r := runHooked(t, func(chat.Message) <-chan error { return commit })
	siti := n.person()
	siti.Say("halo")
	r.next()
	if n.Pending() != 1 {
		t.Error("it was answered before its commit")
	}
	commit <- nil
	siti.Say("lagi") // posted when the first is done
	r.next()
	if n.Pending() != 1 {
		t.Errorf("%d updates wait after one commit, want only the other", n.Pending())
	}
	commit <- nil
}

func TestAFailedUpdateIsPostedAgainBeforeTheLaterOnesOfItsChat(t *testing.T) {
	fails := 3
	n, _, r := runHooked(t, func(m chat.Message) <-chan error {
		if m.Text == "satu" && fails > 0 {
			fails--
			return decided(fmt.Errorf("redis is down"))
		}
		return decided(nil)
	})
	siti := n.person()
	siti.Say("satu")
	siti.Say("dua")
	for _, want := range []string{"satu", "satu", "satu", "satu", "dua"} {
		if m := r.next(); m.Text != want {
			t.Fatalf("%q came, want %q", m.Text, want)
		}
	}
}

func TestTheHandlerTakesUpdatesFromTelegramAlone(t *testing.T) {
	update := `{"update_id":1,"message":{` + siti + `,"text":"halo"}}`
	huge := `{"update_id":1,"message":{"text":"` + strings.Repeat("x", maxBody) + `"}}`
	for _, c := range []struct {
		who, method, secret, body string
		status, came              int
	}{
		{"Telegram", "POST", secret, update, 200, 1},
		{"a stranger without the secret", "POST", "", update, 401, 0},
		{"a stranger with another secret", "POST", secret + "x", update, 401, 0},
		{"a stranger with a beginning of it", "POST", secret[:5], update, 401, 0},
		{"a browser", "GET", secret, "", 405, 0},
		{"a body over 1 MiB", "POST", secret, huge, 413, 0},
		{"JSON of no update", "POST", secret, `{"update_id":1,"message":[]}`, 200, 0},
		{"no JSON at all", "POST", secret, `<html>`, 200, 0},
		{"nothing", "POST", secret, "", 200, 0},
		{"an update of no concern", "POST", secret, `{"update_id":1,"poll":{}}`, 200, 0},
	} {
		t.Run(c.who, func(t *testing.T) {
			n := newNetwork(t, telegramtest.Options{})
			came := 0
			channel := n.channel(func(o *Options) { o.Webhook, o.Secret = "https://titian.example/telegram", secret })
			handler := channel.Handler(func(_ context.Context, m chat.Message) <-chan error { came++; return decided(nil) })
			req := httptest.NewRequest(c.method, "/telegram", strings.NewReader(c.body))
			if c.secret != "" {
				req.Header.Set("X-Telegram-Bot-Api-Secret-Token", c.secret)
			}
			answer := httptest.NewRecorder()
			handler.ServeHTTP(answer, req)
			if answer.Code != c.status || came != c.came {
				t.Errorf("answered %d with %d messages, want %d with %d", answer.Code, came, c.status, c.came)
			}
			if skipped := channel.Skipped(); (skipped == 1) != (strings.Contains(c.who, "JSON") || c.who == "nothing") {
				t.Errorf("%d skipped", skipped)
			}
		})
	}
}

func TestWithoutAWebhookTheHandlerIsNotThere(t *testing.T) {
	n := newNetwork(t, telegramtest.Options{})
	answer := httptest.NewRecorder()
	n.channel().Handler(nil).ServeHTTP(answer, httptest.NewRequest("POST", "/telegram", nil))
	if answer.Code != http.StatusNotFound {
		t.Errorf("answered %d", answer.Code)
	}
}

func TestOptionsThatCannotWorkAreRefusedAtOnce(t *testing.T) {
	for what, o := range map[string]Options{
		"no token":                  {},
		"a token of another shape":  {Token: "https://x"},
		"a root without scheme":     {Token: canary, API: "api.telegram.org"},
		"a webhook by http":         {Token: canary, Webhook: "http://x.example/telegram", Secret: "s"},
		"a webhook without secret":  {Token: canary, Webhook: "https://x.example/telegram"},
		"a secret with other signs": {Token: canary, Webhook: "https://x.example/telegram", Secret: "rahasia!"},
		"a secret too long":         {Token: canary, Webhook: "https://x.example/telegram", Secret: strings.Repeat("x", 257)},
	} {
		if _, err := New(t.Context(), o); err == nil {
			t.Errorf("%s was accepted", what)
		} else if strings.Contains(err.Error(), canary) {
			t.Errorf("%s: the error holds the token", what)
		}
	}
}
