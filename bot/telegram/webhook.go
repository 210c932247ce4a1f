package telegram

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"io"
	"net/http"

	"titian/bot/chat"
)

// maxBody bounds an update. Telegram's own are a few kilobytes.
const maxBody = 1 << 20

// Handler takes the updates Telegram posts. It answers 200 only when the
// message will never be needed again, and 503 when it must come again; Telegram
// then holds that chat's later updates back. Without a webhook it answers 404.
func (c *Channel) Handler(receive chat.Receive) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		status := c.posted(w, r, receive)
		if status != http.StatusOK {
			http.Error(w, http.StatusText(status), status)
		}
	})
}

// posted handles one request and says how to answer it.
func (c *Channel) posted(w http.ResponseWriter, r *http.Request, receive chat.Receive) int {
	switch {
	case c.webhook == "":
		return http.StatusNotFound
	case r.Method != http.MethodPost:
		w.Header().Set("Allow", http.MethodPost)
		return http.StatusMethodNotAllowed
	case !c.fromTelegram(r):
		return http.StatusUnauthorized
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return http.StatusRequestEntityTooLarge
	case err != nil:
		return http.StatusBadRequest // cut off on its way: it comes again
	}
	u, err := decode(body)
	c.answerTap(u.tap())
	if err != nil {
		c.skip(r.Context(), u, err)
		return http.StatusOK // it would be no better the next time
	}
	m, ok := u.message(c.now())
	if !ok {
		return http.StatusOK
	}
	// The work goes on when Telegram hangs up: half a turn helps nobody.
	waiting, cancel := context.WithTimeout(r.Context(), c.pace.patience)
	defer cancel()
	if err, _ := await(waiting, receive(context.WithoutCancel(r.Context()), m)); err != nil {
		c.log.WarnContext(r.Context(), "telegram: update will be posted again", "update", u.UpdateID)
		return http.StatusServiceUnavailable
	}
	return http.StatusOK
}

// fromTelegram compares the secret in constant time, whatever its length.
func (c *Channel) fromTelegram(r *http.Request) bool {
	got := sha256.Sum256([]byte(r.Header.Get("X-Telegram-Bot-Api-Secret-Token")))
	want := sha256.Sum256([]byte(c.secret))
	return subtle.ConstantTimeCompare(got[:], want[:]) == 1
}
