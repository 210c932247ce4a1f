package simulator

import (
	"context"
	"errors"
	"slices"
	"strings"

	"titian/bot/chat"
)

var (
	_ chat.Editor  = (*Web)(nil)
	_ chat.Remover = (*Web)(nil)
)

// Edit implements chat.Editor: open pages change at once.
func (w *Web) Edit(ctx context.Context, to chat.Address, ref string, m chat.Outgoing) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	m.Attachment = &chat.Attachment{} // an empty text leaves the words: it is no fault
	if err := sendable(to, m); err != nil {
		return err
	}
	if m.Request != "" {
		return &chat.SendError{Failure: chat.FailedInvalid, Cause: errors.New("a message cannot be edited into a request")}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	b, e := w.line(to, ref)
	if e == nil {
		return &chat.SendError{Failure: chat.FailedInvalid, Cause: chat.ErrGone}
	}
	words := strings.ToValidUTF8(m.Text, "\uFFFD")
	if strings.TrimSpace(words) == "" {
		words = e.Text
	}
	if words == e.Text && slices.Equal(m.Choices, e.Choices) && slices.Equal(m.Shortcuts, e.Shortcuts) {
		return nil
	}
	w.change(b, e, func(e *entry) {
		e.Edited = e.Edited || words != e.Text
		e.Text, e.Choices, e.Shortcuts, e.Request, e.Label, e.Pressed = words, m.Choices, m.Shortcuts, "", "", ""
	})
	return nil
}

// Remove implements chat.Remover: the line leaves every page, and its file the machine.
func (w *Web) Remove(ctx context.Context, to chat.Address, ref string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	b, e := w.line(to, ref)
	if e == nil {
		return nil
	}
	ref = e.shelved
	w.change(b, e, func(e *entry) {
		*e = entry{N: e.N, ID: e.ID, From: e.From, Kind: e.Kind, At: e.At, Gone: true}
	})
	w.discard(ref)
	return nil
}

// line is a line of the bot that is still there; else nil.
func (w *Web) line(to chat.Address, ref string) (*browser, *entry) {
	b := w.browsers[to.Key]
	if b == nil || to.Network != chat.Web {
		return nil, nil
	}
	e := b.find(ref)
	if e == nil || e.Gone || e.From != fromBot {
		return nil, nil
	}
	return b, e
}

// discard lets a file go unless another line shows it too.
func (w *Web) discard(shelved string) {
	for _, b := range w.browsers {
		if slices.ContainsFunc(b.chat, func(e *entry) bool { return e.shelved == shelved }) {
			return
		}
	}
	w.shelf.take(shelved)
}
