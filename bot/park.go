package bot

import (
	"context"
	"fmt"

	"titian/storage"
)

// count notes durably that a suspect letter is tried once more, and parks it after the third try.
func (b *Bot) count(ctx context.Context, l *letter) (parked bool, err error) {
	n, err := b.Tries.CountTry(ctx, string(l.msg.From.Network), l.msg.ID)
	if err != nil || n <= maxTries {
		return false, err
	}
	if err := b.park(ctx, l); err != nil {
		return false, err
	}
	l.answer(nil)
	return true, nil
}

// park gives a letter up: kept sealed with its cause for staff, and the person is told.
func (b *Bot) park(ctx context.Context, l *letter) error {
	parked, err := b.sealed(ctx, l)
	if err != nil {
		return err
	}
	parked.Cause = fmt.Sprintf("%s message failed %d times", l.msg.Kind, maxTries)
	if err := b.Tries.Park(ctx, parked); err != nil {
		return err
	}
	b.Meter.Parked(l.msg.From.Network)
	if l.unread == nil {
		b.Replies.Courtesy(l.msg.Chat, b.Voice.Say("bot.parked", nil))
		b.unheld(ctx, l, parked.Contact)
	}
	return nil
}

// sealed is a letter as it is kept for staff.
func (b *Bot) sealed(ctx context.Context, l *letter) (storage.Parked, error) {
	p := storage.Parked{Network: string(l.msg.From.Network), MessageID: l.msg.ID, ParkedAt: b.Now()}
	if l.unread != nil {
		p.Contact, p.Body = l.unread.Contact, l.unread.Body
		return p, nil
	}
	contact, err := b.contact(ctx, l.msg)
	if err != nil {
		return p, err
	}
	p.Contact = contact.ID
	p.Body, err = b.sealMessage(l.msg)
	return p, err
}
