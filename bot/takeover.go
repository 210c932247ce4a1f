package bot

import (
	"context"
	"time"

	"titian/bot/chat"
)

// handsFor is how long the bot leaves a chat to staff who write there by hand.
const handsFor = 2 * time.Hour

// takenOver leaves the chat to whoever of the staff wrote there, from their last word on. The question on the table stays.
func (t *talk) takenOver() {
	if until := t.m.At.Add(handsFor); until.After(t.conv.QuietUntil) {
		t.conv.QuietUntil = until
	}
}

// concerns says whether a message is worked at all: what staff write by hand to somebody whom the bot does not know is
// nobody's business.
func (b *Bot) concerns(ctx context.Context, m chat.Message) (bool, error) {
	if m.Kind != chat.TakenOver {
		return true, nil
	}
	if _, known := b.cache.contact(m); known {
		return true, nil
	}
	known, err := b.Contacts.Known(ctx, m.From)
	if err != nil || known || m.Alias.IsZero() {
		return known, err
	}
	return b.Contacts.Known(ctx, m.Alias)
}
