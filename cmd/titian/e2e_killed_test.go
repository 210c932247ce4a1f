package main

import (
	"context"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
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

// repeated wants each life of the program, which began at one of these times, to have said a thing once: a reply comes
// again only when who sent it died before noting that. A call on its way through a death may be counted to the next life.
func (c *crowd) repeated(t testing.TB, begun []time.Time) {
	t.Helper()
	again, twice := 0, 0
	for _, o := range c.owners {
		copies := o.again()
		again += copies
		said := map[string]bool{}
		for _, m := range o.Events() {
			life := 0
			for life < len(begun) && m.At.After(begun[life]) {
				life++
			}
			words := strconv.Itoa(life) + m.Text
			if said[words] && !strings.Contains(m.Text, saying("bot.wait")) {
				twice++
			}
			said[words] = true
		}
	}
	t.Logf("%d replies came again, %d of them within one life", again, twice)
	if twice > len(begun)/2 {
		t.Errorf("%d replies came twice from one process", twice)
	}
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

// moments are n points of the crowd's acts, in order, spread so that each part of a registration sees a death.
func (c *crowd) moments(r *rand.Rand, n int) []int {
	list := make([]int, n)
	for i := range list {
		part := (c.all() - 2*len(c.owners)) / n
		list[i] = len(c.owners)/2 + i*part + r.IntN(part/2)
	}
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
	var begun []time.Time
	restart := func() {
		l.dies()
		begun = append(begun, time.Now())
		l = p.begins(at)
	}
	c := gather(t, api, people, 2*patience)
	for i, moment := range c.moments(r, kills) {
		c.reaches(t, moment)
		<-time.After(time.Duration(r.IntN(30)) * time.Millisecond) // the moment, not a wait for anything
		restart()
		if i%(kills/early) == 0 { // and once more while it starts
			<-time.After(time.Duration(r.IntN(600)) * time.Millisecond)
			restart()
		}
	}
	c.registered(t)
	acknowledged(t, api)
	l.stops()
	p.allFiled(c.owners)
	c.repeated(t, begun)
}

func TestAReplyOwedSinceAKillComesBeforeTheNextOne(t *testing.T) {
	t.Parallel()
	api := botAPI(t, telegramtest.Options{})
	p := elsewhere(t, onTelegram(api)...)
	l := p.serves()
	siti := api.User(7001, "Siti")
	siti.Start()
	siti.Next(t)
	siti.Say("daftar")
	siti.Next(t)
	hanging := api.Fail("sendMessage", 0, telegramtest.Fault{Hang: true}, -1)
	siti.Say("setuju")
	if err := hanging.Await(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	l.dies()
	hanging.Lift()
	siti.Say("Contoh Satu") // to the question that was never heard
	p.begins(l.addr)
	for asked := false; ; {
		m := siti.Next(t)
		asked = asked || strings.Contains(m.Text, saying("registration.name"))
		if strings.Contains(m.Text, saying("registration.nik")) {
			if !asked {
				t.Error("the next question came before the one that was owed")
			}
			return
		}
	}
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
