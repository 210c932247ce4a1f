package telegramtest

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// params are a call's JSON body.
type params map[string]any

// answered is what came back from a call.
type answered struct {
	Status      int             `json:"-"`
	OK          bool            `json:"ok"`
	Result      json.RawMessage `json:"result"`
	Code        int             `json:"error_code"`
	Description string          `json:"description"`
	Parameters  struct {
		RetryAfter int   `json:"retry_after"`
		MigrateTo  int64 `json:"migrate_to_chat_id"`
	} `json:"parameters"`
}

var plainClient = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 30 * time.Second}

// ask calls a method with a JSON body.
func ask(t *testing.T, srv *Server, method string, p params) answered {
	t.Helper()
	a, err := askCtx(t.Context(), srv, method, p)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func askCtx(ctx context.Context, srv *Server, method string, p params) (answered, error) {
	body, err := json.Marshal(p)
	if err != nil {
		return answered{}, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, srv.URL()+"/bot"+srv.Token()+"/"+method, bytes.NewReader(body))
	if err != nil {
		return answered{}, err
	}
	req.Header.Set("Content-Type", "application/json")
	return answerTo(req)
}

func answerTo(req *http.Request) (answered, error) {
	var a answered
	resp, err := plainClient.Do(req)
	if err != nil {
		return a, err
	}
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		return a, err
	}
	a.Status = resp.StatusCode
	return a, json.Unmarshal(raw, &a)
}

// works fails the test unless the call was done.
func works(t *testing.T, a answered) answered {
	t.Helper()
	if !a.OK || a.Status != 200 {
		t.Fatalf("answer %d %q, want it done", a.Status, a.Description)
	}
	return a
}

// refused fails the test unless the call failed with this code, as HTTP status too, and text.
func refused(t *testing.T, a answered, code int, text string) answered {
	t.Helper()
	if a.OK || a.Status != code || a.Code != code || a.Description != text {
		t.Fatalf("answer %d (%d) %q, want %d %q", a.Status, a.Code, a.Description, code, text)
	}
	return a
}

// ids lists the update ids of a getUpdates answer.
func ids(t *testing.T, a answered) []int {
	t.Helper()
	works(t, a)
	var updates []struct {
		ID int `json:"update_id"`
	}
	if err := json.Unmarshal(a.Result, &updates); err != nil {
		t.Fatal(err)
	}
	out := []int{}
	for _, u := range updates {
		out = append(out, u.ID)
	}
	return out
}

// clocked starts a server whose clock is moved by hand.
func clocked(t *testing.T, opt Options) (*Server, *Clock) {
	t.Helper()
	clock := NewClock(time.Date(2026, 6, 15, 8, 0, 0, 0, time.UTC))
	opt.Now, opt.After = clock.Now, clock.After
	return setup(t, opt), clock
}

// met starts a server and a person who has started the bot; her update is confirmed.
func met(t *testing.T, opt Options) (*Server, *Clock, *User) {
	t.Helper()
	srv, clock := clocked(t, opt)
	siti := srv.User(7001, "Siti")
	siti.Start()
	works(t, ask(t, srv, "getUpdates", params{"offset": srv.LastUpdate() + 1, "limit": 1, "timeout": 0}))
	return srv, clock, siti
}

// later runs a call in the background.
func later(t *testing.T, srv *Server, method string, p params) <-chan answered {
	t.Helper()
	out := make(chan answered, 1)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	t.Cleanup(func() { cancel(); <-ended })
	go func() {
		defer close(ended)
		a, _ := askCtx(ctx, srv, method, p)
		out <- a
	}()
	return out
}

// soon takes from a channel before the test's patience ends.
func soon[T any](t *testing.T, ch <-chan T) T {
	t.Helper()
	select {
	case v := <-ch:
		return v
	case <-time.After(20 * time.Second):
		t.Fatal("nothing came in 20 s")
		panic("unreachable")
	}
}

// waiters lets the test go on once n timers were asked for.
func waiters(t *testing.T, c *Clock, n int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	if err := c.AwaitTimers(ctx, n); err != nil {
		t.Fatalf("await %d timers: %v", n, err)
	}
}

func long(n int) string { return strings.Repeat("a", n) }

func contextFor(t *testing.T, d time.Duration) (context.Context, context.CancelFunc) {
	t.Helper()
	return context.WithTimeout(t.Context(), d)
}
