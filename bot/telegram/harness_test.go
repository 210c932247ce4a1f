package telegram

import (
	"bytes"
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"titian/bot/chat"
	"titian/bot/chattest"
	"titian/bot/telegram/telegramtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// canary has the shape of a token and is looked for where none may be.
const canary = "4200420042:AAcanary_0123456789_kenari_kuning_xyz"

// quick is the usual pace where nothing real is waited for.
var quick = func() pace {
	p := usualPace
	p.crowd, p.conflict, p.least, p.most = 20*time.Millisecond, 20*time.Millisecond, 5*time.Millisecond, 50*time.Millisecond
	p.full, p.drain, p.stall, p.answer = p.same, 300*time.Millisecond, 10*time.Second, 10*time.Second
	return p
}()

// network is a strict Bot API, its people, and where the bot's log goes.
type network struct {
	*telegramtest.Server
	t    testing.TB
	log  *book
	last atomic.Int64
}

// hasten makes the server's own waits a fiftieth as long; its clock stays true.
func hasten(d time.Duration) <-chan time.Time { return time.After(d / 50) }

func newNetwork(t testing.TB, o telegramtest.Options) *network {
	t.Helper()
	if o.Token == "" {
		o.Token = canary
	}
	if o.After == nil {
		o.After = hasten
	}
	n := &network{Server: telegramtest.New(o), t: t, log: &book{}}
	n.last.Store(7000)
	t.Cleanup(n.Close)
	t.Cleanup(func() {
		if found := n.log.find(canary[11:]); found != "" {
			t.Errorf("the token stands in the log: %s", found)
		}
	})
	return n
}

// channel makes the bot's channel on the network.
func (n *network) channel(change ...func(*Options)) *Channel {
	n.t.Helper()
	o := Options{Token: n.Token(), API: n.URL(), Log: slog.New(slog.NewTextHandler(n.log, nil))}
	for _, c := range change {
		c(&o)
	}
	c, err := New(n.t.Context(), o)
	if err != nil {
		n.t.Fatal(err)
	}
	c.pace = quick
	n.t.Cleanup(c.letGo)
	return c
}

// person is a new user who has pressed start, so that the bot may write to them.
func (n *network) person() *telegramtest.User {
	return n.User(n.last.Add(1), "Siti")
}

// to is where a user is written to.
func to(u *telegramtest.User) chat.Address { return address(u.ID()) }

// running is one Run, with the messages that came and what is answered to them.
type running struct {
	t       testing.TB
	came    chan chat.Message
	cancel  context.CancelFunc
	ended   chan error
	answers func(chat.Message) <-chan error
}

func taken(chat.Message) <-chan error { return decided(nil) }

func decided(err error) <-chan error {
	c := make(chan error, 1)
	c <- err
	return c
}

// run starts the channel; answers nil takes everything.
func run(t testing.TB, c *Channel, answers func(chat.Message) <-chan error) *running {
	t.Helper()
	if answers == nil {
		answers = taken
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	r := &running{t: t, came: make(chan chat.Message, 4096), cancel: cancel, ended: ended, answers: answers}
	go func() { ended <- c.Run(ctx, r.receive) }()
	t.Cleanup(func() {
		cancel()
		r.end()
	})
	return r
}

func (r *running) receive(_ context.Context, m chat.Message) <-chan error {
	outcome := r.answers(m)
	r.came <- m
	return outcome
}

// next waits for the next message.
func (r *running) next() chat.Message {
	r.t.Helper()
	select {
	case m := <-r.came:
		return m
	case err := <-r.ended:
		r.t.Fatalf("Run ended early: %v", err)
	case <-time.After(chattest.Patience):
		r.t.Fatal("no message came")
	}
	return chat.Message{}
}

// stop ends Run and returns what it said.
func (r *running) stop() error {
	r.cancel()
	return r.end()
}

func (r *running) end() error {
	r.t.Helper()
	if r.ended == nil {
		return nil
	}
	ended := r.ended
	r.ended = nil
	select {
	case err := <-ended:
		return err
	case <-time.After(chattest.EndsWithin):
		r.t.Error("Run did not end in time")
		return nil
	}
}

// book is a log that can be searched.
type book struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *book) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

// find returns the line that holds what; empty: none does.
func (b *book) find(what string) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	for line := range bytes.Lines(b.text.Bytes()) {
		if bytes.Contains(line, []byte(what)) {
			return string(line)
		}
	}
	return ""
}
