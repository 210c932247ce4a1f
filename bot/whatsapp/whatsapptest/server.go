// Package whatsapptest is a WhatsApp server for tests. Real whatsmeow clients
// pair with it and talk through it: the Noise handshake, the binary nodes, the
// pairing signatures and the Signal encryption are WhatsApp's, only the trust
// root is its own. It is stricter than WhatsApp: a question it does not know
// fails the test. It listens on loopback, is imported by tests only and must
// never be part of a release build.
package whatsapptest

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"go.mau.fi/whatsmeow/util/keys"
)

// Server is one WhatsApp. Its methods may be called from any goroutine.
type Server struct {
	t            testing.TB
	http         *httptest.Server
	key          *keys.KeyPair
	certificates []byte
	life         context.Context
	end          context.CancelFunc
	links        sync.WaitGroup

	mu       sync.Mutex
	accounts map[string]*account // by phone number and by LID user
	made     int
	pairings map[string]*link // by the reference in the QR code
	faults   faults
	changed  chan struct{} // closed and replaced whenever something happened

	media mediaStore
}

// New starts a server, which ends with the test.
func New(t testing.TB) *Server {
	t.Helper()
	root() // before anything signs
	s := &Server{
		t: t, key: keys.NewKeyPair(), accounts: map[string]*account{}, pairings: map[string]*link{},
		changed: make(chan struct{}), faults: noFaults(),
	}
	s.media.files = map[string]*mediaFile{}
	s.life, s.end = context.WithCancel(context.Background())
	var err error
	if s.certificates, err = certify(s.key); err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/ws/chat", s.serveChat)
	mux.HandleFunc("POST /mms/{kind}/{token}", s.upload)
	mux.HandleFunc("GET /v/{id}", s.download)
	s.http = httptest.NewServer(mux)
	t.Cleanup(s.stop)
	return s
}

func (s *Server) stop() {
	s.end()
	s.mu.Lock()
	for _, a := range s.accounts {
		for _, d := range a.devices {
			if d.link != nil {
				d.link.cut()
			}
		}
	}
	s.mu.Unlock()
	s.http.CloseClientConnections()
	s.http.Close()
	s.links.Wait()
}

// URL is where the server listens, as WALAB_URL has it: http://127.0.0.1:port.
func (s *Server) URL() string { return s.http.URL }

// Transport carries a whatsmeow client's requests, of whatever host, to this server.
func (s *Server) Transport() http.RoundTripper { return detour{host: s.http.Listener.Addr()} }

type detour struct{ host net.Addr }

// RoundTrip sends the request here instead of where it was meant for.
func (d detour) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.URL.Scheme, r.URL.Host = "http", d.host.String()
	return http.DefaultTransport.RoundTrip(r)
}

// await waits until done says so; it is asked, under the lock, whenever something happened.
func (s *Server) await(what string, done func() bool) {
	s.t.Helper()
	if err := s.awaitOr(what, done); err != nil {
		s.t.Fatal(err)
	}
}

// patience is how long a test waits for what must happen.
const patience = time.Minute

func (s *Server) awaitOr(what string, done func() bool) error {
	late := time.After(patience)
	for {
		s.mu.Lock()
		ok, changed := done(), s.changed
		s.mu.Unlock()
		if ok {
			return nil
		}
		select {
		case <-changed:
		case <-late:
			return fmt.Errorf("waited %v for %s", patience, what)
		}
	}
}

// happened wakes whoever awaits. The lock is held.
func (s *Server) happened() {
	close(s.changed)
	s.changed = make(chan struct{})
}
