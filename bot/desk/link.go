package desk

import (
	"bytes"
	"context"
	"errors"
	"io"
	"regexp"
	"time"

	"titian/bot/chat"
	"titian/flows/answer"
	"titian/storage"
)

// Linker links the dinas's phone anew, in the one process that owns its device. It returns when it is linked: nil, or why
// not; a context that ends is how a code that nobody uses ends.
type Linker interface {
	Link(ctx context.Context, phone answer.Phone, tell func(LinkStep)) error
}

// LinkStep is something to show to the admin while the phone is being linked. The newest code alone is good.
type LinkStep struct {
	Picture []byte // PNG of a code to be scanned: a secret
	Typed   string // a code to be typed on the phone: a secret
	Passkey bool   // the account wants a passkey, which nobody can answer here
}

// Why a phone was not linked, as a Linker says it.
var (
	ErrLinked   = errors.New("a phone is linked already")
	ErrOutdated = errors.New("WhatsApp wants a newer version")
)

// Links keeps who asked for the phone to be linked; see storage/postgres.
type Links interface {
	LinkRequest(ctx context.Context, id string) (storage.LinkRequest, error)
	EndLink(ctx context.Context, r storage.LinkRequest, how string) error
}

var linkWords = regexp.MustCompile(`(?i)^(?:/hubungkan(?:\s+(?:whatsapp|wa)\b)?|(?:hubungkan|tautkan|sambungkan)\s+(?:whatsapp|wa))(?:\s+(.+))?$`)

// links has the codes sent: to be scanned, or with a number to be typed on that phone.
func (h *hearing) links(number string) {
	ask := storage.LinkWhatsApp{}
	if number != "" {
		phone, err := answer.ParsePhone(number)
		if err != nil {
			h.answer("staff.link.how", nil)
			return
		}
		ask.Phone = phone
	}
	h.does(ask, func(o storage.StaffOutcome) (string, map[string]string) {
		switch {
		case o.Refused == storage.RefusedAlready:
			return "staff.link.coming", nil
		case o.Refused == storage.RefusedUnknown:
			return "staff.link.off", nil
		case ask.Phone != "":
			return "staff.link.comes_typed", nil
		}
		return "staff.link.comes", nil
	})
}

// linkEnd is how long taking codes away and telling the end may take.
const linkEnd = 30 * time.Second

// LinkPhone shows the admin who asked one code after the other, each instead of the one before, until the phone is linked
// or the time is over, takes the last one away and tells how it ended.
func (d *Desk) LinkPhone(ctx context.Context, request string) error {
	asked, err := d.Store.LinkRequest(ctx, request)
	if errors.Is(err, storage.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	to, err := d.Store.Recipient(ctx, string(asked.Staff))
	if err != nil {
		return err
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), storage.LinkFor+linkEnd)
	defer cancel()
	ctx, stop := context.WithTimeout(ctx, storage.LinkFor)
	defer stop()
	l := &linking{desk: d, ctx: ctx, last: last, to: to, stop: stop}
	err = d.Linker.Link(ctx, asked.Phone, l.show)
	l.takesAway()
	key, how := "staff.link.done", "made"
	switch {
	case err == nil:
	case l.failed != nil:
		key, how = "staff.link.failed", "failed: the code could not be shown"
		d.Log.Warn("a code to link the phone with could not be shown", "error", l.failed)
	case errors.Is(err, ErrLinked):
		key, how = "staff.link.already", "stood already"
	case errors.Is(err, ErrOutdated):
		key, how = "staff.link.outdated", "failed: outdated"
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		key, how = "staff.link.late", "not made in time"
	default:
		key, how = "staff.link.failed", "failed"
		d.Log.Warn("the phone was not linked", "error", err)
	}
	_, failed := d.post(last, to, chat.Outgoing{Text: d.Texts.Say(key, nil)})
	return errors.Join(failed, d.Store.EndLink(last, asked, how))
}

// linking is one attempt to link the phone, in the chat of an admin.
type linking struct {
	desk   *Desk
	ctx    context.Context
	last   context.Context // for what must be done at the end
	to     storage.Recipient
	stop   func()
	refs   []string // of the code that is shown
	failed error    // why a code could not be shown
}

// show puts a code into the chat in place of the one before. Should this process die, a job takes it away.
func (l *linking) show(step LinkStep) {
	d, m := l.desk, chat.Outgoing{Protect: true}
	switch {
	case step.Passkey:
		_, _ = d.post(l.ctx, l.to, chat.Outgoing{Text: d.Texts.Say("staff.link.passkey", nil)})
		return
	case step.Typed != "":
		m.Text = d.Texts.Say("staff.link.typed", map[string]string{"code": step.Typed})
	case step.Picture != nil:
		m.Text = d.Texts.Say("staff.link.scan", nil)
		m.Attachment = &chat.Attachment{Name: "tautan.png", MIME: "image/png", Photo: true, SizeBytes: int64(len(step.Picture)),
			Open: func(context.Context) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(step.Picture)), nil }}
	default:
		return
	}
	receipt, err := d.Show(l.ctx, l.to.Contact, l.to.To, m)
	l.takesAway()
	if err == nil {
		l.refs = append(receipt.Earlier, receipt.Ref)
		err = d.Store.TakeAwayLater(l.ctx, l.to.Contact, l.to.To, l.refs, storage.LinkFor)
	}
	if err != nil && l.ctx.Err() == nil {
		l.failed = err
		l.stop()
	}
}

// takesAway removes the code that is shown.
func (l *linking) takesAway() {
	for _, ref := range l.refs {
		if err := l.desk.Remove(l.last, l.to.Contact, l.to.To, ref); err != nil {
			l.desk.Log.Warn("a code that was used is taken away later", "error", err)
		}
	}
	l.refs = nil
}
