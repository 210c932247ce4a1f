package telegram

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"titian/bot/chat"
	"titian/bot/telegram/telegramtest"
)

// sent lets a person send a document and returns it as it came.
func sent(t *testing.T, n *network, send func(*telegramtest.User)) (*Channel, chat.File) {
	t.Helper()
	c := n.channel()
	r := run(t, c, nil)
	send(n.person())
	m := r.next()
	if err := r.stop(); err != nil || len(m.Files) != 1 {
		t.Fatalf("%d files came, and Run ended with %v", len(m.Files), err)
	}
	return c, m.Files[0]
}

func unfetched(t *testing.T, err error) *chat.FetchError {
	t.Helper()
	var f *chat.FetchError
	if !errors.As(err, &f) {
		t.Fatalf("the error is %T %v, want a *chat.FetchError", err, err)
	}
	if strings.Contains(err.Error(), canary[11:]) {
		t.Errorf("the error holds the token: %v", err)
	}
	return f
}

func TestAFileTooLargeIsRefusedBeforeAnythingIsAsked(t *testing.T) {
	n := newNetwork(t, telegramtest.Options{})
	c, f := sent(t, n, func(u *telegramtest.User) { u.SendDocumentOfSize("besar.pdf", MaxFileBytes+1) })
	if f.SizeBytes != MaxFileBytes+1 {
		t.Errorf("it says %d bytes", f.SizeBytes)
	}
	_, err := c.Fetch(t.Context(), f)
	if e := unfetched(t, err); !e.TooLarge || e.Limit != MaxFileBytes || n.Count("getFile") != 0 {
		t.Errorf("%+v after %d calls", e, n.Count("getFile"))
	}
	f.SizeBytes = 0 // a network that did not say
	_, err = c.Fetch(t.Context(), f)
	if e := unfetched(t, err); !e.TooLarge {
		t.Errorf("by the server's word: %+v", e)
	}
}

func TestAFileOfExactlyTheLimitIsFetchedWhole(t *testing.T) {
	n := newNetwork(t, telegramtest.Options{})
	c, f := sent(t, n, func(u *telegramtest.User) { u.SendDocumentOfSize("pas.pdf", MaxFileBytes) })
	r, err := c.Fetch(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	read, err := io.Copy(io.Discard, r)
	if err := errors.Join(err, r.Close()); err != nil || read != MaxFileBytes {
		t.Errorf("read %d bytes, %v", read, err)
	}
}

func TestAFileThatIsGoneSaysSo(t *testing.T) {
	n := newNetwork(t, telegramtest.Options{})
	_, err := n.channel().Fetch(t.Context(), chat.File{Ref: "BQ-never-was"})
	if e := unfetched(t, err); !e.Gone {
		t.Errorf("%+v", e)
	}
}

func TestADownloadThatFailsIsWorthAnotherTry(t *testing.T) {
	content := bytes.Repeat([]byte("isi "), 50_000)
	for what, fault := range map[string]telegramtest.Fault{
		"cut off":         {Truncate: 1000},
		"a server error":  {Status: 500, Description: "Internal Server Error"},
		"a proxy's page":  {HTML502: true},
		"stalled at once": {Hang: true},
	} {
		t.Run(what, func(t *testing.T) {
			n := newNetwork(t, telegramtest.Options{})
			c, f := sent(t, n, func(u *telegramtest.User) { u.SendDocument("a b/ü.pdf", "application/pdf", content) })
			n.Fail(telegramtest.FileMethod, 0, fault, 1)
			if fault.Hang {
				c.pace.stall = 100 * time.Millisecond
			}
			_, err := readAll(c, f)
			c.pace.stall = quick.stall
			if e := unfetched(t, err); e.Gone || e.TooLarge {
				t.Errorf("%+v", e)
			}
			if got, err := readAll(c, f); err != nil || !bytes.Equal(got, content) {
				t.Errorf("the second try: %d bytes, %v", len(got), err)
			}
		})
	}
}

func readAll(c *Channel, f chat.File) ([]byte, error) {
	r, err := c.Fetch(context.Background(), f)
	if err != nil {
		return nil, err
	}
	b, err := io.ReadAll(r)
	return b, errors.Join(err, r.Close())
}

func TestASlowDownloadThatKeepsComingIsNotStalled(t *testing.T) {
	content := bytes.Repeat([]byte("isi "), 200_000)
	n := newNetwork(t, telegramtest.Options{})
	c, f := sent(t, n, func(u *telegramtest.User) { u.SendDocument("a.pdf", "application/pdf", content) })
	c.pace.stall = 1500 * time.Millisecond
	n.Fail(telegramtest.FileMethod, 0, telegramtest.Fault{Slow: 50 * 120 * time.Millisecond}, 1) // 16 waits of 120 ms
	if got, err := readAll(c, f); err != nil || !bytes.Equal(got, content) {
		t.Errorf("%d bytes, %v", len(got), err)
	}
}

func TestADownloadThatStallsInTheMiddleEnds(t *testing.T) {
	content := bytes.Repeat([]byte("isi "), 200_000)
	n := newNetwork(t, telegramtest.Options{})
	c, f := sent(t, n, func(u *telegramtest.User) { u.SendDocument("a.pdf", "application/pdf", content) })
	c.pace.stall = 50 * time.Millisecond
	n.Fail(telegramtest.FileMethod, 0, telegramtest.Fault{Slow: time.Hour}, 1)
	_, err := readAll(c, f)
	if unfetched(t, err); !errors.Is(err, errStalled) {
		t.Errorf("it ended with %v", err)
	}
}

func TestAReaderThatTakesItsTimeIsNotStalled(t *testing.T) {
	n := newNetwork(t, telegramtest.Options{})
	c, f := sent(t, n, func(u *telegramtest.User) { u.SendDocumentOfSize("a.pdf", 1<<20) })
	c.pace.stall = time.Second
	r, err := c.Fetch(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	timer := time.NewTimer(c.pace.stall + c.pace.stall/4) // the vault is busy
	<-timer.C
	read, err := io.Copy(io.Discard, r)
	if err := errors.Join(err, r.Close()); err != nil || read != 1<<20 {
		t.Errorf("read %d bytes, %v", read, err)
	}
}
