package delivery

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"math"
	"time"

	"titian/bot/chat"
	"titian/storage"
)

// Notice sends a message nobody asked for and waits until its fate is known: at the pace of its network and of its chat,
// behind replies. Every error is a *chat.SendError. Busy: ctx ended or the delivery is stopping before it was sent, try later. Blocked:
// remembered already. Unsure: it may have arrived; a broadcast is never sent again. A caller who knows that the contact is Unreachable does not call.
// On a network with a Policy it does not wait for hours: Busy with a *Later as its cause says when to call again, Blocked with a
// *Never that it will not be sent. There m.ID, which must be the same at every call, keeps a message that is tried again
// from being counted twice, and from being sent again once it was.
func (d *Delivery) Notice(ctx context.Context, c storage.ContactID, to chat.Address, m chat.Outgoing, class Class) (chat.Receipt, error) {
	p := d.posts[to.Network]
	if p == nil {
		return chat.Receipt{}, notSent(errNoSender)
	}
	if !d.begin() {
		return chat.Receipt{}, notSent(ErrStopping)
	}
	defer d.work.Done()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer context.AfterFunc(d.life, func() { cancel(ErrStopping) })()
	send := d.notice
	if rules := d.careful(to.Network, class); rules != nil {
		send = func(ctx context.Context, p *post, c storage.ContactID, to chat.Address, m chat.Outgoing, class Class) (chat.Receipt, *chat.SendError) {
			return d.carefully(ctx, p, rules, c, to, m, class)
		}
	}
	receipt, failed := send(ctx, p, c, to, m, class)
	if failed != nil {
		return receipt, failed
	}
	return receipt, nil
}

func notSent(cause error) *chat.SendError {
	return &chat.SendError{Failure: chat.FailedBusy, Cause: cause}
}

// begin counts a notice as work that Drain waits for.
func (d *Delivery) begin() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.accepting.Err() != nil {
		return false
	}
	d.work.Add(1)
	return true
}

func (d *Delivery) notice(ctx context.Context, p *post, c storage.ContactID, to chat.Address, m chat.Outgoing, class Class) (chat.Receipt, *chat.SendError) {
	unsure := false
	for tries := 0; ; tries++ {
		if err := d.turn(ctx, p, c, to, class); err != nil {
			if unsure {
				return chat.Receipt{}, &chat.SendError{Failure: chat.FailedUnsure, Cause: err}
			}
			return chat.Receipt{}, notSent(err)
		}
		receipt, failed := d.try(ctx, p, to, m, tries)
		p.leave()
		switch {
		case failed == nil:
			return receipt, nil
		case failed.Failure == chat.FailedBusy:
		case failed.Failure == chat.FailedUnsure && class != Broadcast && !unsure && ctx.Err() == nil:
			unsure = true
		case failed.Failure == chat.FailedBlocked:
			d.unreachable(ctx, c)
			return receipt, failed
		default:
			if failed.MovedTo != "" {
				d.moved(c, to, failed.MovedTo)
			}
			return receipt, failed
		}
	}
}

// turn waits until one unasked message may go to this chat now, and takes a place for it.
func (d *Delivery) turn(ctx context.Context, p *post, c storage.ContactID, to chat.Address, class Class) error {
	ctx, cancel := d.whileAccepting(ctx)
	defer cancel()
	for {
		if err := d.Settled(ctx, c); err != nil {
			return err
		}
		if !d.holds.wait(ctx, to) {
			return context.Cause(ctx)
		}
		wait, err := d.ask(ctx, p, to, class)
		if wait == 0 || err != nil {
			return err
		}
		if !pause(ctx, wait) {
			return context.Cause(ctx)
		}
	}
}

type wantedKey struct{}

// Until lets messages be called back: once wanted ends, a Notice under the returned context that still waits for its turn is given
// back as not sent. One that is being sent already is not disturbed.
func Until(ctx, wanted context.Context) context.Context {
	return context.WithValue(ctx, wantedKey{}, wanted)
}

var errCalledBack = errors.New("the message was called back")

// whileAccepting ends with the delivery's accepting: a notice that still waits is tried again by whoever sent it.
func (d *Delivery) whileAccepting(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	stops := []func() bool{context.AfterFunc(d.accepting, func() { cancel(ErrStopping) })}
	if wanted, ok := ctx.Value(wantedKey{}).(context.Context); ok {
		stops = append(stops, context.AfterFunc(wanted, func() { cancel(errCalledBack) }))
	}
	return ctx, func() {
		for _, stop := range stops {
			stop()
		}
		cancel(nil)
	}
}

// ask holds the network's pace while it waits for a turn, so that the next in line waits behind it. A wait means that this chat,
// not the network, must wait. With neither wait nor error a place is taken, and the message is counted: see leave.
func (d *Delivery) ask(ctx context.Context, p *post, to chat.Address, class Class) (wait time.Duration, err error) {
	turn, wait, err := d.inLine(ctx, p, to, class)
	if wait > 0 || err != nil {
		return wait, err
	}
	// Other replicas may have written to the chat. They hardly ever have, so it is asked last, beside the next in line.
	err = d.shared(ctx, func() (err error) {
		wait, err = d.Limiter.Allow(ctx, chatKey(to), 1/chatSpacing.Seconds())
		return err
	})
	if wait > 0 || err != nil {
		p.slots.leave()
		p.second.end(false)
		if !turn.IsZero() {
			p.turns.put(turn)
		}
	}
	return wait, err
}

func (d *Delivery) inLine(ctx context.Context, p *post, to chat.Address, class Class) (turn time.Time, wait time.Duration, err error) {
	if p.pace.enter(ctx, class) != nil {
		return turn, 0, context.Cause(ctx)
	}
	defer p.pace.leave()
	if !d.holds.wait(ctx, everyone(p.network)) {
		return turn, 0, context.Cause(ctx)
	}
	if left := chatSpacing - d.Now().Sub(p.written.last(to.Key, d.Now())); left > 0 {
		return turn, left, nil
	}
	if p.slots.enter(ctx, class) != nil {
		return turn, 0, context.Cause(ctx)
	}
	if turn, err = d.botTurn(ctx, p); err == nil {
		err = p.second.room(ctx, d.aSecondOf(p))
	}
	if err != nil {
		p.slots.leave()
		return turn, 0, err
	}
	p.written.add(to.Key, d.Now())
	return turn, 0, nil
}

// aSecondOf is how many messages this process may send to a network within a second: its part of what all replicas may, so that
// together they do not send more than that either.
func (d *Delivery) aSecondOf(p *post) int {
	if rate := d.Rate(p.network); rate > 0 {
		return p.turns.share(limit(rate))
	}
	return math.MaxInt
}

// leave gives back what ask took, once the message was answered.
func (p *post) leave() {
	p.slots.leave()
	p.second.end(true)
}

// chatBuckets is how many paces the chats of a network share. A bucket names nobody: a chat's key may be a phone number, and
// thousands of numbers fall into each. Two chats of a bucket wait for each other, which hardly happens.
const chatBuckets = 1 << 20

func chatKey(to chat.Address) string {
	h := fnv.New64a()
	h.Write([]byte(to.Key))
	return fmt.Sprintf("chat:%s:%05x", to.Network, h.Sum64()%chatBuckets)
}
