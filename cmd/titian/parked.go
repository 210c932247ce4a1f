package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"

	"titian/locales"
	"titian/storage"
)

// parkedCommands are `titian parked`: the messages that failed three times.
type parkedCommands struct {
	List  parkedList  `cmd:"" default:"1" help:"List them (the default); what they say stays sealed."`
	Retry parkedRetry `cmd:"" help:"Put one back, to be worked by a running titian behind what its sender wrote since."`
	Drop  parkedDrop  `cmd:"" help:"Remove one that was dealt with."`
}

type parkedList struct{}

// Run lists what is parked, oldest first.
func (*parkedList) Run(ctx context.Context, c *settings, s streams) error {
	return c.withResults(ctx, s, func(opened *stores) error {
		parked, err := opened.db.Parked(ctx)
		if err != nil {
			return err
		}
		if len(parked) == 0 {
			fmt.Fprintln(s.out, "nothing is parked")
			return nil
		}
		w := tabwriter.NewWriter(s.out, 0, 8, 2, ' ', 0)
		fmt.Fprintln(w, "ID\tPARKED\tNETWORK\tCONTACT\tCAUSE")
		for _, p := range parked {
			fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%s\n", p.ID, p.ParkedAt.In(locales.WITA).Format("2006-01-02 15:04 MST"), p.Network, p.Contact, p.Cause)
		}
		return w.Flush()
	})
}

type parkedRetry struct {
	ID int64 `arg:"" help:"As the list shows it."`
}

// Run puts the message back into the inbox and lets running processes know.
func (r *parkedRetry) Run(ctx context.Context, c *settings, s streams) error {
	if err := c.settle(); err != nil {
		return err
	}
	opened, err := openAll(ctx, c, newLog(s.err, c.LogLevel))
	if err != nil {
		return err
	}
	defer opened.close()
	contact, err := opened.db.RetryParked(ctx, r.ID, actor())
	if errors.Is(err, storage.ErrNotFound) {
		return notParked(r.ID)
	}
	if err != nil {
		return err
	}
	if err := opened.redis.SetInboxed(ctx, contact, true); err != nil {
		return fmt.Errorf("message %d is in the inbox, but a newer one of its sender may overtake it: %w", r.ID, err)
	}
	fmt.Fprintf(s.out, "message %d is in the inbox: a running titian takes it within a second\n", r.ID)
	return nil
}

type parkedDrop struct {
	ID     int64  `arg:"" help:"As the list shows it."`
	Reason string `required:"" placeholder:"TEXT" help:"What was done about it; written into the audit under your name."`
}

// Run removes the message for good.
func (d *parkedDrop) Run(ctx context.Context, c *settings, s streams) error {
	reason := strings.TrimSpace(d.Reason)
	if reason == "" || len(reason) > 500 {
		return complain("--reason must be a sentence of at most 500 letters: what was done about the message")
	}
	return c.withResults(ctx, s, func(opened *stores) error {
		err := opened.db.DropParked(ctx, d.ID, actor(), reason)
		if errors.Is(err, storage.ErrNotFound) {
			return notParked(d.ID)
		}
		if err == nil {
			fmt.Fprintf(s.out, "message %d is gone; the reason stands in the audit\n", d.ID)
		}
		return err
	})
}

func notParked(id int64) error {
	return complain("no message %d is parked; `titian parked` lists what is", id)
}

// withResults opens Postgres for one piece of work.
func (c *settings) withResults(ctx context.Context, s streams, do func(*stores) error) error {
	if err := c.settle(); err != nil {
		return err
	}
	opened, err := openResults(ctx, c, newLog(s.err, c.LogLevel))
	if err != nil {
		return err
	}
	defer opened.close()
	return do(opened)
}
