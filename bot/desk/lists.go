package desk

import (
	"bytes"
	"context"
	"errors"
	"io"
	"time"

	"titian/bot/chat"
	"titian/storage"
)

// Invitations are who answered an invitation, and whom to telephone; see storage/postgres.
type Invitations interface {
	Participants(ctx context.Context, id storage.BroadcastID) (storage.Invitation, []storage.Participant, error)
	InvitedNumbered(ctx context.Context, id storage.BroadcastID, digits string) ([]string, error)
	ToCall(ctx context.Context, id storage.BroadcastID, by string) (storage.Invitation, []storage.Participant, error)
}

// Lists writes the files of an invitation.
type Lists interface {
	ParticipantsPDF(w io.Writer, i storage.Invitation, rows []storage.Participant, at time.Time) error
	ParticipantsSheet(w io.Writer, rows []storage.Participant) error
	CallsSheet(w io.Writer, rows []storage.Participant) error
}

// takesList has a list sent.
func (h *hearing) takesList(id storage.BroadcastID, calls bool) {
	h.effects = append(h.effects, storage.SendList{Broadcast: id, Calls: calls})
	h.say = func(o storage.Outcome) []chat.Outgoing {
		key := "desk.broadcast.list_comes"
		switch b := o.Broadcast; {
		case b.Invited != "":
			key = "desk.broadcast.no_places"
		case b.Refused == storage.RefusedState:
			key = "desk.broadcast.not_started"
		case b.Refused != "":
			key = "desk.broadcast.refused." + string(b.Refused)
		}
		return []chat.Outgoing{{Text: h.desk.Texts.Say(key, map[string]string{"number": id.String()})}}
	}
}

// errGone: a chat takes nothing any more.
var errGone = errors.New("nothing more is sent there")

// SendList sends a list that was asked for to the private chat of whoever asked, as it is now. It can be saved and printed, and
// is taken out of the chat after a day; after as long nobody waits for it any more.
func (d *Desk) SendList(ctx context.Context, asked storage.ListAsked) error {
	if d.Now().Sub(asked.At) > keptFor {
		return nil
	}
	to, err := d.Store.Recipient(ctx, string(asked.Staff))
	if errors.Is(err, storage.ErrNotFound) || err == nil && (to.Group || to.Contact == "" || to.Role == storage.RoleCompanion) {
		return nil
	}
	if err != nil {
		return err
	}
	if asked.Calls {
		err = d.sendCalls(ctx, to, asked)
	} else {
		err = d.sendParticipants(ctx, to, asked)
	}
	if errors.Is(err, errGone) {
		return nil
	}
	return err
}

func (d *Desk) sendParticipants(ctx context.Context, to storage.Recipient, asked storage.ListAsked) error {
	i, rows, err := d.Store.Participants(ctx, asked.Broadcast)
	if err != nil {
		return unless(err, storage.ErrNotFound)
	}
	args := map[string]string{"event": i.Event, "number": i.Broadcast.String(), "n": itoa(len(rows))}
	if len(rows) == 0 {
		return d.hands(ctx, to, d.Texts.Say("desk.broadcast.nobody_answered", args), "", nil)
	}
	if err := d.hands(ctx, to, d.Texts.Say("desk.broadcast.participants", args), "peserta-"+i.Broadcast.String()+".pdf", func(w io.Writer) error {
		return d.Lists.ParticipantsPDF(w, i, rows, d.Now())
	}); err != nil {
		return err
	}
	return d.hands(ctx, to, d.Texts.Say("desk.broadcast.participants_sheet", args), "peserta-"+i.Broadcast.String()+".xlsx", func(w io.Writer) error {
		return d.Lists.ParticipantsSheet(w, rows)
	})
}

func (d *Desk) sendCalls(ctx context.Context, to storage.Recipient, asked storage.ListAsked) error {
	i, rows, err := d.Store.ToCall(ctx, asked.Broadcast, "staff:"+string(asked.Staff))
	if err != nil {
		return unless(err, storage.ErrNotFound)
	}
	args := map[string]string{"event": i.Event, "number": i.Broadcast.String(), "n": itoa(len(rows))}
	if len(rows) == 0 {
		return d.hands(ctx, to, d.Texts.Say("desk.broadcast.nobody_to_call", args), "", nil)
	}
	return d.hands(ctx, to, d.Texts.Say("desk.broadcast.calls", args), "telepon-"+i.Broadcast.String()+".xlsx", func(w io.Writer) error {
		return d.Lists.CallsSheet(w, rows)
	})
}

// hands sends words, with a file made in memory where there is one, and has a file taken away after a day.
func (d *Desk) hands(ctx context.Context, to storage.Recipient, words, name string, write func(io.Writer) error) error {
	m := chat.Outgoing{Text: words}
	if write != nil {
		var file bytes.Buffer
		if err := write(&file); err != nil {
			return err
		}
		m.Attachment = &chat.Attachment{
			Name: name, SizeBytes: int64(file.Len()),
			Open: func(context.Context) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(file.Bytes())), nil },
		}
	}
	receipt, err := d.Show(ctx, to.Contact, to.To, m)
	var failed *chat.SendError
	if errors.As(err, &failed) && failed.Failure != chat.FailedBusy && failed.Failure != chat.FailedUnsure {
		return errGone
	}
	if err != nil || write == nil {
		return err
	}
	return d.goes(ctx, to, append(receipt.Earlier, receipt.Ref), keptFor)
}
