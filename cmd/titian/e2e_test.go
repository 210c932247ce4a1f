package main

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"titian/bot/bottest"
	"titian/bot/telegram/telegramtest"
	"titian/storage/storagetest"
)

// place is a data folder with the variables of those who work on it. Everything
// that runs there has ended when the test has.
type place struct {
	testing.TB
	data string
	env  []string
}

// room makes a folder that the servers of root, who run as somebody else, can enter.
func room(t testing.TB) string {
	t.Helper()
	ground := os.TempDir()
	var memory syscall.Statfs_t
	if os.Getenv("TMPDIR") == "" && syscall.Statfs("/dev/shm", &memory) == nil && memory.Bavail*uint64(memory.Bsize) > 4<<30 {
		ground = "/dev/shm"
	}
	dir, err := os.MkdirTemp(ground, "titian-e2e-")
	if err == nil {
		err = os.Chmod(dir, 0o755)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// bare is an empty data folder with private servers.
func bare(t testing.TB, env ...string) *place {
	t.Helper()
	p := &place{TB: t, data: filepath.Join(room(t), "data")}
	p.env = append([]string{"TITIAN_DATA=" + p.data, "TITIAN_LOG_LEVEL=debug"}, env...)
	t.Cleanup(p.leave)
	return p
}

// leave waits until the keeper has stopped its servers; one that does not is ended and complained of.
func (p *place) leave() {
	path := filepath.Join(p.data, "keeper.lock")
	if await(patience, func() bool { return free(path) }) {
		return
	}
	p.Errorf("the keeper %d did not stop although nobody uses its servers: %s", p.keeper(), p.read("log/keeper.log"))
	if pid := p.keeper(); pid > 1 {
		syscall.Kill(pid, syscall.SIGKILL)
		await(patience, func() bool { return free(path) })
	}
}

// free says whether nobody holds a lock.
func free(path string) bool {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return errors.Is(err, os.ErrNotExist)
	}
	defer f.Close()
	return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil
}

var furniture struct {
	sync.Once
	from string
}

// furnished is bare with a database already made and migrated: most of what a first start costs.
func furnished(t testing.TB, env ...string) *place {
	t.Helper()
	furniture.Do(func() {
		dir, err := os.MkdirTemp(filepath.Dir(room(t)), "titian-e2e-")
		if err == nil {
			err = os.Chmod(dir, 0o755)
		}
		if err != nil {
			t.Fatal(err)
		}
		first := &place{TB: t, data: filepath.Join(dir, "data")}
		first.env = []string{"TITIAN_DATA=" + first.data}
		first.prints("", "migrate")
		first.leave()
		furniture.from = first.data
	})
	if furniture.from == "" {
		t.Fatal("the data folder that tests copy was not made: the first test that wanted it says why")
	}
	p := bare(t, env...)
	if said, err := exec.Command("cp", "-a", furniture.from, p.data).CombinedOutput(); err != nil {
		t.Fatalf("copy: %v: %s", err, said)
	}
	return p
}

// elsewhere is a data folder whose servers are configured.
func elsewhere(t testing.TB, env ...string) *place {
	t.Helper()
	return bare(t, append([]string{"DATABASE_URL=" + storagetest.PostgresFrom(t, bottest.Migrate), "REDIS_URL=" + storagetest.Redis(t)}, env...)...)
}

// onTelegram are the variables that bring a program to a fake Bot API.
func onTelegram(api *telegramtest.Server) []string {
	return []string{"TELEGRAM_TOKEN=" + api.Token(), "TELEGRAM_API=" + api.URL(), "TELEGRAM_RATE=0"}
}

func botAPI(t testing.TB, o telegramtest.Options) *telegramtest.Server {
	o.EasyPolling = true
	api := telegramtest.New(o)
	t.Cleanup(api.Close)
	return api
}

func (p *place) program() program { return program{p.TB, p.env} }

func (p *place) prints(stdin string, args ...string) string {
	p.Helper()
	return p.program().prints(stdin, args...)
}

func (p *place) read(name string) string {
	text, _ := os.ReadFile(filepath.Join(p.data, name))
	return string(text)
}

// life is one `titian serve` from its start to its end.
type life struct {
	*place
	addr  string
	out   *printout
	errs  *printout
	cmd   *exec.Cmd
	ended chan struct{}
}

var addresses atomic.Int64

// address is on the loopback and nobody else's: the whole of 127/8 is this machine's.
func address() string {
	pid := os.Getpid()
	return fmt.Sprintf("127.%d.%d.%d:%d", 1+pid>>16&0x7f, pid>>8&0xff, pid&0xff, 20000+addresses.Add(1))
}

// begins starts `titian serve` and does not wait for it.
func (p *place) begins(addr string, env ...string) *life {
	p.Helper()
	l := &life{place: p, addr: addr, out: newPaper(), errs: newPaper(), ended: make(chan struct{})}
	l.cmd = exec.Command(binary(p), "serve", "--addr", addr)
	l.cmd.Env = append(append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME")}, p.env...), env...)
	l.cmd.Stdout, l.cmd.Stderr = l.out, l.errs
	l.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := l.cmd.Start(); err != nil {
		p.Fatal(err)
	}
	go func() {
		l.cmd.Wait()
		l.out.close()
		close(l.ended)
	}()
	p.Cleanup(func() {
		l.dies()
		if p.Failed() {
			p.Logf("titian at %s said %s\n%s", addr, l.out, l.errs.tail(6000))
		}
	})
	return l
}

// serves starts it and waits until it says that it is there.
func (p *place) serves(env ...string) *life {
	p.Helper()
	l := p.begins(address(), env...)
	l.up()
	return l
}

// up waits until it says that it is there.
func (l *life) up() {
	l.Helper()
	if !l.out.has("Titian berjalan", patience) {
		l.Fatalf("it did not start: %s %s", l.out, l.errs.tail(6000))
	}
}

// dies is kill -9; of one that has ended nothing more.
func (l *life) dies() {
	l.cmd.Process.Kill()
	<-l.ended
}

// asked sends a signal.
func (l *life) asked(s syscall.Signal) {
	l.Helper()
	if err := l.cmd.Process.Signal(s); err != nil {
		l.Fatal(err)
	}
}

// stops sends SIGTERM once it is up, which hears no signal before, and wants an end in order within ten seconds.
func (l *life) stops() {
	l.Helper()
	l.up()
	began := time.Now()
	l.asked(syscall.SIGTERM)
	select {
	case <-l.ended:
	case <-time.After(patience):
		l.Fatalf("it does not stop: %s", l.errs.tail(6000))
	}
	if code := l.cmd.ProcessState.ExitCode(); code != 0 {
		l.Errorf("it stopped with exit %d: %s", code, l.errs.tail(3000))
	}
	l.Logf("it stopped in %v", time.Since(began).Round(time.Millisecond))
	if took := time.Since(began); took > 10*time.Second {
		l.Errorf("it took %v to stop", took)
	}
}

// get asks its web address; 0 when nobody answers.
func (l *life) get(path string) (int, string) {
	client := http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	r, err := client.Get("http://" + l.addr + path)
	if err != nil {
		return 0, err.Error()
	}
	defer r.Body.Close()
	body, _ := io.ReadAll(r.Body)
	return r.StatusCode, string(body)
}

// await looks again and again.
func await(within time.Duration, is func() bool) bool {
	for deadline := time.Now().Add(within); !is(); {
		if time.Now().After(deadline) {
			return false
		}
		time.Sleep(20 * time.Millisecond)
	}
	return true
}
