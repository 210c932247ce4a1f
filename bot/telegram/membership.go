package telegram

import (
	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"titian/bot/chat"
)

// membership reads that a person blocked the bot or let it back. In groups it
// means nothing: Titian speaks in private.
func membership(c *tgbotapi.ChatMemberUpdated) (chat.Message, bool) {
	m := chat.Message{Chat: address(c.Chat.ID), From: address(c.Chat.ID), Name: name(&c.From), At: unix(c.Date)}
	if c.Chat.ID == 0 || !private(&c.Chat) {
		return m, false
	}
	switch c.NewChatMember.Status {
	case "kicked", "left":
		m.Kind = chat.Blocked
	case "member", "restricted", "administrator", "creator":
		m.Kind = chat.Returned
	default:
		return m, false
	}
	return m, true
}
