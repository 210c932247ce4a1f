package telegram

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"titian/bot/chat"
	"titian/bot/telegram/telegramtest"
)

// printed is v in every way a careless line of code may print it.
func printed(v any) string {
	var b bytes.Buffer
	_, _ = fmt.Fprintf(&b, "%v %+v %#v %s %q", v, v, v, v, v)
	slog.New(slog.NewJSONHandler(&b, nil)).Info("x", "v", v)
	slog.New(slog.NewTextHandler(&b, nil)).Info("x", "v", v)
	text, _ := json.Marshal(v)
	b.Write(text)
	for err, ok := v.(error); ok && err != nil; err = errors.Unwrap(err) {
		_, _ = fmt.Fprintf(&b, "%v %+v %#v", err, err, err)
	}
	return b.String()
}

func clean(t *testing.T, what string, v any) {
	t.Helper()
	if text := printed(v); strings.Contains(text, canary) || strings.Contains(text, canary[11:]) {
		t.Errorf("%s holds the token: %s", what, text)
	}
}

func TestTheTokenNeverAppearsInAnErrorOrALog(t *testing.T) {
	_, half, _ := strings.Cut(canary, ":")
	var careless bytes.Buffer
	log.SetOutput(&careless)
	t.Cleanup(func() { log.SetOutput(os.Stderr) })
	for what, fault := range map[string]telegramtest.Fault{
		"dropped":           {DropBefore: true},
		"dropped after":     {DropAfter: true},
		"hanging":           {Hang: true},
		"cut off":           {Truncate: 12},
		"a page":            {HTML502: true},
		"flood":             {RetryAfter: 3},
		"moved":             {MigrateTo: -5},
		"unauthorized":      {Status: 401, Description: "Unauthorized"},
		"an echo of it":     {Status: 400, Description: "Bad Request: no such thing /bot" + canary + "/x"},
		"an echo of a half": {Status: 403, Description: "Forbidden: " + half},
		"a page echoing it": {Status: 200, Body: "/bot" + canary + "/sendMessage"},
	} {
		t.Run(what, func(t *testing.T) {
			n := newNetwork(t, telegramtest.Options{})
			u := n.person()
			c, f := sent(t, n, func(u *telegramtest.User) { u.SendDocument("x.pdf", "application/pdf", []byte("%PDF")) })
			u.Start()
			c.pace.send, c.pace.stall = 100*time.Millisecond, 100*time.Millisecond
			n.Fail(telegramtest.FileMethod, 0, fault, 1)
			_, err := readAll(c, f)
			clean(t, "a download", err)
			n.Fail("", 0, fault, -1)
			_, err = c.Send(t.Context(), to(u), chat.Outgoing{Text: "halo"})
			clean(t, "Send", err)
			clean(t, "SendError", *failed(t, err))
			_, err = c.Send(t.Context(), to(u), chat.Outgoing{Attachment: attached("x.pdf", []byte("%PDF"))})
			clean(t, "Send of a file", err)
			_, err = c.Send(t.Context(), to(u), chat.Outgoing{Attachment: &chat.Attachment{Name: "x.pdf", Ref: "BQAC"}})
			clean(t, "Send of a known file", err)
			clean(t, "Edit", c.Edit(t.Context(), to(u), "1", chat.Outgoing{Text: "x"}))
			clean(t, "Remove", c.Remove(t.Context(), to(u), "1"))
			_, err = c.Fetch(t.Context(), f)
			clean(t, "Fetch", err)
			_, err = c.Name(t.Context())
			clean(t, "Name", err)
			tries := n.Count("getMe")
			r := run(t, n.channel(func(o *Options) { o.Commands = []Command{{"a", "b"}} }), nil)
			if err := n.AwaitCalls(within(t), "getMe", tries+1); err != nil {
				t.Fatal(err)
			}
			clean(t, "Run", r.stop()) // the log is searched when the network ends
		})
	}
	if text := careless.String(); strings.Contains(text, half) {
		t.Errorf("the standard log holds the token: %s", text)
	}
}

func TestTheTokenNeverAppearsWhenTheServerIsNoServer(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			_, _ = conn.Read(make([]byte, 4096))
			_, _ = fmt.Fprintf(conn, "SSH-2.0 /bot%s/getMe\r\n", canary)
			_ = conn.Close()
		}
	}()
	c, err := New(t.Context(), Options{Token: canary, API: "http://" + listener.Addr().String()})
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Name(t.Context())
	clean(t, "Name", err)
	_ = listener.Close()
	<-done
	_, err = c.Name(t.Context())
	clean(t, "Name, refused", err)
}

func TestNothingExportedPrintsTheToken(t *testing.T) {
	o := Options{Token: canary, Webhook: "https://titian.example/telegram", Secret: "rahasia_webhook"}
	c, err := New(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	for what, v := range map[string]any{
		"Options": o, "*Options": &o, "Channel": c, "a struct of both": struct {
			O Options
			C *Channel
		}{o, c}, "an error": ErrToken, "Command": Command{"a", "b"},
	} {
		clean(t, what, v)
		if strings.Contains(printed(v), o.Secret) {
			t.Errorf("%s holds the webhook's secret", what)
		}
	}
}
