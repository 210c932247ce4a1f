package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"titian/storage"
	"titian/storage/dossier"
	"titian/storage/postgres"
	"titian/storage/segment"
)

// invitation is what the flags promise; one without places promises nothing.
func (b *broadcastCreate) invitation() (i storage.Invitation, err error) {
	if b.Invite == 0 {
		return i, nil
	}
	i = storage.Invitation{Event: b.Event, Places: b.Invite, Rule: storage.Rule(b.Rule)}
	for flag, t := range map[string]struct {
		text string
		to   *time.Time
	}{"--day": {b.Day, &i.Day}, "--deadline": {b.Deadline, &i.Deadline}, "--opens": {b.Opens, &i.Opens}} {
		if *t.to, err = timeOf(flag, t.text); err != nil {
			return i, err
		}
	}
	if i.Event == "" || i.Day.IsZero() || i.Deadline.IsZero() || i.Deadline.After(i.Day) || i.Opens.After(i.Deadline) || i.Places < 0 {
		return i, complain("an invitation needs --event, --day and --deadline, in the order opening, deadline, day")
	}
	return i, nil
}

// invite fixes what an invitation promises, and says by how much it would end too late.
func (w *lexicon) invite(ctx context.Context, out io.Writer, i storage.Invitation, draft storage.Broadcast, e segment.Expr) (storage.Invitation, error) {
	if i.Places == 0 {
		return i, nil
	}
	i.Broadcast = draft.ID
	made, refused, err := w.db.Invite(ctx, i, draft.MadeBy)
	if err == nil && refused != "" {
		err = notInvited(refused)
	}
	if err != nil {
		return made, err
	}
	fmt.Fprintf(out, "Undangan: %d tempat, %s; SHA-256 bibit undian %s\n", made.Places, w.texts.Say("invited.how."+string(made.Rule), nil), made.Commitment())
	short, err := w.db.Shortfall(ctx, draft.ID, e)
	if err == nil && short > 0 {
		fmt.Fprintf(out, "Belum bisa dimulai: pengiriman selesai %s sesudah tempat dibagi.\n", short.Round(time.Minute))
	}
	return made, err
}

// lacks names by how much a broadcast ends too late.
func (w *lexicon) lacks(ctx context.Context, id storage.BroadcastID, e segment.Expr) error {
	short, err := w.db.Shortfall(ctx, id, e)
	if err != nil {
		return err
	}
	return complain("the last would be sent to %s after the places are given: a later deadline or opening, or fewer people", short.Round(time.Minute))
}

// notInvited says why an invitation does not do what was asked.
func notInvited(r storage.InvitationRefusal) error {
	said, known := map[storage.InvitationRefusal]string{
		storage.InvitationUnknown: "there is no such invitation, or nobody of that number is invited", storage.InvitationClosed: "it was not started, or is over",
		storage.InvitationLate: "the deadline has passed", storage.InvitationNoPlace: "no place is free",
		storage.InvitationNotComing: "the person did not say that they come",
		storage.InvitationNotRule:   "its rule is another: staff do not choose", storage.InvitationTooSoon: "it is too early for that",
		storage.InvitationReason: "a choice needs a --reason", storage.InvitationFixed: "it was confirmed or started: what it promises is fixed",
		storage.InvitationWrong: "its times are not in order, or are over",
	}[r]
	if !known {
		said = string(r)
	}
	return complain("%s", said)
}

type broadcastParticipants struct {
	ID     int64  `arg:"" placeholder:"ID" help:"The broadcast."`
	Format string `required:"" enum:"csv,xlsx,json,pdf" help:"csv, xlsx, json or pdf."`
	Out    string `placeholder:"FILE" help:"A file, readable by you alone; default: standard output."`
}

// Run writes everybody who answered.
func (b *broadcastParticipants) Run(ctx context.Context, c *settings, s streams) error {
	id := storage.BroadcastID(b.ID)
	if b.Format == "pdf" {
		return withResults(ctx, c, s, func(db *postgres.DB) error {
			i, list, err := db.Participants(ctx, id)
			if err != nil {
				return err
			}
			return toFile(b.Out, s.out, func(w io.Writer) error { return dossier.WriteParticipantsPDF(w, i, list, clock()()) })
		})
	}
	return exportRows(ctx, c, s, b.Format, b.Out, "Peserta", dossier.ParticipantColumns, func(db *postgres.DB, row func(...any) error) error {
		_, list, err := db.Participants(ctx, id)
		for _, p := range list {
			if err := row(dossier.ParticipantCells(p)...); err != nil {
				return err
			}
		}
		return err
	})
}

type broadcastCall struct {
	ID     int64  `arg:"" placeholder:"ID" help:"The broadcast."`
	Format string `default:"xlsx" enum:"csv,xlsx,json" help:"csv, xlsx or json."`
	Out    string `placeholder:"FILE" help:"A file, readable by you alone; default: standard output."`
}

// Run writes whom to telephone, with their numbers; that it was taken stands in the audit.
func (b *broadcastCall) Run(ctx context.Context, c *settings, s streams) error {
	return exportRows(ctx, c, s, b.Format, b.Out, "Telepon", dossier.CallColumns, func(db *postgres.DB, row func(...any) error) error {
		_, list, err := db.ToCall(ctx, storage.BroadcastID(b.ID), actor())
		for _, p := range list {
			if err := row(dossier.CallCells(p)...); err != nil {
				return err
			}
		}
		return err
	})
}

// invited names one who was invited.
type invited struct {
	ID     int64  `arg:"" placeholder:"ID" help:"The broadcast."`
	Number string `arg:"" placeholder:"IKM-2026-000001" help:"The registration."`
	Staff  string `placeholder:"NAME" help:"The member of staff who does it; default: your account of this machine."`
}

func (i *invited) record(ctx context.Context, c *settings, s streams, state storage.ParticipantState, reason string) error {
	return c.withWords(ctx, s, func(w *lexicon) error {
		by, err := w.who(ctx, i.Staff)
		if err != nil {
			return err
		}
		if i.Staff != "" {
			by = "staff:" + by
		}
		out, err := w.db.RecordInvited(ctx, storage.RecordInvited{Broadcast: storage.BroadcastID(i.ID), Number: i.Number, State: state, Reason: reason}, by)
		if err == nil && out.Refused != "" {
			err = notInvited(out.Refused)
		}
		if err == nil {
			fmt.Fprintf(s.out, "%s: %s\n", i.Number, dossier.Standing(out.State))
		}
		return err
	})
}

type broadcastAnswer struct {
	invited `embed:""`
	Says    string `arg:"" enum:"ikut,tidak" help:"ikut or tidak."`
}

// Run writes down an answer.
func (b *broadcastAnswer) Run(ctx context.Context, c *settings, s streams) error {
	state := storage.ParticipantDeclined
	if b.Says == "ikut" {
		state = storage.ParticipantComing
	}
	return b.record(ctx, c, s, state, "")
}

type broadcastChoose struct {
	invited `embed:""`
	Reason  string `required:"" placeholder:"TEXT" help:"Why; it stands on the list."`
}

// Run gives a place.
func (b *broadcastChoose) Run(ctx context.Context, c *settings, s streams) error {
	return b.record(ctx, c, s, storage.ParticipantHeld, b.Reason)
}

type broadcastAttend struct {
	invited `embed:""`
}

// Run notes that a person was there.
func (b *broadcastAttend) Run(ctx context.Context, c *settings, s streams) error {
	return b.record(ctx, c, s, storage.ParticipantAttended, "")
}

type broadcastClose struct {
	ID int64 `arg:"" placeholder:"ID" help:"The broadcast."`
}

// Run ends the choosing.
func (b *broadcastClose) Run(ctx context.Context, c *settings, s streams) error {
	return withResults(ctx, c, s, func(db *postgres.DB) error {
		refused, err := db.CloseChoice(ctx, storage.BroadcastID(b.ID), actor())
		if err == nil && refused != "" {
			err = notInvited(refused)
		}
		return err
	})
}
