package desk

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"titian/bot/chat"
	"titian/flows/answer"
	"titian/locales"
	"titian/storage"
)

// Owners is the ledger of what owners were told of their applications.
type Owners interface {
	// OwnerEvent is storage.ErrNotFound when it was overtaken or deleted since.
	OwnerEvent(ctx context.Context, event string) (storage.OwnerEvent, error)
	// OwnerTold begins the clock of what can cost a place, where the network does not tell of its arrival.
	OwnerTold(ctx context.Context, event string, at time.Time) error
	// OwnerUntold puts what can cost a place, and on WhatsApp anything, on the list of those to be telephoned.
	OwnerUntold(ctx context.Context, event string, why storage.CallWhy) error
}

// NotifyOwner tells an owner of one event of their application, by day, after what came before it, at most once but for a process that dies between sending
// and writing it down. A wait asks for another try after it.
func (d *Desk) NotifyOwner(ctx context.Context, n storage.OwnerNotice) (wait time.Duration, err error) {
	if wait := night(d.Now()); wait > 0 {
		return wait, nil
	}
	e, err := d.Store.OwnerEvent(ctx, n.Event)
	if errors.Is(err, storage.ErrNotFound) || err == nil && e.Told {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	if e.Behind > 0 {
		return e.Behind, nil
	}
	switch {
	case e.To.IsZero():
		return 0, d.Store.OwnerUntold(ctx, n.Event, storage.CallNowhere)
	case e.Unreachable:
		return 0, d.Store.OwnerUntold(ctx, n.Event, storage.CallBlocked)
	}
	m := d.toOwner(e)
	m.ID = storage.AboutOwner + n.Event
	err = d.Inform(ctx, e.Contact, e.To, m)
	var failed *chat.SendError
	switch {
	case err == nil:
		return 0, d.Store.OwnerTold(ctx, n.Event, d.Now())
	case !errors.As(err, &failed):
		return 0, err
	case failed.Failure == chat.FailedBusy:
		return max(failed.Retry, busyAgain), nil
	}
	return 0, d.Store.OwnerUntold(ctx, n.Event, d.Refused(err)) // nobody knows that it arrived: a person telephones
}

// toOwner is what an owner is told.
func (d *Desk) toOwner(e storage.OwnerEvent) chat.Outgoing {
	s := e.Stand
	args := map[string]string{
		"number": s.Number, "product": s.Product, "missing": d.Missing(s), "person": s.HandedTo, "sihalal": s.SiHalal,
		"certificate": s.Certificate, "reason": s.Reason, "rank": strconv.Itoa(s.Rank), "left": strconv.Itoa(s.Left), "says": d.code(s.SiHalalCode),
		"before": e.Correction.Before, "after": e.Correction.After, "days": strconv.Itoa(storage.DefaultClocks.FixDays),
	}
	if !s.HandedAt.IsZero() {
		args["date"] = answer.PrintDate(s.HandedAt.In(locales.WITA))
	}
	m := chat.Outgoing{Text: d.Texts.Say("owner."+string(e.Kind), args)}
	if e.Kind == storage.OwnerIssued && e.File != "" {
		file := chat.StoredFile(string(e.File), "sertifikat-halal", s.CertificateMIME)
		m.Attachment = &file
	}
	return m
}

// Missing are the items that are to be replaced, a line each with why.
func (d *Desk) Missing(s storage.Stand) string {
	var lines []string
	for _, item := range s.Missing {
		lines = append(lines, "• "+item.Title+": "+d.why(item))
	}
	return strings.Join(lines, "\n")
}

// why is the reason of an item that was sent back: a ready one, an officer's own words, or both.
func (d *Desk) why(item storage.Item) string {
	if key := "bot.fix." + item.Reason; item.Reason != "" && d.Texts.Has(key) {
		return strings.TrimSpace(d.Texts.Say(key, nil) + " " + item.Words)
	}
	return item.Words
}

// code is a status of SiHalal in plain words.
func (d *Desk) code(code string) string {
	if key := "bot.sihalal." + code; d.Texts.Has(key) {
		return d.Texts.Say(key, nil)
	}
	return d.Texts.Say("bot.sihalal", map[string]string{"code": code})
}
