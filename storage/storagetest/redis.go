package storagetest

import (
	"context"
	"fmt"
	"net/url"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"testing"

	"github.com/redis/go-redis/v9"

	"titian/storage/embedded"
)

// databases is how many tests share one redis-server at a time; the next one gets a server of its own.
const databases = 64

var (
	redisMu   sync.Mutex
	sharedOne *embedded.Redis
	free      []int
)

// Redis returns the URL of an empty logical database that no other test uses at the same time. FLUSHALL and SCRIPT FLUSH
// would reach the neighbours: a test that needs them takes RedisServer.
func Redis(t testing.TB) string {
	t.Helper()
	redisMu.Lock()
	defer redisMu.Unlock()
	if sharedOne == nil {
		server := newRedis(t, "--databases", strconv.Itoa(databases), "--appendonly", "no")
		if err := server.Start(context.Background()); err != nil {
			t.Fatalf("start Redis for tests: %v", err)
		}
		sharedOne = server
		for db := range databases {
			free = append(free, db)
		}
		slices.Reverse(free)
	}
	if len(free) == 0 {
		return RedisServer(t).URL
	}
	db := free[len(free)-1]
	free = free[:len(free)-1]
	address := withDatabase(sharedOne.URL(), db)
	t.Cleanup(func() { giveBack(t, address, db) })
	return address
}

// giveBack empties a database before another test gets it.
func giveBack(t testing.TB, address string, db int) {
	if err := do(address, func(ctx context.Context, c *redis.Client) error { return c.FlushDB(ctx).Err() }); err != nil {
		t.Errorf("empty Redis database %d: %v", db, err)
		return
	}
	redisMu.Lock()
	defer redisMu.Unlock()
	free = append(free, db)
}

func withDatabase(address string, db int) string {
	u, err := url.Parse(address)
	if err != nil {
		panic(err) // our own URL
	}
	u.RawQuery = url.Values{"db": {strconv.Itoa(db)}}.Encode()
	return u.String()
}

func do(address string, what func(context.Context, *redis.Client) error) error {
	options, err := redis.ParseURL(address)
	if err != nil {
		return err
	}
	client := redis.NewClient(options)
	defer client.Close()
	return what(context.Background(), client)
}

// RedisServer returns a redis-server of the test's own with an append-only file, as the embedded one has.
func RedisServer(t testing.TB) *Server {
	t.Helper()
	server := newRedis(t)
	s := &Server{URL: server.URL(), t: t, server: server, start: func() error { return server.Start(context.Background()) }}
	s.aof = filepath.Join(server.Dir, "appendonlydir")
	s.Start()
	t.Cleanup(server.Kill)
	return s
}

// FlushAll empties a Redis of the test's own.
func (s *Server) FlushAll() {
	s.t.Helper()
	if err := do(s.URL, func(ctx context.Context, c *redis.Client) error { return c.FlushAll(ctx).Err() }); err != nil {
		s.t.Fatalf("empty Redis: %v", err)
	}
}

// AOF is the folder of a RedisServer's append-only files: remove it between Kill and Start and all data is lost.
func (s *Server) AOF() string { return s.aof }

func newRedis(t testing.TB, settings ...string) *embedded.Redis {
	t.Helper()
	bin, err := embedded.FindRedis()
	if err != nil {
		t.Fatal(err)
	}
	dir, user := room(t)
	socket, err := embedded.SocketDir(dir, user)
	if err != nil {
		t.Fatal(fmt.Errorf("a folder for the socket of Redis: %w", err))
	}
	return &embedded.Redis{Bin: bin, Dir: filepath.Join(dir, "data"), Socket: socket, Log: filepath.Join(dir, "log"), User: user, Settings: settings}
}
