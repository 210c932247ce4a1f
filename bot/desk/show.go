package desk

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"time"

	"titian/bot/chat"
	"titian/bot/watermark"
	"titian/flows/answer"
	"titian/locales"
	"titian/storage"
)

// shownFor is how long a document stays in an officer's chat.
const shownFor = 10 * time.Minute

// maxShown is what is read of one file: Telegram's getFile limit, which bounds what a vault holds.
const maxShown = 20 << 20

// ShowDocument shows one document to a member of staff, in private, with who opened it, when and what for written over every page,
// protected from being passed on, and has it taken away again. What was replaced since, or whoever may no longer see it, is not shown.
func (d *Desk) ShowDocument(ctx context.Context, staff storage.StaffID, id storage.ApplicationID, key string, revision int) error {
	to, err := d.Store.Recipient(ctx, string(staff))
	if errors.Is(err, storage.ErrNotFound) || err == nil && to.Group {
		return nil
	}
	if err != nil {
		return err
	}
	a, err := d.Store.Application(ctx, string(id))
	if errors.Is(err, storage.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if to.Role == storage.RoleCompanion && a.Pendamping != staff {
		return nil
	}
	words, err := d.stamp(ctx, "desk.watermark", to)
	if err != nil {
		return err
	}
	for _, item := range a.Items {
		if item.Key != key || item.Revision != revision {
			continue
		}
		for n, file := range item.Files {
			caption := a.Number + " · " + item.Title + " (" + itoa(n+1) + "/" + itoa(len(item.Files)) + ")"
			if _, err := d.showFile(ctx, to, file, caption, words, shownFor); err != nil {
				return err
			}
		}
	}
	return nil
}

// stamp is what stands over a document that is shown: for whom, when and what for.
func (d *Desk) stamp(ctx context.Context, key string, to storage.Recipient) (string, error) {
	who, err := d.Store.StaffAt(ctx, to.Contact)
	return d.Texts.Say(key, map[string]string{"date": answer.PrintDate(d.Now().In(locales.WITA)), "name": who.Name}), err
}

// showFile sends one file, marked, and has it taken away after a while. A file that cannot be marked is not shown: it is said so.
func (d *Desk) showFile(ctx context.Context, to storage.Recipient, id storage.FileID, caption, words string, keep time.Duration) (refs []string, err error) {
	m := chat.Outgoing{Text: caption, Protect: true}
	marked, mime, err := d.marked(ctx, id, words)
	switch {
	case errors.Is(err, watermark.ErrUnmarked), errors.Is(err, storage.ErrNotFound):
		m.Text += "\n" + d.Texts.Say("desk.unshown", nil)
	case err != nil:
		return nil, err
	default:
		m.Attachment = &chat.Attachment{
			Name: "dokumen" + map[bool]string{true: ".pdf", false: ".jpg"}[mime == "application/pdf"], MIME: mime, Photo: mime != "application/pdf",
			SizeBytes: int64(len(marked)),
			Open:      func(context.Context) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(marked)), nil },
		}
	}
	receipt, err := d.Show(ctx, to.Contact, to.To, m)
	var failed *chat.SendError
	if errors.As(err, &failed) && failed.Failure != chat.FailedBusy {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	refs = append(receipt.Earlier, receipt.Ref)
	if err := d.goes(ctx, to, refs, keep); err != nil {
		return nil, err
	}
	return refs, nil
}

// goes has messages taken away after a while; when that cannot be arranged they go at once, and are shown again instead.
func (d *Desk) goes(ctx context.Context, to storage.Recipient, refs []string, keep time.Duration) error {
	err := d.Store.TakeAwayLater(ctx, to.Contact, to.To, refs, keep)
	if err == nil {
		return nil
	}
	for _, ref := range refs {
		err = errors.Join(err, d.Remove(context.WithoutCancel(ctx), to.Contact, to.To, ref))
	}
	return err
}

// marked is a file of the vault with the words over it.
func (d *Desk) marked(ctx context.Context, id storage.FileID, words string) (marked []byte, mime string, err error) {
	r, err := d.Files.Get(ctx, string(id))
	if err != nil {
		return nil, "", err
	}
	defer r.Close()
	data, err := io.ReadAll(io.LimitReader(r, maxShown))
	if err != nil {
		return nil, "", err
	}
	if strings.HasPrefix(string(data[:min(5, len(data))]), "%PDF-") {
		marked, err = watermark.PDF(data, words)
		return marked, "application/pdf", err
	}
	marked, err = watermark.JPEG(data, words)
	return marked, "image/jpeg", err
}

// TakeAway removes a message from a chat.
func (d *Desk) TakeAway(ctx context.Context, c storage.ContactID, ref string) error {
	to, err := d.Store.AddressOf(ctx, c)
	if errors.Is(err, storage.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	err = d.Remove(ctx, c, to, ref)
	var failed *chat.SendError
	if errors.As(err, &failed) && failed.Failure != chat.FailedBusy {
		d.Log.Warn("a document that was shown stays in a chat", "network", to.Network, "error", err)
		return nil
	}
	return err
}
