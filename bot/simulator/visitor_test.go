package simulator

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"titian/bot/chat"
	"titian/bot/chattest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// site is a web server that outlives the bot, as an address does.
type site struct {
	*httptest.Server
	phone atomic.Pointer[http.Handler]
	dir   string
}

func newSite(t testing.TB) *site {
	s := &site{dir: t.TempDir()}
	s.Server = httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		if h := s.phone.Load(); h != nil {
			(*h).ServeHTTP(out, r)
			return
		}
		out.WriteHeader(http.StatusBadGateway)
	}))
	t.Cleanup(func() {
		s.CloseClientConnections()
		s.Close()
	})
	return s
}

// opens makes the channel of a new process and puts it behind the address.
func (s *site) opens(t testing.TB) *Web {
	t.Helper()
	w, err := NewWeb(WebOptions{Dir: s.dir, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	w.limits.drain = 200 * time.Millisecond
	h := w.Handler()
	s.phone.Store(&h)
	return w
}

// visitor is a browser with the page open: it does what the page's script does.
type visitor struct {
	t      testing.TB
	site   *site
	cookie string
	life   context.Context
	busy   sync.WaitGroup
	outbox chan func() bool // true: taken, or refused for good
	heard  chan entry
	asked  sync.Map // ref → entry
}

func newVisitor(t testing.TB, s *site) *visitor {
	life, end := context.WithCancel(context.Background())
	v := &visitor{
		t: t, site: s, life: life, cookie: rand.Text() + "." + strconv.FormatInt(time.Now().UnixMicro(), 36),
		outbox: make(chan func() bool, 1000), heard: make(chan entry, 1000),
	}
	v.busy.Go(v.sends)
	v.busy.Go(v.watches)
	t.Cleanup(func() { end(); v.busy.Wait() })
	return v
}

func (v *visitor) request(method, path string, body io.Reader) *http.Request {
	r, err := http.NewRequestWithContext(v.life, method, v.site.URL+"/coba/"+path, body)
	if err != nil {
		panic(err)
	}
	r.AddCookie(&http.Cookie{Name: cookieName, Value: v.cookie})
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return r
}

// sends empties the outbox, each message again and again until it is taken.
func (v *visitor) sends() {
	for {
		select {
		case <-v.life.Done():
			return
		case try := <-v.outbox:
			for !try() && v.life.Err() == nil {
				pause(v.life)
			}
		}
	}
}

func pause(ctx context.Context) {
	select {
	case <-ctx.Done():
	case <-time.After(10 * time.Millisecond):
	}
}

func (v *visitor) posts(path, mime string, body []byte) {
	v.outbox <- func() bool {
		r := v.request("POST", path, bytes.NewReader(body))
		r.Header.Set("Content-Type", mime)
		answer, err := v.site.Client().Do(r)
		if err != nil {
			return false
		}
		answer.Body.Close()
		if answer.StatusCode >= 400 && answer.StatusCode < 500 && answer.StatusCode != http.StatusTooManyRequests {
			v.t.Errorf("POST %.40s: %s", path, answer.Status)
			return true
		}
		return answer.StatusCode == http.StatusOK
	}
}

func (v *visitor) says(path string, said map[string]any) string {
	id := rand.Text()
	said["id"] = id
	body, err := json.Marshal(said)
	if err != nil {
		panic(err)
	}
	v.posts(path, "application/json", body)
	return id
}

// watches reads events for as long as the page is open, over restarts too.
func (v *visitor) watches() {
	last, seen := "", map[string]bool{}
	for v.life.Err() == nil {
		r := v.request("GET", "events", nil)
		r.Header.Set("Last-Event-ID", last)
		if answer, err := v.site.Client().Do(r); err == nil {
			read(answer.Body, func(id string, e entry) {
				last = id
				if e.From != fromBot {
					return
				}
				v.asked.Store(e.ID, e)
				if !seen[e.ID] && !e.Gone {
					seen[e.ID] = true
					v.heard <- e
				}
			}, nil)
			answer.Body.Close()
		}
		pause(v.life)
	}
}

// read reads events until their end, or until more says no.
func read(from io.Reader, each func(id string, e entry), more func(event string) bool) {
	lines := bufio.NewScanner(from)
	lines.Buffer(nil, 1<<20)
	var event, id, data string
	for lines.Scan() {
		name, value, _ := strings.Cut(lines.Text(), ": ")
		switch name {
		case "event":
			event = value
		case "id":
			id = value
		case "data":
			data = value
		case "":
			var e entry
			if event == "entry" && json.Unmarshal([]byte(data), &e) == nil {
				each(id, e)
			}
			if event != "" && more != nil && !more(event) {
				return
			}
			event = ""
		}
	}
}

func (v *visitor) Address() chat.Address {
	random, _, _ := strings.Cut(v.cookie, ".")
	return chat.Address{Network: chat.Web, Key: hashed("browser", random)}
}

func (v *visitor) Says(text string) string { return v.says("text", map[string]any{"text": text}) }

func (v *visitor) SharesLocation(x, y float64) {
	v.says("location", map[string]any{"latitude": x, "longitude": y})
}

func (v *visitor) SharesContact(own bool, phone string) {
	v.says("contact", map[string]any{"phone": phone, "own": own})
}

func (v *visitor) Taps(h chattest.Heard, label string) {
	asked, _ := v.asked.Load(h.Ref)
	for _, c := range asked.(entry).Choices {
		if c.Label == label {
			v.says("tap", map[string]any{"choice": c.ID, "label": label, "of": h.Ref})
			return
		}
	}
	v.t.Errorf("no button says %q", label)
}

func (v *visitor) sendsFile(about url.Values, mime string, content []byte) {
	about.Set("id", rand.Text())
	about.Set("size", strconv.Itoa(len(content)))
	v.posts("file?"+about.Encode(), mime, content)
}

func (v *visitor) SendsPhoto(content []byte, caption string) {
	v.sendsFile(url.Values{"photo": {"1"}, "caption": {caption}}, "image/jpeg", content)
}

func (v *visitor) SendsDocument(name, mime string, content []byte) {
	v.sendsFile(url.Values{"name": {name}}, mime, content)
}

func (v *visitor) SendsAlbum(photos [][]byte) {
	album := rand.Text()
	for _, p := range photos {
		v.sendsFile(url.Values{"photo": {"1"}, "album": {album}}, "image/jpeg", p)
	}
}

func (v *visitor) Edits(string, string) { v.t.Error("nobody edits here") }
func (v *visitor) Blocks()              { v.t.Error("nobody blocks here") }
func (v *visitor) Returns()             { v.t.Error("nobody blocks here") }

func (v *visitor) Hears(ctx context.Context) (chattest.Heard, error) {
	select {
	case e := <-v.heard:
		return v.looks(e), nil
	case <-ctx.Done():
		return chattest.Heard{}, fmt.Errorf("nothing was heard: %w", ctx.Err())
	}
}

// looks is a line as it is shown, its file loaded.
func (v *visitor) looks(e entry) chattest.Heard {
	h := chattest.Heard{Ref: e.ID, Text: e.Text}
	for _, c := range e.Choices {
		h.Labels = append(h.Labels, c.Label)
	}
	if e.File == nil {
		return h
	}
	h.File, h.Photo = e.File.Name, e.File.Photo
	answer, err := v.site.Client().Do(v.request("GET", e.Link, nil))
	if err != nil {
		v.t.Error(err)
		return h
	}
	defer answer.Body.Close()
	if h.Bytes, err = io.ReadAll(answer.Body); err != nil || answer.StatusCode != 200 {
		v.t.Errorf("%s: %s %v", e.Link, answer.Status, err)
	}
	return h
}

func (v *visitor) Sees(ref string) (chattest.Heard, bool) {
	e, known := v.asked.Load(ref)
	if !known || e.(entry).Gone {
		return chattest.Heard{}, false
	}
	return v.looks(e.(entry)), true
}

func TestTheWebPhoneKeepsTheChannelPromises(t *testing.T) {
	chattest.Run(t, func(t *testing.T) chattest.Harness {
		s := newSite(t)
		return chattest.Harness{
			Open:   func(t testing.TB) chat.Channel { return s.opens(t) },
			Person: func(t testing.TB) chattest.Person { return newVisitor(t, s) },
			Lacks:  []chattest.Ability{chattest.Edits, chattest.Blocking, chattest.Numbers},
		}
	})
}
