package telegram

import (
	"strconv"
	"time"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"titian/bot/chat"
)

// tapped reads a press of a button. Its data is the Choice.ID itself, so a
// button outlives any restart. Its message may be old (date 0) or not come at
// all; the person's private chat has the person's id.
func tapped(q *tgbotapi.CallbackQuery, now time.Time) (chat.Message, bool) {
	m := chat.Message{Kind: chat.Tap, Choice: q.Data, At: now.UTC()}
	if q.Data == "" || q.InlineMessageID != "" {
		return m, false
	}
	if t := q.Message; t != nil && t.Chat != nil && t.Chat.ID != 0 {
		m.Chat, m.Ref = address(t.Chat.ID), strconv.Itoa(t.MessageID)
		if !private(t.Chat) {
			m.Kind = chat.Group
		}
	}
	switch {
	case q.From != nil && q.From.ID != 0:
		m.From, m.Name = address(q.From.ID), name(q.From)
	case m.Kind == chat.Tap:
		m.From = m.Chat
	}
	if m.Chat.IsZero() {
		m.Chat = m.From
	}
	return m, !m.From.IsZero()
}
