package delivery

import (
	"context"
	"errors"

	"titian/bot/chat"
)

// try sends once, in the place the caller holds. What was learned of the network's pace is kept; the failure returned always
// is a *chat.SendError, and nil means sent.
func (d *Delivery) try(ctx context.Context, p *post, to chat.Address, m chat.Outgoing, tries int) (chat.Receipt, *chat.SendError) {
	limited, cancel := context.WithTimeout(ctx, d.Timeout)
	defer cancel()
	receipt, err := p.sender.Send(limited, to, m)
	if err == nil {
		return receipt, nil
	}
	failed := asSendError(err)
	if d.Metrics.Refused != nil {
		d.Metrics.Refused(p.network, failed.Failure)
	}
	if failed.Failure == chat.FailedBusy {
		d.slow(p, to, failed, tries)
	}
	return receipt, failed
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
