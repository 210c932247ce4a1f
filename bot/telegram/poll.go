package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"sync"
	"time"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"titian/bot/chat"
)

// poller is one Run by long poll.
type poller struct {
	*Channel
	receive chat.Receive
	ending  context.Context // Run's own: when it ends nothing new is begun
	work    context.Context // outlives it while open messages are waited for
	seen    *prefix
	open    sync.WaitGroup

	reached int // the offset Telegram surely acted on
}

// pollUntil polls until ctx ends, whenever this replica holds the lock, then
// waits for open messages and confirms the finished ones.
func (c *Channel) pollUntil(ctx context.Context, receive chat.Receive) error {
	work, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer context.AfterFunc(ctx, func() { time.AfterFunc(c.pace.drain, stop) })()
	p := &poller{Channel: c, receive: receive, ending: ctx, work: work, seen: newPrefix()}
	defer p.open.Wait()
	defer stop()
	for tries := 0; ctx.Err() == nil; {
		lost, release, err := c.lock(ctx)
		if err != nil {
			if ctx.Err() == nil {
				c.log.WarnContext(ctx, "telegram: the poll lock cannot be asked for", "error", err)
			}
			wait(ctx, c.pace.backoff(tries))
			tries++
			continue
		}
		tries = 0
		err = p.pollWhileMine(ctx, lost)
		release()
		if err != nil {
			return err
		}
	}
	p.settle()
	return nil
}

// pollWhileMine polls until ctx ends or the lock is lost, at once in both
// cases: an aborted poll loses nothing, because nothing in it was confirmed.
func (p *poller) pollWhileMine(ctx context.Context, lost <-chan struct{}) error {
	mine, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		select {
		case <-lost:
			cancel()
		case <-mine.Done():
		}
	}()
	for failures := 0; mine.Err() == nil; {
		began := time.Now()
		asked, _, _, _ := p.seen.standing()
		batch, err := p.getUpdates(mine, asked, window, p.pace.poll)
		switch {
		case err == nil:
			failures = 0
			p.take(asked, batch)
			p.pause(mine, asked, began)
		case mine.Err() != nil:
		default:
			if err := p.setback(mine, err, failures); err != nil {
				return err
			}
			failures++
		}
	}
	select {
	case <-lost: // another replica polls now: confirming would end its poll
	default:
		p.settle()
		p.confirm()
	}
	return nil
}

// graceful is how old an aborted poll must be for the server to have acted on
// its offset; and an offset asked for again within 3 s is answered late.
const graceful = 3 * time.Second

func (p *poller) getUpdates(ctx context.Context, offset, limit int, hold time.Duration) ([]json.RawMessage, error) {
	began := time.Now()
	result, err := p.call(ctx, hold+10*time.Second, "getUpdates", tgbotapi.Params{
		"offset": strconv.Itoa(offset), "limit": strconv.Itoa(limit),
		"timeout": strconv.Itoa(int(hold / time.Second)), "allowed_updates": wanted,
	})
	var failed *apiError
	if errors.As(err, &failed) && failed.code == 0 && failed.written && time.Since(began) > graceful {
		p.reached = offset // it was held open, and only its answer did not come
	}
	if err != nil {
		return nil, err
	}
	p.reached = offset
	batch, ok := elements(result)
	if !ok {
		return nil, &apiError{method: "getUpdates", code: http.StatusOK, cause: errors.New("the answer is no list of updates")}
	}
	return batch, nil
}

// take hands each new update of a batch on, in order, and does not wait for
// what becomes of it. One that cannot be decoded is skipped and counted.
func (p *poller) take(asked int, batch []json.RawMessage) {
	for _, raw := range batch {
		if id := idOf(raw); id != 0 && p.seen.knows(asked, id) {
			continue // it comes with every poll until it is confirmed
		}
		u, err := decode(raw)
		if err != nil {
			p.skip(p.ending, u, err)
		}
		if u.UpdateID == 0 || !p.seen.take(asked, u.UpdateID) {
			continue
		}
		p.answerTap(u.tap())
		m, ok := u.message(p.now())
		if err != nil || !ok {
			p.seen.finish(u.UpdateID)
			continue
		}
		p.open.Add(1)
		go p.follow(u.UpdateID, m, p.receive(p.work, m))
	}
}

// skip counts an update that cannot be decoded. Its content is never logged.
func (c *Channel) skip(ctx context.Context, u update, err error) {
	c.skipped.Add(1)
	c.log.ErrorContext(ctx, "telegram: update skipped", "update", u.UpdateID, "error", err)
}

// follow waits for what becomes of a message. After an error it is received
// again, later each time, until it is finished or Run ends: then Telegram
// delivers it again after the restart.
func (p *poller) follow(id int, m chat.Message, outcome <-chan error) {
	defer p.open.Done()
	for tries := 0; ; tries++ {
		err, ended := await(p.work, outcome)
		if err == nil {
			p.seen.finish(id)
			return
		}
		if !ended && p.ending.Err() == nil {
			p.log.WarnContext(p.ending, "telegram: update will be received again", "update", id, "tries", tries+1)
		}
		if ended || !wait(p.ending, p.pace.backoff(tries)) {
			p.seen.leave()
			return
		}
		outcome = p.receive(p.work, m)
	}
}

var errNoOutcome = errors.New("the message was dropped without an outcome")

// await returns the outcome; one that never comes, because the channel closes
// or ctx ends, is an error and no acknowledgement.
func await(ctx context.Context, outcome <-chan error) (err error, ended bool) {
	if outcome == nil {
		return errNoOutcome, false
	}
	select {
	case err, ok := <-outcome:
		if !ok {
			err = errNoOutcome
		}
		return err, false
	case <-ctx.Done():
		return ctx.Err(), true
	}
}

// pause waits until the next poll makes sense: at once when nothing is open,
// else when all is, or after a while, because people whose updates are not yet
// known must not wait for one that takes long. The server answers an offset
// that has unconfirmed updates at once, and grudges one asked for twice within
// half a second, so without this the loop would run hot.
func (p *poller) pause(ctx context.Context, asked int, began time.Time) {
	for {
		offset, open, unconfirmed, changed := p.seen.standing()
		gap := p.pace.crowd
		switch {
		case open == 0 && offset != asked:
			return
		case offset == asked && unconfirmed >= window:
			gap = p.pace.full
		case offset == asked:
			gap = p.pace.same
		}
		timer := time.NewTimer(time.Until(began.Add(gap)))
		select {
		case <-changed:
			timer.Stop()
		case <-timer.C:
			return
		case <-ctx.Done():
			timer.Stop()
			return
		}
	}
}

// setback waits after a poll that failed, as long as its cause asks for. An
// error means that no waiting helps.
func (p *poller) setback(ctx context.Context, err error, failures int) error {
	if fatal := permanent(err); fatal != nil {
		return fatal
	}
	var failed *apiError
	delay := p.pace.backoff(failures)
	if errors.As(err, &failed) {
		switch {
		case failed.code == http.StatusConflict && failed.has("webhook"):
			if _, err := p.call(ctx, p.pace.send, "deleteWebhook", tgbotapi.Params{}); err == nil {
				return nil
			}
		case failed.code == http.StatusConflict:
			delay = p.pace.conflict + p.pace.backoff(0)
		case failed.retry > 0:
			delay = failed.retry
		}
	}
	p.log.WarnContext(ctx, "telegram: poll failed", "error", err, "wait", delay)
	wait(ctx, delay)
	return nil
}

// settle waits for the messages being worked on, as long as the end allows.
func (p *poller) settle() {
	ctx, cancel := context.WithTimeout(p.work, p.pace.drain)
	defer cancel()
	for {
		_, open, _, changed := p.seen.standing()
		if open == 0 {
			return
		}
		select {
		case <-changed:
		case <-ctx.Done():
			p.log.Warn("telegram: ended with messages unfinished; they come again", "messages", open)
			return
		}
	}
}

// confirm tells Telegram the last offset, so that finished updates do not come
// again after a restart.
func (p *poller) confirm() {
	offset, _, _, _ := p.seen.standing()
	if offset == p.reached {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(p.ending), p.pace.confirm)
	defer cancel()
	_, err := p.getUpdates(ctx, offset, 1, 0)
	if err != nil && !errors.Is(err, context.DeadlineExceeded) { // asked again too soon it is held, but acted on
		p.log.Warn("telegram: the last updates are not confirmed; they come again", "error", err)
	}
}
