package telegram

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"titian/bot/chat"
	"titian/bot/chattest"
	"titian/bot/telegram/telegramtest"
)

func TestLongPollKeepsTheChannelPromises(t *testing.T) {
	chattest.Run(t, func(t *testing.T) chattest.Harness {
		n := newNetwork(t, telegramtest.Options{})
		return chattest.Harness{
			Open:   func(testing.TB) chat.Channel { return n.channel() },
			Person: n.actor,
			Hello:  "/start",
			Lacks:  []chattest.Ability{chattest.Numbers},
		}
	})
}

func TestWebhookKeepsTheChannelPromises(t *testing.T) {
	chattest.Run(t, func(t *testing.T) chattest.Harness {
		n := newNetwork(t, telegramtest.Options{HTTPWebhook: true})
		site := newSite(t)
		return chattest.Harness{
			Open:   func(testing.TB) chat.Channel { return &hooked{n.hooked(site), site} },
			Person: n.actor,
			Hello:  "/start",
			Lacks:  []chattest.Ability{chattest.Numbers},
		}
	})
}

const secret = "rahasia_webhook-1"

// hooked makes a channel whose webhook is the site. The option wants https, as
// Telegram does; only a test server delivers over http.
func (n *network) hooked(s *site) *Channel {
	c := n.channel(func(o *Options) { o.Webhook, o.Secret = "https://titian.example/telegram", secret })
	c.webhook = s.URL + "/telegram"
	return c
}

// site is the web server a proxy would stand before. It outlives the bot.
type site struct {
	*httptest.Server
	handler atomic.Pointer[http.Handler]
	busy    sync.RWMutex // held for reading by every request, until its answer is written
}

func newSite(t testing.TB) *site {
	s := &site{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.busy.RLock()
		defer s.busy.RUnlock()
		answer := httptest.NewRecorder()
		answer.Code = http.StatusBadGateway
		if h := s.handler.Load(); h != nil {
			answer.Code = http.StatusOK
			(*h).ServeHTTP(answer, r)
		}
		w.Header().Set("Content-Length", "0")
		w.WriteHeader(answer.Code)
		_ = http.NewResponseController(w).Flush()
	}))
	t.Cleanup(func() {
		s.CloseClientConnections()
		s.Close()
	})
	return s
}

// close answers what can be answered in a while, and cuts the rest off.
func (s *site) close() {
	s.handler.Store(nil)
	idle := make(chan struct{})
	go func() {
		defer close(idle)
		s.busy.Lock()
		defer s.busy.Unlock()
	}()
	select {
	case <-idle:
	case <-time.After(quick.drain):
	}
	s.CloseClientConnections()
	<-idle
}

// hooked is a channel by webhook that brings its web server along.
type hooked struct {
	*Channel
	site *site
}

func (h *hooked) Run(ctx context.Context, receive chat.Receive) error {
	handler := h.Handler(receive)
	h.site.handler.Store(&handler)
	defer h.site.close()
	return h.Channel.Run(ctx, receive)
}

// actor is a person of the suite.
func (n *network) actor(t testing.TB) chattest.Person {
	u := n.person()
	u.Start()
	return actor{t, n, u}
}

type actor struct {
	t testing.TB
	n *network
	u *telegramtest.User
}

func (a actor) Address() chat.Address       { return to(a.u) }
func (a actor) Says(text string) string     { return strconv.Itoa(a.u.Say(text).MessageID) }
func (a actor) Blocks()                     { a.u.Block() }
func (a actor) Returns()                    { a.u.Unblock() }
func (a actor) SendsAlbum(all [][]byte)     { a.u.SendAlbum(all) }
func (a actor) SharesLocation(x, y float64) { a.u.ShareLocation(x, y) }

func (a actor) SharesContact(own bool, phone string)         { a.u.ShareContact(own, phone) }
func (a actor) SendsPhoto(content []byte, caption string)    { a.u.SendPhoto(content, caption) }
func (a actor) SendsDocument(name, mime string, body []byte) { a.u.SendDocument(name, mime, body) }

func (a actor) Edits(ref, text string) {
	id, _ := strconv.Atoi(ref)
	if _, err := a.u.Edit(id, text); err != nil {
		a.t.Error(err)
	}
}

func (a actor) Taps(h chattest.Heard, label string) {
	id, _ := strconv.Atoi(h.Ref)
	if _, err := a.u.Tap(id, label); err != nil {
		a.t.Error(err)
	}
}

func (a actor) Hears(ctx context.Context) (chattest.Heard, error) {
	m, err := a.u.NextSent(ctx)
	return a.looks(m), err
}

func (a actor) looks(m telegramtest.Sent) chattest.Heard {
	h := chattest.Heard{Ref: fmt.Sprint(m.ID), Text: m.Text, Labels: m.Labels(), File: m.FileName, Photo: m.Photo != ""}
	if file := m.Photo + m.Document; file != "" {
		h.Bytes, _ = a.n.File(file)
	}
	return h
}

func (a actor) Sees(ref string) (chattest.Heard, bool) {
	id, _ := strconv.Atoi(ref)
	m, there := a.u.Message(id)
	return a.looks(m), there
}
