package telegramtest

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"
)

func TestFaultsThatAnswer(t *testing.T) {
	srv, _, siti := met(t, Options{})
	for _, c := range []struct {
		name  string
		fault Fault
		code  int
		text  string
	}{
		{"429", Fault{RetryAfter: 7}, 429, "Too Many Requests: retry after 7"},
		{"500", Fault{Status: 500}, 500, "Internal Server Error"},
		{"401", Fault{Status: 401}, 401, "Unauthorized"},
		{"own text", Fault{Status: 403, Description: "Forbidden: user is deactivated"}, 403, "Forbidden: user is deactivated"},
		{"upgraded", Fault{MigrateTo: -1001}, 400, "Bad Request: group chat was upgraded to a supergroup chat"},
	} {
		t.Run(c.name, func(t *testing.T) {
			srv.Fail("sendMessage", 7001, c.fault, 1)
			a := refused(t, ask(t, srv, "sendMessage", send(7001, "x")), c.code, c.text)
			if a.Parameters.RetryAfter != c.fault.RetryAfter || a.Parameters.MigrateTo != c.fault.MigrateTo {
				t.Fatalf("parameters %+v", a.Parameters)
			}
		})
	}
	srv.Fail("sendMessage", 0, Fault{HTML502: true}, 1)
	if _, err := askCtx(t.Context(), srv, "sendMessage", send(7001, "x")); err == nil || !strings.Contains(err.Error(), "invalid character '<'") {
		t.Fatalf("HTML page: %v", err)
	}
	if n := siti.SentCount(); n != 0 {
		t.Fatalf("%d messages were sent", n)
	}
	works(t, ask(t, srv, "sendMessage", send(7001, "x")))
}

func TestAConnectionDroppedAfterTheCallLeavesItDone(t *testing.T) {
	srv, _, siti := met(t, Options{})
	srv.Fail("sendMessage", 0, Fault{DropBefore: true}, 1)
	trap := srv.Fail("sendMessage", 0, Fault{DropAfter: true}, 1)
	for range 2 {
		if _, err := askCtx(t.Context(), srv, "sendMessage", send(7001, "x")); !errors.Is(err, io.EOF) && err == nil {
			t.Fatalf("error %v", err)
		}
	}
	if n := siti.SentCount(); n != 1 || trap.Hits() != 1 {
		t.Fatalf("%d messages were sent, %d hits", n, trap.Hits())
	}
}

func TestAHangingCallIsDoneOrNotAsToldAndNeverAnswered(t *testing.T) {
	for _, c := range []struct {
		name  string
		fault Fault
		sent  int
	}{{"before", Fault{Hang: true}, 0}, {"after", Fault{HangAfter: true}, 1}} {
		t.Run(c.name, func(t *testing.T) {
			srv, _, siti := met(t, Options{})
			trap := srv.Fail("sendMessage", 0, c.fault, 1)
			ctx, cancel := context.WithCancel(t.Context())
			failed := make(chan error, 1)
			go func() {
				_, err := askCtx(ctx, srv, "sendMessage", send(7001, "x"))
				failed <- err
			}()
			if err := trap.Await(t.Context(), 1); err != nil {
				t.Fatal(err)
			}
			cancel()
			if err := soon(t, failed); !errors.Is(err, context.Canceled) || siti.SentCount() != c.sent {
				t.Fatalf("%v, %d sent", err, siti.SentCount())
			}
		})
	}
}

func TestADelayedCallIsDoneLater(t *testing.T) {
	srv, clock, siti := met(t, Options{})
	srv.Fail("sendMessage", 0, Fault{Delay: 20 * time.Second}, 1)
	call := later(t, srv, "sendMessage", send(7001, "x"))
	waiters(t, clock, 1)
	if siti.SentCount() != 0 {
		t.Fatal("sent too early")
	}
	clock.Advance(20 * time.Second)
	works(t, soon(t, call))
	siti.Next(t)
}

func TestATrapIsForItsMethodAndChatAndTimes(t *testing.T) {
	srv, _, _ := met(t, Options{})
	srv.User(7002, "Amir").Start()
	trap := srv.Fail("sendMessage", 7001, Fault{Status: 500}, -1)
	works(t, ask(t, srv, "getMe", nil))
	works(t, ask(t, srv, "sendMessage", send(7002, "x")))
	for range 3 {
		refused(t, ask(t, srv, "sendMessage", send(7001, "x")), 500, "Internal Server Error")
	}
	trap.Lift()
	works(t, ask(t, srv, "sendMessage", send(7001, "x")))
	if n, all := len(srv.Calls("sendMessage")), srv.Count("sendMessage"); n != 5 || all != 5 || trap.Hits() != 3 {
		t.Fatalf("%d calls remembered, %d counted, %d hits", n, all, trap.Hits())
	}
}

func TestCloseLetsGoOfEverythingThatWaits(t *testing.T) {
	srv := New(Options{})
	trap := srv.Fail("getMe", 0, Fault{Hang: true}, 1)
	hanging := later(t, srv, "getMe", nil)
	polling := later(t, srv, "getUpdates", params{"timeout": 50})
	if err := trap.Await(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	srv.Close()
	soon(t, hanging)
	soon(t, polling)
}
