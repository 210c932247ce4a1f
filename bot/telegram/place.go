package telegram

import (
	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"titian/bot/chat"
)

// place reads a pin, a live location's first point, or a venue.
func place(m *chat.Message, t *tgbotapi.Message) {
	at := t.Location
	if at == nil {
		at = &t.Venue.Location
	}
	m.Kind = chat.Location
	m.Place = &chat.Place{Latitude: at.Latitude, Longitude: at.Longitude}
}
