package bot_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"titian/bot"
	"titian/bot/bottest"
	"titian/bot/chat"
	"titian/storage"
)

// postbox is an inbox whose puts and takes a test may hold up.
type postbox struct {
	bot.Inbox
	put  func(messageID string)
	take func() bool
}

func (p postbox) InboxPut(ctx context.Context, m storage.Inboxed) (bool, error) {
	if p.put != nil {
		p.put(m.MessageID)
	}
	return p.Inbox.InboxPut(ctx, m)
}

func (p postbox) InboxTake(ctx context.Context, worker string, lease time.Duration, networks []string, limit int) ([]storage.Inboxed, error) {
	if p.take != nil && !p.take() {
		return nil, nil
	}
	return p.Inbox.InboxTake(ctx, worker, lease, networks, limit)
}

// parkedAfterAWhile waits for the first parked message.
func parkedAfterAWhile(t *testing.T, h *bottest.House) storage.Parked {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for limit := time.After(20 * time.Second); ; {
		parked, err := h.DB.Parked(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if len(parked) > 0 {
			return parked[0]
		}
		select {
		case <-tick.C:
		case <-limit:
			t.Fatal("nothing was parked")
		}
	}
}

// contacts is how many stand for themselves.
func contacts(t *testing.T, h *bottest.House) (n int) {
	t.Helper()
	db, err := sql.Open("postgres", h.Options.PostgresURL)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.QueryRowContext(t.Context(), `SELECT count(*) FROM contacts WHERE merged_into IS NULL`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestAnInboxMessageThatCannotBeOpenedIsParkedForItsContact(t *testing.T) {
	h := bottest.New(t, bottest.Options{})
	p := h.Person("contoh")
	p.Says("halo")
	unreadable := storage.Inboxed{
		Contact: h.Contact("contoh"), Network: string(chat.Terminal), MessageID: "unreadable",
		ReceivedAt: h.Clock.Now(), Body: []byte("sealed with another key"),
	}
	if _, err := h.DB.InboxPut(t.Context(), unreadable); err != nil {
		t.Fatal(err)
	}
	got := parkedAfterAWhile(t, h)
	if got.Contact != unreadable.Contact || got.MessageID != unreadable.MessageID || string(got.Body) != string(unreadable.Body) {
		t.Errorf("parked is %+v, want the message as it was stored", got)
	}
	before := len(h.Network.Sent("contoh"))
	p.Says("daftar") // it may wait behind the other still, which leaves the inbox a moment after it is parked
	for n := before + 1; !strings.Contains(h.Network.Await(t, "contoh", n)[n-1].Text, "SETUJU"); {
		n++
	}
	if n := contacts(t, h); n != 1 {
		t.Errorf("%d contacts are known, want the one who wrote", n)
	}
}

// slowSealer holds up the sealing of states, one after the other.
type slowSealer struct {
	bot.Sealer
	state func()
}

func (s slowSealer) Seal(plain, aad []byte) ([]byte, error) {
	if strings.HasPrefix(string(aad), "conversation/") {
		s.state()
	}
	return s.Sealer.Seal(plain, aad)
}

func TestALetterThatMovesUpWhileItIsPutAsideOvertakesNobody(t *testing.T) {
	first, third, reached := make(chan struct{}), make(chan struct{}), make(chan struct{})
	var last atomic.Value
	last.Store("")
	var moved sync.Once
	var states atomic.Int64
	states.Store(-1000)
	o := bottest.Options{Patience: 300 * time.Millisecond}
	o.Sealer = slowSealer{bottest.Keys(t), func() {
		switch states.Add(1) {
		case 1:
			<-first
		case 2:
			close(reached)
			<-third
		}
	}}
	o.Inbox = func(real bot.Inbox) bot.Inbox {
		return postbox{Inbox: real, put: func(id string) {
			if id == last.Load().(string) {
				moved.Do(func() { close(first); <-reached }) // the first ends, and the last is at the front
			}
		}}
	}
	h := bottest.New(t, o)
	p := h.Person("contoh")
	for _, line := range registering[:3] {
		p.Says(line)
	}
	var letters [3]chat.Message
	for i, text := range []string{"Contoh Satu", "menyusul", "081200000001"} {
		letters[i] = h.Network.Message("contoh", chat.Text, text)
	}
	last.Store(letters[2].ID)
	states.Store(0)
	for _, done := range receiveAll(h, letters[:]...) {
		if err := bottest.Wait(t, done); err != nil {
			t.Fatal(err)
		}
	}
	close(third)
	sent := h.Network.Await(t, "contoh", 6)
	for i, want := range []string{"Berapa NIK", "nomor HP atau WA", "nama usahanya"} {
		if got := sent[3+i].Text; !strings.Contains(got, want) {
			t.Errorf("answer %d is %q, want the question with %q", i+1, got, want)
		}
	}
}

func receiveAll(h *bottest.House, letters ...chat.Message) []<-chan error {
	done := make([]<-chan error, len(letters))
	for i, m := range letters {
		done[i] = h.Bot.Receive(context.Background(), m)
	}
	return done
}

// A flag that Redis lost, or never got, is set again by whoever works the inbox.
func TestAMessageThatWaitsUnknownToRedisIsNotOvertakenAtAnotherReplica(t *testing.T) {
	clock := bottest.NewClock()
	network := bottest.NewNetwork(clock)
	var waiting chat.Message
	reached, release := make(chan struct{}), make(chan struct{})
	var once sync.Once
	o := bottest.Options{Clock: clock, Network: network}
	bottest.At(&o, func(s bottest.Step, id string) error {
		if s == bottest.BeforeCommit && id == waiting.ID {
			once.Do(func() { close(reached); <-release })
		}
		return nil
	})
	waiting = network.Message("contoh", chat.Text, "Contoh Satu")
	worker := bottest.New(t, o)
	other := bottest.New(t, bottest.Options{
		Clock: clock, Network: network, Worker: "other", VaultDir: worker.Options.VaultDir, Patience: 50 * time.Millisecond,
		PostgresURL: worker.Options.PostgresURL, RedisURL: worker.Options.RedisURL,
		Inbox: func(real bot.Inbox) bot.Inbox { return postbox{Inbox: real, take: func() bool { return false }} },
	})
	p := other.Person("contoh")
	for _, line := range registering[:3] {
		p.Says(line)
	}
	body, err := json.Marshal(waiting)
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := worker.Keys.Seal(body, []byte("message/terminal/"+waiting.ID))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := worker.DB.InboxPut(t.Context(), storage.Inboxed{
		Contact: worker.Contact("contoh"), Network: string(chat.Terminal), MessageID: waiting.ID, ReceivedAt: clock.Now(), Body: sealed,
	}); err != nil {
		t.Fatal(err)
	}
	<-reached
	if err := bottest.Wait(t, other.Bot.Receive(t.Context(), network.Message("contoh", chat.Text, "menyusul"))); err != nil {
		t.Fatal(err)
	}
	close(release)
	sent := network.Await(t, "contoh", 5)
	for i, want := range []string{"Berapa NIK", "nomor HP atau WA"} {
		if got := sent[3+i].Text; !strings.Contains(got, want) {
			t.Errorf("answer %d is %q, want the question with %q", i+1, got, want)
		}
	}
}

func TestALetterTakenAsTheProcessStopsIsGivenBackAndDoesNotHoldUpTheStop(t *testing.T) {
	t.Parallel()
	down := make(chan struct{})
	var stopping, taken atomic.Bool
	o := bottest.Options{}
	bottest.At(&o, func(s bottest.Step, _ string) error {
		if s == bottest.BeforeCommit && stopping.Load() {
			return storage.ErrDown
		}
		return nil
	})
	o.Inbox = func(real bot.Inbox) bot.Inbox { return lateTaker{real, &stopping, &taken, down} }
	h := bottest.New(t, o)
	p := h.Person("contoh")
	p.Says("halo")
	m := h.Network.Message("contoh", chat.Text, "daftar")
	body, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := h.Keys.Seal(body, []byte("message/terminal/"+m.ID))
	if err != nil {
		t.Fatal(err)
	}
	stopping.Store(true)
	if _, err := h.DB.InboxPut(t.Context(), storage.Inboxed{
		Contact: h.Contact("contoh"), Network: string(chat.Terminal), MessageID: m.ID, ReceivedAt: h.Clock.Now(), Body: sealed,
	}); err != nil {
		t.Fatal(err)
	}
	<-down // the inbox is being asked
	stopped := make(chan struct{})
	go func() { h.Stop(); close(stopped) }()
	select {
	case <-stopped:
	case <-time.After(25 * time.Second):
		t.Fatal("the process does not stop")
	}
	if !taken.Load() {
		t.Fatal("the letter was not taken")
	}
	heir := h.Reopen()
	sent := heir.Network.Await(t, "contoh", 3) // the second asks for a moment's patience
	if !strings.Contains(sent[2].Text, "SETUJU") {
		t.Errorf("the letter is met with %q", sent[2].Text)
	}
}

// lateTaker takes from the inbox a moment after the process was told to stop.
type lateTaker struct {
	bot.Inbox
	stopping, taken *atomic.Bool
	asked           chan struct{}
}

func (l lateTaker) InboxTake(ctx context.Context, worker string, lease time.Duration, networks []string, limit int) ([]storage.Inboxed, error) {
	if !l.stopping.Load() || l.taken.Load() {
		return nil, nil
	}
	close(l.asked)
	<-ctx.Done()
	l.taken.Store(true)
	return l.Inbox.InboxTake(context.WithoutCancel(ctx), worker, lease, networks, limit)
}
