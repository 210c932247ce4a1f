package telegram

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// callee is a server that counts its connections.
type callee struct {
	*httptest.Server
	opened atomic.Int64
}

func newCallee(t *testing.T, secure bool, answer http.HandlerFunc) (*callee, *Channel) {
	t.Helper()
	s := &callee{Server: httptest.NewUnstartedServer(answer)}
	s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			s.opened.Add(1)
		}
	}
	if secure {
		s.StartTLS()
	} else {
		s.Start()
	}
	t.Cleanup(s.Close)
	c, err := New(t.Context(), Options{Token: "7:rahasia_contoh", API: s.URL})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.letGo)
	if secure {
		c.wire.tls.RootCAs = s.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
	}
	return s, c
}

func says(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		_, _ = io.WriteString(w, text)
	}
}

func calls(t *testing.T, c *Channel, want string) {
	t.Helper()
	got, err := c.call(t.Context(), time.Minute, "getMe", nil)
	if err != nil || string(got) != want {
		t.Errorf("a call gives %s, %v; want %s", got, err, want)
	}
}

func TestCallsGoOverOneKeptConnection(t *testing.T) {
	for _, secure := range []bool{false, true} {
		s, c := newCallee(t, secure, says(`{"ok":true,"result":{"id":7}}`))
		for range 5 {
			calls(t, c, `{"id":7}`)
		}
		if n := s.opened.Load(); n != 1 {
			t.Errorf("secure %t: 5 calls took %d connections", secure, n)
		}
	}
}

func TestAKeptConnectionThatTheServerClosedIsNotUsedAgain(t *testing.T) {
	for _, secure := range []bool{false, true} {
		s, c := newCallee(t, secure, says(`{"ok":true,"result":true}`))
		for range 3 {
			calls(t, c, "true")
			s.CloseClientConnections()
		}
	}
}

func TestAnAnswerInPiecesIsPutTogether(t *testing.T) {
	s, c := newCallee(t, false, func(w http.ResponseWriter, r *http.Request) {
		for _, piece := range []string{`{"ok":true,`, `"result":[1,`, `2]}`} {
			_, _ = io.WriteString(w, piece)
			_ = http.NewResponseController(w).Flush()
		}
	})
	calls(t, c, `[1,2]`)
	calls(t, c, `[1,2]`)
	if n := s.opened.Load(); n != 1 {
		t.Errorf("2 calls took %d connections", n)
	}
}

func TestAServerThatWantsToCloseIsObeyed(t *testing.T) {
	s, c := newCallee(t, false, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Connection", "close")
		_, _ = io.WriteString(w, `{"ok":true,"result":true,"description":"contoh"}`)
	})
	calls(t, c, "true")
	calls(t, c, "true")
	if n := s.opened.Load(); n != 2 {
		t.Errorf("2 calls took %d connections", n)
	}
}

func TestAnAnswerThatIsCutShortLeavesTheSendUnsure(t *testing.T) {
	_, c := newCallee(t, false, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Length", "40")
		_, _ = io.WriteString(w, `{"ok":true,`)
	})
	_, err := c.call(t.Context(), time.Minute, "sendMessage", nil)
	failed, ok := errors.AsType[*apiError](err)
	if !ok || !failed.written || !errors.Is(failed.cause, io.ErrUnexpectedEOF) {
		t.Errorf("a call whose answer is cut short: %#v", err)
	}
}

func TestACallEndsWithItsContextAndItsConnectionIsNotUsedAgain(t *testing.T) {
	var hang atomic.Bool
	reached, release := make(chan struct{}, 1), make(chan struct{})
	s, c := newCallee(t, false, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		if hang.Load() {
			reached <- struct{}{}
			<-release
		}
		_, _ = io.WriteString(w, `{"ok":true,"result":true}`)
	})
	defer close(release)
	calls(t, c, "true")
	hang.Store(true)
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-reached; cancel() }()
	_, err := c.call(ctx, time.Minute, "sendMessage", nil)
	failed, ok := errors.AsType[*apiError](err)
	if !ok || !failed.written || !errors.Is(err, context.Canceled) {
		t.Errorf("a call whose context ends: %v", err)
	}
	hang.Store(false)
	calls(t, c, "true")
	if n := s.opened.Load(); n != 2 {
		t.Errorf("%d connections, want a second one after the call that was given up", n)
	}
	hang.Store(true)
	_, err = c.call(t.Context(), 50*time.Millisecond, "sendMessage", nil)
	if failed, ok := errors.AsType[*apiError](err); !ok || !failed.written || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a call that takes too long: %v", err)
	}
}

func TestACallThatReachesNobodyWasNotWritten(t *testing.T) {
	s, c := newCallee(t, false, says("{}"))
	s.Close()
	_, err := c.call(t.Context(), time.Minute, "sendMessage", nil)
	if failed, ok := errors.AsType[*apiError](err); !ok || failed.written || failed.code != 0 {
		t.Errorf("a call that nobody hears: %v", err)
	}
}

// hasty is a connection whose call ends just as its deadline is set.
type hasty struct {
	net.Conn
	end     context.CancelFunc
	written int
}

func (h *hasty) Write(b []byte) (int, error) {
	h.written++
	return h.Conn.Write(b)
}

func (h *hasty) SetDeadline(at time.Time) error {
	if at.After(time.Now()) {
		h.end()
		synctest.Wait() // whoever heard of the end has acted on it
	}
	return h.Conn.SetDeadline(at)
}

func TestACallThatEndedWritesNothingAndWaitsForNobody(t *testing.T) {
	for _, first := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			near, far := net.Pipe()
			defer far.Close()
			go func() { _, _ = io.Copy(io.Discard, far) }() // it hears everything and answers nothing
			ctx, end := context.WithCancel(t.Context())
			h := &hasty{Conn: near, end: end}
			w := &wire{free: []*strand{{Conn: h, raw: h, read: bufio.NewReader(h), freed: time.Now()}}}
			if first {
				end()
			}
			began := time.Now()
			a, err := w.do(ctx, began.Add(30*time.Second), "sendMessage", []byte("text=tidak"))
			if err == nil || a.written || h.written > 0 {
				t.Errorf("ended first %t: written %t (%d times), %v", first, a.written, h.written, err)
			}
			if waited := time.Since(began); waited > 0 {
				t.Errorf("ended first %t: it was waited for %v", first, waited)
			}
		})
	}
}
