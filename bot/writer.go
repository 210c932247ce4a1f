package bot

import (
	"context"
	"strings"

	"titian/bot/chat"
	"titian/storage"
)

// contact finds who writes, by the address, cached.
func (b *Bot) contact(ctx context.Context, m chat.Message) (storage.Contact, error) {
	if c, ok := b.cache.contact(m); ok && !c.Unreachable {
		return c, nil
	}
	c, err := b.Contacts.Writer(ctx, storage.Writer{Address: m.From, Alias: m.Alias, Vouched: m.Vouched, Source: source(m.Text)}, b.Now())
	if err != nil {
		return storage.Contact{}, err
	}
	if c.Unreachable && m.Kind != chat.Blocked {
		if err := b.Contacts.SetReachable(ctx, c.ID, true); err != nil {
			return storage.Contact{}, err
		}
		c.Unreachable = false
	}
	if c.Twin != "" { // until they are one, the stores are asked
		return c, nil
	}
	known := c
	known.New = false
	b.cache.meet(m, known)
	if c.New { // there is no conversation to ask the stores for
		b.cache.put(held{rec: storage.Record{Contact: c.ID}}, false)
	}
	return c, nil
}

func (b *Bot) reachable(ctx context.Context, c storage.Contact, reachable bool) error {
	b.cache.forget(c.Address)
	return b.Contacts.SetReachable(ctx, c.ID, reachable)
}

// Lost notes that a contact blocked the bot; their next message makes them reachable again.
func (b *Bot) Lost(c storage.ContactID) { b.cache.forgetContact(c) }

// source is the word behind /start, which a QR poster carries: letters, digits, - and _ only.
func source(text string) string {
	word, ok := strings.CutPrefix(text, "/start ")
	if !ok || len(word) > 64 {
		return ""
	}
	for _, r := range word {
		if !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_", r) {
			return ""
		}
	}
	return word
}
