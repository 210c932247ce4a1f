package delivery

import (
	"context"
	"crypto/rand"
	"errors"
	mathrand "math/rand/v2"
	"time"

	"titian/bot/chat"
	"titian/storage"
)

// Unasked keeps what was sent unasked on networks that are written to carefully: for all replicas, and longer than a process
// lives. See storage/postgres.
type Unasked interface {
	// TakeTurn lets decide say whether a message has its turn; what it decides holds, counted, when TakeTurn returns.
	TakeTurn(ctx context.Context, s storage.Sending, decide func(storage.Standing) storage.Decision) (storage.Standing, error)
	Standing(ctx context.Context, n chat.Network, c storage.ContactID) (storage.Standing, error)
	TurnSent(ctx context.Context, n chat.Network, ref string) error
	PullBrake(ctx context.Context, b storage.Brake) error
	Ticked(ctx context.Context, ticks []chat.Tick) error
}

// brakedFor is how long to wait before asking again under a brake that has no end of its own.
const brakedFor = 15 * time.Minute

// unlinkedFor is how long to wait before another process, or this one, may have the network's device.
const unlinkedFor = 10 * time.Second

var errUnlinked = errors.New("this process is not connected to the network")

// careful is the policy for messages of a class on a network; nil: there is none.
func (d *Delivery) careful(n chat.Network, class Class) *Policy {
	if d.Policy == nil || d.Unasked == nil || class != Notice && class != Broadcast {
		return nil
	}
	return d.Policy(n)
}

// May says whether an unasked message of a class may go to a contact on a network now: nil, a *Later, a *Never, or another
// error when that cannot be known yet. It takes no turn: somebody else may be faster, and Notice asks again.
func (d *Delivery) May(ctx context.Context, n chat.Network, c storage.ContactID, class Class) error {
	p := d.careful(n, class)
	if p == nil {
		return nil
	}
	if d.braking(n) {
		return &Later{At: d.Now().Add(brakedFor), Why: Braked}
	}
	s, err := d.Unasked.Standing(ctx, n, c)
	if err != nil {
		return err
	}
	_, why := d.judge(p, n, s, class)
	return why
}

// judge decides about one message: a turn, or a *Later or *Never in why.
func (d *Delivery) judge(p *Policy, n chat.Network, s storage.Standing, class Class) (next storage.Decision, why error) {
	now := d.Now()
	next.Lane = s.Lane
	switch {
	case s.Sent:
		return next, nil
	case s.Unreachable:
		return next, &Never{Blocked}
	case s.Heard.Before(now.AddDate(0, 0, -p.SilentDays)):
		return next, &Never{Silent}
	case s.Brake.ID != "":
		return next, braked(s.Brake, now)
	}
	if next.Pull = p.pull(s.Week); next.Pull != nil {
		next.Pull.Network = n
		return next, braked(*next.Pull, now)
	}
	lane, later := moment{p, d.Calendar, now, mathrand.Float64}.next(s.Lane, class, s.Taken)
	if next.Lane, next.Take = lane, later == nil; later != nil {
		return next, later
	}
	return next, nil
}

func braked(b storage.Brake, now time.Time) *Later {
	l := &Later{At: now.Add(brakedFor), Why: Braked}
	if b.Until.After(l.At) {
		l.At = b.Until
	}
	return l
}

// carefully sends an unasked message that the policy allows. Its name is known before it is sent, so that it is counted, and
// known when its receipt comes, whatever becomes of this process.
func (d *Delivery) carefully(ctx context.Context, p *post, rules *Policy, c storage.ContactID, to chat.Address, m chat.Outgoing, class Class) (chat.Receipt, *chat.SendError) {
	if m.ID == "" {
		m.ID = "unasked." + rand.Text()
	}
	s := storage.Sending{Network: to.Network, Ref: m.ID, Contact: c, Many: class == Broadcast, About: m.ID}
	if namer, can := p.sender.(chat.Namer); can {
		s.Ref = namer.NameOf(m)
	}
	if err := d.turn(ctx, p, c, to, class); err != nil {
		return chat.Receipt{}, notSent(err)
	}
	defer p.leave()
	if l, can := p.sender.(chat.Linked); can && !l.Linked() { // no turn is lost over it
		return chat.Receipt{}, &chat.SendError{Failure: chat.FailedBusy, Retry: unlinkedFor, Cause: errUnlinked}
	}
	sent, failed := d.takeTurn(ctx, rules, s, class)
	if failed != nil {
		return chat.Receipt{}, failed
	}
	if sent { // and the process that sent it died before it could say so
		return chat.Receipt{Ref: s.Ref}, nil
	}
	receipt, failed := d.try(ctx, p, to, m, 0)
	if failed != nil && failed.Failure == chat.FailedUnsure && class == Notice && ctx.Err() == nil {
		receipt, failed = d.try(ctx, p, to, m, 1)
	}
	switch {
	case failed == nil:
		d.noteSent(ctx, s)
	case failed.Failure == chat.FailedBlocked:
		d.unreachable(ctx, c)
	}
	return receipt, failed
}

// takeTurn is nil when the message may go now; sent when it did before.
func (d *Delivery) takeTurn(ctx context.Context, rules *Policy, s storage.Sending, class Class) (sent bool, failed *chat.SendError) {
	if d.braking(s.Network) {
		return false, asFailure(&Later{At: d.Now().Add(brakedFor), Why: Braked}, d.Now())
	}
	var why error
	standing, err := d.Unasked.TakeTurn(ctx, s, func(s2 storage.Standing) (next storage.Decision) {
		next, why = d.judge(rules, s.Network, s2, class)
		return next
	})
	if err != nil {
		return false, notSent(err)
	}
	return standing.Sent, asFailure(why, d.Now())
}

// noteSent may fail: then the message's receipt says it, or the same message goes again under the same name.
func (d *Delivery) noteSent(ctx context.Context, s storage.Sending) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), ledgerTimeout)
	defer cancel()
	if err := d.Unasked.TurnSent(ctx, s.Network, s.Ref); err != nil {
		d.Log.Warn("it is not noted that a message was sent", "network", s.Network, "err", err)
	}
}
