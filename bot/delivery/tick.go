package delivery

import (
	"context"
	"sync"
	"time"

	"titian/bot/chat"
)

const (
	tickEvery = time.Second
	ticksMost = 10_000 // kept while Postgres is away; older ones are lost: they are a matter of statistics
)

// ticks gathers what networks tell of sent messages. At most one batch is under way.
type ticks struct {
	mu      sync.Mutex
	list    []chat.Tick
	planned bool
	tries   int
}

// Tick takes what a network tells of a sent message: it arrived, or was read. It returns at once; what concerns an unasked
// message is stored within a second. It may come before Send returns, several times, and in any order.
func (d *Delivery) Tick(t chat.Tick) {
	if d.Unasked == nil {
		return
	}
	k := &d.ticks
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.list) < ticksMost {
		k.list = append(k.list, t)
	}
	d.planTicks(tickEvery)
}

func (d *Delivery) planTicks(after time.Duration) {
	if k := &d.ticks; !k.planned && d.life.Err() == nil {
		k.planned = true
		time.AfterFunc(after, func() { _ = d.flushTicks(d.life) })
	}
}

// flushTicks hands the batch on; one that is not taken is tried again.
func (d *Delivery) flushTicks(ctx context.Context) error {
	k := &d.ticks
	k.mu.Lock()
	batch := k.list
	k.list, k.planned = nil, false
	k.mu.Unlock()
	if len(batch) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, ledgerTimeout)
	defer cancel()
	err := d.Unasked.Ticked(ctx, batch)
	k.mu.Lock()
	defer k.mu.Unlock()
	if err == nil {
		k.tries = 0
		return nil
	}
	d.Log.Warn("what arrived is not noted yet", "messages", len(batch), "err", err)
	k.list = append(batch, k.list...)
	k.tries++
	d.planTicks(max(tickEvery, backoff(k.tries)))
	return err
}
