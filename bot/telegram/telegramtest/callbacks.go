package telegramtest

import (
	"context"
	"fmt"
	"time"
	"unicode/utf8"
)

// tap is one press of an inline button, until it is answered or too old.
type tap struct {
	id       string
	at       time.Time
	answered bool
	answer   Answer
	bell     bell
}

// taps are the remembered presses; one is forgotten some time after it is too old.
type taps struct {
	byID  map[string]*tap
	order []*tap
}

// Answer is what the bot answered to a tap.
type Answer struct {
	Text  string
	Alert bool
	URL   string
}

// Tap is a button pressed by a person.
type Tap struct {
	srv      *Server
	tap      *tap
	ID       string // callback_query id
	UpdateID int
}

// Await waits for the bot's answerCallbackQuery.
func (t *Tap) Await(ctx context.Context) (Answer, error) {
	for {
		t.srv.mu.Lock()
		answered, answer, rung := t.tap.answered, t.tap.answer, t.tap.bell.wait()
		t.srv.mu.Unlock()
		if answered {
			return answer, nil
		}
		select {
		case <-rung:
		case <-ctx.Done():
			return Answer{}, fmt.Errorf("await answer to tap %s: %w", t.ID, ctx.Err())
		}
	}
}

// Answered tells whether the bot has answered the tap.
func (t *Tap) Answered() bool {
	t.srv.mu.Lock()
	defer t.srv.mu.Unlock()
	return t.tap.answered
}

func (s *Server) newTap() *tap {
	s.serial++
	t := &tap{id: itoa(s.bot.ID<<20 + s.serial), at: s.opt.Now()}
	s.taps.byID[t.id] = t
	s.taps.order = append(s.taps.order, t)
	for len(s.taps.order) > 0 && t.at.Sub(s.taps.order[0].at) > s.opt.CallbackTTL {
		delete(s.taps.byID, s.taps.order[0].id)
		s.taps.order = s.taps.order[1:]
	}
	return t
}

// answerCallbackQuery is taken once, within CallbackTTL.
func (s *Server) answerCallbackQuery(c *call) (any, *failure) {
	if utf8.RuneCountInString(c.values["text"]) > 200 {
		return nil, bad("MESSAGE_TOO_LONG")
	}
	t := s.taps.byID[c.values["callback_query_id"]]
	if t == nil || t.answered || s.opt.Now().Sub(t.at) > s.opt.CallbackTTL {
		return nil, bad("query is too old and response timeout expired or query ID is invalid")
	}
	if c.has("url") {
		return nil, bad("URL_INVALID")
	}
	t.answered = true
	t.answer = Answer{Text: c.values["text"], Alert: c.flag("show_alert")}
	t.bell.ring()
	return true, nil
}
