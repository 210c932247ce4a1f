package telegram

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"titian/bot/chat"
)

// wanted are the kinds of updates asked for. Others are survived if they come.
const wanted = `["message","edited_message","callback_query","my_chat_member"]`

// update is one decoded update. The raw message is kept because the library
// knows only the fields of 2021.
type update struct {
	tgbotapi.Update
	raw json.RawMessage
}

// decode reads one update. On an error the id (0 if not even that can be read)
// and the tap still owed an answer are there all the same.
func decode(raw json.RawMessage) (u update, err error) {
	u.raw = raw
	if err = json.Unmarshal(raw, &u.Update); err == nil && u.UpdateID != 0 {
		return u, nil
	}
	var least struct {
		ID int `json:"update_id"`
	}
	var tap struct {
		Query struct {
			ID string `json:"id"`
		} `json:"callback_query"`
	}
	u.Update = tgbotapi.Update{}
	if json.Unmarshal(raw, &least) == nil {
		u.UpdateID = least.ID
	}
	if _ = json.Unmarshal(raw, &tap); tap.Query.ID != "" {
		u.CallbackQuery = &tgbotapi.CallbackQuery{ID: tap.Query.ID}
	}
	// The decoder's own text may quote what a person wrote.
	return u, fmt.Errorf("update of %d bytes cannot be decoded", len(raw))
}

// idOf reads the id of an update where the Bot API writes it, at the very beginning; 0: it stands elsewhere.
func idOf(raw json.RawMessage) int { return numberAt(raw, `{"update_id":`) }

// numberAt is the number behind a beginning; 0: it begins otherwise.
func numberAt(raw json.RawMessage, beginning string) int {
	if len(raw) < len(beginning) || string(raw[:len(beginning)]) != beginning {
		return 0
	}
	digits, _, _ := bytes.Cut(raw[len(beginning):], []byte{','})
	n, err := strconv.Atoi(string(digits))
	if err != nil {
		return 0
	}
	return n
}

// tap is the id of the callback query that must be answered; empty: none.
func (u update) tap() string {
	if u.CallbackQuery == nil {
		return ""
	}
	return u.CallbackQuery.ID
}

// message says what the update means. False: nothing that concerns a person,
// to be acknowledged and forgotten. It is pure; now dates what Telegram does not.
func (u update) message(now time.Time) (chat.Message, bool) {
	var m chat.Message
	var ok bool
	switch {
	case u.Message != nil:
		m, ok = spoken(u.Message, u.raw)
	case u.EditedMessage != nil:
		m, ok = edited(u.EditedMessage)
	case u.CallbackQuery != nil:
		m, ok = tapped(u.CallbackQuery, now)
	case u.MyChatMember != nil:
		m, ok = membership(u.MyChatMember)
	}
	m.ID = strconv.Itoa(u.UpdateID)
	return m, ok
}

// envelope is what every message of a chat carries: from whom, where, when.
// False: not from a person, or from nowhere.
func envelope(t *tgbotapi.Message) (chat.Message, bool) {
	if t.Chat == nil || t.Chat.ID == 0 {
		return chat.Message{}, false
	}
	m := chat.Message{Chat: address(t.Chat.ID), Ref: strconv.Itoa(t.MessageID), At: unix(t.Date)}
	if t.ReplyToMessage != nil {
		m.ReplyTo = strconv.Itoa(t.ReplyToMessage.MessageID)
	}
	switch {
	case t.From != nil && t.From.IsBot:
		return chat.Message{}, false
	case t.From != nil && t.From.ID != 0:
		m.From, m.Name = address(t.From.ID), name(t.From)
	case private(t.Chat): // a private chat has the id of its person
		m.From = m.Chat
	default:
		return chat.Message{}, false
	}
	return m, true
}

func private(c *tgbotapi.Chat) bool { return c.Type == "private" || c.Type == "" && c.ID > 0 }

func group(c *tgbotapi.Chat) bool { return c.Type == "group" || c.Type == "supergroup" }

func address(id int64) chat.Address {
	return chat.Address{Network: chat.Telegram, Key: strconv.FormatInt(id, 10)}
}

func unix(seconds int) time.Time { return time.Unix(int64(seconds), 0).UTC() }

func name(u *tgbotapi.User) string {
	return strings.TrimSpace(u.FirstName + " " + u.LastName)
}
