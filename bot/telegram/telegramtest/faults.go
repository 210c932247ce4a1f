package telegramtest

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// Fault is what goes wrong with a call. The call itself is done first when DropAfter, HangAfter or Truncate is set, and after Delay alone; never otherwise.
type Fault struct {
	Status      int    // answer this status; with Description a Bot API error, with Body that body
	Description string // default: the status's own text
	Body        string
	ContentType string // of Body, default text/html
	RetryAfter  int    // answer 429 and wait these seconds
	MigrateTo   int64  // answer 400: the group was upgraded
	HTML502     bool   // the page of a proxy whose server is away

	DropBefore bool // the connection closes, nothing was done
	DropAfter  bool // the call was done, then the connection closes without an answer
	Hang       bool // nothing is done, no answer comes until the caller leaves or the trap is lifted
	HangAfter  bool // the call was done, no answer comes

	Delay    time.Duration // waits on the server's clock, then goes on with the other fields, or does the call
	Truncate int           // the answer's body ends after so many bytes, and the connection closes
	Slow     time.Duration // a file's body comes in 16 pieces with this wait on the server's clock before each
}

// FileMethod is the name under which Fail traps downloads of files.
const FileMethod = "file"

// Trap is a Fault that waits for its calls.
type Trap struct {
	srv    *Server
	method string
	chat   int64
	fault  Fault
	left   int
	hits   int
	bell   bell
	lifted chan struct{}
}

// Fail lets the next calls of a method ("" for any, FileMethod for downloads) to a chat (0 for any) go wrong, times times; below 0 until lifted.
// Of several traps the one set first is sprung first.
func (s *Server) Fail(method string, chat int64, f Fault, times int) *Trap {
	t := &Trap{srv: s, method: method, chat: chat, fault: f, left: times, lifted: make(chan struct{})}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.traps = append(s.traps, t)
	return t
}

// Lift removes the trap and lets go of the calls that hang in it.
func (t *Trap) Lift() {
	t.srv.mu.Lock()
	defer t.srv.mu.Unlock()
	t.srv.drop(t)
	select {
	case <-t.lifted:
	default:
		close(t.lifted)
	}
}

// Hits is how many calls fell into the trap; one that is to be done counts when it was.
func (t *Trap) Hits() int {
	t.srv.mu.Lock()
	defer t.srv.mu.Unlock()
	return t.hits
}

// Await waits until n calls fell into the trap.
func (t *Trap) Await(ctx context.Context, n int) error {
	for {
		t.srv.mu.Lock()
		have, rung := t.hits, t.bell.wait()
		t.srv.mu.Unlock()
		if have >= n {
			return nil
		}
		select {
		case <-rung:
		case <-ctx.Done():
			return fmt.Errorf("await %d calls in the trap for %s, have %d: %w", n, t.method, have, ctx.Err())
		}
	}
}

func (s *Server) drop(t *Trap) {
	kept := make([]*Trap, 0, len(s.traps))
	for _, o := range s.traps {
		if o != t {
			kept = append(kept, o)
		}
	}
	s.traps = kept
}

// sprung finds the trap for a call and takes one of its times.
func (s *Server) sprung(method string, chat int64) *Trap {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, t := range s.traps {
		if (t.method == "" && method != FileMethod || strings.EqualFold(t.method, method)) && (t.chat == 0 || t.chat == chat) {
			if t.left--; t.left == 0 {
				s.drop(t)
			}
			return t
		}
	}
	return nil
}

// hit counts a call that fell into the trap: after it was done, if it is to be done.
func (s *Server) hit(t *Trap) {
	s.mu.Lock()
	t.hits++
	t.bell.ring()
	s.mu.Unlock()
}

// spring plays a trapped call.
func (s *Server) spring(t *Trap, w http.ResponseWriter, r *http.Request, name string, a args) {
	f := t.fault
	if !f.HangAfter && !f.DropAfter && f.Truncate == 0 {
		s.hit(t)
	}
	if f.Delay > 0 && !s.wait(f.Delay, r.Context().Done()) {
		panic(http.ErrAbortHandler)
	}
	entry := Call{Method: name, Chat: chatOf(a), Params: a.values, Status: f.Status}
	if out, ok := f.canned(); ok {
		entry.Status, entry.Error = out.status, "fault"
		s.record(entry)
		out.write(w)
		return
	}
	if f.DropBefore || f.Hang {
		entry.Error = "fault"
		s.record(entry)
		if f.Hang {
			s.hang(t, r)
		}
		panic(http.ErrAbortHandler)
	}
	out := s.execute(name, a, r.Context().Done(), "")
	if f.HangAfter || f.DropAfter || f.Truncate > 0 {
		s.hit(t)
	}
	switch {
	case f.HangAfter:
		s.hang(t, r)
		panic(http.ErrAbortHandler)
	case f.DropAfter:
		panic(http.ErrAbortHandler)
	case f.Truncate > 0:
		truncate(w, out, f.Truncate)
	default:
		out.write(w)
	}
}

func (s *Server) hang(t *Trap, r *http.Request) {
	select {
	case <-t.lifted:
	case <-r.Context().Done():
	case <-s.done:
	}
}

// truncate announces the whole body, sends a part of it and closes the connection.
func truncate(w http.ResponseWriter, out reply, n int) {
	w.Header().Set("Content-Type", out.kind)
	w.Header().Set("Content-Length", fmt.Sprint(len(out.body)))
	w.WriteHeader(out.status)
	_, _ = w.Write(out.body[:min(n, len(out.body))])
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}

const gatewayPage = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n" +
	"<hr><center>nginx/1.18.0</center>\r\n</body>\r\n</html>\r\n"

// canned is the answer a fault gives without doing the call.
func (f Fault) canned() (reply, bool) {
	switch {
	case f.HTML502:
		return reply{status: http.StatusBadGateway, kind: "text/html", body: []byte(gatewayPage)}, true
	case f.RetryAfter > 0:
		return tooMany(f.RetryAfter).reply(), true
	case f.MigrateTo != 0:
		return upgraded(f.MigrateTo).reply(), true
	case f.Body != "":
		kind, status := f.ContentType, f.Status
		if kind == "" {
			kind = "text/html"
		}
		if status == 0 {
			status = http.StatusOK
		}
		return reply{status: status, kind: kind, body: []byte(f.Body)}, true
	case f.Status != 0:
		text := f.Description
		if text == "" {
			text = http.StatusText(f.Status)
		}
		return (&failure{code: f.Status, text: text}).reply(), true
	}
	return reply{}, false
}
