package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"titian/bot/chat"
	"titian/bot/delivery"
	"titian/flows/answer"
	"titian/locales"
	"titian/storage"
	"titian/storage/postgres"
)

const (
	upkeepEvery = time.Hour
	orphanAge   = 24 * time.Hour
	orphanBatch = 500
	warnBefore  = 7 * 24 * time.Hour // as postgres.DraftsToPurge keeps it
)

// upkeep removes what nobody needs any more, once an hour, in one process at a time.
func (p *process) upkeep(ctx context.Context) {
	for wait := time.Minute; pause(ctx, wait); wait = upkeepEvery {
		release, _, held, err := p.db.TryLock(ctx, "upkeep")
		if err != nil || !held {
			continue
		}
		for doing, do := range map[string]func(context.Context) error{
			"sweep files": p.sweepFiles, "warn of old drafts": p.warnDrafts, "purge old drafts": p.purgeDrafts, "purge the linked device": p.db.PurgeDevices, "look after itself": p.lookAfter, "look at the clocks": p.db.SweepClocks,
			"remind of the phone": p.remindPhone,
		} {
			if err := do(ctx); err != nil && ctx.Err() == nil {
				p.log.Warn("upkeep waits an hour", "doing", doing, "error", err)
			}
		}
		release()
	}
}

// errStrangeVault: hardly any file of the vault is known to the database. It is
// another database's vault, and nothing of it may go.
var errStrangeVault = errors.New("hardly any file of the vault is known to this database: nothing was deleted")

// sweepFiles deletes files that were put a day ago and belong to nothing, and what was never put to its end.
func (p *process) sweepFiles(ctx context.Context) error {
	if err := p.vault.Sweep(ctx, time.Now().Add(-orphanAge)); err != nil {
		return err
	}
	var batch, orphans []string
	known := 0
	look := func() error {
		ids := make([]storage.FileID, len(batch))
		for i, id := range batch {
			ids[i] = storage.FileID(id)
		}
		found, err := p.db.KnownFiles(ctx, ids)
		if err != nil {
			return err
		}
		for _, id := range batch {
			if !found[storage.FileID(id)] {
				orphans = append(orphans, id)
			}
		}
		known, batch = known+len(found), batch[:0]
		return nil
	}
	err := p.vault.List(ctx, time.Now().Add(-orphanAge), func(id string, _ time.Time) error {
		if batch = append(batch, id); len(batch) < orphanBatch {
			return nil
		}
		return look()
	})
	if err == nil {
		err = look()
	}
	if err != nil {
		return err
	}
	if len(orphans) > 50 && len(orphans) > known {
		return errStrangeVault
	}
	for _, id := range orphans {
		if err := p.vault.Delete(ctx, id); err != nil {
			return err
		}
	}
	if len(orphans) > 0 {
		p.log.Info("files without a row deleted", "files", len(orphans))
	}
	return nil
}

// warnDrafts tells people who stayed away that their draft goes in a week. Whom
// nobody can tell counts as told.
func (p *process) warnDrafts(ctx context.Context) error {
	drafts, err := p.db.DraftsToWarn(ctx, p.RetentionDays)
	if err != nil {
		return err
	}
	for _, d := range drafts {
		if err := p.warnDraft(ctx, d); err != nil {
			return err
		}
	}
	return nil
}

func (p *process) warnDraft(ctx context.Context, d postgres.Draft) error {
	to, err := p.db.AddressOf(ctx, d.Contact)
	if err != nil && !errors.Is(err, storage.ErrNotFound) {
		return err
	}
	mine := false
	for _, ch := range p.channels {
		mine = mine || ch.Network() == to.Network
	}
	if d.Flow != "" && mine {
		goes := clock()().Add(warnBefore).In(locales.WITA)
		words := p.house.texts.Say("bot.purge_warning", map[string]string{"date": answer.PrintDate(goes)})
		words.ID = fmt.Sprintf("draft/%s/%s", d.Contact, goes.Format(time.DateOnly))
		_, err := p.house.out.Notice(ctx, d.Contact, to, words, delivery.Notice)
		if later := (*delivery.Later)(nil); errors.As(err, &later) {
			return nil // in an hour; the draft waits for its warning
		}
		if storage.IsDown(err) || ctx.Err() != nil {
			return fmt.Errorf("warn contact %s: %w", d.Contact, err)
		}
	}
	return p.db.DraftWarned(ctx, d.Contact)
}

// purgeDrafts removes contacts that never registered and were warned a week ago.
func (p *process) purgeDrafts(ctx context.Context) error {
	drafts, err := p.db.DraftsToPurge(ctx, p.RetentionDays)
	if err != nil {
		return err
	}
	for _, d := range drafts {
		if d.Registered {
			if err := p.expire(ctx, d); err != nil {
				return err
			}
			continue
		}
		err := p.db.PurgeDraft(ctx, d.Contact, p.RetentionDays)
		if errors.Is(err, storage.ErrConflict) {
			continue
		}
		if err == nil {
			err = p.forget(ctx, d.Contact)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// expire lets the old draft of an owner's contact go by a turn of its own, so that their conversation knows.
func (p *process) expire(ctx context.Context, d postgres.Draft) error {
	from, err := p.db.AddressOf(ctx, d.Contact)
	if errors.Is(err, storage.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	now := clock()()
	return <-p.house.bot.Receive(ctx, chat.Message{
		ID:   fmt.Sprintf("expired %s %d", d.Contact, now.Unix()),
		Kind: chat.Expired, From: from, Chat: from, At: now.AddDate(0, 0, -p.RetentionDays),
	})
}

// forget puts a tombstone over what Redis holds of a contact.
func (p *process) forget(ctx context.Context, c storage.ContactID) error {
	rec, err := p.stores.redis.Load(ctx, c)
	if errors.Is(err, storage.ErrMissing) {
		return nil
	}
	if err != nil {
		return err
	}
	return p.stores.redis.Raise(ctx, storage.Record{Contact: c, Seq: rec.Seq + 1, Deleted: true})
}
