package delivery

import (
	"context"

	"titian/bot/chat"
	"titian/storage"
)

// Settled waits until nothing waits to be sent to the contact. The error is ctx's.
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
			return ctx.Err()
		}
	}
}

// Courtesy sends one message that no record owes.
func (d *Delivery) Courtesy(to chat.Address, m chat.Outgoing) {
	d.Reply(Reply{Contact: storage.ContactID(string(to.Network) + " " + to.Key), To: to, Message: m})
}

// Typing shows that an answer is being prepared, where the network can. Best effort.
func (d *Delivery) Typing(to chat.Address) {
	p := d.posts[to.Network]
	if p == nil {
		return
	}
	if typer, ok := p.sender.(chat.Typer); ok {
		go typer.Typing(d.life, to)
	}
}
