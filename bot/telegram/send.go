package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"titian/bot/chat"
)

// Send sends m as plain text, in several messages if it is over 4,096 code
// points; the last one carries the buttons and names the Receipt. Its errors
// are *chat.SendError. If a later part cannot be sent the whole is FailedUnsure:
// the person has some of it.
func (c *Channel) Send(ctx context.Context, to chat.Address, m chat.Outgoing) (chat.Receipt, error) {
	if _, err := strconv.ParseInt(to.Key, 10, 64); err != nil || to.Network != chat.Telegram {
		return chat.Receipt{}, invalid("not a Telegram chat")
	}
	markup, err := keyboard(m)
	if err != nil {
		return chat.Receipt{}, err
	}
	parts := split(strings.ToValidUTF8(m.Text, "\uFFFD"), MaxText)
	if len(parts) == 0 {
		return chat.Receipt{}, invalid("the text is empty")
	}
	var receipt chat.Receipt
	for i, part := range parts {
		params := tgbotapi.Params{
			"chat_id": to.Key, "text": part, "link_preview_options": `{"is_disabled":true}`,
		}
		if i == len(parts)-1 {
			params["reply_markup"] = markup
		}
		if receipt, err = c.sendPart(ctx, to, params, i > 0); err != nil {
			return chat.Receipt{}, err
		}
	}
	return receipt, nil
}

// partTries bounds how often a later part of a message is tried.
const partTries = 4

// sendPart sends one message. A later part waits out what passes, because a
// caller that tried again would send the first parts twice.
func (c *Channel) sendPart(ctx context.Context, to chat.Address, params tgbotapi.Params, later bool) (chat.Receipt, error) {
	for try := 1; ; try++ {
		result, err := c.call(ctx, c.pace.send, "sendMessage", params)
		if err == nil {
			var sent struct {
				ID int `json:"message_id"`
			}
			if err := json.Unmarshal(result, &sent); err != nil {
				return chat.Receipt{}, &chat.SendError{Failure: chat.FailedUnsure, Cause: errors.New("sendMessage: the answer names no message")}
			}
			return chat.Receipt{Ref: strconv.Itoa(sent.ID)}, nil
		}
		failed := c.failure(to, err)
		if !later || failed.Failure != chat.FailedBusy {
			return chat.Receipt{}, failed
		}
		if try == partTries || failed.Retry > c.pace.most || !wait(ctx, max(failed.Retry, c.pace.backoff(try))) {
			return chat.Receipt{}, &chat.SendError{Failure: chat.FailedUnsure, Cause: fmt.Errorf("part of it was sent: %w", failed.Cause)}
		}
	}
}

func invalid(why string) *chat.SendError {
	return &chat.SendError{Failure: chat.FailedInvalid, Cause: errors.New(why)}
}

// Typing shows "mengetik…" for some five seconds. It takes at most that long,
// and whether it worked is nobody's concern.
func (c *Channel) Typing(ctx context.Context, to chat.Address) {
	_, _ = c.call(ctx, 5*time.Second, "sendChatAction", tgbotapi.Params{"chat_id": to.Key, "action": "typing"})
}
