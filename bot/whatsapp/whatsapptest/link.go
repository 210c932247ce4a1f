package whatsapptest

import (
	"bytes"
	"context"
	"crypto/cipher"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"
	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/socket"
)

// link is one connection of one client, after its handshake.
type link struct {
	conn     *websocket.Conn
	in, out  cipher.AEAD
	counter  uint32 // of what came in
	pending  chan waBinary.Node
	silent   atomic.Bool // nothing is heard or sent any more
	closed   chan struct{}
	close    sync.Once
	leftover []byte

	device  *device  // who is logged in
	pairing *pairing // who wants to become a device
}

// outbox bounds what waits for one connection; a client that reads nothing is cut off.
const outbox = 1 << 14

// farewell is how long a connection stays open after its last word, so that the client has read it.
const farewell = 300 * time.Millisecond

func (s *Server) serveChat(w http.ResponseWriter, r *http.Request) {
	conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{InsecureSkipVerify: true})
	if err != nil {
		return
	}
	defer conn.CloseNow()
	conn.SetReadLimit(socket.FrameMaxSize)
	l := &link{conn: conn, pending: make(chan waBinary.Node, outbox), closed: make(chan struct{})}
	defer l.cut()
	header := len(socket.WAConnHeader)
	who, in, out, err := s.handshake(
		func() ([]byte, error) { skip := header; header = 0; return l.frame(r.Context(), skip) },
		func(raw []byte) error { return l.writeFrame(r.Context(), raw) })
	if err != nil {
		return
	}
	l.in, l.out = in, out
	s.links.Go(func() { l.writeLoop(s.life) })
	if !s.greet(l, who) {
		l.wait()
		return
	}
	for {
		node, err := l.read(s.life)
		if err != nil {
			s.left(l)
			return
		}
		s.heard(l, node)
	}
}

// frame reads the next frame, past skip bytes of the connection's header.
func (l *link) frame(ctx context.Context, skip int) ([]byte, error) {
	for {
		if have := l.leftover; len(have) >= skip+socket.FrameLengthSize {
			if skip > 0 && !bytes.Equal(have[:skip], socket.WAConnHeader) {
				return nil, errors.New("the connection begins otherwise than WhatsApp's")
			}
			body := have[skip:]
			length := int(body[0])<<16 | int(body[1])<<8 | int(body[2])
			if body = body[socket.FrameLengthSize:]; len(body) >= length {
				l.leftover = body[length:]
				return body[:length:length], nil
			}
		}
		kind, more, err := l.conn.Read(ctx)
		if err != nil {
			return nil, err
		}
		if kind != websocket.MessageBinary {
			return nil, errors.New("a text frame")
		}
		l.leftover = append(bytes.Clone(l.leftover), more...)
	}
}

func (l *link) writeFrame(ctx context.Context, raw []byte) error {
	head := []byte{byte(len(raw) >> 16), byte(len(raw) >> 8), byte(len(raw))}
	return l.conn.Write(ctx, websocket.MessageBinary, append(head, raw...))
}

func (l *link) read(ctx context.Context) (*waBinary.Node, error) {
	sealed, err := l.frame(ctx, 0)
	if err != nil {
		return nil, err
	}
	plain, err := l.in.Open(nil, nonce(l.counter), sealed, nil)
	if err != nil {
		return nil, fmt.Errorf("open frame %d: %w", l.counter, err)
	}
	l.counter++
	if plain, err = waBinary.Unpack(plain); err != nil {
		return nil, err
	}
	return waBinary.Unmarshal(plain)
}

// send queues a node; it never blocks.
func (l *link) send(n waBinary.Node) {
	if l.silent.Load() {
		return
	}
	select {
	case l.pending <- n:
	default:
		l.cut()
	}
}

// last sends a node and closes the connection a moment later.
func (l *link) last(n waBinary.Node) {
	l.send(n)
	time.AfterFunc(farewell, l.cut)
}

func (l *link) cut() { l.close.Do(func() { close(l.closed); _ = l.conn.CloseNow() }) }

func (l *link) wait() { <-l.closed }

func (l *link) writeLoop(ctx context.Context) {
	defer l.cut()
	for counter := uint32(0); ; counter++ {
		select {
		case <-ctx.Done():
			return
		case <-l.closed:
			return
		case n := <-l.pending:
			raw, err := waBinary.Marshal(n)
			if err != nil {
				panic(fmt.Sprintf("the server cannot write %s: %v", n.Tag, err))
			}
			if err := l.writeFrame(ctx, l.out.Seal(nil, nonce(counter), raw, nil)); err != nil {
				return
			}
		}
	}
}
