package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"titian/bot/chat"
	"titian/storage"
)

// Join makes one contact of two that are the same person, however often it is asked; either may be gone by then.
func (b *Bot) Join(ctx context.Context, one, other storage.ContactID) error {
	for {
		switch err := b.merge(ctx, one, other); {
		case err == nil, errors.Is(err, storage.ErrMerged), errors.Is(err, storage.ErrNotFound):
			return nil
		case ctx.Err() != nil || !again(err):
			return err
		}
		select {
		case <-time.After(5 * time.Millisecond):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// again says whether another look at the stores is all that is needed.
func again(err error) bool {
	return errors.Is(err, storage.ErrConflict) || errors.Is(err, storage.ErrMarked) || errors.Is(err, storage.ErrMissing) || errors.Is(err, storage.ErrMerged)
}

// merge makes one contact of two: the one whose conversation goes on keeps its id and its record, and everything of the
// other's becomes its. That is a lasting turn of the other: mark, one transaction, and the record that leads nowhere any
// more, so that whoever finds it half done carries it through or takes it back. storage.ErrMerged: one of them was merged
// before.
func (b *Bot) merge(ctx context.Context, one, other storage.ContactID) error {
	stays, _, err := b.truth(ctx, one, mergeOf(other))
	if err != nil {
		return err
	}
	goes, _, err := b.truth(ctx, other, mergeOf(one))
	if err != nil {
		return err
	}
	for _, h := range []held{stays, goes} {
		if h.into != "" {
			b.cache.leave(h.rec.Contact)
			return fmt.Errorf("merge contacts %s and %s: %w", one, other, storage.ErrMerged)
		}
	}
	if b.weight(goes).over(b.weight(stays)) {
		stays, goes = goes, stays
	}
	from, into := goes.rec.Contact, stays.rec.Contact
	mark := mergeOf(into)
	if err := b.ran(b.Running.Mark(ctx, from, goes.rec.Seq, mark, true)); err != nil {
		return err
	}
	stone := storage.Record{Contact: from, Seq: goes.rec.Seq + 1, Seen: slices.Clone(goes.rec.Seen), Owed: goes.rec.Owed}
	stone.See(mark)
	waits, err := b.Ledger.Merge(ctx, storage.Merge{From: from, Into: into, Record: stone, Drop: b.left(goes.conv)})
	if err != nil {
		if !storage.IsDown(err) { // nothing was done: the mark is in nobody's way
			_, _, _ = b.truth(ctx, from, mark)
		}
		return err
	}
	if err := b.ran(b.Running.Settle(ctx, stone, mark)); err != nil {
		return err
	}
	b.cache.leave(from)
	b.cache.doubt(into) // what the other handled is known there too
	if waits {
		if err := b.Running.SetInboxed(ctx, into, true); err != nil {
			return nil //nolint:nilerr // Postgres knows, and is asked
		}
		b.rouse()
	}
	return nil
}

// mergeOf is the message id of a merge into a contact: the same at every try.
func mergeOf(into storage.ContactID) string { return "merge into " + string(into) }

// weight is what a conversation has to lose.
type weight struct {
	something int // 2: a draft; 1: anything else on the table, or an officer
	conv      Conversation
	id        storage.ContactID
}

func (b *Bot) weight(h held) weight {
	w := weight{conv: h.conv, id: h.rec.Contact}
	switch _, draft := h.conv.last(b.drafts()...); {
	case draft:
		w.something = 2
	case len(h.conv.Stack) > 0 || h.conv.Thread != nil:
		w.something = 1
	}
	return w
}

// over says which of two conversations goes on: one with something in it, then the one that was used last.
func (w weight) over(o weight) bool {
	switch {
	case w.something != o.something:
		return w.something > o.something
	case !w.conv.HeardAt.Equal(o.conv.HeardAt):
		return w.conv.HeardAt.After(o.conv.HeardAt)
	}
	return w.id < o.id
}

// left are the files of drafts that nobody goes on with.
func (b *Bot) left(conv Conversation) []storage.FileID {
	var files []storage.FileID
	for _, s := range conv.Stack {
		if b.isDraft(s.Flow) {
			files = append(files, b.draftFiles(s)...)
		}
	}
	return files
}

// one finds who writes; two contacts that the network says are one person are made one first.
func (b *Bot) one(ctx context.Context, m chat.Message) (storage.Contact, error) {
	c, err := b.contact(ctx, m)
	if err != nil || c.Twin == "" {
		return c, err
	}
	if err := b.merge(ctx, c.ID, c.Twin); err != nil && !errors.Is(err, storage.ErrMerged) {
		return storage.Contact{}, err
	}
	return b.contact(ctx, m)
}
