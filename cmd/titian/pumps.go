package main

import (
	"context"
	"errors"
	"time"

	"titian/bot/broadcast"
	"titian/bot/chat"
	"titian/bot/delivery"
	"titian/bot/dialogue"
	"titian/locales"
	"titian/storage"
)

// newPumps wires what sends broadcasts.
func newPumps(s *stores, out *delivery.Delivery, voice *dialogue.Voice, office *locales.Office, p plan) *broadcast.Pumps {
	o := broadcast.Options{
		Ledger: s.db, Texts: voice.Texts(), Office: office, Rate: p.rate, Pace: p.takes, Worker: p.worker, Now: clock(), Log: p.log,
		Post: func(ctx, wanted context.Context, c storage.ContactID, to chat.Address, m chat.Outgoing) (chat.Receipt, error) {
			receipt, err := out.Notice(delivery.Until(ctx, wanted), c, to, m, delivery.Broadcast)
			var never *delivery.Never
			if errors.As(err, &never) && never.Why == delivery.Silent {
				err = &chat.SendError{Failure: chat.FailedBlocked, Cause: broadcast.ErrSilent}
			}
			return receipt, err
		},
		Tell: func(ctx context.Context, c storage.ContactID, to chat.Address, ref string, m chat.Outgoing) (chat.Receipt, error) {
			if ref == "" {
				return out.Notice(ctx, c, to, m, delivery.Staff)
			}
			return chat.Receipt{}, out.Edit(ctx, c, to, ref, m)
		},
	}
	if o.Rate == nil {
		o.Rate = func(chat.Network) float64 { return 0 }
	}
	if p.metrics != nil {
		o.Sent = p.metrics.Announced
	}
	return broadcast.New(o)
}

// takeOverEvery is how often what dead processes left of broadcasts is looked for.
const takeOverEvery = 15 * time.Second

// takeOver settles what the process of this name before had on its way, however long Postgres is away: before the pumps of this one
// begin. false: ctx ended first.
func (p *process) takeOver(ctx context.Context) bool {
	for {
		err := p.db.TakeOver(ctx, p.worker, true)
		if err == nil {
			return true
		}
		p.log.Warn("broadcasts wait", "error", err)
		if !pause(ctx, beatEvery) {
			return false
		}
	}
}

// takeOverOthers settles what other processes that died had on their way.
func (p *process) takeOverOthers(ctx context.Context) {
	for pause(ctx, takeOverEvery) {
		if err := p.db.TakeOver(ctx, p.worker, false); err != nil && ctx.Err() == nil {
			p.log.Warn("broadcasts of dead processes wait", "error", err)
		}
	}
}
