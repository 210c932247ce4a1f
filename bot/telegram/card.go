package telegram

import (
	"strings"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"titian/bot/chat"
)

// card reads a shared contact. Telegram itself fills in user_id, so a card
// whose user_id is the sender's is the sender's own number, vouched for.
func card(m *chat.Message, t *tgbotapi.Message) {
	c := t.Contact
	m.Kind = chat.Contact
	m.Card = &chat.Card{
		Phone: c.PhoneNumber,
		Name:  strings.TrimSpace(c.FirstName + " " + c.LastName),
		Own:   c.UserID != 0 && address(c.UserID) == m.From,
	}
	if m.Card.Own {
		m.Vouched = e164(c.PhoneNumber)
	}
}

// e164 adds the plus sign that some of Telegram's apps leave out.
func e164(phone string) string {
	digits := strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, phone)
	if digits == "" {
		return ""
	}
	return "+" + digits
}
