package embedded

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// Redis is one private redis-server or valkey-server, reached only through a socket open to its user alone. Every write
// is in the append-only file within a second. Dir and the folder above it must be made by Prepare and Folder. One caller at a time.
type Redis struct {
	Bin      string   // the program
	Dir      string   // its data; the folder above holds its lock
	Socket   string   // folder of its socket
	Log      string   // file its log is added to
	User     User     // who it runs as
	Settings []string // further arguments, over the ones it has here

	process *process
}

func (r *Redis) socket() string { return filepath.Join(r.Socket, "redis.sock") }

// URL is the address for go-redis. It stays the same over restarts.
func (r *Redis) URL() string {
	return (&url.URL{Scheme: "unix", Path: r.socket(), RawQuery: "db=0"}).String()
}

// Start returns when commands are answered, with all data loaded. A server that an earlier run left is waited for or ended.
func (r *Redis) Start(ctx context.Context) error {
	if err := r.User.Folder(r.Dir); err != nil {
		return fmt.Errorf("make the folder of Redis: %w", err)
	}
	lock, err := leftover{lock: r.Dir + ".lock", pidFile: r.pidFile(), title: r.socket(), log: r.Log, patience: 10 * time.Second}.take(ctx)
	if err != nil {
		return fmt.Errorf("an earlier Redis is still busy: %w", err)
	}
	defer lock.Close()
	for _, path := range []string{r.socket(), r.pidFile()} {
		if err := os.Remove(path); err != nil && !os.IsNotExist(err) {
			return fmt.Errorf("remove what an earlier Redis left: %w", err)
		}
	}
	log, err := appendTo(r.Log)
	if err != nil {
		return err
	}
	defer log.Close()
	before, err := log.Seek(0, 2)
	if err != nil {
		return err
	}
	process, err := launch{argv: r.argv(), dir: r.Dir, user: r.User, onDeath: syscall.SIGTERM, lock: lock, log: log}.start()
	if err != nil {
		return err
	}
	r.process = process
	if err := r.ready(ctx); err != nil {
		r.process.stop(syscall.SIGTERM, 5*time.Second)
		return fmt.Errorf("%w: %s", err, lastLines(r.Log, before))
	}
	return nil
}

func (r *Redis) pidFile() string { return filepath.Join(r.Dir, "redis.pid") }

func (r *Redis) argv() []string {
	argv := []string{r.Bin, "--port", "0", "--unixsocket", r.socket(), "--unixsocketperm", "700",
		"--dir", r.Dir, "--pidfile", r.pidFile(), "--daemonize", "no",
		"--appendonly", "yes", "--appendfsync", "everysec", "--save", "", "--maxmemory-policy", "noeviction"}
	return append(argv, r.Settings...)
}

func (r *Redis) ready(ctx context.Context) error {
	for {
		if r.answers() {
			return nil
		}
		select {
		case <-r.process.done:
			return fmt.Errorf("Redis ended while starting: %w", r.process.reason)
		case <-ctx.Done():
			return fmt.Errorf("wait for Redis to start: %w", ctx.Err())
		case <-time.After(lookAgain / 2):
		}
	}
}

// answers is false while it loads its data: then it says -LOADING.
func (r *Redis) answers() bool {
	conn, err := net.DialTimeout("unix", r.socket(), time.Second)
	if err != nil {
		return false
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(time.Second))
	if _, err := conn.Write([]byte("PING\r\n")); err != nil {
		return false
	}
	answer := make([]byte, 64)
	n, err := conn.Read(answer)
	return err == nil && strings.HasPrefix(string(answer[:n]), "+PONG")
}

// Stop writes everything to disk. An error means that it had to be killed.
func (r *Redis) Stop() error {
	if r.process == nil {
		return nil
	}
	return r.process.stop(syscall.SIGTERM, 30*time.Second)
}

// Kill ends it as a lost machine would.
func (r *Redis) Kill() {
	if r.process != nil {
		r.process.kill()
	}
}

// Done is closed when the started server has ended, for whatever reason.
func (r *Redis) Done() <-chan struct{} { return r.process.done }

// PID is the started server's.
func (r *Redis) PID() int { return r.process.pid() }
