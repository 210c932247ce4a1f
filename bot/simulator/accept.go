package simulator

import (
	"context"
	"encoding/json"
	"errors"
	"mime"
	"net/http"
	"regexp"
	"strings"
	"time"
	"unicode"

	"titian/bot/chat"
)

// job is a message in hand.
type job struct {
	done chan struct{}
	err  error // once done
}

// Why a message is not taken now; the page sends it again.
var (
	errStopped = errors.New("not running")
	errFull    = errors.New("too many browsers")
	errBusy    = errors.New("too many messages at once")
	errLate    = errors.New("not answered in time")
)

// wellFormedID is an id that a page makes: it recognises what is sent again.
var wellFormedID = regexp.MustCompile(`^[0-9A-Za-z_-]{16,64}$`)

// body is what a page posts; each kind of message uses its part of it.
type body struct {
	ID        string   `json:"id"`
	Text      string   `json:"text"`
	Choice    string   `json:"choice"`
	Label     string   `json:"label"` // of the button
	Of        string   `json:"of"`    // the message the button is under
	Latitude  *float64 `json:"latitude"`
	Longitude *float64 `json:"longitude"`
	Phone     string   `json:"phone"`
	Name      string   `json:"name"`
	Own       bool     `json:"own"`
}

// reader fills in what the bot receives and what the page shows; false: nonsense.
type reader func(body, *chat.Message, *entry) bool

// posted answers 200 when the bot has the message for good, 503 or 429 when the
// page should send it again, and another 4xx when that would not help.
func (w *Web) posted(read reader) http.HandlerFunc {
	return func(out http.ResponseWriter, r *http.Request) {
		key, returning, known := w.visitor(r)
		if !known {
			http.Error(out, "no contact yet", http.StatusUnauthorized)
			return
		}
		if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind != "application/json" {
			http.Error(out, "not JSON", http.StatusUnsupportedMediaType)
			return
		}
		var in body
		if err := json.NewDecoder(http.MaxBytesReader(out, r.Body, maxText)).Decode(&in); err != nil {
			http.Error(out, "unreadable", tooLargeOr(err, http.StatusBadRequest))
			return
		}
		m, e := w.message(key, in.ID)
		if !wellFormedID.MatchString(in.ID) || !read(in, &m, &e) {
			http.Error(out, "nonsense", http.StatusBadRequest)
			return
		}
		w.answer(out, r, returning, m, e, in.Of)
	}
}

func tooLargeOr(err error, code int) int {
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return http.StatusRequestEntityTooLarge
	}
	return code
}

// message begins a message and its line. Its id is the contact's and the page's
// together, so that no contact can pass for another.
func (w *Web) message(key, id string) (chat.Message, entry) {
	a := chat.Address{Network: chat.Web, Key: key}
	return chat.Message{ID: key + "." + id, Ref: id, From: a, Chat: a, At: w.now()}, entry{ID: id, From: fromMe}
}

func text(in body, m *chat.Message, e *entry) bool {
	in.Text = strings.ReplaceAll(in.Text, "\x00", "")
	m.Kind, m.Text = chat.Text, in.Text
	e.Kind, e.Text = chat.Text, in.Text
	return strings.TrimSpace(in.Text) != ""
}

func tap(in body, m *chat.Message, e *entry) bool {
	m.Kind, m.Choice = chat.Tap, in.Choice
	e.Kind, e.Text = chat.Tap, clean(in.Label, 200)
	return in.Choice != "" && len(in.Choice) <= chat.MaxChoiceID
}

func location(in body, m *chat.Message, e *entry) bool {
	if in.Latitude == nil || in.Longitude == nil || *in.Latitude < -90 || *in.Latitude > 90 || *in.Longitude < -180 || *in.Longitude > 180 {
		return false
	}
	place := &chat.Place{Latitude: *in.Latitude, Longitude: *in.Longitude}
	m.Kind, m.Place = chat.Location, place
	e.Kind, e.Place = chat.Location, place
	return true
}

var wellFormedPhone = regexp.MustCompile(`^\+?[0-9][0-9 ().-]{3,30}$`)

// contact is a card. This network believes who says that a card is their own,
// as the others know it: it is for trying that too.
func contact(in body, m *chat.Message, e *entry) bool {
	in.Phone = strings.TrimSpace(in.Phone)
	card := &chat.Card{Phone: in.Phone, Name: clean(in.Name, 100), Own: in.Own}
	m.Kind, m.Card = chat.Contact, card
	if in.Own {
		m.Vouched = international(in.Phone)
	}
	e.Kind, e.Card = chat.Contact, card
	return wellFormedPhone.MatchString(in.Phone)
}

// international is an Indonesian number, or one with its country, as E.164.
func international(phone string) string {
	digits := strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, phone)
	if rest, ok := strings.CutPrefix(digits, "0"); ok {
		digits = "62" + rest
	}
	return "+" + digits
}

// clean is one short line without control characters.
func clean(s string, runes int) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) && r != '\u200d' {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	if list := []rune(s); len(list) > runes {
		s = string(list[:runes])
	}
	return strings.TrimSpace(s)
}

// answer hands a message over and tells the page what came of it.
func (w *Web) answer(out http.ResponseWriter, r *http.Request, returning bool, m chat.Message, e entry, pressed string) {
	err := w.deliver(r.Context(), returning, m, e, pressed)
	switch {
	case err == nil:
		out.WriteHeader(http.StatusOK)
	case errors.Is(err, errBusy):
		http.Error(out, err.Error(), http.StatusTooManyRequests)
	default:
		out.Header().Set("Retry-After", "1")
		http.Error(out, "not now", http.StatusServiceUnavailable)
	}
}

// deliver waits until the bot has the message for good; nil says so.
func (w *Web) deliver(ctx context.Context, returning bool, m chat.Message, e entry, pressed string) error {
	j, err := w.take(returning, m, e, pressed)
	if j == nil {
		return err
	}
	late := time.NewTimer(w.limits.answer)
	defer late.Stop()
	select {
	case <-j.done:
		return j.err
	case <-late.C:
		return errLate
	case <-ctx.Done():
		return ctx.Err()
	}
}

// take puts a message in hand, or finds it there; no job and no error say that
// it was taken before.
func (w *Web) take(returning bool, m chat.Message, e entry, pressed string) (*job, error) {
	w.mu.Lock()
	s := w.shift
	if s == nil {
		w.mu.Unlock()
		return nil, errStopped
	}
	b := w.browser(m.From.Key, returning)
	if b == nil {
		w.mu.Unlock()
		return nil, errFull
	}
	if j, seen := b.known(m.Ref); seen || len(b.inHand) >= w.limits.inHand {
		w.mu.Unlock()
		if !seen {
			return nil, errBusy
		}
		return j, nil
	}
	if b.find(m.Ref) == nil {
		w.add(b, e)
	}
	if question := b.find(pressed); question != nil && question.From == fromBot {
		w.change(b, question, func(q *entry) { q.Pressed = m.Choice })
	}
	j := &job{done: make(chan struct{})}
	b.inHand[m.Ref] = j
	s.working.Add(1)
	w.mu.Unlock()
	promised := s.receive(s.ctx, m)
	go w.follow(s, b, j, m.Ref, promised)
	return j, nil
}

// known says whether a message was seen: it is in hand, or was taken (no job).
func (b *browser) known(id string) (*job, bool) {
	if j := b.inHand[id]; j != nil {
		return j, true
	}
	e := b.find(id)
	return nil, e != nil && e.From == fromMe && e.Taken
}

// follow waits for a message's outcome and shows it.
func (w *Web) follow(s *shift, b *browser, j *job, id string, promised <-chan error) {
	defer s.working.Done()
	select {
	case j.err = <-promised:
	case <-s.cut:
		j.err = errStopped
	}
	w.mu.Lock()
	delete(b.inHand, id)
	if e := b.find(id); e != nil && j.err == nil {
		w.change(b, e, func(e *entry) { e.Taken = true })
	}
	w.mu.Unlock()
	close(j.done)
}
