package broadcast

import (
	"context"
	"time"

	"titian/bot/chat"
	"titian/storage"
)

const (
	again      = time.Millisecond // until the next slice
	elsewhere  = 2 * time.Second  // until a pump that is at work in this process is looked at again
	outage     = 5 * time.Second
	fewest     = 6 // leased at a time
	mostLeased = 100
)

// Pump sends what is pending of a broadcast on a network for a while. A wait asks to be called again after it: the slice is
// over, it is night, the network wants no more for now, a server is down.
func (p *Pumps) Pump(ctx context.Context, id storage.BroadcastID, n chat.Network) (wait time.Duration, err error) {
	one := pump{id, n}
	if !p.enter(one) {
		return elsewhere, nil
	}
	defer p.leave(one)
	wait, worked, err := p.pump(ctx, one)
	if err != nil && storage.IsDown(err) {
		return outage, nil
	}
	if err == nil {
		p.show(context.WithoutCancel(ctx), id, wait == 0, worked)
	}
	return wait, err
}

func (p *Pumps) enter(one pump) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.busy[one] {
		return false
	}
	p.busy[one] = true
	return true
}

func (p *Pumps) leave(one pump) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.busy, one)
}

// pump says too whether there was anything to work on: a broadcast that is being sent.
func (p *Pumps) pump(ctx context.Context, one pump) (wait time.Duration, worked bool, err error) {
	if err := p.settle(ctx, one, nil); err != nil {
		return 0, false, err
	}
	b, err := p.Ledger.Broadcast(ctx, one.id)
	if err != nil || b.State != storage.BroadcastRunning {
		return 0, false, err
	}
	if wait := p.closed(b); wait > 0 {
		return wait, false, nil
	}
	ref, err := p.Ledger.BroadcastFile(ctx, one.id, one.network)
	if err != nil {
		return 0, false, err
	}
	w := &work{Pumps: p, pump: one, b: b, ref: ref, batch: p.batch(one.network)}
	if b.Places > 0 {
		i, err := p.Ledger.Invitation(ctx, one.id)
		if err != nil {
			return 0, false, err
		}
		w.invites = &i
	}
	wait, err = w.run(ctx)
	if err != nil || wait > 0 {
		return wait, true, err
	}
	_, err = p.Ledger.EndBroadcast(ctx, one.id)
	return 0, true, err
}

// closed is how long nothing may be sent yet: until the hour it was put off to, and the end of a night then.
func (p *Pumps) closed(b storage.Broadcast) time.Duration {
	now := p.Now()
	begins := now
	if b.SendAt.After(now) {
		begins = b.SendAt
	}
	return p.Office.Quiet(begins).Sub(now)
}

// batch is how many recipients are sent to at a time: few, for twice that many may be unsure after a death.
func (p *Pumps) batch(n chat.Network) int {
	rate := p.Rate(n)
	if n == chat.WhatsApp { // one at a time, minutes apart: delivery says when
		return 1
	}
	if rate <= 0 {
		return mostLeased
	}
	return min(max(fewest, int(rate/10)), mostLeased)
}

// settle writes fates into the ledger, with those that it did not take before.
func (p *Pumps) settle(ctx context.Context, one pump, fates []storage.Fate) error {
	p.mu.Lock()
	fates = append(p.owed[one], fates...)
	delete(p.owed, one)
	p.mu.Unlock()
	if len(fates) == 0 {
		return nil
	}
	if err := p.Ledger.Settle(ctx, one.id, p.Worker, fates); err != nil {
		p.mu.Lock()
		p.owed[one] = append(fates, p.owed[one]...)
		p.mu.Unlock()
		return err
	}
	sums := map[storage.RecipientState]int{}
	for _, f := range fates {
		sums[f.State]++
	}
	for s, n := range sums {
		p.Sent(one.network, s, n)
	}
	return nil
}
