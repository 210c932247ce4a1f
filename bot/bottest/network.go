package bottest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"titian/bot/chat"
)

// Network is a chat network in memory. Sends are kept per chat; a test may make
// them fail.
type Network struct {
	clock *Clock
	last  atomic.Int64
	files sync.Map // ref → []byte

	mu    sync.Mutex
	sent  map[chat.Address][]chat.Outgoing
	taken map[chat.Address][]string      // refs of what was removed
	heard map[chat.Address]chan struct{} // closed and replaced at each send
	fail  func(to chat.Address, m chat.Outgoing) error
	lost  func(f chat.File) error
}

// NewNetwork makes an empty network.
func NewNetwork(c *Clock) *Network {
	return &Network{clock: c, sent: map[chat.Address][]chat.Outgoing{}, taken: map[chat.Address][]string{}, heard: map[chat.Address]chan struct{}{}}
}

// Fail makes sends fail; nil lets them pass again.
func (n *Network) Fail(how func(to chat.Address, m chat.Outgoing) error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.fail = how
}

// Lose makes fetches fail; nil lets them pass again.
func (n *Network) Lose(how func(f chat.File) error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.lost = how
}

// Send keeps the message for the person at the address.
func (n *Network) Send(_ context.Context, to chat.Address, m chat.Outgoing) (chat.Receipt, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.fail != nil {
		if err := n.fail(to, m); err != nil {
			return chat.Receipt{}, err
		}
	}
	if m.ID == "" {
		m.ID = fmt.Sprint("notice", len(n.sent[to]))
	}
	n.sent[to] = append(n.sent[to], m)
	if c := n.heard[to]; c != nil {
		close(c)
		delete(n.heard, to)
	}
	return chat.Receipt{Ref: n.ref(to, m)}, nil
}

// ref names a sent message: as it names itself, or by its place in the chat.
func (n *Network) ref(to chat.Address, m chat.Outgoing) string {
	if m.ID != "" {
		return m.ID
	}
	return fmt.Sprint("sent", len(n.sent[to]))
}

// Remove takes a sent message out of its chat: Sent still has it, and Removed says so.
func (n *Network) Remove(_ context.Context, to chat.Address, ref string) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.taken[to] = append(n.taken[to], ref)
	return nil
}

// Removed are the IDs of the messages that were taken out of a name's chat, in order.
func (n *Network) Removed(name string) []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return append([]string(nil), n.taken[address(name)]...)
}

// Fetch reads a file that a Person sent.
func (n *Network) Fetch(_ context.Context, f chat.File) (io.ReadCloser, error) {
	n.mu.Lock()
	lost := n.lost
	n.mu.Unlock()
	if lost != nil {
		if err := lost(f); err != nil {
			return nil, err
		}
	}
	b, ok := n.files.Load(f.Ref)
	if !ok {
		return nil, &chat.FetchError{Gone: true, Cause: errors.New("no such file")}
	}
	return io.NopCloser(bytes.NewReader(b.([]byte))), nil
}

// Sent is everything a name was sent, in order.
func (n *Network) Sent(name string) []chat.Outgoing {
	n.mu.Lock()
	defer n.mu.Unlock()
	return append([]chat.Outgoing(nil), n.sent[address(name)]...)
}

// Await waits until a name was sent n messages in all.
func (n *Network) Await(t testing.TB, name string, count int) []chat.Outgoing {
	t.Helper()
	limit := time.After(30 * time.Second)
	for {
		n.mu.Lock()
		sent := n.sent[address(name)]
		if len(sent) >= count {
			n.mu.Unlock()
			return append([]chat.Outgoing(nil), sent...)
		}
		c := n.heard[address(name)]
		if c == nil {
			c = make(chan struct{})
			n.heard[address(name)] = c
		}
		n.mu.Unlock()
		select {
		case <-c:
		case <-limit:
			t.Fatalf("%s was sent %d messages, want %d", name, len(sent), count)
		}
	}
}

// Message is a message of a name, with an id of its own.
func (n *Network) Message(name string, kind chat.Kind, text string) chat.Message {
	id := fmt.Sprint(n.last.Add(1))
	m := chat.Message{ID: id, Ref: id, Kind: kind, From: address(name), Chat: address(name), At: n.clock.Now(), Text: text}
	m.Vouched, _ = strings.CutPrefix(name, onWhatsApp)
	if m.Vouched == name {
		m.Vouched = ""
	}
	return m
}

// Photo is a message with one photo.
func (n *Network) Photo(name string, content []byte, album string) chat.Message {
	m := n.Message(name, chat.Files, "")
	n.files.Store("file"+m.ID, content)
	m.Album = album
	m.Files = []chat.File{{Ref: "file" + m.ID, SizeBytes: int64(len(content)), Photo: true}}
	return m
}

// Document is a message with one file that is not a photo.
func (n *Network) Document(name, file string, content []byte) chat.Message {
	m := n.Photo(name, content, "")
	m.Files[0].Photo, m.Files[0].Name = false, file
	return m
}

// Person is someone who writes to a house.
type Person struct {
	h    *House
	Name string
	seen int
}

// Person begins a chat.
func (h *House) Person(name string) *Person {
	return &Person{h: h, Name: name, seen: len(h.Network.Sent(name))}
}

// At lets the person go on with another process.
func (p *Person) At(h *House) *Person { return &Person{h: h, Name: p.Name, seen: p.seen} }

// Gives hands one message over and returns what is said to it, once it is said.
func (p *Person) Gives(m chat.Message) string {
	p.h.T.Helper()
	if err := Wait(p.h.T, p.h.Bot.Receive(context.Background(), m)); err != nil {
		p.h.T.Fatalf("message %s: %v", m.ID, err)
	}
	return p.Hears()
}

// Hears returns what was said since, once everything owed was sent.
func (p *Person) Hears() string {
	p.h.T.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	if err := p.h.Delivery.Settled(ctx, p.h.Contact(p.Name)); err != nil {
		p.h.T.Fatal(err)
	}
	sent := p.h.Network.Sent(p.Name)
	var texts []string
	for _, m := range sent[p.seen:] {
		texts = append(texts, Show(m))
	}
	p.seen = len(sent)
	return strings.Join(texts, "\n")
}

// Says types a line.
func (p *Person) Says(text string) string {
	p.h.T.Helper()
	return p.Gives(p.h.Network.Message(p.Name, chat.Text, text))
}

// Taps presses a button of the last message, by its label.
func (p *Person) Taps(label string) string {
	p.h.T.Helper()
	sent := p.h.Network.Sent(p.Name)
	for i := len(sent) - 1; i >= 0; i-- {
		for _, c := range append(append([]chat.Choice(nil), sent[i].Choices...), sent[i].Shortcuts...) {
			if c.Label == label {
				m := p.h.Network.Message(p.Name, chat.Tap, "")
				m.Choice = c.ID
				return p.Gives(m)
			}
		}
	}
	p.h.T.Fatalf("no button %q", label)
	return ""
}

// Replies answers, in the network's own way, the last message that holds the words.
func (p *Person) Replies(words, text string) string {
	p.h.T.Helper()
	m := p.h.Network.Message(p.Name, chat.Text, text)
	m.ReplyTo = p.h.Network.RefOf(p.h.T, p.Name, words)
	return p.Gives(m)
}

// RefOf names the last message a name was sent that holds the words.
func (n *Network) RefOf(t testing.TB, name, words string) string {
	t.Helper()
	n.mu.Lock()
	defer n.mu.Unlock()
	sent := n.sent[address(name)]
	for i := len(sent) - 1; i >= 0; i-- {
		if strings.Contains(sent[i].Text, words) {
			if sent[i].ID != "" {
				return sent[i].ID
			}
			return fmt.Sprint("sent", i+1)
		}
	}
	t.Fatalf("%s was sent nothing that says %q", name, words)
	return ""
}

// Show is a message as a person sees it: the text, then its choices.
func Show(m chat.Outgoing) string {
	var b strings.Builder
	b.WriteString(m.Text)
	for i, c := range m.Choices {
		fmt.Fprintf(&b, "\n[%s] %s", c.Typed(i), c.Label)
	}
	for _, c := range m.Shortcuts {
		fmt.Fprintf(&b, "\n(%s)", c.Label)
	}
	if m.Request != "" {
		fmt.Fprintf(&b, "\n(📎 %s)", m.Label)
	}
	if m.Attachment != nil {
		fmt.Fprintf(&b, "\n(📄 %s)", m.Attachment.Name)
	}
	return b.String()
}

// Wait is the outcome of a Receive; a minute is too long for any.
func Wait(t testing.TB, done <-chan error) error {
	t.Helper()
	select {
	case err := <-done:
		return err
	case <-time.After(time.Minute):
		t.Fatal("the message was not answered within a minute")
		return nil
	}
}
