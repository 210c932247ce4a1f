package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"titian/bot/chat"
)

// ErrToken is returned by Run and Name when Telegram does not know the token.
var ErrToken = errors.New("telegram: the token is not valid (any more): ask @BotFather for the current one")

// Run receives until ctx ends: by long poll, or by setting the webhook and
// waiting beside Handler. It returns nil then, within 10 s, and waits out
// everything that passes. Only a refused token or webhook ends it before.
func (c *Channel) Run(ctx context.Context, receive chat.Receive) error {
	defer c.letGo()
	var menu sync.WaitGroup
	defer menu.Wait()
	defer c.settleTaps(ctx)
	if err := c.arrive(ctx); err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return err
	}
	menu.Go(func() { c.offerCommands(ctx) })
	if c.webhook == "" {
		return c.pollUntil(ctx, receive)
	}
	<-ctx.Done()
	return nil
}

// letGo closes the connections that wait for a next call.
func (c *Channel) letGo() {
	c.http.http.CloseIdleConnections()
	if c.wire != nil {
		c.wire.close()
	}
}

// Name asks Telegram for the bot's username, so that an operator sees whether
// the token is right.
func (c *Channel) Name(ctx context.Context) (string, error) {
	result, err := c.call(ctx, c.pace.send, "getMe", nil)
	if err != nil {
		if fatal := permanent(err); fatal != nil {
			return "", fatal
		}
		return "", fmt.Errorf("telegram: %w", err)
	}
	var me struct {
		Username string `json:"username"`
	}
	if err := json.Unmarshal(result, &me); err != nil {
		return "", errors.New("telegram: getMe: the answer names no bot")
	}
	return me.Username, nil
}

// arrive checks the token and sets how updates come.
func (c *Channel) arrive(ctx context.Context) error {
	if _, err := c.insist(ctx, "getMe", nil); err != nil {
		return err
	}
	if c.webhook == "" {
		_, err := c.insist(ctx, "deleteWebhook", tgbotapi.Params{})
		return err
	}
	_, err := c.insist(ctx, "setWebhook", tgbotapi.Params{
		"url": c.webhook, "secret_token": c.secret, "allowed_updates": wanted, "max_connections": "40",
	})
	return err
}

// insist calls until it works, ctx ends, or no further try can help.
func (c *Channel) insist(ctx context.Context, method string, params tgbotapi.Params) (json.RawMessage, error) {
	for try := 0; ; try++ {
		result, err := c.call(ctx, c.pace.send, method, params)
		if err == nil {
			return result, nil
		}
		if fatal := permanent(err); fatal != nil {
			return nil, fatal
		}
		retry, again := passing(err)
		if !again {
			return nil, fmt.Errorf("telegram: %w", err)
		}
		delay := max(retry, c.pace.backoff(try))
		c.log.WarnContext(ctx, "telegram: cannot begin yet", "error", err, "wait", delay)
		if !wait(ctx, delay) {
			return nil, ctx.Err()
		}
	}
}

// permanent is ErrToken if that is what err means. Telegram says 404 to a token
// that has the wrong shape.
func permanent(err error) error {
	var failed *apiError
	if !errors.As(err, &failed) || failed.cause != nil {
		return nil
	}
	if failed.code == http.StatusUnauthorized || failed.code == http.StatusNotFound && failed.method == "getMe" {
		return ErrToken
	}
	return nil
}

// offerCommands sets the menu, for Indonesian apps and for all others alike:
// the bot speaks one language. Without it the bot still works.
func (c *Channel) offerCommands(ctx context.Context) {
	if len(c.commands) == 0 {
		return
	}
	var menu []tgbotapi.BotCommand
	for _, command := range c.commands {
		menu = append(menu, tgbotapi.BotCommand{Command: command.Name, Description: command.Description})
	}
	list, err := json.Marshal(menu)
	if err != nil {
		return
	}
	for _, language := range []string{"", "id"} {
		params := tgbotapi.Params{"commands": string(list)}
		params.AddNonEmpty("language_code", language)
		if _, err := c.insist(ctx, "setMyCommands", params); err != nil && ctx.Err() == nil {
			c.log.WarnContext(ctx, "telegram: the menu of commands is not set", "error", err)
		}
	}
}

func (c *Channel) settleTaps(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), c.pace.confirm)
	defer cancel()
	c.taps.settle(ctx)
}
