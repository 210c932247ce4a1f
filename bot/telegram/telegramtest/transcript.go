package telegramtest

import (
	"context"
	"fmt"
	"testing"
	"time"
)

// Act is what the bot did with a message.
type Act string

// What can be done with a message.
const (
	ActSent    Act = "sent"
	ActEdited  Act = "edited"
	ActDeleted Act = "deleted"
)

// Button is one button under a message or of a reply keyboard.
type Button struct {
	Text     string
	Data     string // callback_data
	URL      string
	Contact  bool // shares the person's phone number
	Location bool // shares the person's place
}

// Sent is a message of the bot as people in the chat see it.
type Sent struct {
	ID        int
	Chat      int64
	Act       Act
	Method    string
	Text      string // or caption
	Entities  []Entity
	Buttons   [][]Button // inline
	Keyboard  [][]Button // reply keyboard sent along
	Remove    bool       // the reply keyboard was taken away
	Force     bool       // the message asks for a reply
	Photo     string     // file_id of the largest size
	Document  string     // file_id
	FileName  string
	ReplyTo   int
	Protected bool
	Silent    bool
	At        time.Time
	Edits     int
}

// Button finds an inline button by label or data.
func (m Sent) Button(labelOrData string) (Button, bool) {
	for _, row := range m.Buttons {
		for _, b := range row {
			if b.Text == labelOrData || b.Data != "" && b.Data == labelOrData {
				return b, true
			}
		}
	}
	return Button{}, false
}

// Labels lists the texts of all buttons, inline or not, row by row.
func (m Sent) Labels() []string {
	var out []string
	for _, rows := range [][][]Button{m.Buttons, m.Keyboard} {
		for _, row := range rows {
			for _, b := range row {
				out = append(out, b.Text)
			}
		}
	}
	return out
}

func snapshot(m *message, act Act, method string, markup *replyMarkup) Sent {
	e := Sent{
		ID: m.ID, Chat: m.Chat.ID, Act: act, Method: method, Text: m.Text, Entities: m.Entities, Protected: m.Protected, Silent: m.silent, At: m.at,
		Edits: m.edits,
	}
	if m.Caption != "" {
		e.Text, e.Entities = m.Caption, m.CaptionEntities
	}
	if m.ReplyTo != nil {
		e.ReplyTo = m.ReplyTo.ID
	}
	if n := len(m.Photo); n > 0 {
		e.Photo = m.Photo[n-1].ID
	}
	if m.Document != nil {
		e.Document, e.FileName = m.Document.ID, m.Document.Name
	}
	if markup != nil {
		e.Buttons, e.Keyboard, e.Remove, e.Force = markup.inlineButtons(), markup.replyButtons(), markup.Remove, markup.ForceReply
	}
	return e
}

func (m *replyMarkup) inlineButtons() [][]Button {
	var out [][]Button
	for _, row := range m.Inline {
		var r []Button
		for _, b := range row {
			one := Button{Text: b.Text, URL: b.URL}
			if b.Data != nil {
				one.Data = *b.Data
			}
			r = append(r, one)
		}
		out = append(out, r)
	}
	return out
}

func (m *replyMarkup) replyButtons() [][]Button {
	var out [][]Button
	for _, row := range m.Keyboard {
		var r []Button
		for _, b := range row {
			r = append(r, Button{Text: b.Text, Contact: b.Contact, Location: b.Location})
		}
		out = append(out, r)
	}
	return out
}

// Transcript lists the bot's messages in this chat as they stand now, oldest first; deleted ones are left out.
func (p *Phone) Transcript() []Sent {
	p.srv.mu.Lock()
	defer p.srv.mu.Unlock()
	var out []Sent
	for _, e := range p.chat.events {
		if e.Act != ActSent {
			continue
		}
		m := p.chat.messages[e.ID]
		if m == nil {
			continue
		}
		now := snapshot(m, ActSent, e.Method, m.Markup)
		now.Keyboard, now.Remove, now.Force = e.Keyboard, e.Remove, e.Force
		out = append(out, now)
	}
	return out
}

// Events lists all the bot did in this chat, oldest first: each message as it was sent, edited, deleted.
func (p *Phone) Events() []Sent {
	p.srv.mu.Lock()
	defer p.srv.mu.Unlock()
	return append([]Sent(nil), p.chat.events...)
}

// SentCount is how many messages the bot has sent to this chat since New.
func (p *Phone) SentCount() int {
	p.srv.mu.Lock()
	defer p.srv.mu.Unlock()
	return p.chat.sent
}

// Await waits until the bot has sent n messages to this chat since New, and lists those remembered.
func (p *Phone) Await(ctx context.Context, n int) ([]Sent, error) {
	for {
		p.srv.mu.Lock()
		have, rung := p.chat.sent, p.chat.bell.wait()
		p.srv.mu.Unlock()
		if have >= n {
			return p.Transcript(), nil
		}
		select {
		case <-rung:
		case <-ctx.Done():
			return p.Transcript(), fmt.Errorf("await %d messages to %d, have %d: %w", n, p.chat.ID, have, ctx.Err())
		}
	}
}

// NextEvent waits for what the bot does next in this chat, after what this phone has already read.
func (p *Phone) NextEvent(ctx context.Context) (Sent, error) {
	return p.next(ctx, func(Sent) bool { return true })
}

// NextSent waits for the bot's next message in this chat, as it was sent.
func (p *Phone) NextSent(ctx context.Context) (Sent, error) {
	return p.next(ctx, func(e Sent) bool { return e.Act == ActSent })
}

func (p *Phone) next(ctx context.Context, wanted func(Sent) bool) (Sent, error) {
	for {
		p.srv.mu.Lock()
		p.read = max(p.read, p.chat.forgotten)
		for p.read-p.chat.forgotten < len(p.chat.events) {
			e := p.chat.events[p.read-p.chat.forgotten]
			p.read++
			if wanted(e) {
				p.srv.mu.Unlock()
				return e, nil
			}
		}
		rung := p.chat.bell.wait()
		p.srv.mu.Unlock()
		select {
		case <-rung:
		case <-ctx.Done():
			return Sent{}, fmt.Errorf("await a message to %d: %w", p.chat.ID, ctx.Err())
		}
	}
}

// Next is NextSent for a test: it fails when none comes in Options.Patience.
func (p *Phone) Next(t testing.TB) Sent {
	t.Helper()
	return p.must(t, p.NextSent)
}

// NextEdit waits for the bot's next edit in this chat and skips what else it does.
func (p *Phone) NextEdit(t testing.TB) Sent {
	t.Helper()
	return p.must(t, func(ctx context.Context) (Sent, error) {
		return p.next(ctx, func(e Sent) bool { return e.Act == ActEdited })
	})
}

func (p *Phone) must(t testing.TB, wait func(context.Context) (Sent, error)) Sent {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), p.srv.opt.Patience)
	defer cancel()
	m, err := wait(ctx)
	if err != nil {
		t.Fatalf("telegramtest: %v", err)
	}
	return m
}

// Keyboard is the reply keyboard on the phone now, nil when there is none.
func (p *Phone) Keyboard() [][]Button {
	p.srv.mu.Lock()
	defer p.srv.mu.Unlock()
	if p.chat.keyboard == nil {
		return nil
	}
	return p.chat.keyboard.replyButtons()
}

// Message is one of the bot's messages as it stands now; false when it is deleted or forgotten.
func (p *Phone) Message(id int) (Sent, bool) {
	p.srv.mu.Lock()
	defer p.srv.mu.Unlock()
	m := p.chat.messages[id]
	if m == nil {
		return Sent{}, false
	}
	return snapshot(m, ActSent, "", m.Markup), true
}
