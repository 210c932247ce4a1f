package telegram

import (
	"context"
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"titian/bot/chat"
)

// Edit implements chat.Editor. Only a message that was sent with Choices,
// Shortcuts or an Attachment can be edited: Telegram refuses it for one that
// touched the reply keyboard, as every other message does. An m with an
// Attachment says that the message has one; without, both are tried.
func (c *Channel) Edit(ctx context.Context, to chat.Address, ref string, m chat.Outgoing) error {
	params, err := c.aimed(to, ref)
	if err != nil {
		return err
	}
	if m.Request != "" {
		return invalid("a message cannot be edited into a request")
	}
	if len(m.Choices)+len(m.Shortcuts) > 0 {
		if params["reply_markup"], err = keyboard(m); err != nil {
			return err
		}
	}
	text := strings.TrimSpace(strings.ToValidUTF8(m.Text, "\uFFFD"))
	switch long := utf8.RuneCountInString(text); {
	case long > MaxText, m.Attachment != nil && long > MaxCaption:
		return invalid("the text is too long for one message")
	case text == "":
		return c.edited(to, c.change(ctx, "editMessageReplyMarkup", params))
	}
	return c.edited(to, c.editWords(ctx, params, text, m.Attachment != nil))
}

// editWords edits the text or the caption, whichever the message has.
func (c *Channel) editWords(ctx context.Context, params tgbotapi.Params, text string, caption bool) error {
	ways := []struct{ method, field, lacks string }{
		{"editMessageText", "text", "there is no text in the message to edit"},
		{"editMessageCaption", "caption", "there is no caption in the message to edit"},
	}
	if caption {
		slices.Reverse(ways)
	}
	var err error
	for _, way := range ways {
		words := tgbotapi.Params{way.field: text}
		for k, v := range params {
			words[k] = v
		}
		if way.field == "text" {
			words["link_preview_options"] = `{"is_disabled":true}`
		}
		var failed *apiError
		if err = c.change(ctx, way.method, words); !errors.As(err, &failed) || !failed.has(way.lacks) {
			break
		}
	}
	return err
}

func (c *Channel) change(ctx context.Context, method string, params tgbotapi.Params) error {
	_, err := c.call(ctx, c.pace.send, method, params)
	return err
}

// edited is what came of an edit, in the words of chat.Editor.
func (c *Channel) edited(to chat.Address, err error) error {
	var failed *apiError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &failed) && failed.has("message is not modified"):
		return nil
	case errors.As(err, &failed) && failed.gone("message to edit not found"):
		return &chat.SendError{Failure: chat.FailedInvalid, Cause: chat.ErrGone}
	}
	return c.failure(to, err)
}

// Remove implements chat.Remover.
func (c *Channel) Remove(ctx context.Context, to chat.Address, ref string) error {
	params, err := c.aimed(to, ref)
	if err != nil {
		return err
	}
	err = c.change(ctx, "deleteMessage", params)
	var failed *apiError
	if err == nil || errors.As(err, &failed) && failed.gone("message to delete not found") {
		return nil
	}
	return c.failure(to, err)
}

func (e *apiError) gone(words string) bool { return e.has(words) || e.has("message_id_invalid") }

// aimed names a message of a chat.
func (c *Channel) aimed(to chat.Address, ref string) (tgbotapi.Params, error) {
	if !onTelegram(to) {
		return nil, invalid("not a Telegram chat")
	}
	if _, err := messageID(ref); err != nil {
		return nil, err
	}
	return tgbotapi.Params{"chat_id": to.Key, "message_id": ref}, nil
}
