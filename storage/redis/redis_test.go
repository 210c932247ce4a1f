package redis

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	goredis "github.com/redis/go-redis/v9"
	"go.uber.org/goleak"

	"titian/storage"
	"titian/storage/storagetest"
)

// onEach runs a test on every kind of server that may hold conversations.
func onEach(t *testing.T, test func(t *testing.T, s *Store)) {
	t.Helper()
	for _, on := range []struct {
		name    string
		address func(*testing.T) string
	}{
		{"redis", func(t *testing.T) string { return storagetest.Redis(t) }},
		{"cluster", cluster},
		{"miniredis", func(t *testing.T) string { return "redis://" + miniredis.RunT(t).Addr() }},
	} {
		t.Run(on.name, func(t *testing.T) {
			t.Parallel()
			test(t, open(t, on.address(t), Options{}))
		})
	}
}

// open refuses, as Redis Cluster does, any command whose keys cross shards.
func open(t testing.TB, address string, o Options) *Store {
	t.Helper()
	s, err := Open(t.Context(), address, o)
	if err != nil {
		t.Fatal(err)
	}
	s.client.AddHook(oneSlot{t})
	t.Cleanup(func() { s.Close() })
	return s
}

// eventually waits for another process, which can send no signal.
func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	deadline := time.After(20 * time.Second)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !is() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("waited for: %s", what)
		}
	}
}

// turn is the record of a contact after the seq'th message.
func turn(c storage.ContactID, seq int64) storage.Record {
	r := storage.Record{Contact: c, Seq: seq, State: []byte(fmt.Sprintf("state %d \x00\xff\n\r", seq))}
	for i := range seq {
		r.See(fmt.Sprintf("m%d", i+1))
	}
	r.Owed = []storage.Owed{{ID: fmt.Sprintf("%d.0", seq), Body: []byte("\x00first\xff")}, {ID: fmt.Sprintf("%d.1", seq), Body: []byte("second")}}
	return r
}

func commit(t testing.TB, s *Store, recs ...storage.Record) {
	t.Helper()
	for _, r := range recs {
		if err := s.Commit(context.Background(), r, false); err != nil {
			t.Fatal(err)
		}
	}
}

func load(t testing.TB, s *Store, c storage.ContactID) storage.Record {
	t.Helper()
	r, err := s.Load(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func want(t testing.TB, err, is error) {
	t.Helper()
	if !errors.Is(err, is) {
		t.Fatalf("got error %v, want %v", err, is)
	}
}

func wantSame(t testing.TB, got, want storage.Record) {
	t.Helper()
	if show(got) != show(want) {
		t.Fatalf("got record\n%s, want\n%s", show(got), show(want))
	}
}

func show(r storage.Record) string {
	s := fmt.Sprintf("%s %d seen %q mark %q state %q deleted %t inboxed %t", r.Contact, r.Seq, r.Seen, r.Mark, r.State, r.Deleted, r.Inboxed)
	for _, o := range r.Owed {
		s += fmt.Sprintf(" owed %s %q", o.ID, o.Body)
	}
	return s
}

func ids(owed []storage.Owed) []string {
	var all []string
	for _, o := range owed {
		all = append(all, o.ID)
	}
	return all
}

func wantIDs(t testing.TB, got []storage.Owed, want ...string) {
	t.Helper()
	if !slices.Equal(ids(got), want) {
		t.Fatalf("owed %v, want %v", ids(got), want)
	}
}

// owing says whether the contact stands in its shard's owing set.
func owing(t testing.TB, s *Store, c storage.ContactID) bool {
	t.Helper()
	err := s.client.ZScore(context.Background(), owedKey(shardOf(c)), string(c)).Err()
	if err != nil && !errors.Is(err, goredis.Nil) {
		t.Fatal(err)
	}
	return err == nil
}

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("titian/storage/embedded.(*process).own"), goleak.Cleanup(func(code int) {
		stopCluster()
		os.Exit(code)
	}))
}
