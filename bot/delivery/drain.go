package delivery

import (
	"context"
	"fmt"
)

// Drain stops the delivery: nothing more is taken, notices that wait for their turn are refused, replies are sent until ctx ends. What
// is not sent by then stays owed by its record. The error says that some did, or that sent ones are still on their records.
func (d *Delivery) Drain(ctx context.Context) error {
	d.mu.Lock()
	d.refuse()
	d.mu.Unlock()
	done := make(chan struct{})
	go func() { d.work.Wait(); close(done) }()
	var late error
	select {
	case <-done:
	case <-ctx.Done():
		late = fmt.Errorf("drain delivery: %d contacts are still owed replies: %w", d.owed(), ctx.Err())
	}
	d.giveUp()
	<-done
	d.hands.Home()
	d.mu.Lock()
	if d.renewal != nil {
		d.renewal.Stop()
	}
	d.mu.Unlock()
	if d.Unasked != nil {
		_ = d.flushTicks(context.WithoutCancel(ctx))
	}
	if err := d.flush(context.WithoutCancel(ctx)); err != nil {
		return fmt.Errorf("drain delivery: %w", err)
	}
	return late
}

func (d *Delivery) owed() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.lanes)
}
