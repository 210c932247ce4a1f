package simulator

import (
	"context"
	"errors"
	"io"
	"regexp"
	"sync"
	"time"

	"titian/bot/chat"
)

// WebOptions is what a Web is made of. Both are needed.
type WebOptions struct {
	Dir string // where uploads lie while they are worked on; nothing stays in it
	Now func() time.Time
}

// Web is a chat in the browser: a page that looks like a phone's, at /coba/.
// Each browser is one contact. It keeps the last messages of a contact in
// memory only; the page sends again, under the same id, what was not answered.
type Web struct {
	now       func() time.Time
	limits    limits
	tray      *tray         // what pages sent
	shelf     *tray         // what the bot sent
	receiving chan struct{} // holds one for each file being received

	mu       sync.Mutex
	browsers map[string]*browser // by the address key
	last     int64               // the newest number given out; they rise over restarts too
	begun    int64               // the number this process began with
	shift    *shift              // nil: not running
	ended    bool                // Run has returned
}

// limits bound what anybody who reaches the address can take of this machine.
type limits struct {
	browsers int // contacts in memory; who was away longest goes first
	messages int // of one contact, kept for its page
	bytes    int // of one contact's messages
	streams  int // pages open at a time, of one contact
	inHand   int // messages of one contact being worked on
	uploads  int // being received at a time
	files    int // kept until the bot has read them
	spaceMiB int64

	fileFor time.Duration // how long a file is kept
	answer  time.Duration // how long a page waits for its message
	drain   time.Duration // how long messages in hand may take once Run must end
	beat    time.Duration // between signs of life to a page
}

var usualLimits = limits{
	browsers: 256, messages: 200, bytes: 256 << 10, streams: 4, inHand: 16, uploads: 8, files: 64, spaceMiB: 256,
	fileFor: 10 * time.Minute, answer: 25 * time.Second, drain: 3 * time.Second, beat: 20 * time.Second,
}

// The largest text that is taken or shown, and the largest file.
const (
	maxText = 64 << 10
	maxFile = 20 << 20
)

// shift is one run of the channel.
type shift struct {
	ctx     context.Context
	receive chat.Receive
	working sync.WaitGroup
	cut     chan struct{} // closed when messages in hand are given back
	over    chan struct{} // closed when pages are let go
}

// NewWeb makes the channel. It fails when o.Dir cannot be written.
func NewWeb(o WebOptions) (*Web, error) {
	w := &Web{now: o.Now, limits: usualLimits, browsers: map[string]*browser{}}
	w.last = o.Now().UnixMicro()
	w.begun = w.last
	w.receiving = make(chan struct{}, w.limits.uploads)
	var err error
	if w.tray, err = newTray(o.Dir, &w.limits); err != nil {
		return nil, err
	}
	kept := shown
	w.shelf, err = newTray(o.Dir, &kept)
	return w, err
}

// Network is the web.
func (w *Web) Network() chat.Network { return chat.Web }

// Run receives until ctx ends, lets messages in hand come to their end for a
// while, and lets the pages go. A page whose message was given back sends it again.
func (w *Web) Run(ctx context.Context, receive chat.Receive) error {
	s := &shift{ctx: ctx, receive: receive, cut: make(chan struct{}), over: make(chan struct{})}
	w.mu.Lock()
	w.shift, w.ended = s, false
	w.mu.Unlock()
	for tick := time.NewTicker(time.Minute); ctx.Err() == nil; {
		select {
		case <-ctx.Done():
			tick.Stop()
		case <-tick.C:
			w.tray.sweep(w.now())
			w.shelf.sweep(w.now())
		}
	}
	w.mu.Lock()
	w.shift = nil
	w.mu.Unlock()
	giveBack := time.AfterFunc(w.limits.drain, func() { close(s.cut) })
	s.working.Wait()
	giveBack.Stop()
	w.mu.Lock()
	w.ended = true
	w.mu.Unlock()
	close(s.over)
	w.tray.clear()
	w.shelf.clear()
	return nil
}

var wellFormedKey = regexp.MustCompile(`^[a-z2-7]{26}$`)

// Typing shows the three dots on the page, if it is open.
func (w *Web) Typing(_ context.Context, to chat.Address) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if b := w.browsers[to.Key]; b != nil {
		b.typing = w.next()
		b.wake()
	}
}

// Fetch reads a file that a page sent. Files are gone after ten minutes, when
// newer ones need the room, and when Run ends.
func (w *Web) Fetch(_ context.Context, f chat.File) (io.ReadCloser, error) {
	if f.SizeBytes > maxFile {
		return nil, &chat.FetchError{TooLarge: true, Limit: maxFile, Cause: errors.New("never uploaded")}
	}
	r := w.tray.open(f.Ref)
	if r == nil {
		return nil, &chat.FetchError{Gone: true, Cause: errors.New("no such file")}
	}
	return r, nil
}
