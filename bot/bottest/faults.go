package bottest

import (
	"context"

	"titian/bot"
	"titian/storage"
)

// Step is one call the law makes, before or after the real thing happens.
type Step string

// The steps at which a process may die.
const (
	BeforeCommit     Step = "before the plain commit"
	AfterCommit      Step = "after the plain commit"
	BeforeMark       Step = "before the mark"
	AfterMark        Step = "after the mark"
	BeforeTransacted Step = "before the transaction"
	AfterTransacted  Step = "after the transaction"
	BeforeSettle     Step = "before the stored row is committed"
	AfterSettle      Step = "after the stored row is committed"
)

// At runs hook at every step; an error of it replaces the step, or its result.
func At(o *Options, hook func(s Step, messageID string) error) {
	o.Running = func(r bot.Running) bot.Running { return running{r, hook} }
	o.Ledger = func(l bot.Ledger) bot.Ledger { return transactions{l, hook} }
}

type running struct {
	bot.Running
	hook func(Step, string) error
}

func newest(r storage.Record) string {
	if len(r.Seen) == 0 {
		return ""
	}
	return r.Seen[len(r.Seen)-1]
}

func (r running) Commit(ctx context.Context, rec storage.Record, fromInbox bool) error {
	return around(r.hook, BeforeCommit, AfterCommit, newest(rec), func() error { return r.Running.Commit(ctx, rec, fromInbox) })
}

func (r running) Mark(ctx context.Context, c storage.ContactID, seq int64, id string, fromInbox bool) error {
	return around(r.hook, BeforeMark, AfterMark, id, func() error { return r.Running.Mark(ctx, c, seq, id, fromInbox) })
}

func (r running) Settle(ctx context.Context, rec storage.Record, id string) error {
	return around(r.hook, BeforeSettle, AfterSettle, id, func() error { return r.Running.Settle(ctx, rec, id) })
}

type transactions struct {
	bot.Ledger
	hook func(Step, string) error
}

func (l transactions) Commit(ctx context.Context, k storage.TurnKey, effects []storage.Effect,
	finish func(storage.Outcome) (storage.Record, error),
) (rec storage.Record, err error) {
	err = around(l.hook, BeforeTransacted, AfterTransacted, k.MessageID, func() error {
		rec, err = l.Ledger.Commit(ctx, k, effects, finish)
		return err
	})
	return rec, err
}

func (l transactions) Merge(ctx context.Context, m storage.Merge) (waits bool, err error) {
	err = around(l.hook, BeforeTransacted, AfterTransacted, newest(m.Record), func() error {
		waits, err = l.Ledger.Merge(ctx, m)
		return err
	})
	return waits, err
}

func around(hook func(Step, string) error, before, after Step, id string, do func() error) error {
	if err := hook(before, id); err != nil {
		return err
	}
	if err := do(); err != nil {
		return err
	}
	return hook(after, id)
}
