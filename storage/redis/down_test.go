package redis

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/alicebob/miniredis/v2"
	goredis "github.com/redis/go-redis/v9"

	"titian/storage"
	"titian/storage/storagetest"
)

// everyCall asks a store for everything it can do.
func everyCall(ctx context.Context, s *Store) map[string]error {
	_, loading := s.Load(ctx, "siti")
	_, lapsing := s.Lapsed(ctx, 10)
	_, allowing := s.Limiter().Allow(ctx, "chat", 1)
	return map[string]error{
		"load": loading, "lapsed": lapsing, "allow": allowing,
		"commit":      s.Commit(ctx, turn("siti", 1), false),
		"mark":        s.Mark(ctx, "siti", 0, "m1", false),
		"settle":      s.Settle(ctx, turn("siti", 1), "m1"),
		"void":        s.Void(ctx, "siti", 1, "m1"),
		"raise":       s.Raise(ctx, turn("siti", 1)),
		"trim":        s.Trim(ctx, []storage.Sent{{Contact: "siti", IDs: []string{"1.0"}}}),
		"renew":       s.Renew(ctx, []storage.ContactID{"siti"}),
		"set inboxed": s.SetInboxed(ctx, "siti", true),
		"up":          s.Up(ctx),
		"clear":       s.Clear(ctx),
	}
}

func TestAServerThatIsGoneIsDownAndNeverAVerdict(t *testing.T) {
	t.Parallel()
	server := miniredis.RunT(t)
	s := open(t, "redis://"+server.Addr(), Options{})
	server.Close()
	for name, err := range everyCall(t.Context(), s) {
		if !errors.Is(err, storage.ErrDown) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAServerThatRefusesIsDownAndItsWordsAreNotRepeated(t *testing.T) {
	t.Parallel()
	for _, said := range []string{"LOADING Redis is loading 081234567890", "OOM command not allowed 081234567890", "READONLY You can't write 081234567890",
		"CLUSTERDOWN 081234567890", "WRONGTYPE 081234567890", "ERR unknown command with args 081234567890"} {
		server := miniredis.RunT(t)
		s := open(t, "redis://"+server.Addr(), Options{})
		server.SetError(said)
		for name, err := range everyCall(t.Context(), s) {
			if !errors.Is(err, storage.ErrDown) || strings.Contains(err.Error(), "0812") {
				t.Errorf("%s, %s: %v", said, name, err)
			}
		}
		server.SetError("")
		commit(t, s, turn("siti", 1))
	}
}

func TestADeadlineThatPassesIsAnOutage(t *testing.T) {
	s := open(t, "redis://"+miniredis.RunT(t).Addr(), Options{})
	ctx, cancel := context.WithTimeout(t.Context(), 0)
	defer cancel()
	for name, err := range everyCall(ctx, s) {
		if !storage.IsDown(err) || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestForgottenScriptsAreTaughtAgain(t *testing.T) {
	t.Parallel()
	server := storagetest.RedisServer(t)
	s := open(t, server.URL, Options{})
	commit(t, s, turn("siti", 1), turn("wa", 1))
	if err := s.client.(*goredis.Client).ScriptFlush(t.Context()).Err(); err != nil {
		t.Fatal(err)
	}
	if err := s.Trim(t.Context(), []storage.Sent{{Contact: "siti", IDs: []string{"1.0"}}, {Contact: "wa", IDs: []string{"1.1"}}}); err != nil {
		t.Fatal(err)
	}
	wantIDs(t, load(t, s, "siti").Owed, "1.1")
	wantIDs(t, load(t, s, "wa").Owed, "1.0")
	commit(t, s, turn("siti", 2))
}

func TestRedisThatIsKilledComesBackWithWhatWasCommitted(t *testing.T) {
	t.Parallel()
	server := storagetest.RedisServer(t)
	s := open(t, server.URL, Options{})
	commit(t, s, turn("siti", 1))
	server.Kill()
	want(t, s.Commit(t.Context(), turn("siti", 2), false), storage.ErrDown)
	server.Start()
	commit(t, s, turn("siti", 2))
}

// deaf loses the answer to the next thing that is sent: the server has done it by then.
type deaf struct {
	net.Conn
	next *atomic.Bool
}

func (d deaf) Read(b []byte) (int, error) {
	n, err := d.Conn.Read(b)
	if err == nil && d.next.CompareAndSwap(true, false) {
		d.Conn.Close()
		return 0, io.EOF
	}
	return n, err
}

func TestAnAnswerLostOnTheWireChangesNothing(t *testing.T) {
	var lose atomic.Bool
	o, err := goredis.ParseURL(storagetest.Redis(t))
	if err != nil {
		t.Fatal(err)
	}
	o.Dialer = func(ctx context.Context, network, addr string) (net.Conn, error) {
		c, err := (&net.Dialer{}).DialContext(ctx, network, addr)
		return deaf{c, &lose}, err
	}
	s := &Store{client: goredis.NewClient(o), lease: Lease}
	defer s.Close()
	ctx := t.Context()
	commit(t, s, turn("siti", 1))
	steps := []struct {
		name string
		do   func() error
	}{
		{"commit", func() error { return s.Commit(ctx, turn("siti", 2), false) }},
		{"mark", func() error { return s.Mark(ctx, "siti", 2, "m3", false) }},
		{"settle", func() error { return s.Settle(ctx, turn("siti", 3), "m3") }},
		{"mark again", func() error { return s.Mark(ctx, "siti", 3, "m4", false) }},
		{"void", func() error { return s.Void(ctx, "siti", 4, "m4") }},
		{"raise", func() error { return s.Raise(ctx, turn("siti", 9)) }},
		{"trim", func() error { return s.Trim(ctx, []storage.Sent{{Contact: "siti", IDs: []string{"1.0", "1.1"}}}) }},
	}
	for _, step := range steps {
		lose.Store(true)
		if err := step.do(); err != nil {
			t.Fatalf("%s: %v", step.name, err)
		}
		if lose.Load() {
			t.Fatalf("%s: no answer was lost", step.name)
		}
	}
	wantIDs(t, load(t, s, "siti").Owed, "2.0", "2.1", "3.0", "3.1", "9.0", "9.1")
}
