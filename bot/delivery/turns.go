package delivery

import (
	"context"
	"slices"
	"sync"
	"time"
)

const (
	grantSpan  = 50 * time.Millisecond  // turns for so long are asked for at once
	mostTurns  = 64                     // at once
	turnPasses = 250 * time.Millisecond // a turn that was not taken by then is nobody's
)

// turns are those of a network's pace that replicas share, granted to this process for the next moment.
type turns struct {
	asking  sync.Mutex // held while more are asked for
	mu      sync.Mutex
	at      []time.Time // the soonest first
	sharing int         // replicas, as of the last grant
}

// next takes the soonest turn that has not passed, and says how many are left behind it.
func (t *turns) next(now time.Time) (at time.Time, left int, found bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for len(t.at) > 0 && !found {
		at, t.at = t.at[0], t.at[1:]
		found = now.Sub(at) < turnPasses
	}
	return at, len(t.at), found
}

func (t *turns) left() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.at)
}

// put adds turns in their order: new ones, or one that was not used.
func (t *turns) put(at ...time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.at = append(t.at, at...)
	slices.SortFunc(t.at, time.Time.Compare)
}

// granted adds new turns, which so many replicas share.
func (t *turns) granted(at []time.Time, sharing int) {
	t.put(at...)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.sharing = sharing
}

// share is this process's part of what may be sent.
func (t *turns) share(all int) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return max(1, all/max(1, t.sharing))
}

// botTurn waits for a turn of the network's pace, which the caller gives back with put if nothing was sent. At a high pace turns
// come several at a time, the next ones before the last is used.
func (d *Delivery) botTurn(ctx context.Context, p *post) (at time.Time, err error) {
	rate := d.Rate(p.network)
	if rate <= 0 {
		return at, nil
	}
	many := min(max(1, int(rate*grantSpan.Seconds())), mostTurns)
	for {
		at, left, found := p.turns.next(time.Now())
		if !found {
			if err := d.grant(ctx, p, rate, many, 0); err != nil {
				return at, err
			}
			continue
		}
		if many > 1 && left == many/2 && d.begin() {
			go func() {
				defer d.work.Done()
				_ = d.grant(ctx, p, rate, many, many/2) // else whoever finds none asks
			}()
		}
		if !pause(ctx, time.Until(at)) {
			p.turns.put(at)
			return at, context.Cause(ctx)
		}
		return at, nil
	}
}

// grant asks for turns unless more than so many are left by then, however long the shared limiter is down.
func (d *Delivery) grant(ctx context.Context, p *post, rate float64, many, enough int) error {
	p.turns.asking.Lock()
	defer p.turns.asking.Unlock()
	if p.turns.left() > enough {
		return nil
	}
	var wait time.Duration
	var sharing int
	if err := d.shared(ctx, func() (err error) {
		wait, sharing, err = d.Limiter.Grant(ctx, "bot:"+string(p.network), rate, many)
		return err
	}); err != nil {
		return err
	}
	at := make([]time.Time, many)
	for i, first := 0, time.Now().Add(wait); i < many; i++ {
		at[i] = first.Add(time.Duration(float64(i) / rate * float64(time.Second)))
	}
	p.turns.granted(at, sharing)
	return nil
}

// shared asks the limiter, however long it is down.
func (d *Delivery) shared(ctx context.Context, ask func() error) error {
	for tries := 0; ; tries++ {
		err := ask()
		if err == nil {
			return nil
		}
		if ctx.Err() == nil {
			d.Log.Warn("the shared pace cannot be asked", "err", err)
		}
		if !pause(ctx, backoff(tries)) {
			return context.Cause(ctx)
		}
	}
}
