package main

import (
	"context"
	"errors"
	"fmt"
	"text/tabwriter"

	"github.com/alecthomas/kong"

	"titian/locales"
	"titian/storage"
	"titian/storage/postgres"
)

// refuse says why a broadcast does not do what was asked.
func refuse(refused storage.BroadcastRefusal, err error) error {
	if err != nil {
		return err
	}
	switch refused {
	case "":
		return nil
	case storage.RefusedUnconfirmed:
		return complain("it goes to more than %d people: a second member of staff confirms it first, `titian broadcast confirm ID --staff NAME`", storage.ConfirmOver)
	case storage.RefusedSamePerson:
		return complain("who made it cannot confirm it: somebody else does")
	case storage.RefusedNotStaff:
		return complain("only a petugas or an admin confirms a broadcast: name one with --staff")
	case storage.RefusedNobody:
		return complain("nobody would get it: `titian broadcast show ID` says who is left out and why; make it anew with another --to")
	case storage.RefusedNoBroadcast:
		return complain("there is no broadcast of that number; `titian broadcast list` shows the last ones")
	case storage.RefusedNoRule:
		return complain("it has places, and nothing says who gets them: make it with --event, --day, --deadline and --rule")
	case storage.RefusedDeadline:
		return complain("the last would be sent to after the places are given")
	case storage.RefusedFormerDraft:
		return complain("that broadcast was not started: cancel it and make another")
	}
	return complain("not from the state it is in: `titian broadcast show ID` says which; it may have been done already")
}

// broadcastAct is one of confirm, start, pause, resume, cancel, retry-unsure.
type broadcastAct struct {
	ID    int64  `arg:"" placeholder:"ID" help:"The broadcast."`
	Staff string `placeholder:"NAME" help:"The member of staff who does it; default: your account of this machine."`
}

// Run does what the command is called.
func (a *broadcastAct) Run(ctx context.Context, c *settings, s streams, k *kong.Context) error {
	return c.withWords(ctx, s, func(w *lexicon) error {
		by, err := w.who(ctx, a.Staff)
		if err != nil {
			return err
		}
		id := storage.BroadcastID(a.ID)
		if err := a.do(ctx, w, k.Selected().Name, id, by); err != nil {
			return err
		}
		return w.show(ctx, s, id)
	})
}

func (a *broadcastAct) do(ctx context.Context, w *lexicon, act string, id storage.BroadcastID, by string) error {
	switch act {
	case "confirm":
		return refuse(w.db.ConfirmBroadcast(ctx, id, storage.StaffID(by)))
	case "pause":
		return refuse(w.db.PauseBroadcast(ctx, id, by))
	case "resume":
		return refuse(w.db.ResumeBroadcast(ctx, id, by))
	case "cancel":
		return refuse(w.db.CancelBroadcast(ctx, id, by))
	case "retry-unsure":
		_, refused, err := w.db.RetryUnsure(ctx, id, by)
		return refuse(refused, err)
	}
	b, err := w.db.Broadcast(ctx, id)
	if errors.Is(err, storage.ErrNotFound) {
		return refuse(storage.RefusedNoBroadcast, nil)
	}
	if err != nil {
		return err
	}
	e, err := w.read(b.Audience)
	if err != nil {
		return err
	}
	refused, err := w.db.StartBroadcast(ctx, id, e, by)
	if refused == storage.RefusedDeadline && err == nil {
		return w.lacks(ctx, id, e)
	}
	return refuse(refused, err)
}

type broadcastShow struct {
	ID int64 `arg:"" placeholder:"ID" help:"The broadcast."`
}

// Run prints how far it is.
func (b *broadcastShow) Run(ctx context.Context, c *settings, s streams) error {
	return c.withWords(ctx, s, func(w *lexicon) error { return w.show(ctx, s, storage.BroadcastID(b.ID)) })
}

func (w *lexicon) show(ctx context.Context, s streams, id storage.BroadcastID) error {
	b, err := w.db.Broadcast(ctx, id)
	if errors.Is(err, storage.ErrNotFound) {
		return refuse(storage.RefusedNoBroadcast, nil)
	}
	if err != nil {
		return err
	}
	counts, err := w.db.BroadcastCounts(ctx, id)
	if err != nil {
		return err
	}
	fmt.Fprintln(s.out, w.pumps.Card(b, counts))
	fmt.Fprintf(s.out, "Untuk: %s\n", b.Audience)
	if !b.StartedAt.IsZero() {
		fmt.Fprintf(s.out, "Daftar penerima tetap sejak %s WITA: %d orang\n", b.StartedAt.In(locales.WITA).Format("2006-01-02 15.04"), counts.Of())
	}
	if b.Former != 0 {
		fmt.Fprintf(s.out, "Versi %d, menggantikan siaran %d\n", b.Version, b.Former)
	}
	return nil
}

type broadcastList struct{}

// Run prints a line a broadcast.
func (*broadcastList) Run(ctx context.Context, c *settings, s streams) error {
	return withResults(ctx, c, s, func(db *postgres.DB) error {
		list, err := db.Broadcasts(ctx, 50)
		if err != nil {
			return err
		}
		w := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
		for _, b := range list {
			counts, err := db.BroadcastCounts(ctx, b.ID)
			if err != nil {
				return err
			}
			fmt.Fprintf(w, "%d\t%s\t%s\t%d of %d sent\t%s\n", b.ID, b.State, when(b.MadeAt), counts.Arrived(), counts.Of(), b.Audience)
		}
		return w.Flush()
	})
}
