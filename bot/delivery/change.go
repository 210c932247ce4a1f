package delivery

import (
	"context"

	"titian/bot/chat"
	"titian/storage"
)

// Edit changes a message in place, as chat.Editor does, and waits until its fate is known. It is an answer to what somebody
// did: it goes at once, obeys the waits a network asked for, and is repeated once when unsure. Errors are *chat.SendError, as
// of Notice; FailedInvalid with chat.ErrGone when the message is gone, with chat.ErrUnable on a network that cannot.
func (d *Delivery) Edit(ctx context.Context, c storage.ContactID, to chat.Address, ref string, m chat.Outgoing) error {
	return d.amend(ctx, c, to, reply, func(ctx context.Context, s chat.Sender) error {
		if e, can := s.(chat.Editor); can {
			return e.Edit(ctx, to, ref, m)
		}
		return unable
	})
}

// Remove takes a message out of its chat, as chat.Remover does. It is upkeep: paced with what nobody asked for, before
// broadcasts, yet no message of its chat waits for it. Errors as of Edit; a message that is gone already is none.
func (d *Delivery) Remove(ctx context.Context, c storage.ContactID, to chat.Address, ref string) error {
	return d.amend(ctx, c, to, Notice, func(ctx context.Context, s chat.Sender) error {
		if r, can := s.(chat.Remover); can {
			return r.Remove(ctx, to, ref)
		}
		return unable
	})
}

var unable = &chat.SendError{Failure: chat.FailedInvalid, Cause: chat.ErrUnable}

// amend does something to a sent message until it is done or never can be. Doing it twice changes nothing.
func (d *Delivery) amend(ctx context.Context, c storage.ContactID, to chat.Address, class Class, do func(context.Context, chat.Sender) error) error {
	p := d.posts[to.Network]
	if p == nil {
		return notSent(errNoSender)
	}
	if !d.begin() {
		return notSent(ErrStopping)
	}
	defer d.work.Done()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer context.AfterFunc(d.life, func() { cancel(ErrStopping) })()
	unsure := false
	for tries := 0; ; tries++ {
		if err := d.amendTurn(ctx, p, to, class); err != nil {
			return notSent(err)
		}
		failed := d.call(ctx, p, to, tries, d.Timeout, func(ctx context.Context) error { return do(ctx, p.sender) })
		p.leave()
		switch {
		case failed == nil:
			return nil
		case failed.Failure == chat.FailedBusy:
		case failed.Failure == chat.FailedUnsure && !unsure && ctx.Err() == nil:
			unsure = true
		case failed.Failure == chat.FailedBlocked:
			d.unreachable(ctx, c)
			return failed
		default:
			if failed.MovedTo != "" {
				d.moved(c, to, failed.MovedTo)
			}
			return failed
		}
	}
}

// amendTurn waits for the chat and, unless it was asked for, for the network's pace, and takes a place.
func (d *Delivery) amendTurn(ctx context.Context, p *post, to chat.Address, class Class) error {
	ctx, cancel := d.whileAccepting(ctx)
	defer cancel()
	if !d.holds.wait(ctx, to) {
		return context.Cause(ctx)
	}
	if class != reply {
		if p.pace.enter(ctx, class) != nil {
			return context.Cause(ctx)
		}
		defer p.pace.leave()
		if !d.holds.wait(ctx, everyone(p.network)) {
			return context.Cause(ctx)
		}
		if _, err := d.botTurn(ctx, p); err != nil {
			return err
		}
	}
	if p.slots.enter(ctx, class) != nil {
		return context.Cause(ctx)
	}
	p.second.begin()
	return nil
}
