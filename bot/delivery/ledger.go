package delivery

import (
	"context"
	"sync"
	"time"

	"titian/storage"
)

const (
	trimEvery     = 100 * time.Millisecond
	renewEvery    = 10 * time.Second // a third of a lease
	ledgerTimeout = 5 * time.Second
)

// trims gathers sent replies for the ledger. At most one batch is under way.
type trims struct {
	mu      sync.Mutex
	ids     map[storage.ContactID][]string
	planned bool
	tries   int
	handing sync.Mutex // held while a batch is under way
}

// trim has a reply taken off its record within 100 ms, in one batch with others.
func (d *Delivery) trim(c storage.ContactID, id string) {
	t := &d.trims
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.ids == nil {
		t.ids = map[storage.ContactID][]string{}
	}
	t.ids[c] = append(t.ids[c], id)
	d.plan(trimEvery)
}

func (d *Delivery) plan(after time.Duration) {
	if d.trims.planned {
		return
	}
	d.trims.planned = true
	time.AfterFunc(after, func() { d.flush(context.Background()) })
}

// flush hands the batch to the ledger; what the ledger does not take is tried again.
func (d *Delivery) flush(ctx context.Context) error {
	t := &d.trims
	t.handing.Lock()
	defer t.handing.Unlock()
	t.mu.Lock()
	batch := t.ids
	t.ids = nil
	t.mu.Unlock()
	var err error
	if len(batch) > 0 {
		err = d.hand(ctx, batch)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.planned = false
	if err == nil {
		t.tries = 0
		if len(t.ids) > 0 {
			d.plan(trimEvery)
		}
		return nil
	}
	for c, ids := range t.ids {
		batch[c] = append(batch[c], ids...)
	}
	t.ids = batch
	t.tries++
	if d.life.Err() == nil {
		d.plan(backoff(t.tries))
	}
	return err
}

func (d *Delivery) hand(ctx context.Context, batch map[storage.ContactID][]string) error {
	sent := make([]storage.Sent, 0, len(batch))
	for c, ids := range batch {
		sent = append(sent, storage.Sent{Contact: c, IDs: ids})
	}
	ctx, cancel := context.WithTimeout(ctx, ledgerTimeout)
	defer cancel()
	err := d.Ledger.Sent(ctx, sent)
	if err != nil {
		d.Log.Warn("sent replies are not yet off their records", "contacts", len(sent), "err", err)
	}
	return err
}

// keepLeases renews the leases of all open lanes, as long as there is one. Called with mu held.
func (d *Delivery) keepLeases() {
	if d.renewal == nil {
		d.renewal = time.AfterFunc(renewEvery, d.renew)
	}
}

func (d *Delivery) renew() {
	d.mu.Lock()
	contacts := make([]storage.ContactID, 0, len(d.lanes))
	for c, l := range d.lanes {
		if l.owes {
			contacts = append(contacts, c)
		}
	}
	if len(d.lanes) == 0 || d.life.Err() != nil {
		d.renewal = nil
		d.mu.Unlock()
		return
	}
	d.mu.Unlock()
	ctx, cancel := context.WithTimeout(d.life, ledgerTimeout)
	defer cancel()
	if len(contacts) > 0 {
		if err := d.Ledger.Renew(ctx, contacts); err != nil {
			d.Log.Warn("leases of replies are not renewed", "contacts", len(contacts), "err", err)
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.life.Err() == nil {
		d.renewal.Reset(renewEvery)
	}
}

// unreachable remembers that a contact blocked the bot, however long the ledger is down. Another error ends it.
func (d *Delivery) unreachable(ctx context.Context, c storage.ContactID) {
	if c == "" {
		return
	}
	for tries := 0; ; tries++ {
		limited, cancel := context.WithTimeout(ctx, ledgerTimeout)
		err := d.Ledger.SetReachable(limited, c, false)
		cancel()
		if err == nil {
			return
		}
		d.Log.Warn("a blocked contact is not yet remembered", "contact", c, "err", err)
		if !storage.IsDown(err) || !pause(ctx, backoff(tries)) {
			return
		}
	}
}
