package main

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"titian/bot/telegram/telegramtest"
)

// sizes are how long the files of Redis's log were a second ago or earlier: what a machine with everysec may still have.
type sizes map[string]int64

func (p *place) appended() sizes {
	now := sizes{}
	_ = filepath.WalkDir(filepath.Join(p.data, "redis"), func(path string, e fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, ".aof") {
			if st, err := e.Info(); err == nil {
				now[path] = st.Size()
			}
		}
		return nil
	})
	return now
}

// loses cuts off what came later.
func (s sizes) loses(t testing.TB) {
	t.Helper()
	cut := int64(0)
	for path, size := range s {
		st, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		cut += st.Size() - size
		if err := os.Truncate(path, size); err != nil {
			t.Fatal(err)
		}
	}
	if cut == 0 {
		t.Error("nothing was lost: the test shows nothing")
	}
	t.Logf("the last %d bytes of Redis are lost", cut)
}

// Postgres syncs what it acknowledges, so nothing of its log is cut; Redis loses its last second, and half a file that
// was on its way to the vault stays behind.
func TestAPowerCutLosesNothingFiledAndEveryRunningConversationIsAskedAgain(t *testing.T) {
	t.Parallel()
	api := botAPI(t, telegramtest.Options{})
	p := furnished(t, onTelegram(api)...)
	at := address() // the same process is known by it
	l := p.begins(at)
	l.up()
	ctx, cancel := context.WithTimeout(t.Context(), 2*patience)
	defer cancel()
	filed := gather(t, api, 3, 2*patience)
	filed.registered(t)
	running := []*owner{newOwner(api, 11), newOwner(api, 12), newOwner(api, 13)}
	for _, o := range running {
		if err := o.registers(ctx, questions[:4]); err != nil {
			t.Fatal(err)
		}
		if _, err := o.hears(ctx, "registration.phone"); err != nil {
			t.Fatal(err)
		}
	}
	before := p.appended()
	for _, o := range running {
		o.Say(o.local)
		if _, err := o.hears(ctx, "registration.business"); err != nil {
			t.Fatal(err)
		}
	}
	redis, keeper, postmaster := p.redis(), p.keeper(), p.postmaster()
	l.dies()
	p.kill("keeper", keeper)
	for _, pid := range []int{redis, postmaster} {
		_ = syscall.Kill(pid, syscall.SIGKILL) // they may be dying with their keeper
	}
	if !await(patience, func() bool {
		return free(filepath.Join(p.data, "redis.lock")) && free(filepath.Join(p.data, "postgres.lock"))
	}) {
		t.Fatal("the servers are still there")
	}
	before.loses(t)
	half := filepath.Join(p.data, "vault", "tmp", "half")
	if err := os.WriteFile(half, []byte("half a file"), 0o600); err != nil {
		t.Fatal(err)
	}
	next := p.begins(at)
	next.up()
	for _, o := range running {
		m, err := o.hears(ctx, "bot.interrupted")
		if err != nil {
			t.Fatal(err)
		}
		left := 6
		if strings.Contains(m.Text, saying("registration.phone")) { // the snapshot had not come to it either
			left = 5
		}
		if err := questions[left-1].does(o, m); err != nil {
			t.Fatal(err)
		}
		if err := o.goesOn(ctx, questions[left:]); err != nil {
			t.Fatal(err)
		}
	}
	next.stops()
	p.allFiled(append(running, filed.owners...))
	if _, err := os.Stat(half); err == nil {
		t.Error("half a file stays in the vault")
	}
}
