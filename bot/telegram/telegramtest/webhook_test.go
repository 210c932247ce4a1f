package telegramtest

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// delivery is one update at the bot's door; it answers when the test says so.
type delivery struct {
	id     int
	kind   string
	header http.Header
	answer chan<- func(http.ResponseWriter)
}

func (d delivery) ok() { d.answer <- func(http.ResponseWriter) {} }

func (d delivery) status(code int, header ...string) {
	d.answer <- func(w http.ResponseWriter) {
		for i := 0; i < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(code)
	}
}

// door is the bot's webhook: what arrives goes to the test.
func door(t *testing.T) (string, <-chan delivery) {
	t.Helper()
	arrivals := make(chan delivery, 100)
	bot := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		var fields map[string]json.RawMessage
		if err := json.Unmarshal(body, &fields); err != nil {
			t.Errorf("update: %v", err)
		}
		answer := make(chan func(http.ResponseWriter), 1)
		d := delivery{header: r.Header, answer: answer}
		for k, v := range fields {
			if k == "update_id" {
				_ = json.Unmarshal(v, &d.id)
			} else {
				d.kind = k
			}
		}
		arrivals <- d
		select {
		case write := <-answer:
			write(w)
		case <-r.Context().Done():
		}
	}))
	t.Cleanup(bot.Close)
	return bot.URL + "/telegram", arrivals
}

// hooked starts a server that delivers to a door.
func hooked(t *testing.T, p params) (*Server, *Clock, <-chan delivery) {
	t.Helper()
	url, arrivals := door(t)
	srv, clock := clocked(t, Options{HTTPWebhook: true})
	if p == nil {
		p = params{}
	}
	p["url"] = url
	if a := works(t, ask(t, srv, "setWebhook", p)); a.Description != "Webhook was set" {
		t.Fatalf("description %q", a.Description)
	}
	t.Cleanup(srv.Close)
	return srv, clock, arrivals
}

func none(t *testing.T, arrivals <-chan delivery) {
	t.Helper()
	select {
	case d := <-arrivals:
		t.Fatalf("update %d arrived, want none", d.id)
	default:
	}
}

func TestWebhookAddressAndSecretRules(t *testing.T) {
	srv, clock := clocked(t, Options{})
	for _, c := range []struct {
		name, text string
		p          params
	}{
		{"http", "Bad Request: bad webhook: An HTTPS URL must be provided for webhook", params{"url": "http://bot.example.id/x"}},
		{"port", "Bad Request: bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443", params{"url": "https://bot.example.id:9000/x"}},
		{"loopback", "Bad Request: bad webhook: IP address 127.0.0.1 is reserved", params{"url": "https://127.0.0.1/x"}},
		{"nonsense", "Bad Request: invalid webhook URL specified", params{"url": "bot"}},
		{"secret of other characters", "Bad Request: secret token contains unallowed characters", params{"url": "https://bot.example.id", "secret_token": "a b"}},
		{"secret of 257", "Bad Request: secret token is too long", params{"url": "https://bot.example.id", "secret_token": long(257)}},
	} {
		t.Run(c.name, func(t *testing.T) {
			refused(t, ask(t, srv, "setWebhook", c.p), 400, c.text)
			clock.Advance(time.Second)
		})
	}
	works(t, ask(t, srv, "setWebhook", params{"url": "https://bot.example.id:8443/x", "secret_token": long(256), "max_connections": 500}))
	refused(t, ask(t, srv, "setWebhook", params{"url": "https://bot.example.id"}), 429, "Too Many Requests: retry after 1")
	a := works(t, ask(t, srv, "getWebhookInfo", nil))
	if !strings.Contains(string(a.Result), `"url":"https://bot.example.id:8443/x"`) || !strings.Contains(string(a.Result), `"max_connections":100`) {
		t.Fatalf("info %s", a.Result)
	}
	if a := works(t, ask(t, srv, "deleteWebhook", nil)); a.Description != "Webhook was deleted" {
		t.Fatalf("description %q", a.Description)
	}
	if a := works(t, ask(t, srv, "deleteWebhook", nil)); a.Description != "Webhook is already deleted" {
		t.Fatalf("description %q", a.Description)
	}
}

func TestTheSecretComesInItsHeader(t *testing.T) {
	srv, _, arrivals := hooked(t, params{"secret_token": "rahasia_1"})
	srv.User(7001, "Siti").Start()
	d := soon(t, arrivals)
	if got := d.header.Get("X-Telegram-Bot-Api-Secret-Token"); got != "rahasia_1" || d.kind != "message" {
		t.Fatalf("secret %q, kind %q", got, d.kind)
	}
	d.ok()
}

func TestMessagesOfOneChatComeOneAtATimeAndChatsInParallel(t *testing.T) {
	srv, _, arrivals := hooked(t, nil)
	siti, amir := srv.User(7001, "Siti"), srv.User(7002, "Amir")
	siti.Say("1")
	siti.Say("2")
	amir.Say("3")
	first, other := soon(t, arrivals), soon(t, arrivals)
	if first.id > other.id {
		first, other = other, first
	}
	if first.id != 1000 || other.id != 1002 {
		t.Fatalf("arrived %d and %d", first.id, other.id)
	}
	none(t, arrivals)
	first.ok()
	second := soon(t, arrivals)
	if second.id != 1001 {
		t.Fatalf("arrived %d", second.id)
	}
	other.ok()
	second.ok()
}

func TestATapMayOvertakeTheMessageBeforeIt(t *testing.T) {
	srv, _, arrivals := hooked(t, nil)
	siti := srv.User(7001, "Siti")
	siti.Say("1")
	message := soon(t, arrivals)
	siti.TapForgotten(1, "ya")
	tap := soon(t, arrivals)
	if tap.kind != "callback_query" {
		t.Fatalf("arrived %s", tap.kind)
	}
	tap.ok()
	message.ok()
}

func TestNoMoreDeliveriesAtOnceThanMaxConnections(t *testing.T) {
	srv, _, arrivals := hooked(t, params{"max_connections": 2})
	for id := range int64(4) {
		srv.User(7001+id, "U").Start()
	}
	a, b := soon(t, arrivals), soon(t, arrivals)
	none(t, arrivals)
	a.ok()
	c := soon(t, arrivals)
	b.ok()
	d := soon(t, arrivals)
	c.ok()
	d.ok()
}

func TestARefusedDeliveryComesAgainAtOnceAndThenAfter2And4Seconds(t *testing.T) {
	srv, clock, arrivals := hooked(t, nil)
	srv.User(7001, "Siti").Start()
	soon(t, arrivals).status(500)
	soon(t, arrivals).status(500)
	for i, pause := range []time.Duration{2, 4, 8, 16, 32, 60, 60} {
		waiters(t, clock, i+1)
		clock.Advance(pause*time.Second - 1)
		none(t, arrivals)
		clock.Advance(1)
		soon(t, arrivals).status(503)
	}
	waiters(t, clock, 8)
	if a := works(t, ask(t, srv, "getWebhookInfo", nil)); !strings.Contains(string(a.Result), "Wrong response from the webhook: 503 Service Unavailable") {
		t.Fatalf("info %s", a.Result)
	}
	clock.Advance(time.Minute)
	soon(t, arrivals).ok()
}

func TestRetryAfterOfTheWebhookIsHonoured(t *testing.T) {
	srv, clock, arrivals := hooked(t, nil)
	srv.User(7001, "Siti").Start()
	soon(t, arrivals).status(503, "Retry-After", "30")
	waiters(t, clock, 1)
	clock.Advance(29 * time.Second)
	none(t, arrivals)
	clock.Advance(time.Second)
	soon(t, arrivals).ok()
}

func TestAnUpdateRefusedFor24HoursIsDropped(t *testing.T) {
	srv, clock, arrivals := hooked(t, nil)
	siti := srv.User(7001, "Siti")
	siti.Start()
	soon(t, arrivals).status(500)
	second := soon(t, arrivals)
	clock.Advance(24 * time.Hour)
	second.status(500)
	next := siti.Say("x")
	d := soon(t, arrivals)
	if d.id != next.UpdateID {
		t.Fatalf("arrived %d, want %d", d.id, next.UpdateID)
	}
	d.ok()
}

func TestGoneFor23HoursClosesTheWebhook(t *testing.T) {
	srv, clock, arrivals := hooked(t, nil)
	srv.User(7001, "Siti").Start()
	soon(t, arrivals).status(410)
	again := soon(t, arrivals)
	clock.Advance(23*time.Hour + time.Minute)
	again.status(410)
	if err := srv.AwaitNoWebhook(t.Context()); err != nil {
		t.Fatal(err)
	}
	want(t, ids(t, ask(t, srv, "getUpdates", nil)), []int{1000})
}

func TestUpdatesOfAClosedServerStayWithIt(t *testing.T) {
	srv, _, arrivals := hooked(t, nil)
	srv.User(7001, "Siti").Start()
	soon(t, arrivals)
	srv.Close() // lets go of the delivery that waits for its answer
	if srv.Pending() != 1 {
		t.Fatalf("pending %d", srv.Pending())
	}
}

func TestAMethodInTheWebhooksAnswerIsDone(t *testing.T) {
	srv, _, arrivals := hooked(t, nil)
	siti := srv.User(7001, "Siti")
	siti.Start()
	soon(t, arrivals).answer <- func(w http.ResponseWriter) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"method":"sendMessage","chat_id":7001,"text":"Selamat datang"}`)
	}
	if got := siti.Next(t).Text; got != "Selamat datang" {
		t.Fatalf("Siti sees %q", got)
	}
	siti.Say("x")
	soon(t, arrivals).answer <- func(w http.ResponseWriter) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"method":"deleteWebhook"}`)
	}
	siti.Say("y")
	soon(t, arrivals).ok()
	if n := srv.Count("deleteWebhook"); n != 0 {
		t.Fatalf("deleteWebhook was done %d times", n)
	}
}

func TestUpdatesOfBeforeTheWebhookAreDeliveredUnlessDropped(t *testing.T) {
	url, arrivals := door(t)
	srv, clock := clocked(t, Options{HTTPWebhook: true})
	siti := srv.User(7001, "Siti")
	siti.Start()
	works(t, ask(t, srv, "setWebhook", params{"url": url}))
	d := soon(t, arrivals)
	works(t, ask(t, srv, "deleteWebhook", params{"drop_pending_updates": true}))
	d.ok()
	clock.Advance(time.Second)
	works(t, ask(t, srv, "setWebhook", params{"url": url}))
	late := siti.Say("x")
	if d := soon(t, arrivals); d.id != late.UpdateID {
		t.Fatalf("arrived %d, want %d", d.id, late.UpdateID)
	} else {
		d.ok()
	}
	t.Cleanup(srv.Close)
}

func TestAnUpdateIsRedeliveredToTheWebhook(t *testing.T) {
	srv, _, arrivals := hooked(t, nil)
	post := srv.User(7001, "Siti").Start()
	soon(t, arrivals).ok()
	srv.Redeliver(post.UpdateID)
	if d := soon(t, arrivals); d.id != post.UpdateID {
		t.Fatalf("arrived %d", d.id)
	} else {
		d.ok()
	}
}
