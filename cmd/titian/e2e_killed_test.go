package main

import (
	"context"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"titian/bot/telegram/telegramtest"
)

// crowd are owners who register at the same time.
type crowd struct {
	owners []*owner
	wg     sync.WaitGroup
	end    context.CancelFunc

	mu     sync.Mutex
	acts   int
	failed []error
	moved  chan struct{} // closed and replaced with each act
}

// gather lets n owners begin. Each finishes within the patience given.
func gather(t testing.TB, api *telegramtest.Server, n int, within time.Duration) *crowd {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), within)
	c := &crowd{end: cancel, moved: make(chan struct{})}
	for i := range n {
		o := newOwner(api, i+1)
		o.acted = c.act
		c.owners = append(c.owners, o)
	}
	for _, o := range c.owners {
		c.wg.Go(func() {
			if err := o.registers(ctx, questions); err != nil {
				c.mu.Lock()
				c.failed = append(c.failed, err)
				c.mu.Unlock()
			}
		})
	}
	t.Cleanup(func() { cancel(); c.wg.Wait() })
	return c
}

func (c *crowd) act() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.acts++
	close(c.moved)
	c.moved = make(chan struct{})
}

// reaches waits until they have acted n times together.
func (c *crowd) reaches(t testing.TB, n int) {
	t.Helper()
	for over := time.After(2 * patience); ; {
		c.mu.Lock()
		have, moved := c.acts, c.moved
		c.mu.Unlock()
		if have >= n {
			return
		}
		select {
		case <-moved:
		case <-over:
			t.Fatalf("they have acted %d times, and stand still before %d", have, n)
		}
	}
}

// registered waits until all have their numbers.
func (c *crowd) registered(t testing.TB) {
	t.Helper()
	c.wg.Wait()
	for _, err := range c.failed {
		t.Error(err)
	}
}

// repeated bounds what came again: a reply is trimmed within 100 ms of its sending, and these people type that fast.
func (c *crowd) repeated(t testing.TB, kills int) {
	t.Helper()
	all := 0
	for _, o := range c.owners {
		copies, most := o.again()
		if all += copies; copies > 3*kills || most > 3 {
			t.Errorf("owner %d got %d replies again, one of them %d times, with %d kills", o.n, copies, most, kills)
		}
	}
	t.Logf("%d replies came again", all)
}

// all is how often owners act in a whole registration.
func (c *crowd) all() int { return len(c.owners) * len(questions) }

// seed makes the moments of a test the same again: TITIAN_TEST_SEED.
func seed(t testing.TB) *rand.Rand {
	n, err := strconv.ParseUint(os.Getenv("TITIAN_TEST_SEED"), 10, 64)
	if err != nil {
		n = 1
	}
	t.Logf("TITIAN_TEST_SEED=%d", n)
	return rand.New(rand.NewPCG(n, 7))
}

// moments are n points of the crowd's acts, in order.
func (c *crowd) moments(r *rand.Rand, n int) []int {
	list := make([]int, n)
	for i := range list {
		list[i] = len(c.owners)/2 + r.IntN(c.all()-len(c.owners))
	}
	slices.Sort(list)
	return list
}

func TestKilledAtAnyMomentItLosesNoAnswerAndFilesNobodyTwice(t *testing.T) {
	t.Parallel()
	const people, kills, early = 20, 8, 2
	r := seed(t)
	api := botAPI(t, telegramtest.Options{})
	p := elsewhere(t, onTelegram(api)...)
	at := address()
	l := p.begins(at)
	c := gather(t, api, people, 2*patience)
	for i, moment := range c.moments(r, kills) {
		c.reaches(t, moment)
		<-time.After(time.Duration(r.IntN(30)) * time.Millisecond) // the moment, not a wait for anything
		l.dies()
		l = p.begins(at)
		if i%(kills/early) == 0 { // and once more while it starts
			<-time.After(time.Duration(r.IntN(600)) * time.Millisecond)
			l.dies()
			l = p.begins(at)
		}
	}
	c.registered(t)
	acknowledged(t, api)
	l.stops()
	p.allFiled(c.owners)
	c.repeated(t, kills+early)
}

func TestWhenTheServersAreKilledNothingIsLost(t *testing.T) {
	t.Parallel()
	api := botAPI(t, telegramtest.Options{})
	p := furnished(t, onTelegram(api)...)
	l := p.serves()
	c := gather(t, api, 8, 2*patience)
	for i, victim := range []struct {
		name string
		pid  func() int
	}{{"redis", p.redis}, {"keeper", p.keeper}, {"postgres", p.postmaster}} {
		c.reaches(t, c.all()*(i+1)/5)
		killed := victim.pid()
		p.kill(victim.name, killed)
		if !await(patience, func() bool { pid := victim.pid(); return pid != 0 && pid != killed }) {
			t.Fatalf("nobody started another %s: %s", victim.name, p.read("log/keeper.log"))
		}
	}
	c.registered(t)
	acknowledged(t, api)
	if !await(patience, func() bool { code, _ := l.get("/readyz"); return code == 200 }) {
		t.Error("it never was ready again")
	}
	l.stops()
	p.allFiled(c.owners)
}
