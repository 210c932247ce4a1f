package telegram

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"titian/bot/chat"
	"titian/bot/telegram/telegramtest"
)

// sender is a channel and somebody it may write to.
func sender(t *testing.T, o telegramtest.Options) (*network, *Channel, *telegramtest.User) {
	t.Helper()
	n := newNetwork(t, o)
	u := n.person()
	u.Start()
	return n, n.channel(), u
}

func failed(t *testing.T, err error) *chat.SendError {
	t.Helper()
	var s *chat.SendError
	if !errors.As(err, &s) {
		t.Fatalf("the error is %T %v, want a *chat.SendError", err, err)
	}
	return s
}

func TestAFailedSendSaysWhatTheCallerMayDo(t *testing.T) {
	for _, c := range []struct {
		what  string
		fault telegramtest.Fault
		want  chat.Failure
		heard int
	}{
		{"blocked by the person", telegramtest.Fault{Status: 403, Description: "Forbidden: bot was blocked by the user"}, chat.FailedBlocked, 0},
		{"a deleted account", telegramtest.Fault{Status: 403, Description: "Forbidden: user is deactivated"}, chat.FailedBlocked, 0},
		{"a person who never wrote", telegramtest.Fault{Status: 403, Description: "Forbidden: bot can't initiate conversation with a user"}, chat.FailedBlocked, 0},
		{"kicked from the group", telegramtest.Fault{Status: 403, Description: "Forbidden: bot was kicked from the group chat"}, chat.FailedBlocked, 0},
		{"a page of 403 by someone between", telegramtest.Fault{Status: 403, Body: "<html>Internet Positif</html>"}, chat.FailedBusy, 0},
		{"a chat nobody knows", telegramtest.Fault{Status: 400, Description: "Bad Request: chat not found"}, chat.FailedInvalid, 0},
		{"too fast", telegramtest.Fault{RetryAfter: 7}, chat.FailedBusy, 0},
		{"a server error", telegramtest.Fault{Status: 500, Description: "Internal Server Error"}, chat.FailedBusy, 0},
		{"a proxy whose server is away", telegramtest.Fault{HTML502: true}, chat.FailedBusy, 0},
		{"a gateway that heard nothing", telegramtest.Fault{Status: 504, Description: "Gateway Timeout"}, chat.FailedUnsure, 0},
		{"a token that is refused", telegramtest.Fault{Status: 401, Description: "Unauthorized"}, chat.FailedBusy, 0},
		{"dropped before it was done", telegramtest.Fault{DropBefore: true}, chat.FailedUnsure, 0},
		{"dropped after it was done", telegramtest.Fault{DropAfter: true}, chat.FailedUnsure, 1},
		{"an answer cut off", telegramtest.Fault{Truncate: 15}, chat.FailedUnsure, 1},
		{"no answer, nothing done", telegramtest.Fault{Hang: true}, chat.FailedUnsure, 0},
		{"no answer, and done", telegramtest.Fault{HangAfter: true}, chat.FailedUnsure, 1},
		{"an answer that is none", telegramtest.Fault{Status: 200, Body: `{"ok":true,"result":"x"}`, ContentType: "application/json"}, chat.FailedUnsure, 0},
	} {
		t.Run(c.what, func(t *testing.T) {
			n, channel, u := sender(t, telegramtest.Options{})
			if c.fault.Hang || c.fault.HangAfter {
				channel.pace.send = time.Second
			}
			n.Fail("sendMessage", u.ID(), c.fault, 1)
			_, err := channel.Send(t.Context(), to(u), chat.Outgoing{Text: "NIK 7471"})
			s := failed(t, err)
			if s.Failure != c.want || u.SentCount() != c.heard {
				t.Errorf("failed as %s (%v), %d heard; want %s, %d", s.Failure, err, u.SentCount(), c.want, c.heard)
			}
			if strings.Contains(err.Error(), "7471") || strings.Contains(err.Error(), to(u).Key) {
				t.Errorf("the error tells what was sent, or to whom: %v", err)
			}
			channel.pace.send = quick.send
			if _, err := channel.Send(t.Context(), to(u), chat.Outgoing{Text: "lagi"}); err != nil {
				t.Errorf("the next send failed too: %v", err)
			}
		})
	}
}

func TestASendThatNeverReachedTheServerIsBusy(t *testing.T) {
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = free.Close()
	c, err := New(t.Context(), Options{Token: canary, API: "http://" + free.Addr().String()})
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Send(t.Context(), address(7001), chat.Outgoing{Text: "halo"})
	if s := failed(t, err); s.Failure != chat.FailedBusy || s.Global {
		t.Errorf("failed as %+v", s)
	}
}

func TestAFloodIsOneChatsUntilAnotherIsSlowedToo(t *testing.T) {
	n, c, siti := sender(t, telegramtest.Options{})
	now := time.Now()
	c.now = func() time.Time { return now }
	budi := n.person()
	budi.Start()
	n.Fail("sendMessage", 0, telegramtest.Fault{RetryAfter: 5}, 5)
	send := func(u *telegramtest.User) *chat.SendError {
		t.Helper()
		_, err := c.Send(t.Context(), to(u), chat.Outgoing{Text: "halo"})
		return failed(t, err)
	}
	if s := send(siti); s.Global || s.Retry != 5*time.Second {
		t.Errorf("the first: %+v", s)
	}
	if s := send(siti); s.Global {
		t.Errorf("the same chat again: %+v", s)
	}
	if s := send(budi); !s.Global {
		t.Errorf("another chat meanwhile: %+v", s)
	}
	now = now.Add(time.Minute)
	if s := send(siti); s.Global {
		t.Errorf("a minute later: %+v", s)
	}
}

func TestAGroupThatMovedSaysWhere(t *testing.T) {
	n, c, u := sender(t, telegramtest.Options{})
	n.Fail("sendMessage", 0, telegramtest.Fault{MigrateTo: -1001234567890}, 1)
	_, err := c.Send(t.Context(), to(u), chat.Outgoing{Text: "halo"})
	if s := failed(t, err); s.Failure != chat.FailedInvalid || s.MovedTo != "-1001234567890" {
		t.Errorf("failed as %+v", s)
	}
}

func TestASendEndsWithItsContext(t *testing.T) {
	n, c, u := sender(t, telegramtest.Options{})
	trap := n.Fail("sendMessage", 0, telegramtest.Fault{Hang: true}, 1)
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		_ = trap.Await(within(t), 1)
		cancel()
	}()
	_, err := c.Send(ctx, to(u), chat.Outgoing{Text: "halo"})
	if s := failed(t, err); s.Failure != chat.FailedUnsure || !errors.Is(err, context.Canceled) {
		t.Errorf("failed as %+v", s)
	}
}

func TestALongTextIsSentOnAfterAPartThatHadToWait(t *testing.T) {
	n, c, u := sender(t, telegramtest.Options{})
	text := strings.Repeat("x", MaxText) + "\nselesai"
	first := n.Fail("sendMessage", 0, telegramtest.Fault{Delay: time.Nanosecond}, 1)
	n.Fail("sendMessage", 0, telegramtest.Fault{HTML502: true}, 2)
	if _, err := c.Send(t.Context(), to(u), chat.Outgoing{Text: text, Choices: []chat.Choice{{ID: "a", Label: "A"}}}); err != nil {
		t.Fatal(err)
	}
	if first.Hits() != 1 || u.SentCount() != 2 {
		t.Errorf("%d messages were sent, want 2", u.SentCount())
	}
	if part := u.Next(t); len(part.Labels()) != 0 || utf8.RuneCountInString(part.Text) != MaxText {
		t.Errorf("the first part has buttons or another length")
	}
	if part := u.Next(t); part.Text != "selesai" || len(part.Labels()) != 1 {
		t.Errorf("the last part is %q with %d buttons", part.Text, len(part.Labels()))
	}
}

func TestALongTextOfWhichOnlyAPartWasSentIsUnsure(t *testing.T) {
	n, c, u := sender(t, telegramtest.Options{})
	n.Fail("sendMessage", 0, telegramtest.Fault{Delay: time.Nanosecond}, 1)
	n.Fail("sendMessage", 0, telegramtest.Fault{HTML502: true}, -1)
	_, err := c.Send(t.Context(), to(u), chat.Outgoing{Text: strings.Repeat("x", MaxText+1)})
	if s := failed(t, err); s.Failure != chat.FailedUnsure {
		t.Errorf("failed as %+v", s)
	}
}

func TestTypingIsShown(t *testing.T) {
	n, c, u := sender(t, telegramtest.Options{})
	c.Typing(t.Context(), to(u))
	if calls := n.Calls("sendChatAction"); len(calls) != 1 || calls[0].Chat != u.ID() || calls[0].Status != 200 {
		t.Errorf("sendChatAction: %+v", calls)
	}
}
