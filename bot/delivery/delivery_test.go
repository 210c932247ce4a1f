package delivery

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"titian/bot/chat"
	"titian/storage"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	errBlocked = &chat.SendError{Failure: chat.FailedBlocked, Cause: errors.New("blocked by the user")}
	errInvalid = &chat.SendError{Failure: chat.FailedInvalid, Cause: errors.New("chat not found")}
	errUnsure  = &chat.SendError{Failure: chat.FailedUnsure, Cause: errors.New("no answer")}
	errBusy    = &chat.SendError{Failure: chat.FailedBusy, Cause: errors.New("bad gateway")}
)

func after(d time.Duration) error {
	return &chat.SendError{Failure: chat.FailedBusy, Retry: d, Cause: errors.New("too many requests")}
}

func globally(d time.Duration) error {
	return &chat.SendError{Failure: chat.FailedBusy, Retry: d, Global: true, Cause: errors.New("too many requests")}
}

// sent is one try that a network saw.
type sent struct {
	to   string
	text string
	at   time.Duration // since the test began
}

func (s sent) String() string { return fmt.Sprintf("%s>%s@%s", s.text, s.to, s.at) }

// network is a scripted chat.Sender: the answers to a text are given in turn, then all is well.
type network struct {
	begun time.Time
	takes time.Duration
	mu    sync.Mutex
	tries []sent
	says  map[string][]error
	now   int
	most  int
}

func (n *network) Send(ctx context.Context, to chat.Address, m chat.Outgoing) (chat.Receipt, error) {
	n.mu.Lock()
	n.tries = append(n.tries, sent{to.Key, seenAs(m), time.Since(n.begun)})
	n.now++
	n.most = max(n.most, n.now)
	var err error
	if says := n.says[m.Text]; len(says) > 0 {
		err, n.says[m.Text] = says[0], says[1:]
	}
	n.mu.Unlock()
	defer func() {
		n.mu.Lock()
		n.now--
		n.mu.Unlock()
	}()
	if m.Attachment != nil && err == nil {
		err = read(ctx, m.Attachment)
	}
	if !pause(ctx, n.takes) {
		return chat.Receipt{}, ctx.Err()
	}
	return chat.Receipt{Ref: m.Text}, err
}

func read(ctx context.Context, a *chat.Attachment) error {
	if a.Open == nil {
		return &chat.SendError{Failure: chat.FailedInvalid, Cause: chat.ErrFile}
	}
	r, err := a.Open(ctx)
	if err == nil {
		_, err = io.Copy(io.Discard, r)
		r.Close()
	}
	if err != nil {
		return &chat.SendError{Failure: chat.FailedInvalid, Cause: fmt.Errorf("%w: %w", chat.ErrFile, err)}
	}
	return nil
}

// seenAs is a message with what its file held; one that cannot be read is refused by Send.
func seenAs(m chat.Outgoing) string {
	if m.Attachment == nil {
		return m.Text
	}
	return m.Text + "+" + m.Attachment.Name
}

// Edit and Remove are scripted by "edit 1" and "remove 1", where 1 is the ref.
func (n *network) Edit(ctx context.Context, to chat.Address, ref string, m chat.Outgoing) error {
	_, err := n.Send(ctx, to, chat.Outgoing{Text: "edit " + ref})
	return err
}

func (n *network) Remove(ctx context.Context, to chat.Address, ref string) error {
	_, err := n.Send(ctx, to, chat.Outgoing{Text: "remove " + ref})
	return err
}

func (n *network) seen() []sent {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Clone(n.tries)
}

func (n *network) texts() []string {
	var texts []string
	for _, s := range n.seen() {
		texts = append(texts, s.text)
	}
	return texts
}

// ledger is a Ledger that can be down.
type ledger struct {
	mu      sync.Mutex
	trimmed []string // contact/id
	calls   int
	renewed map[storage.ContactID]int
	gone    []storage.ContactID
	down    int // how many calls still fail
}

func (l *ledger) Sent(_ context.Context, sent []storage.Sent) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.fails() {
		return storage.ErrDown
	}
	l.calls++
	for _, s := range sent {
		for _, id := range s.IDs {
			l.trimmed = append(l.trimmed, string(s.Contact)+"/"+id)
		}
	}
	return nil
}

func (l *ledger) Renew(_ context.Context, contacts []storage.ContactID) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range contacts {
		l.renewed[c]++
	}
	return nil
}

func (l *ledger) SetReachable(_ context.Context, c storage.ContactID, reachable bool) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.fails() {
		return storage.ErrDown
	}
	if !reachable {
		l.gone = append(l.gone, c)
	}
	return nil
}

func (l *ledger) fails() bool {
	if l.down > 0 {
		l.down--
		return true
	}
	return false
}

// pacer is the shared limiter: evenly spaced, no burst. It can be down.
type pacer struct {
	mu      sync.Mutex
	next    map[string]time.Time
	down    int
	sharing int // replicas
}

func (p *pacer) Allow(_ context.Context, key string, perSecond float64) (time.Duration, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.down > 0 {
		p.down--
		return 0, storage.ErrDown
	}
	if perSecond <= 0 {
		return 0, nil
	}
	now := time.Now()
	if wait := p.next[key].Sub(now); wait > 0 {
		return wait, nil
	}
	p.next[key] = now.Add(time.Duration(float64(time.Second) / perSecond))
	return 0, nil
}

func (p *pacer) Grant(_ context.Context, key string, perSecond float64, turns int) (wait time.Duration, sharing int, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.down > 0 {
		p.down--
		return 0, 0, storage.ErrDown
	}
	wait = max(0, time.Until(p.next[key]))
	p.next[key] = time.Now().Add(wait + time.Duration(float64(turns)/perSecond*float64(time.Second)))
	return wait, p.sharing, nil
}

// house is a delivery with a network, a ledger and a limiter that a test can script.
type house struct {
	*Delivery
	net    *network
	ledger *ledger
	pacer  *pacer
	files  shelf
	Options
}

// shelf is a vault that can be down, and that lacks some files.
type shelf struct {
	mu     sync.Mutex
	down   int
	opened int
}

var errMissing = errors.New("no such file")

func (s *shelf) Get(_ context.Context, id string) (io.ReadCloser, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.opened++
	switch {
	case s.down > 0:
		s.down--
		return nil, fmt.Errorf("%w: the bucket", storage.ErrDown)
	case id != "there":
		return nil, errMissing
	}
	return io.NopCloser(strings.NewReader("%PDF")), nil
}

// in runs a test on a clock that moves when everything waits, and drains the delivery at its end.
func in(t *testing.T, test func(t *testing.T, h *house)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		h := &house{net: &network{begun: time.Now(), says: map[string][]error{}}, ledger: &ledger{renewed: map[storage.ContactID]int{}},
			pacer: &pacer{next: map[string]time.Time{}}}
		h.Options = Options{Senders: map[chat.Network]chat.Sender{chat.Telegram: h.net}, Ledger: h.ledger, Limiter: h.pacer,
			Rate: func(chat.Network) float64 { return 25 }, Files: &h.files}
		h.Delivery = New(h.Options)
		test(t, h)
		h.finish(t)
	})
}

// finish waits for every reply.
func (h *house) finish(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 24*time.Hour)
	defer cancel()
	if err := h.Drain(ctx); err != nil {
		t.Fatal(err)
	}
}

func at(key string) chat.Address { return chat.Address{Network: chat.Telegram, Key: key} }

// owed is the n'th reply of a contact's turn; its text says both.
func owed(c string, seq, n int64) Reply {
	id := fmt.Sprintf("%d.%d", seq, n)
	return Reply{Contact: storage.ContactID(c), ID: id, Seq: seq, To: at(c), Message: chat.Outgoing{Text: c + " " + id}, Accepted: time.Now()}
}

func wantTexts(t *testing.T, h *house, want ...string) {
	t.Helper()
	if got := h.net.texts(); !slices.Equal(got, want) {
		t.Fatalf("the network saw %q, want %q", got, want)
	}
}

func wantTrimmed(t *testing.T, h *house, want ...string) {
	t.Helper()
	h.ledger.mu.Lock()
	defer h.ledger.mu.Unlock()
	got := slices.Sorted(slices.Values(h.ledger.trimmed))
	if !slices.Equal(got, want) {
		t.Fatalf("trimmed %q, want %q", got, want)
	}
}

// notices sends unasked messages side by side and returns how each ended, once all have.
func (h *house) notice(c string, text string, class Class) error {
	_, err := h.Notice(context.Background(), storage.ContactID(c), at(c), chat.Outgoing{Text: text}, class)
	return err
}

func wantFailure(t *testing.T, err error, f chat.Failure) {
	t.Helper()
	var failed *chat.SendError
	if !errors.As(err, &failed) || failed.Failure != f {
		t.Fatalf("got %v, want a send that is %s", err, f)
	}
}
