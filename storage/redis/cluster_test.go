package redis

import (
	"io"
	"net"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"testing"

	goredis "github.com/redis/go-redis/v9"
)

// theCluster is a Redis Cluster of one node that holds every slot: it refuses what crosses slots. It takes two seconds to
// become writable, so all tests share it, one at a time.
var theCluster struct {
	sync.Mutex
	address string
	node    *goredis.Client
	life    io.Closer
	dir     string
	over    func() error
}

// cluster returns the address of an empty cluster that is the test's alone until it ends.
func cluster(t *testing.T) string {
	t.Helper()
	c := &theCluster
	c.Lock()
	t.Cleanup(c.Unlock)
	if c.address == "" {
		startCluster(t)
	}
	if err := c.node.FlushAll(t.Context()).Err(); err != nil {
		t.Fatal(err)
	}
	return c.address
}

func startCluster(t *testing.T) {
	t.Helper()
	c := &theCluster
	port, bus := freePort(t), freePort(t)
	var err error
	if c.dir, err = os.MkdirTemp("", "titian-cluster"); err != nil {
		t.Fatal(err)
	}
	// The shell outlives neither these tests nor the server: its input ends when they do.
	cmd := exec.Command("sh", "-c", `redis-server "$@" & read end; kill -9 $!; rm -rf "$PWD"`, "sh", "--port", port, "--cluster-port", bus,
		"--bind", "127.0.0.1", "--cluster-enabled", "yes", "--save", "", "--appendonly", "no")
	cmd.Dir = c.dir
	if c.life, err = cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	c.over = cmd.Wait
	c.node = goredis.NewClient(&goredis.Options{Addr: "127.0.0.1:" + port, MaxRetries: -1, PoolSize: 1})
	eventually(t, "the node answers", func() bool { return c.node.Ping(t.Context()).Err() == nil })
	if err := c.node.Do(t.Context(), "CLUSTER", "ADDSLOTSRANGE", 0, 16383).Err(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the cluster is whole", func() bool { return c.node.Set(t.Context(), "x", 1, 0).Err() == nil })
	c.address = "redis+cluster://127.0.0.1:" + port
}

func stopCluster() {
	c := &theCluster
	c.Lock()
	defer c.Unlock()
	if c.life == nil {
		return
	}
	c.node.Close()
	c.life.Close()
	c.over()
	os.RemoveAll(c.dir)
}

func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return strconv.Itoa(l.Addr().(*net.TCPAddr).Port)
}
