package embedded

import (
	"context"
	"errors"
	"os"
	"sync"
	"syscall"
	"time"
)

const (
	probe    = 250 * time.Millisecond // how often the keeper looks whether anybody is there
	farewell = 10 * time.Second       // how long a keeper told to stop waits for those who still use the servers
)

// keeper is the data folder with its servers, as seen by the process that owns them and by those who look for it.
type keeper struct {
	Options
	user User
}

// server is what the keeper starts, watches and stops.
type server interface {
	Start(ctx context.Context) error
	Stop() error
	Done() <-chan struct{}
}

// named is a server with what is said about it.
type named struct {
	server
	name string
	init func(ctx context.Context) error
	tell func(*state)
}

// Keep owns the servers of o.Dir: the whole life of the hidden command `titian keeper`. It returns nil after it has stopped them,
// because nobody uses them any more or because ctx ended and 10 s have passed for their users to leave. A server that ends by
// itself is started again. When another keeper is there it returns nil at once.
func Keep(ctx context.Context, o Options) error {
	k, err := newKeeper(o)
	if err != nil {
		return err
	}
	lock, err := k.ownLock()
	if lock == nil {
		return err
	}
	defer lock.Close()
	if err := k.keep(ctx, lock); err != nil {
		writePrivate(k.path("servers.json"), state{PID: os.Getpid(), Error: err.Error()})
		return err
	}
	return nil
}

func (k *keeper) keep(ctx context.Context, lock *os.File) error {
	if err := os.Remove(k.path("servers.json")); err != nil && !os.IsNotExist(err) {
		return err
	}
	servers, err := k.servers()
	if err != nil {
		return err
	}
	running, stop := context.WithCancel(context.WithoutCancel(ctx))
	var all sync.WaitGroup
	defer all.Wait()
	defer stop()
	first := make(chan error, len(servers))
	for _, s := range servers {
		all.Go(func() { k.supervise(running, s, first) })
	}
	for range servers {
		if err := <-first; err != nil {
			return err
		}
	}
	now := state{PID: os.Getpid(), Started: startOf(os.Getpid())}
	for _, s := range servers {
		s.tell(&now)
	}
	if err := writePrivate(k.path("servers.json"), now); err != nil {
		return err
	}
	k.Log.Info("servers ready", "dir", k.Dir, "user", k.user.Name, "miniredis", now.Mini)
	return k.untilUnused(ctx, lock, func() {
		os.Remove(k.path("servers.json"))
		stop()
		all.Wait()
		k.Log.Info("servers stopped", "dir", k.Dir)
	})
}

// untilUnused calls stop when nobody has used the servers for the grace, holding users.lock so that whoever comes now
// waits until the keeper is gone. After ctx ended it waits without grace, and for farewell at most.
func (k *keeper) untilUnused(ctx context.Context, lock *os.File, stop func()) error {
	ticker := time.NewTicker(min(probe, max(k.Grace/4, 5*time.Millisecond)))
	defer ticker.Stop()
	grace, unused, ended := k.Grace, time.Time{}, ctx.Done()
	var leave <-chan time.Time
	for {
		select {
		case <-ended:
			ended, grace, leave = nil, 0, time.After(farewell)
		case <-leave:
			stop()
			return nil
		case <-ticker.C:
		}
		if !k.holds(lock) {
			stop()
			return errors.New("the data folder is gone")
		}
		users, err := tryLock(k.path("users.lock"), syscall.LOCK_EX)
		if err != nil {
			k.Log.Error("look whether anybody uses the servers", "error", err)
		}
		if users == nil {
			unused = time.Time{}
			continue
		}
		if unused.IsZero() {
			unused = time.Now()
		}
		if time.Since(unused) >= grace {
			stop()
			return users.Close()
		}
		users.Close()
	}
}

// supervise runs one server until ctx ends, then stops it. The first start is reported, later ones are tried for ever.
func (k *keeper) supervise(ctx context.Context, s named, first chan<- error) {
	defer func() {
		if err := s.Stop(); err != nil {
			k.Log.Error("stop", "server", s.name, "error", err)
		}
	}()
	err := s.init(ctx)
	if err == nil {
		err = s.Start(ctx)
	}
	first <- err
	if err != nil {
		return
	}
	for wait, began := time.Second, time.Now(); ; wait = min(2*wait, 30*time.Second) {
		select {
		case <-ctx.Done():
			return
		case <-s.Done():
		}
		if time.Since(began) > time.Minute {
			wait = time.Second
		}
		k.Log.Error("a server ended by itself, starting it again", "server", s.name, "in", wait)
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
		began = time.Now()
		if err := s.Start(ctx); err != nil {
			k.Log.Error("start again", "server", s.name, "error", err)
		}
	}
}

// servers are those that are not configured. ErrNoPostgres, *OtherVersion. It starts nothing.
func (k *keeper) servers() ([]named, error) {
	socket, err := SocketDir(k.Dir, k.user)
	if err != nil {
		return nil, err
	}
	var servers []named
	if k.DatabaseURL == "" {
		pg, err := k.postgres(socket)
		if err != nil {
			return nil, err
		}
		servers = append(servers, named{pg, "postgres", pg.Init, func(s *state) { s.DatabaseURL = pg.URL(Role, "titian") }})
	}
	if k.RedisURL == "" {
		servers = append(servers, k.redis(socket))
	}
	return servers, nil
}

func (k *keeper) postgres(socket string) (*Postgres, error) {
	dir := k.path("postgres")
	bin, err := FindPostgres(madeBy(dir))
	if other, ok := errors.AsType[*OtherVersion](err); ok {
		other.Dir = dir
	}
	if err != nil {
		return nil, err
	}
	return &Postgres{Bin: bin, Dir: dir, Socket: socket, Log: k.path("log", "postgres.log"), User: k.user}, nil
}

func (k *keeper) redis(socket string) named {
	nothing := func(context.Context) error { return nil }
	bin, err := FindRedis()
	if err != nil {
		m := &mini{path: k.path("miniredis.json")}
		return named{m, "miniredis", nothing, func(s *state) { s.RedisURL, s.Mini = m.URL(), true }}
	}
	r := &Redis{Bin: bin, Dir: k.path("redis"), Socket: socket, Log: k.path("log", "redis.log"), User: k.user}
	return named{r, "redis", nothing, func(s *state) { s.RedisURL = r.URL() }}
}
