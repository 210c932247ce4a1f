package storagetest

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"syscall"
	"testing"

	_ "github.com/lib/pq" // the driver named "postgres"

	"titian/storage/embedded"
)

// cluster is shared by all tests of this process; each has its own database. It does not sync to disk.
type cluster struct {
	server *embedded.Postgres
	admin  *sql.DB

	mu        sync.Mutex
	databases int
	templates map[uintptr]*template
}

type template struct {
	name string
	err  error
	once sync.Once
}

var (
	clusterOnce sync.Once
	theCluster  *cluster
)

// Postgres returns the URL of a fresh, empty database, for lib/pq and pgx, owned by the role that Titian itself uses.
// It is dropped when the test ends, whoever is still connected.
func Postgres(t testing.TB) string {
	t.Helper()
	return shared(t).database(t, "titian")
}

// PostgresFrom is Postgres with a database that prepare has filled. A prepare runs once in a test process, its database
// is copied for each test: pass a named function, since closures made at one place count as one. It leaves no connection open.
func PostgresFrom(t testing.TB, prepare func(url string) error) string {
	t.Helper()
	c := shared(t)
	c.mu.Lock()
	key := reflect.ValueOf(prepare).Pointer()
	if c.templates[key] == nil {
		c.templates[key] = &template{name: fmt.Sprintf("template_%d", len(c.templates)+1)}
	}
	from := c.templates[key]
	c.mu.Unlock()
	from.once.Do(func() { from.err = c.prepare(from.name, prepare) })
	if from.err != nil {
		t.Fatalf("prepare the database that tests copy: %v", from.err)
	}
	return c.database(t, from.name)
}

// PostgresServer returns a cluster of the test's own that syncs to disk as the real one does; URL is its database titian.
func PostgresServer(t testing.TB) *Server {
	t.Helper()
	pg := newPostgres(t)
	s := &Server{URL: pg.URL(embedded.Role, "titian"), t: t, server: pg, start: func() error { return pg.Start(context.Background()) }}
	s.Start()
	t.Cleanup(pg.Kill)
	return s
}

// shared starts the cluster with the first test that asks. A t.Fatal inside leaves it nil for the others to report.
func shared(t testing.TB) *cluster {
	t.Helper()
	clusterOnce.Do(func() {
		pg := newPostgres(t, "fsync=off", "full_page_writes=off", "synchronous_commit=off", "max_connections=300", "wal_level=minimal", "max_wal_senders=0")
		if err := pg.Start(context.Background()); err != nil {
			t.Fatalf("start Postgres for tests: %v", err)
		}
		admin, err := sql.Open("postgres", pg.URL(embedded.Superuser, "postgres"))
		if err != nil {
			t.Fatalf("connect to Postgres for tests: %v", err)
		}
		admin.SetMaxIdleConns(2)
		theCluster = &cluster{server: pg, admin: admin, templates: map[uintptr]*template{}}
	})
	if theCluster == nil {
		t.Fatal("Postgres for tests did not start: the first test that wanted it says why")
	}
	return theCluster
}

func (c *cluster) database(t testing.TB, from string) string {
	t.Helper()
	c.mu.Lock()
	c.databases++
	name := fmt.Sprintf("test_%d", c.databases)
	c.mu.Unlock()
	if _, err := c.admin.Exec("CREATE DATABASE " + name + " TEMPLATE " + from + " OWNER titian"); err != nil {
		t.Fatalf("copy database %s: %v", from, err)
	}
	t.Cleanup(func() {
		if _, err := c.admin.Exec("DROP DATABASE " + name + " WITH (FORCE)"); err != nil {
			t.Errorf("drop database %s: %v", name, err)
		}
	})
	return c.server.URL(embedded.Role, name)
}

func (c *cluster) prepare(name string, prepare func(url string) error) error {
	if _, err := c.admin.Exec("CREATE DATABASE " + name + " TEMPLATE titian OWNER titian"); err != nil {
		return err
	}
	if err := prepare(c.server.URL(embedded.Role, name)); err != nil {
		return err
	}
	if _, err := c.admin.Exec("ALTER DATABASE " + name + " ALLOW_CONNECTIONS false"); err != nil {
		return err
	}
	_, err := c.admin.Exec("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = $1", name)
	return err
}

// newPostgres copies the cluster that is cached on this machine; initdb itself takes a second.
func newPostgres(t testing.TB, settings ...string) *embedded.Postgres {
	t.Helper()
	bin, err := embedded.FindPostgres("")
	if err != nil {
		t.Fatal(err)
	}
	dir, user := room(t)
	socket, err := embedded.SocketDir(dir, user)
	if err != nil {
		t.Fatal(err)
	}
	pg := &embedded.Postgres{Bin: bin, Dir: filepath.Join(dir, "data"), Socket: socket, Log: filepath.Join(dir, "log"), User: user, Settings: settings}
	if err := copyCluster(pg); err != nil {
		t.Fatalf("make a Postgres for tests: %v", err)
	}
	return pg
}

// copyCluster fills pg.Dir from the cache below the temporary folder, making that first when it is missing. Test
// processes that start together wait for the one that makes it.
func copyCluster(pg *embedded.Postgres) error {
	cache := filepath.Join(os.TempDir(), fmt.Sprintf("titian-test-cache-%d-%s", os.Geteuid(), strings.ReplaceAll(pg.Bin, "/", "-")))
	user, err := embedded.Prepare(cache)
	if err != nil {
		return err
	}
	if about, err := os.Lstat(cache); err != nil || about.Sys().(*syscall.Stat_t).Uid != uint32(os.Geteuid()) {
		return fmt.Errorf("%s belongs to somebody else: remove it", cache)
	}
	lock, err := os.OpenFile(filepath.Join(cache, "cache.lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	defer lock.Close()
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		return err
	}
	made := &embedded.Postgres{Bin: pg.Bin, Dir: filepath.Join(cache, "data"), User: user}
	if err := made.Init(context.Background()); err != nil {
		return err
	}
	if out, err := exec.Command("cp", "-a", made.Dir, pg.Dir).CombinedOutput(); err != nil {
		return fmt.Errorf("copy %s: %w: %s", made.Dir, err, out)
	}
	return nil
}
