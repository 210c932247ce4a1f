package main

import (
	"context"
	"errors"

	"titian/bot/broadcast"
	"titian/locales"
	"titian/storage"
	"titian/storage/segment"
)

// broadcastCommand is `titian broadcast`.
type broadcastCommand struct {
	Create       broadcastCreate       `cmd:"" help:"Make a draft, and show who would get it, who is left out and why, how long it takes, and how it reads."`
	Confirm      broadcastAct          `cmd:"" help:"Say as a second member of staff that a draft may go to more than 100 people."`
	Start        broadcastAct          `cmd:"" help:"Freeze the audience and send."`
	List         broadcastList         `cmd:"" help:"Show the last broadcasts."`
	Show         broadcastShow         `cmd:"" help:"Show one, with how far it is."`
	Pause        broadcastAct          `cmd:"" help:"Stop sending, within a second."`
	Resume       broadcastAct          `cmd:"" help:"Go on with a paused one."`
	Cancel       broadcastAct          `cmd:"" help:"End one: who was not sent to yet gets nothing."`
	Participants broadcastParticipants `cmd:"" help:"Write who has a place of an invitation, and who waits; the PDF has a column to sign in."`
	Call         broadcastCall         `cmd:"" help:"Write whom to telephone: those whom the bot may not, or could not, reach."`
	Answer       broadcastAnswer       `cmd:"" help:"Write down what a person told staff: ikut or tidak."`
	Choose       broadcastChoose       `cmd:"" help:"Give a place, where staff choose, with the reason."`
	CloseChoice  broadcastClose        `cmd:"" name:"close-choice" help:"End the choosing: those not chosen are told."`
	Attend       broadcastAttend       `cmd:"" help:"Note that a person was there."`
	RetryUnsure  broadcastAct          `cmd:"" name:"retry-unsure" help:"Send once more to whom it may not have reached: they may get it twice."`
	Report       broadcastReport       `cmd:"" help:"Write what became of it, a row a person."`
}

// lexicon is what a query is read with.
type lexicon struct {
	*stores
	texts *locales.Catalog
	book  segment.Vocabulary
	pumps *broadcast.Pumps // they say what staff read of a broadcast; they send nothing
}

// withWords opens Postgres and reads what a query may speak of.
func (c *settings) withWords(ctx context.Context, s streams, do func(*lexicon) error) error {
	if err := c.settle(); err != nil {
		return err
	}
	texts, err := locales.Texts(c.in("locales"))
	if err != nil {
		return complain("%v", err)
	}
	opened, err := openResults(ctx, c, newLog(s.err, c.LogLevel))
	if err != nil {
		return err
	}
	defer opened.close()
	office, err := locales.ReadOffice(c.in("locales"))
	if err != nil {
		return complain("%v", err)
	}
	opened.db.UseOffice(office)
	unasked, err := readPace(c.in("locales"))
	if err != nil {
		return complain("%v", err)
	}
	takes := unasked.takes(opened.db, c.rateOf, office)
	opened.db.UseEstimate(ends(takes))
	book, err := c.vocabulary(ctx, opened.db, texts)
	if err != nil {
		return err
	}
	return do(&lexicon{opened, texts, book, broadcast.New(broadcast.Options{Texts: texts, Office: office, Pace: takes, Now: clock()})})
}

// read reads a query; what is wrong with it is a Complaint in words for staff.
func (w *lexicon) read(query string) (segment.Expr, error) {
	e, err := w.book.Parse(query)
	var p *segment.Problem
	if errors.As(err, &p) {
		return nil, &Complaint{misread(w.texts, p)}
	}
	return e, err
}

// who is the member of staff of a name, or the account of this machine.
func (w *lexicon) who(ctx context.Context, name string) (string, error) {
	if name == "" {
		return actor(), nil
	}
	id, err := w.db.StaffNamed(ctx, name)
	if errors.Is(err, storage.ErrNotFound) {
		return "", complain("nobody of the name %q is staff; `titian staff list` shows who is", name)
	}
	return string(id), err
}
