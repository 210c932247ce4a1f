package delivery

import (
	"context"
	"errors"

	"titian/bot/chat"
	"titian/storage"
)

// Brake stops everything unasked on a network: at once in this process, and in all others when it is stored, which is tried
// until it succeeds or this process ends. Replies go on.
func (d *Delivery) Brake(b storage.Brake) {
	if d.Unasked == nil {
		return
	}
	d.mu.Lock()
	d.brakes[b.Network]++
	d.mu.Unlock()
	ctx, cancel := context.WithTimeout(d.life, ledgerTimeout)
	defer cancel()
	if d.pull(ctx, b) || !d.begin() {
		return
	}
	go func() {
		defer d.work.Done()
		for tries := 0; pause(d.accepting, backoff(tries)) && !d.pull(d.accepting, b); tries++ {
		}
	}()
}

// pull stores a brake, and says whether it is stored.
func (d *Delivery) pull(ctx context.Context, b storage.Brake) bool {
	if err := d.Unasked.PullBrake(ctx, b); err != nil {
		d.Log.Error("the brake holds in this process only, so far", "network", b.Network, "cause", b.Cause, "err", err)
		return false
	}
	d.Log.Warn("nothing unasked goes out until an admin releases the brake", "network", b.Network, "cause", b.Cause, "code", b.Code)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.brakes[b.Network]--
	return true
}

// braking says whether a brake of this process is not stored yet.
func (d *Delivery) braking(n chat.Network) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.brakes[n] > 0
}

// refusedCold pulls the brake when a network says that the account wrote to somebody it may not write to first.
func (d *Delivery) refusedCold(n chat.Network, failed *chat.SendError) {
	if errors.Is(failed, chat.ErrCold) && d.Policy != nil && d.Policy(n) != nil {
		d.Brake(storage.Brake{Network: n, Cause: storage.BrakeCold})
	}
}
