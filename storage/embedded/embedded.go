// Package embedded gives a machine where no servers are configured a private Postgres and a private Redis, made from the
// machine's own programs and kept in the data folder. It imports nothing of Titian, opens no SQL connection, listens to no
// network but, for miniredis, the loopback, and never runs a server as root. Linux only: servers die with their owner
// by the kernel's parent-death signal.
//
// Who owns what, below the data folder:
//
//	users.lock     shared by every process that uses the servers; the keeper takes it whole to stop them
//	keeper.lock    whole, by the keeper; whoever finds it free starts a keeper, which inherits it
//	servers.json   the running keeper's addresses
//	postgres.lock, redis.lock   inherited by a server and its children: free means that the last of them has ended
//
// All are flocks, so the kernel frees them with whoever dies, and nothing a dead machine leaves can be taken for a living process.
package embedded

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"
)

// Options say where the servers are. A URL that is set is used as it is, and nothing is started for it.
type Options struct {
	Dir         string // the data folder
	DatabaseURL string
	RedisURL    string
	Keeper      []string      // argv that runs this program again as the keeper of Dir: Keep with the same Options
	Grace       time.Duration // how long the servers stay when nobody uses them; 0 means 2 s
	Log         *slog.Logger  // nil means slog.Default
}

// Servers are the addresses to use until Close.
type Servers struct {
	DatabaseURL string
	RedisURL    string
	Mini        bool // Redis is miniredis: what it holds ends with the keeper

	users *os.File
	stop  context.CancelFunc
	watch sync.WaitGroup
}

// Open returns the configured servers, else private ones in Dir, started when no process has them yet and ready to use.
// It waits for a keeper that is just stopping. While they are open, a keeper that was killed is replaced, at the same addresses.
// ErrNoPostgres, *OtherVersion and *Unreachable are sentences for the operator; ctx bounds the wait, else two minutes.
func Open(ctx context.Context, o Options) (*Servers, error) {
	s := &Servers{DatabaseURL: o.DatabaseURL, RedisURL: o.RedisURL, stop: func() {}}
	if o.DatabaseURL != "" && o.RedisURL != "" {
		return s, nil
	}
	if _, bounded := ctx.Deadline(); !bounded {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, 2*time.Minute)
		defer cancel()
	}
	k, err := newKeeper(o)
	if err != nil {
		return nil, err
	}
	if s.users, err = waitLock(ctx, k.path("users.lock"), syscall.LOCK_SH); err != nil {
		return nil, err
	}
	now, err := k.find(ctx)
	if err != nil {
		s.users.Close()
		return nil, err
	}
	if o.DatabaseURL == "" {
		s.DatabaseURL = now.DatabaseURL
	}
	if o.RedisURL == "" {
		s.RedisURL, s.Mini = now.RedisURL, now.Mini
	}
	watching, stop := context.WithCancel(context.Background())
	s.stop = stop
	s.watch.Go(func() { k.watch(watching) })
	return s, nil
}

// Close says that this process needs the servers no more. It may be called twice.
func (s *Servers) Close() error {
	s.stop()
	s.watch.Wait()
	if s.users == nil {
		return nil
	}
	users := s.users
	s.users = nil
	return users.Close()
}

// newKeeper looks at the data folder and makes it when it is missing.
func newKeeper(o Options) (*keeper, error) {
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return nil, fmt.Errorf("find the data folder: %w", err)
	}
	user, err := Prepare(dir)
	if err != nil {
		return nil, err
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Grace == 0 {
		o.Grace = 2 * time.Second
	}
	o.Dir = dir
	return &keeper{Options: o, user: user}, nil
}
