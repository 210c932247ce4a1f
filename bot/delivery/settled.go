package delivery

import (
	"context"

	"titian/bot/chat"
	"titian/storage"
)

// Settled waits until no reply to the contact waits or is on its way. The error is ctx's cause.
func (d *Delivery) Settled(ctx context.Context, c storage.ContactID) error {
	for {
		d.mu.Lock()
		l := d.lanes[c]
		d.mu.Unlock()
		if l == nil {
			return nil
		}
		select {
		case <-l.empty:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// Courtesy sends one message that no record owes. It has a lane of its chat, named so that no log tells whose.
func (d *Delivery) Courtesy(to chat.Address, m chat.Outgoing) {
	d.Reply(Reply{Contact: storage.ContactID(chatKey(to)), To: to, Message: m})
}

// Typing shows that an answer is being prepared, where the network can. Best effort.
func (d *Delivery) Typing(to chat.Address) {
	p := d.posts[to.Network]
	if p == nil {
		return
	}
	typer, can := p.sender.(chat.Typer)
	if !can || !d.begin() {
		return
	}
	go func() {
		defer d.work.Done()
		ctx, cancel := context.WithTimeout(d.accepting, d.Timeout)
		defer cancel()
		typer.Typing(ctx, to)
	}()
}
