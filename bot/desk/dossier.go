package desk

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"slices"
	"strings"
	"time"

	"titian/bot/chat"
	"titian/storage"
)

// keptFor is how long a dossier stays in the chat of whoever asked for it: time enough to save it for SiHalal.
const keptFor = 24 * time.Hour

// anotherAfter is how long a dossier waits while this process makes another one.
const anotherAfter = 15 * time.Second

// Handouts keeps what was asked for of dossiers, and what of it arrived; see storage/postgres.
type Handouts interface {
	Handout(ctx context.Context, id string) (storage.Handout, error)
	Told(ctx context.Context, id storage.ApplicationID) (storage.Application, storage.Dossier, error)
	HandedOut(ctx context.Context, id, sum string, c storage.ContactID, to chat.Address, refs []string, after time.Duration) error
	EndHandout(ctx context.Context, h storage.Handout, how string, files []string) error
}

// Dossiers makes the dossier of an application: it hands every file to create, and closes it before the next. The same
// application at the same time gives the same bytes. missing are titles of what is gone or altered.
type Dossiers interface {
	Write(ctx context.Context, a storage.Application, told storage.Dossier, at time.Time,
		create func(name string) (io.WriteCloser, error)) (missing []string, err error)
}

// takes offers the dossier of a file that is complete.
func (d *Desk) takes(a storage.Application) []chat.Choice {
	if a.State.Undecided() && a.State != storage.StateComplete || !a.State.HasDossier() {
		return nil
	}
	return []chat.Choice{button(d.Texts.Say("desk.act.dossier", nil), actDossier, string(a.ID))}
}

// takesDossier has one sent.
func (h *hearing) takesDossier(who storage.Staff, id storage.ApplicationID) {
	h.effects = append(h.effects, storage.SendDossier{Application: id})
	h.say = func(o storage.Outcome) []chat.Outgoing {
		key := "desk.dossier.comes"
		switch o.Halal.Refused {
		case storage.RefusedNothing:
		case storage.RefusedAlready:
			key = "desk.dossier.coming"
		default:
			return h.desk.After(who, h.m.From.Network, "", o)
		}
		return []chat.Outgoing{{Text: h.desk.Texts.Say(key, map[string]string{"number": o.Halal.Application.Number})}}
	}
}

// errNoMore: what is left of a dossier must not be sent, or cannot.
var errNoMore = errors.New("the rest is not sent")

// HandOutDossier sends a dossier that was asked for, a file at a time, to the private chat of whoever asked. It looks again
// before each file whether it may; what arrived is not sent again. Files can be saved, as they are for SiHalal, and are taken
// out of the chat after a day. A wait asks for another try after it.
func (d *Desk) HandOutDossier(ctx context.Context, id string) (wait time.Duration, err error) {
	if !d.handing.TryLock() {
		return anotherAfter, nil
	}
	defer d.handing.Unlock()
	asked, err := d.Store.Handout(ctx, id)
	if errors.Is(err, storage.ErrNotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	to, err := d.Store.Recipient(ctx, string(asked.Staff))
	if errors.Is(err, storage.ErrNotFound) || err == nil && (to.Group || to.Contact == "") {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	a, told, err := d.Store.Told(ctx, asked.Application)
	if errors.Is(err, storage.ErrNotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	out := &handing{desk: d, ctx: ctx, asked: asked, to: to, number: a.Number}
	missing, err := d.Dossiers.Write(ctx, a, told, asked.AskedAt, out.create)
	switch {
	case out.failed != nil:
		return 0, d.handedInPart(ctx, out)
	case errors.Is(err, errNoMore):
		return 0, nil
	case err != nil:
		return 0, err
	}
	if err := d.Store.EndHandout(ctx, asked, "delivered", out.names); err != nil {
		return 0, err
	}
	if len(missing) > 0 {
		_, err = d.post(ctx, to, chat.Outgoing{Text: d.Texts.Say("desk.dossier.missing", map[string]string{"number": a.Number, "items": strings.Join(missing, ", ")})})
	}
	return 0, err
}

// handedInPart ends a dossier that the network will not take, and says so where it can.
func (d *Desk) handedInPart(ctx context.Context, out *handing) error {
	if err := d.Store.EndHandout(ctx, out.asked, "not delivered", out.names); err != nil {
		return err
	}
	if out.failed.Failure == chat.FailedBlocked {
		return nil
	}
	_, err := d.post(ctx, out.to, chat.Outgoing{Text: d.Texts.Say("desk.dossier.failed", map[string]string{"number": out.number})})
	return err
}

// handing is one dossier on its way.
type handing struct {
	desk   *Desk
	ctx    context.Context
	asked  storage.Handout
	to     storage.Recipient
	number string
	names  []string        // of the files that arrived
	failed *chat.SendError // why no more will
}

func (h *handing) create(name string) (io.WriteCloser, error) {
	return &part{handing: h, name: name}, nil
}

// part is one file of a dossier in memory: nothing of it is written to a disk. It is sent when it is closed.
type part struct {
	bytes.Buffer
	*handing
	name string
}

// Abandon forgets a file that will not be finished.
func (p *part) Abandon() error { return nil }

// Close sends the file, unless it arrived before.
func (p *part) Close() error {
	sum := sha256.Sum256(p.Bytes())
	name := hex.EncodeToString(sum[:])
	if slices.Contains(p.asked.Sent, name) {
		p.names = append(p.names, p.name)
		return nil
	}
	if _, err := p.desk.Store.Handout(p.ctx, p.asked.ID); errors.Is(err, storage.ErrNotFound) {
		return errNoMore
	} else if err != nil {
		return err
	}
	content := p.Bytes()
	receipt, err := p.desk.Show(p.ctx, p.to.Contact, p.to.To, chat.Outgoing{
		Text: p.desk.Texts.Say("desk.dossier.file", map[string]string{"number": p.number}),
		Attachment: &chat.Attachment{
			Name: p.name, SizeBytes: int64(len(content)),
			Open: func(context.Context) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(content)), nil },
		},
	})
	if errors.As(err, &p.failed) {
		if p.failed.Failure == chat.FailedBusy || p.failed.Failure == chat.FailedUnsure {
			p.failed = nil
			return err
		}
		return errNoMore
	}
	if err != nil {
		return err
	}
	p.names = append(p.names, p.name)
	return p.desk.Store.HandedOut(p.ctx, p.asked.ID, name, p.to.Contact, p.to.To, append(receipt.Earlier, receipt.Ref), keptFor)
}
