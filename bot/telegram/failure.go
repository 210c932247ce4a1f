package telegram

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"titian/bot/chat"
)

// failure says what a caller may do about a call that failed: err as a
// *chat.SendError. to is the chat it was for.
func (c *Channel) failure(to chat.Address, err error) *chat.SendError {
	var known *chat.SendError
	if errors.As(err, &known) {
		return known
	}
	var failed *apiError
	if !errors.As(err, &failed) {
		return &chat.SendError{Failure: chat.FailedUnsure, Cause: err}
	}
	s := &chat.SendError{Failure: chat.FailedInvalid, Cause: failed}
	switch {
	case failed.code == http.StatusTooManyRequests || failed.retry > 0:
		s.Failure, s.Retry = chat.FailedBusy, failed.retry
		s.Global = c.floods.hit(to.Key, c.now(), failed.retry)
	case failed.code == http.StatusGatewayTimeout:
		s.Failure = chat.FailedUnsure // the gateway passed it on and heard nothing
	case failed.code >= 500:
		s.Failure = chat.FailedBusy
	case failed.cause != nil:
		// Not the Bot API's words. A page of 4xx is somebody on the way, and says
		// nothing about the person; silence after the request was written says nothing at all.
		s.Failure = chat.FailedBusy
		if failed.code < 400 && failed.written {
			s.Failure = chat.FailedUnsure
		}
	case failed.code == http.StatusForbidden || strings.HasPrefix(failed.text, "Forbidden"):
		s.Failure = chat.FailedBlocked
	case failed.code == http.StatusUnauthorized, failed.code == http.StatusNotFound, failed.code == http.StatusConflict:
		s.Failure, s.Global = chat.FailedBusy, true // the token or the server is wrong: no fault of the message
	case failed.movedTo != 0:
		s.MovedTo = strconv.FormatInt(failed.movedTo, 10)
	}
	return s
}

// floods tells a chat that is slowed from a bot that is: Telegram's 429 does
// not say which. One chat's 429 is its own; a 429 of another chat before the
// first one's time is over means all.
type floods struct {
	mu    sync.Mutex
	until map[string]time.Time
}

func (f *floods) hit(key string, now time.Time, retry time.Duration) (global bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.until == nil {
		f.until = map[string]time.Time{}
	}
	for other, until := range f.until {
		switch {
		case !now.Before(until):
			delete(f.until, other)
		case other != key:
			global = true
		}
	}
	f.until[key] = now.Add(max(retry, time.Second))
	return global
}

// passing says whether trying the call again may help, and how long Telegram
// asks to wait.
func passing(err error) (retry time.Duration, ok bool) {
	var failed *apiError
	if !errors.As(err, &failed) || errors.Is(err, context.Canceled) {
		return 0, false
	}
	again := failed.cause != nil || failed.code >= 500 || failed.code == http.StatusTooManyRequests || failed.retry > 0
	return failed.retry, again
}
