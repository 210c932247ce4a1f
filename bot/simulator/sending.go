package simulator

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"titian/bot/chat"
)

// Send keeps the message for the browser and shows it there at once if it is
// open; it waits for nobody. After Run has ended it fails as busy: the message
// is better sent after the next start than kept by a process that goes.
func (w *Web) Send(ctx context.Context, to chat.Address, m chat.Outgoing) (chat.Receipt, error) {
	if err := ctx.Err(); err != nil {
		return chat.Receipt{}, err
	}
	if err := sendable(to, m); err != nil {
		return chat.Receipt{}, err
	}
	if m.ID == "" {
		m.ID = rand.Text()
	}
	e := entry{
		ID: m.ID, From: fromBot, Kind: chat.Text, Text: strings.ToValidUTF8(m.Text, "\uFFFD"),
		Choices: m.Choices, Shortcuts: m.Shortcuts, Request: m.Request, Label: m.Label, ReplyTo: m.ReplyTo, Protect: m.Protect,
	}
	if err := w.enclose(ctx, &e, to.Key, m.Attachment); err != nil {
		return chat.Receipt{}, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	b := w.browser(to.Key, true)
	if b == nil || w.ended {
		w.discard(e.shelved)
		return chat.Receipt{}, errAway
	}
	if first := b.find(m.ID); first != nil {
		w.discard(e.shelved)
		return chat.Receipt{Ref: m.ID, FileRef: first.shelved}, nil
	}
	w.add(b, e)
	return chat.Receipt{Ref: m.ID, FileRef: e.shelved}, nil
}

var errAway = &chat.SendError{Failure: chat.FailedBusy, Retry: time.Second, Cause: errors.New("no room, or stopping")}

// enclose puts a file into a line that is not in the chat yet. Its link can be guessed by nobody, and is good for this
// contact only.
func (w *Web) enclose(ctx context.Context, e *entry, key string, a *chat.Attachment) error {
	if a == nil || w.shows(key, e.ID) {
		return nil
	}
	ref, size, err := w.shelf.lay(ctx, a, w.now(), w.tray)
	if err != nil {
		return err
	}
	e.Kind, e.shelved, e.Link = chat.Files, ref, "sent/"+strings.ToLower(rand.Text())
	e.File = &chat.File{Name: fileName(a.Name), MIME: mediaType(a.MIME), SizeBytes: size, Photo: a.Photo}
	return nil
}

func (w *Web) shows(key, id string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	b := w.browsers[key]
	return b != nil && b.find(id) != nil
}

func sendable(to chat.Address, m chat.Outgoing) error {
	wrong := ""
	switch {
	case to.Network != chat.Web || !wellFormedKey.MatchString(to.Key):
		wrong = "not a browser"
	case strings.TrimSpace(m.Text) == "" && m.Attachment == nil:
		wrong = "the text is empty"
	case len(m.Text) > maxText:
		wrong = "the text is too long"
	}
	for _, list := range [][]chat.Choice{m.Choices, m.Shortcuts} {
		for _, c := range list {
			if len(c.ID) > chat.MaxChoiceID {
				wrong = "a choice's id is over 64 bytes"
			}
		}
	}
	if wrong == "" {
		return nil
	}
	return &chat.SendError{Failure: chat.FailedInvalid, Cause: errors.New(wrong)}
}

// maxSent is the largest file that is shown: Telegram's limit, so that what works here works there.
const maxSent = 50 << 20

// shown bound what the bot's own files take; the oldest make room.
var shown = limits{files: 256, spaceMiB: 256, fileFor: 24 * time.Hour}

// lay puts an attachment on the tray, unless it lies there already, and says under which ref and how large. Its own Ref is
// also looked for on the known trays. Errors are *chat.SendError or the context's.
func (t *tray) lay(ctx context.Context, a *chat.Attachment, now time.Time, known ...*tray) (ref string, sizeBytes int64, err error) {
	if size, here := t.has(a.Ref); here {
		return a.Ref, size, nil
	}
	file, err := source(ctx, a, known)
	if err != nil {
		return "", 0, err
	}
	defer file.Close()
	r := &watched{Reader: io.LimitReader(file, maxSent+1)}
	ref = strings.ToLower(rand.Text())
	sizeBytes, err = t.put(ref, r, now)
	switch {
	case r.err != nil && ctx.Err() != nil:
		return "", 0, ctx.Err()
	case r.err != nil:
		return "", 0, noFile(r.err)
	case err != nil:
		return "", 0, &chat.SendError{Failure: chat.FailedBusy, Retry: time.Second, Cause: err}
	case sizeBytes > maxSent:
		t.take(ref)
		return "", 0, &chat.SendError{Failure: chat.FailedInvalid, Cause: fmt.Errorf("a file over %d bytes", maxSent)}
	}
	return ref, sizeBytes, nil
}

func source(ctx context.Context, a *chat.Attachment, known []*tray) (io.ReadCloser, error) {
	for _, t := range known {
		if r := t.open(a.Ref); r != nil {
			return r, nil
		}
	}
	if a.Open == nil {
		return nil, noFile(errors.New("nothing says where it is"))
	}
	r, err := a.Open(ctx)
	switch {
	case err != nil && ctx.Err() != nil:
		return nil, ctx.Err()
	case err != nil:
		return nil, noFile(err)
	}
	return r, nil
}

func noFile(cause error) error {
	return &chat.SendError{Failure: chat.FailedInvalid, Cause: fmt.Errorf("%w: %w", chat.ErrFile, cause)}
}

// watched remembers why its reader failed, apart from why a writer did.
type watched struct {
	io.Reader
	err error
}

func (w *watched) Read(b []byte) (int, error) {
	n, err := w.Reader.Read(b)
	if err != nil && err != io.EOF {
		w.err = err
	}
	return n, err
}
