package telegram

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"syscall"
	"time"
)

// wire carries small calls over kept connections. A call stays in its caller's
// goroutine from the first byte to the last, where the transport of net/http
// passes it through two more: that costs four times the CPU. Files and whatever
// needs a proxy go by net/http.
type wire struct {
	addr string // host:port
	head string // "/bot<token>/": the path before the method
	host string
	tls  *tls.Config // nil: plain http
	dial func(ctx context.Context, network, addr string) (net.Conn, error)

	mu   sync.Mutex
	free []*strand // the one used last at the end
}

// strand is one connection, used by one call at a time.
type strand struct {
	net.Conn
	raw   net.Conn // below TLS
	read  *bufio.Reader
	wrote []byte // the last request, to write the next one over
	freed time.Time
}

const (
	freeAtMost = 64               // connections kept for later
	freeFor    = 30 * time.Second // servers close theirs after a minute or so
	bodyAtMost = 16 << 20

	wroteAtMost = 8 << 10
)

// newWire is nil where calls must go by net/http: through a proxy, or with a
// password in the URL.
func newWire(root, token string) *wire {
	u, err := url.Parse(root)
	if err != nil || u.User != nil {
		return nil
	}
	if proxy, err := http.ProxyFromEnvironment(&http.Request{URL: u}); proxy != nil || err != nil {
		return nil
	}
	w := &wire{
		host: u.Host, head: u.EscapedPath() + "/bot" + token + "/",
		dial: (&net.Dialer{Timeout: 10 * time.Second, KeepAlive: 15 * time.Second}).DialContext,
	}
	port := "80"
	if u.Scheme == "https" {
		port = "443"
		w.tls = &tls.Config{ServerName: u.Hostname(), NextProtos: []string{"http/1.1"}, ClientSessionCache: tls.NewLRUClientSessionCache(8)}
	}
	w.addr = net.JoinHostPort(u.Hostname(), cmp.Or(u.Port(), port))
	return w
}

// answered is what came back of a call.
type answered struct {
	status  int
	body    []byte
	written bool // the request, or part of it, may have reached the server
}

// do makes one call until the deadline. With an error, written says whether it
// may have been heard; status is 0 unless the beginning of an answer came.
func (w *wire) do(ctx context.Context, deadline time.Time, method string, form []byte) (a answered, err error) {
	s, err := w.take(ctx, deadline)
	if err != nil {
		return a, err
	}
	if err := s.SetDeadline(deadline); err != nil {
		_ = s.Close()
		return a, err
	}
	if err := ctx.Err(); err != nil { // a kept connection is had without asking the context
		w.put(s)
		return a, err
	}
	stop := context.AfterFunc(ctx, func() { _ = s.SetDeadline(time.Unix(1, 0)) })
	again, err := s.ask(&a, w, method, form)
	if !stop() || !again {
		_ = s.Close()
		return a, err
	}
	w.put(s)
	return a, err
}

// ask writes a request, reads its answer, and says whether the connection can be used again.
func (s *strand) ask(a *answered, w *wire, method string, form []byte) (again bool, err error) {
	request := append(s.wrote[:0], "POST "...)
	request = append(request, w.head...)
	request = append(request, method...)
	request = append(request, " HTTP/1.1\r\nHost: "...)
	request = append(request, w.host...)
	request = append(request, "\r\nUser-Agent: titian\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: "...)
	request = strconv.AppendInt(request, int64(len(form)), 10)
	request = append(request, "\r\n\r\n"...)
	request = append(request, form...)
	n, err := s.Write(request)
	if s.wrote = request; cap(request) > wroteAtMost {
		s.wrote = nil
	}
	a.written = n > 0
	if err != nil {
		return false, err
	}
	resp, err := http.ReadResponse(s.read, nil)
	for err == nil && resp.StatusCode < http.StatusOK {
		resp, err = http.ReadResponse(s.read, nil)
	}
	if err != nil {
		return false, cutShort(err)
	}
	a.status = resp.StatusCode
	body := bytes.NewBuffer(make([]byte, 0, max(resp.ContentLength, 0)+bytes.MinRead))
	if resp.ContentLength > bodyAtMost {
		return false, fmt.Errorf("an answer of %d bytes", resp.ContentLength)
	}
	if _, err := body.ReadFrom(io.LimitReader(resp.Body, bodyAtMost)); err != nil {
		return false, cutShort(err)
	}
	a.body = body.Bytes()
	return !resp.Close, nil
}

// cutShort names a connection that ended before the answer did.
func cutShort(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// take gives a connection that is still open, or a new one.
func (w *wire) take(ctx context.Context, deadline time.Time) (*strand, error) {
	for {
		w.mu.Lock()
		n := len(w.free)
		if n == 0 {
			w.mu.Unlock()
			return w.connect(ctx, deadline)
		}
		s := w.free[n-1]
		w.free = w.free[:n-1]
		w.mu.Unlock()
		if time.Since(s.freed) < freeFor && s.open() {
			return s, nil
		}
		_ = s.Close()
	}
}

func (w *wire) connect(ctx context.Context, deadline time.Time) (*strand, error) {
	ctx, cancel := context.WithDeadline(ctx, deadline)
	defer cancel()
	raw, err := w.dial(ctx, "tcp", w.addr)
	if err != nil {
		return nil, err
	}
	s := &strand{Conn: raw, raw: raw}
	if w.tls != nil {
		secure := tls.Client(raw, w.tls)
		if err := secure.HandshakeContext(ctx); err != nil {
			_ = raw.Close()
			return nil, err
		}
		s.Conn = secure
	}
	s.read = bufio.NewReaderSize(s.Conn, 2048)
	return s, nil
}

// put keeps a connection for later, and lets go of one that nobody needed for long.
func (w *wire) put(s *strand) {
	s.freed = time.Now()
	var old *strand
	w.mu.Lock()
	if len(w.free) > 0 && (len(w.free) >= freeAtMost || s.freed.Sub(w.free[0].freed) >= freeFor) {
		old, w.free = w.free[0], append(w.free[:0], w.free[1:]...)
	}
	w.free = append(w.free, s)
	w.mu.Unlock()
	if old != nil {
		_ = old.Close()
	}
}

// open says whether a kept connection is silent, as it must be between calls:
// the server has neither closed it nor said something nobody asked for.
func (s *strand) open() bool {
	if s.read.Buffered() > 0 {
		return false
	}
	conn, ok := s.raw.(syscall.Conn)
	if !ok {
		return true
	}
	raw, err := conn.SyscallConn()
	if err != nil {
		return false
	}
	silent := false
	err = raw.Read(func(fd uintptr) bool {
		var b [1]byte
		_, err := syscall.Read(int(fd), b[:])
		silent = err == syscall.EAGAIN
		return true
	})
	return err == nil && silent
}

// close lets go of the kept connections.
func (w *wire) close() {
	w.mu.Lock()
	free := w.free
	w.free = nil
	w.mu.Unlock()
	for _, s := range free {
		_ = s.Close()
	}
}
