package delivery

import (
	"context"
	"errors"
	"time"

	"titian/bot/chat"
	"titian/storage"
)

// try sends once, in the place the caller holds. The failure returned always is a *chat.SendError, and nil means sent.
func (d *Delivery) try(ctx context.Context, p *post, to chat.Address, m chat.Outgoing, tries int) (receipt chat.Receipt, failed *chat.SendError) {
	m, limit := d.withFile(m)
	failed = d.call(ctx, p, to, tries, limit, func(ctx context.Context) error {
		var err error
		receipt, err = p.sender.Send(ctx, to, m)
		return err
	})
	return receipt, failed
}

// call asks the network once, within limit. What was learned of its pace is kept.
func (d *Delivery) call(ctx context.Context, p *post, to chat.Address, tries int, limit time.Duration, do func(context.Context) error) *chat.SendError {
	limited, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	err := do(limited)
	if err == nil {
		return nil
	}
	failed := asSendError(err)
	if errors.Is(failed, chat.ErrFile) && storage.IsDown(failed) {
		failed = &chat.SendError{Failure: chat.FailedBusy, Cause: failed.Cause} // the vault's fault, and it passes
	}
	if d.Metrics.Refused != nil {
		d.Metrics.Refused(p.network, failed.Failure)
	}
	d.refusedCold(p.network, failed)
	if failed.Failure == chat.FailedBusy {
		d.slow(p, to, failed, tries)
	}
	return failed
}

// slow obeys a network that asks for time: the chat waits, and when all of the bot is meant, everything unasked too.
func (d *Delivery) slow(p *post, to chat.Address, failed *chat.SendError, tries int) {
	wait := failed.Retry
	if wait <= 0 {
		wait = backoff(tries)
	}
	d.holds.put(to, wait)
	if failed.Global {
		d.holds.put(everyone(p.network), wait)
	}
}

func everyone(n chat.Network) chat.Address { return chat.Address{Network: n} }

func asSendError(err error) *chat.SendError {
	var failed *chat.SendError
	if errors.As(err, &failed) {
		return failed
	}
	return &chat.SendError{Failure: chat.FailedUnsure, Cause: err}
}
