package telegram

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"titian/bot/chat"
)

// Send sends m as plain text, in several messages if it is over 4,096 code
// points; the last one carries the buttons and names the Receipt. A text of at
// most 1,024 code points is the caption of the attachment, a longer one follows
// it. Its errors are *chat.SendError. If a later part cannot be sent the whole
// is FailedUnsure: the person has some of it.
func (c *Channel) Send(ctx context.Context, to chat.Address, m chat.Outgoing) (chat.Receipt, error) {
	if !onTelegram(to) {
		return chat.Receipt{}, invalid("not a Telegram chat")
	}
	parts, err := parts(to, m)
	if err != nil {
		return chat.Receipt{}, err
	}
	var receipt chat.Receipt
	for i, part := range parts {
		sent, err := c.sendPart(ctx, to, part, i > 0)
		if err != nil {
			return chat.Receipt{}, err
		}
		if i > 0 {
			receipt.Earlier = append(receipt.Earlier, receipt.Ref)
		}
		receipt.Ref = strconv.Itoa(sent.ID)
		receipt.FileRef = cmp.Or(sent.fileRef(), receipt.FileRef)
	}
	return receipt, nil
}

func onTelegram(to chat.Address) bool {
	_, err := strconv.ParseInt(to.Key, 10, 64)
	return err == nil && to.Network == chat.Telegram
}

// part is one message of those that an Outgoing becomes.
type part struct {
	method string
	params tgbotapi.Params
	file   *chat.Attachment // nil: a text
}

// parts are the messages that m becomes, the last one with the buttons.
func parts(to chat.Address, m chat.Outgoing) ([]part, error) {
	markup, err := keyboard(m)
	if err != nil {
		return nil, err
	}
	var all []part
	text := strings.TrimSpace(strings.ToValidUTF8(m.Text, "\uFFFD"))
	if m.Attachment != nil {
		if err := attachable(m.Attachment); err != nil {
			return nil, err
		}
		file := part{method: kindOf(m.Attachment).method, params: tgbotapi.Params{}, file: m.Attachment}
		if utf8.RuneCountInString(text) <= MaxCaption {
			file.params.AddNonEmpty("caption", text)
			text = ""
		}
		all = append(all, file)
	}
	for _, words := range split(text, MaxText) {
		all = append(all, part{method: "sendMessage", params: tgbotapi.Params{
			"text": words, "link_preview_options": `{"is_disabled":true}`,
		}})
	}
	if len(all) == 0 {
		return nil, invalid("the text is empty")
	}
	for _, p := range all {
		p.params["chat_id"] = to.Key
		p.params.AddBool("protect_content", m.Protect)
	}
	if m.ReplyTo != "" {
		if all[0].params["reply_parameters"], err = replyParameters(m.ReplyTo); err != nil {
			return nil, err
		}
	}
	last := all[len(all)-1]
	if last.file == nil || markup != removal { // a message that took a keyboard away can never be edited
		last.params["reply_markup"] = markup
	}
	return all, nil
}

func replyParameters(ref string) (string, error) {
	id, err := messageID(ref)
	if err != nil {
		return "", err
	}
	return markup(map[string]any{"message_id": id, "allow_sending_without_reply": true})
}

// messageID reads a Ref of this network.
func messageID(ref string) (int, error) {
	id, err := strconv.Atoi(ref)
	if err != nil || id <= 0 {
		return 0, invalid("not a message of Telegram")
	}
	return id, nil
}

// partTries bounds how often a later part of a message is tried.
const partTries = 4

// sendPart sends one message. A later part waits out what passes, because a
// caller that tried again would send the first parts twice.
func (c *Channel) sendPart(ctx context.Context, to chat.Address, p part, later bool) (sentMessage, error) {
	for try := 1; ; try++ {
		result, err := c.sendOnce(ctx, p)
		if err == nil {
			var sent sentMessage
			if p.file == nil {
				if sent.ID = numberAt(result, `{"message_id":`); sent.ID != 0 {
					return sent, nil
				}
			}
			if err := json.Unmarshal(result, &sent); err != nil {
				return sent, &chat.SendError{Failure: chat.FailedUnsure, Cause: fmt.Errorf("%s: the answer names no message", p.method)}
			}
			return sent, nil
		}
		failed := c.failure(to, err)
		if !later || failed.Failure != chat.FailedBusy {
			return sentMessage{}, failed
		}
		if try == partTries || failed.Retry > c.pace.most || !wait(ctx, max(failed.Retry, c.pace.backoff(try))) {
			return sentMessage{}, &chat.SendError{Failure: chat.FailedUnsure, Cause: fmt.Errorf("part of it was sent: %w", failed.Cause)}
		}
	}
}

func (c *Channel) sendOnce(ctx context.Context, p part) (json.RawMessage, error) {
	if p.file == nil {
		return c.call(ctx, c.pace.send, p.method, p.params)
	}
	return c.sendFile(ctx, p)
}

func invalid(why string) *chat.SendError {
	return &chat.SendError{Failure: chat.FailedInvalid, Cause: errors.New(why)}
}

// Typing shows "mengetik…" for some five seconds. It takes at most that long,
// and whether it worked is nobody's concern.
func (c *Channel) Typing(ctx context.Context, to chat.Address) {
	_, _ = c.call(ctx, 5*time.Second, "sendChatAction", tgbotapi.Params{"chat_id": to.Key, "action": "typing"})
}
