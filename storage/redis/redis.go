// Package redis keeps running conversations in Redis: one record a contact, in
// one of 1,024 shards, and per shard the set of contacts that owe replies.
// Every change is one script over keys of one shard, so it is all or nothing
// and works on Redis Cluster; every script may be sent twice, so a lost answer
// does no harm. It sees state and replies sealed only, imports the record nouns
// of storage, and never decides what a conversation says.
package redis

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"titian/storage"
)

// Lease is how long a sender of replies may be silent before another replica takes over.
const Lease = 30 * time.Second

// Options of a Store. The zero value is good.
type Options struct {
	Lease time.Duration // 0: Lease
	Log   *slog.Logger  // nil: silent
}

// Store is a Redis server or cluster that holds conversations. Safe for concurrent use.
type Store struct {
	client  goredis.UniversalClient
	lease   time.Duration
	batches batches
}

// Open connects to redis://, rediss:// or unix://, or to a cluster: redis+cluster://, or several addresses
// separated by commas. ErrDown when nothing answers; any other error means that the address cannot be read, and never shows it.
func Open(ctx context.Context, address string, o Options) (*Store, error) {
	client, err := connect(address)
	if err != nil {
		return nil, err
	}
	quietly(o.Log)
	s := &Store{client: client, lease: o.Lease}
	if s.lease <= 0 {
		s.lease = Lease
	}
	if err := s.Up(ctx); err != nil {
		client.Close()
		return nil, err
	}
	return s, nil
}

// Close lets go of the connections.
func (s *Store) Close() error { return s.client.Close() }

// Up asks Redis whether it answers. ErrDown.
func (s *Store) Up(ctx context.Context) error {
	if err := s.client.Ping(ctx).Err(); err != nil {
		return down("ask Redis whether it is up", err)
	}
	return nil
}

// quietly passes on what the client library says, without the values it says it about. The library has one logger a process.
func quietly(log *slog.Logger) {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	goredis.SetLogger(formats{log})
}

type formats struct{ log *slog.Logger }

func (f formats) Printf(ctx context.Context, format string, _ ...any) {
	f.log.WarnContext(ctx, "redis client", "said", format)
}

// down wraps any failure that is no verdict of a script. What a server says may repeat a value, so only its code is kept.
func down(doing string, err error) error {
	var said goredis.Error
	switch {
	case errors.As(err, &said):
		code, _, _ := strings.Cut(said.Error(), " ")
		return fmt.Errorf("%s: %w: Redis says %s", doing, storage.ErrDown, strings.TrimSuffix(code, ":"))
	case errors.Is(err, io.EOF):
		return fmt.Errorf("%s: %w: connection lost", doing, storage.ErrDown)
	}
	return fmt.Errorf("%s: %w: %w", doing, storage.ErrDown, err)
}
