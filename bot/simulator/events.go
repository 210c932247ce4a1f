package simulator

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// writeWithin is how long a page may take to accept what is written to it.
const writeWithin = 10 * time.Second

// events shows a chat as it changes, as server-sent events. A page that was
// away names the last event it has, in Last-Event-ID or as ?after, and gets
// what came since; any other page gets all that is kept.
func (w *Web) events(out http.ResponseWriter, r *http.Request) {
	if site := r.Header.Get("Sec-Fetch-Site"); site != "" && site != "same-origin" && site != "none" {
		http.Error(out, "another site", http.StatusForbidden)
		return
	}
	key, returning, known := w.visitor(r)
	if !known {
		http.Error(out, "no contact yet", http.StatusUnauthorized)
		return
	}
	b, s, over, refused := w.join(key, returning)
	if refused != 0 {
		http.Error(out, "no room, or not running", refused)
		return
	}
	defer w.leave(b, s)
	out.Header().Set("Content-Type", "text/event-stream")
	out.Header().Set("X-Accel-Buffering", "no")
	p := &pen{out: out, control: http.NewResponseController(out)}
	_ = p.control.SetReadDeadline(time.Time{}) // a page reads for as long as it is open
	beat := time.NewTicker(w.limits.beat)
	defer beat.Stop()
	seen := lastSeen(r)
	typed := seen
	for first := true; ; first = false {
		news, typing := w.since(b, seen)
		for _, e := range news {
			p.event("entry", e.Change, e)
			seen = e.Change
		}
		if first {
			p.event("ready", 0, struct{}{})
			typed = max(typed, typing)
		}
		if typing > typed {
			p.event("typing", 0, struct{}{})
			typed = typing
		}
		if !p.flush() {
			return
		}
		select {
		case <-s.wake:
		case <-beat.C:
			p.write(": \n\n")
		case <-r.Context().Done():
			return
		case <-over:
			return
		}
	}
}

func lastSeen(r *http.Request) int64 {
	for _, said := range []string{r.Header.Get("Last-Event-ID"), r.FormValue("after")} {
		if n, err := strconv.ParseInt(said, 10, 64); err == nil && n > 0 {
			return n
		}
	}
	return 0
}

// join lets a page watch; otherwise it says with which status it is refused.
func (w *Web) join(key string, returning bool) (*browser, *stream, chan struct{}, int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.shift == nil {
		return nil, nil, nil, http.StatusServiceUnavailable
	}
	b := w.browser(key, returning)
	switch {
	case b == nil:
		return nil, nil, nil, http.StatusServiceUnavailable
	case len(b.streams) >= w.limits.streams:
		return nil, nil, nil, http.StatusTooManyRequests
	}
	s := &stream{wake: make(chan struct{}, 1)}
	b.streams[s] = true
	return b, s, w.shift.over, 0
}

func (w *Web) leave(b *browser, s *stream) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(b.streams, s)
	b.used = w.next()
}

// since is what changed after a number, in the order it changed. A number from
// the future is of a clock that went back: then everything is news.
func (w *Web) since(b *browser, seen int64) (news []entry, typing int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if seen > w.last {
		seen = 0
	}
	for _, e := range b.chat {
		if e.Change > seen {
			news = append(news, *e)
		}
	}
	slices.SortFunc(news, func(a, b entry) int { return cmp.Compare(a.Change, b.Change) })
	return news, b.typing
}

// pen writes events; after the first failure nothing more.
type pen struct {
	out     http.ResponseWriter
	control *http.ResponseController
	err     error
}

func (p *pen) event(name string, id int64, value any) {
	data, err := json.Marshal(value)
	if err != nil {
		p.err = err
		return
	}
	numbered := ""
	if id != 0 {
		numbered = fmt.Sprintf("id: %d\n", id)
	}
	p.write(fmt.Sprintf("event: %s\n%sdata: %s\n\n", name, numbered, data))
}

func (p *pen) write(s string) {
	if p.err != nil {
		return
	}
	_ = p.control.SetWriteDeadline(time.Now().Add(writeWithin))
	_, p.err = p.out.Write([]byte(s))
}

func (p *pen) flush() bool {
	if p.err == nil {
		p.err = p.control.Flush()
	}
	return p.err == nil
}
