package embedded

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Role owns the database of the same name and everything the migrations make; it is no superuser. Superuser is for tests alone.
const (
	Role      = "titian"
	Superuser = "postgres"
)

// Postgres is one private cluster, reached only through a socket in a folder closed to all but its user, which is why
// nobody is asked for a password. Dir and the folder above it must be made by Prepare and Folder. One caller at a time.
type Postgres struct {
	Bin      string   // folder of initdb and postgres
	Dir      string   // its data; the folder above holds its lock and is written to
	Socket   string   // folder of its socket
	Log      string   // file its log is added to; no statement and no value of a row is written there
	User     User     // who it runs as
	Settings []string // "name=value", over the ones it has here

	process *process
}

// settings favour a small machine. Shared memory in files: systemd removes that of a user who logs out.
var settings = []string{
	"listen_addresses=", "port=5432", "unix_socket_permissions=0700",
	"max_connections=100", "shared_buffers=64MB", "dynamic_shared_memory_type=mmap",
	"fsync=on", "synchronous_commit=on", "full_page_writes=on",
	"timezone=UTC", "log_timezone=UTC", "log_min_messages=log", "log_min_error_statement=panic", "log_statement=none", "logging_collector=off",
}

// URL is the address of one database for lib/pq and pgx, as Role or Superuser. It stays the same over restarts.
func (p *Postgres) URL(role, database string) string {
	query := url.Values{"host": {p.Socket}, "port": {"5432"}, "user": {role}, "sslmode": {"disable"}}
	return "postgres:///" + url.PathEscape(database) + "?" + query.Encode()
}

// Init makes the cluster, the role and the database titian where there is no data yet. Killed midway it leaves nothing
// that a later Init takes for data. Data of another major version than Bin: *OtherVersion.
func (p *Postgres) Init(ctx context.Context) error {
	made, err := os.ReadFile(filepath.Join(p.Dir, "PG_VERSION"))
	if err == nil {
		return p.sameVersion(strings.TrimSpace(string(made)))
	}
	if !os.IsNotExist(err) {
		return fmt.Errorf("read the version of the Postgres data: %w", err)
	}
	if err := os.Remove(p.Dir); err != nil && !os.IsNotExist(err) {
		return fmt.Errorf("%s holds something that is no Postgres data: %w", p.Dir, err)
	}
	lock, err := p.leftover().take(ctx)
	if err != nil {
		return err
	}
	defer lock.Close()
	return p.make(lock)
}

func (p *Postgres) sameVersion(made string) error {
	installed, err := postgresMajor(p.Bin)
	if err != nil {
		return fmt.Errorf("%s: %w", p.Bin, err)
	}
	if made != installed {
		return &OtherVersion{Dir: p.Dir, Made: made, Installed: installed}
	}
	return p.User.Folder(p.Dir)
}

// make builds beside Dir and renames. Text sorts by code point, so a new C library never spoils an index.
func (p *Postgres) make(lock *os.File) error {
	fresh := p.Dir + ".new"
	if err := os.RemoveAll(fresh); err != nil {
		return err
	}
	if err := p.User.Folder(fresh); err != nil {
		return err
	}
	initdb := []string{filepath.Join(p.Bin, "initdb"), "-D", fresh, "-U", Superuser, "--auth=trust",
		"--encoding=UTF8", "--locale=C.UTF-8", "--lc-collate=C", "--lc-messages=C"}
	if _, err := p.run(lock, fresh, "", initdb); err != nil {
		return err
	}
	single := []string{filepath.Join(p.Bin, "postgres"), "--single", "-D", fresh, "postgres"}
	out, err := p.run(lock, fresh, "CREATE ROLE titian LOGIN\nCREATE DATABASE titian OWNER titian\n", single)
	if err != nil {
		return err
	}
	if strings.Contains(out, "ERROR") {
		return fmt.Errorf("make the database titian: %s", out)
	}
	if err := os.Rename(fresh, p.Dir); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(p.Dir))
}

func (p *Postgres) run(lock *os.File, dir, input string, argv []string) (string, error) {
	var out strings.Builder
	child, err := launch{argv: argv, dir: dir, user: p.User, onDeath: syscall.SIGKILL, lock: lock, log: &out, input: input}.start()
	if err != nil {
		return "", err
	}
	<-child.done
	if !child.cmd.ProcessState.Success() {
		return "", fmt.Errorf("%s: %w: %s", filepath.Base(argv[0]), child.reason, strings.TrimSpace(out.String()))
	}
	return out.String(), nil
}

func syncFolder(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Sync()
}

func (p *Postgres) leftover() leftover {
	return leftover{lock: p.Dir + ".lock", pidFile: filepath.Join(p.Dir, "postmaster.pid"), title: p.Dir, log: p.Log, patience: 10 * time.Second}
}

// Start returns when connections are accepted. Whatever an earlier run left, alive or not, is dealt with first.
func (p *Postgres) Start(ctx context.Context) error {
	lock, err := p.leftover().take(ctx)
	if err != nil {
		return fmt.Errorf("an earlier Postgres is still busy: %w", err)
	}
	defer lock.Close()
	if err := p.clear(); err != nil {
		return err
	}
	log, err := appendTo(p.Log)
	if err != nil {
		return err
	}
	defer log.Close()
	before, err := log.Seek(0, 2)
	if err != nil {
		return err
	}
	process, err := launch{argv: p.argv(), dir: p.Dir, user: p.User, onDeath: syscall.SIGQUIT, lock: lock, log: log}.start()
	if err != nil {
		return err
	}
	p.process = process
	if err := p.ready(ctx); err != nil {
		p.process.stop(syscall.SIGQUIT, 5*time.Second)
		return fmt.Errorf("%w: %s", err, lastLines(p.Log, before))
	}
	return nil
}

func (p *Postgres) argv() []string {
	argv := []string{filepath.Join(p.Bin, "postgres"), "-D", p.Dir}
	quoted := `"` + strings.ReplaceAll(p.Socket, `"`, `""`) + `"`
	for _, setting := range append(append([]string{"unix_socket_directories=" + quoted}, settings...), p.Settings...) {
		argv = append(argv, "-c", setting)
	}
	return argv
}

// clear removes what a killed machine leaves. We hold the lock, so a Postgres that is alive was started by someone's hand.
func (p *Postgres) clear() error {
	pidFile := filepath.Join(p.Dir, "postmaster.pid")
	if pid := firstLine(pidFile); runsFor(pid, p.Dir) {
		return fmt.Errorf("process %d, which Titian did not start, already runs on %s: stop it", pid, p.Dir)
	}
	for _, path := range []string{pidFile, filepath.Join(p.Socket, longestSocket), filepath.Join(p.Socket, longestSocket+".lock")} {
		if err := os.Remove(path); err != nil && !os.IsNotExist(err) {
			return fmt.Errorf("remove what an earlier Postgres left: %w", err)
		}
	}
	return nil
}

// ready waits for the word the postmaster itself writes on line 8 of its pid file, the one pg_ctl waits for.
func (p *Postgres) ready(ctx context.Context) error {
	for {
		text, _ := os.ReadFile(filepath.Join(p.Dir, "postmaster.pid"))
		lines := strings.Split(string(text), "\n")
		if len(lines) > 7 && lines[0] == strconv.Itoa(p.process.pid()) && strings.TrimSpace(lines[7]) == "ready" {
			return nil
		}
		select {
		case <-p.process.done:
			return fmt.Errorf("Postgres ended while starting: %w", p.process.reason)
		case <-ctx.Done():
			return fmt.Errorf("wait for Postgres to start: %w", ctx.Err())
		case <-time.After(lookAgain / 2):
		}
	}
}

// Stop ends all connections and writes everything to disk. An error means that it had to be killed; nothing is lost then either.
func (p *Postgres) Stop() error {
	if p.process == nil {
		return nil
	}
	return p.process.stop(syscall.SIGINT, 30*time.Second)
}

// Kill ends it as a lost machine would: no warning to any connection, recovery at the next Start.
func (p *Postgres) Kill() {
	if p.process != nil {
		p.process.kill()
	}
}

// Done is closed when the started server has ended, for whatever reason.
func (p *Postgres) Done() <-chan struct{} { return p.process.done }

// PID is the started server's.
func (p *Postgres) PID() int { return p.process.pid() }
