package telegramtest

import (
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Server is one bot's Bot API server. All its methods may be called from many goroutines.
type Server struct {
	opt     Options
	bot     *account
	methods map[string]*method
	active  atomic.Int64
	done    chan struct{}
	tasks   sync.WaitGroup

	listener net.Listener
	http     *http.Server
	once     sync.Once

	mu        sync.Mutex // guards all below; no handler waits while holding it
	closed    bool
	began     time.Time
	loggedOut bool
	users     map[int64]*User
	chats     map[int64]*chat
	messageID int
	queue     queue
	poll      poll
	hook      webhook
	allowed   map[string]bool
	files     files
	taps      taps
	traps     []*Trap
	log       callLog
	rates     rates
	profile   profile
	serial    int64
}

// New starts a server on a free loopback port. Close it.
func New(opt Options) *Server {
	s := NewHandler(opt)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(fmt.Sprintf("telegramtest: listen on loopback: %v", err))
	}
	s.listener = l
	s.http = &http.Server{Handler: s, ErrorLog: log.New(io.Discard, "", 0)}
	s.tasks.Add(1)
	go func() {
		defer s.tasks.Done()
		_ = s.http.Serve(l)
	}()
	return s
}

// NewHandler makes the server without a listener, to be mounted at a root of the caller's own.
func NewHandler(opt Options) *Server {
	opt = opt.withDefaults()
	s := &Server{
		opt:     opt,
		bot:     &account{ID: opt.botID(), IsBot: true, FirstName: opt.Name, Username: opt.Username},
		methods: methodTable(),
		done:    make(chan struct{}),
		users:   map[int64]*User{},
		chats:   map[int64]*chat{},
	}
	s.began = opt.Now()
	s.queue.init(opt)
	s.files.init(opt)
	s.log.init(opt)
	s.taps.byID = map[string]*tap{}
	s.rates.sizes = map[int]*pace{}
	s.profile.init()
	s.hook.init()
	return s
}

// URL is the server's root, without a slash at the end.
func (s *Server) URL() string {
	if s.listener == nil {
		return ""
	}
	return "http://" + s.listener.Addr().String()
}

// Endpoint is the format go-telegram-bot-api wants: root/bot%s/%s.
func (s *Server) Endpoint() string { return s.URL() + "/bot%s/%s" }

// Token is the bot's token.
func (s *Server) Token() string { return s.opt.Token }

// Close ends every waiting call and delivery, closes the listener and waits until all is quiet.
func (s *Server) Close() {
	s.once.Do(func() {
		close(s.done)
		s.mu.Lock()
		s.closed = true
		s.hook.stop()
		s.mu.Unlock()
		if s.http != nil {
			_ = s.http.Close()
		}
		s.tasks.Wait()
		s.opt.WebhookClient.CloseIdleConnections()
	})
}

// ServeHTTP answers /bot<token>/<method> and /file/bot<token>/<path>.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !s.begin() {
		panic(http.ErrAbortHandler)
	}
	defer s.tasks.Done()
	if rest, ok := strings.CutPrefix(r.URL.Path, "/file/bot"); ok {
		s.serveFile(w, r, rest)
		return
	}
	rest, ok := strings.CutPrefix(r.URL.Path, "/bot")
	token, name, slash := strings.Cut(rest, "/")
	if !ok || !slash {
		notFound.reply().write(w)
		return
	}
	if f := s.authorise(token); f != nil {
		f.reply().write(w)
		return
	}
	a, f := readArgs(r)
	if f != nil {
		s.record(Call{Method: name, Params: a.values, Status: f.code, Error: f.text})
		f.reply().write(w)
		return
	}
	if s.crowded() {
		defer s.active.Add(-1)
		s.wait(3*time.Second, r.Context().Done())
		tooMany(60).reply().write(w)
		return
	}
	defer s.active.Add(-1)
	s.answer(w, r, name, a)
}

// begin counts in something Close waits for; false once the server is closed.
func (s *Server) begin() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.closed {
		s.tasks.Add(1)
	}
	return !s.closed
}

var notFound = &failure{code: http.StatusNotFound, text: "Not Found"}

func (s *Server) authorise(token string) *failure {
	id, secret, ok := strings.Cut(token, ":")
	if !ok || id == "" || strings.Trim(id, "0123456789") != "" || secret == "" {
		return &failure{code: http.StatusUnauthorized, text: "Unauthorized: invalid token specified"}
	}
	if token != s.opt.Token {
		return &failure{code: http.StatusUnauthorized, text: "Unauthorized"}
	}
	return nil
}

// crowded counts the call in and tells whether too many are under way: over 1000 and the updates of the last minute.
func (s *Server) crowded() bool {
	n := s.active.Add(1)
	if s.opt.MaxInFlight < 0 || n <= int64(s.opt.MaxInFlight) {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return n > int64(s.opt.MaxInFlight)+int64(s.queue.lastMinute(s.opt.Now()))
}

// wait lets d pass on the server's clock; false when the caller or the server left first.
func (s *Server) wait(d time.Duration, left <-chan struct{}) bool {
	select {
	case <-s.opt.After(d):
		return true
	case <-left:
	case <-s.done:
	}
	return false
}

// answer plays the call, or the trap set for it.
func (s *Server) answer(w http.ResponseWriter, r *http.Request, name string, a args) {
	m := s.methods[strings.ToLower(name)]
	if m != nil {
		name = m.name
	}
	t := s.sprung(name, chatOf(a))
	if t != nil {
		s.spring(t, w, r, name, a)
		return
	}
	s.execute(name, a, r.Context().Done(), "").write(w)
}

// execute does one call and records it. Via tells how it came when not by a request.
func (s *Server) execute(name string, a args, left <-chan struct{}, via string) reply {
	m := s.methods[strings.ToLower(name)]
	entry := Call{Method: name, Params: a.values, Via: via, Chat: chatOf(a), At: s.opt.Now(), Status: http.StatusOK}
	for k, u := range a.files {
		if entry.Files == nil {
			entry.Files = map[string]int{}
		}
		entry.Files[k] = len(u.data)
	}
	out, f := s.run(m, &call{method: m, args: a, abandoned: left})
	if f != nil {
		entry.Status, entry.Error = f.code, f.text
		out = f.reply()
	}
	s.record(entry)
	return out
}

func (s *Server) run(m *method, c *call) (out reply, f *failure) {
	if m == nil {
		return out, &failure{code: http.StatusNotFound, text: "Not Found: method not found"}
	}
	if f := c.check(); f != nil {
		return out, f
	}
	if !m.waits {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.loggedOut {
			return out, &failure{code: http.StatusBadRequest, text: "Logged out"}
		}
	}
	result, f := m.run(s, c)
	if f != nil {
		return out, f
	}
	if ready, ok := result.(reply); ok {
		return ready, nil
	}
	return success(result), nil
}
