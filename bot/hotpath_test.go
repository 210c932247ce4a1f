package bot_test

import (
	"bufio"
	"fmt"
	"net"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"titian/bot/bottest"
	"titian/bot/chat"
	"titian/storage"
	"titian/storage/storagetest"
)

// watched is a redis-server whose commands are read as they come.
type watched struct {
	t          *testing.T
	tell, seen net.Conn
	lines      *bufio.Reader
	marks      int
}

func watch(t *testing.T, server string) *watched {
	t.Helper()
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	w := &watched{t: t}
	for _, c := range []*net.Conn{&w.tell, &w.seen} {
		if *c, err = net.Dial("unix", u.Path); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { (*c).Close() })
	}
	w.lines = bufio.NewReader(w.seen)
	fmt.Fprint(w.seen, "MONITOR\r\n")
	if _, err := w.lines.ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	return w
}

// since returns the commands over conversations since the last call, without what scripts do inside.
func (w *watched) since() (commands []string) {
	w.t.Helper()
	w.marks++
	mark := fmt.Sprintf("mark-%d", w.marks)
	fmt.Fprintf(w.tell, "ECHO %s\r\n", mark)
	w.seen.SetReadDeadline(time.Now().Add(10 * time.Second))
	for {
		line, err := w.lines.ReadString('\n')
		if err != nil {
			w.t.Fatal(err)
		}
		switch {
		case strings.Contains(line, mark):
			return commands
		case strings.Contains(line, " lua] "), !strings.Contains(line, "}:c:"):
			continue
		}
		_, command, _ := strings.Cut(line, "] ")
		name, _, _ := strings.Cut(command, " ")
		commands = append(commands, name)
	}
}

func TestAPlainAnswerCostsOneRoundTripToRedisAndNoneToPostgres(t *testing.T) {
	postgres, redis := storagetest.PostgresServer(t), storagetest.RedisServer(t)
	if err := bottest.Migrate(postgres.URL); err != nil {
		t.Fatal(err)
	}
	var noTrims atomic.Bool
	h := bottest.New(t, bottest.Options{PostgresURL: postgres.URL, RedisURL: redis.URL, Trim: func() error {
		if noTrims.Load() {
			return storage.ErrDown
		}
		return nil
	}})
	p := h.Person("contoh")
	for _, line := range registering[:3] {
		p.Says(line)
	}
	unowed(t, h, h.Contact("contoh"))
	noTrims.Store(true)
	postgres.Stop() // an answer that asked it anything would wait
	commands := watch(t, redis.URL)
	for i, line := range registering[3:9] {
		commands.since()
		if err := bottest.Wait(t, h.Bot.Receive(t.Context(), h.Network.Message("contoh", chat.Text, line))); err != nil {
			t.Fatal(err)
		}
		h.Network.Await(t, "contoh", 4+i)
		if got := commands.since(); len(got) != 1 || got[0] != `"evalsha"` {
			t.Errorf("the answer %q took %v of Redis before its reply was sent, want one script", line, got)
		}
	}
	postgres.Start()
}
