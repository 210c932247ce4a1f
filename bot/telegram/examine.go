package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"
)

// Examination is what the Bot API server says of this bot.
type Examination struct {
	Username string
	Clock    time.Time // the server's; zero: it did not say
	Webhook  string    // where updates are posted to; empty: nowhere
	Waiting  int       // updates that wait
	Trouble  string    // why the last post to the webhook failed; empty: it did not
	Failed   time.Time // when
}

// Examine asks and changes nothing. ErrToken when the token is refused; any other error is the network's, and neither
// holds the token.
func (c *Channel) Examine(ctx context.Context) (Examination, error) {
	var e Examination
	var err error
	if e.Username, err = c.Name(ctx); err != nil {
		return e, err
	}
	result, err := c.call(ctx, c.pace.send, "getWebhookInfo", nil)
	if err != nil {
		return e, fmt.Errorf("telegram: %w", err)
	}
	var hook struct {
		URL     string `json:"url"`
		Waiting int    `json:"pending_update_count"`
		Failed  int64  `json:"last_error_date"`
		Trouble string `json:"last_error_message"`
	}
	if err := json.Unmarshal(result, &hook); err != nil {
		return e, errors.New("telegram: getWebhookInfo: the answer cannot be read")
	}
	e.Webhook, e.Waiting, e.Trouble = hook.URL, hook.Waiting, clip(hook.Trouble)
	if hook.Failed > 0 {
		e.Failed = unix(int(hook.Failed))
	}
	e.Clock = c.Clock(ctx)
	return e, nil
}

// Clock is what the Date header of the Bot API server says, without the token; zero when nothing is heard.
func (c *Channel) Clock(ctx context.Context) time.Time {
	ctx, cancel := context.WithTimeout(ctx, c.pace.send)
	defer cancel()
	ask, err := http.NewRequestWithContext(ctx, http.MethodHead, c.api+"/", nil)
	if err != nil {
		return time.Time{}
	}
	answer, err := c.http.http.Do(ask)
	if err != nil {
		return time.Time{}
	}
	defer answer.Body.Close()
	at, err := http.ParseTime(answer.Header.Get("Date"))
	if err != nil {
		return time.Time{}
	}
	return at
}
