// Package chat holds the nouns every network shares: a message that came in, a
// message that goes out, an address, a choice, a file. It is the lowest leaf of
// the house: it imports the standard library only, knows no network and holds
// no logic beyond its own shapes.
package chat

import (
	"context"
	"io"
	"log/slog"
	"strconv"
	"strings"
)

// Network names a chat network.
type Network string

// The networks Titian speaks on.
const (
	Telegram Network = "telegram"
	WhatsApp Network = "whatsapp"
	Web      Network = "web"
	Terminal Network = "terminal"
)

// Address is a place on a network that can be written to. Key is the network's
// own key: a Telegram chat id, a WhatsApp JID without its device part.
type Address struct {
	Network Network `json:"network"`
	Key     string  `json:"key"`
}

// Kind tells the keys of one network apart where it has several: what follows the @ ("lid", "s.whatsapp.net").
func (a Address) Kind() string {
	_, kind, _ := strings.Cut(a.Key, "@")
	return kind
}

// String names the network only: a key may be a phone number.
func (a Address) String() string { return string(a.Network) + ":…" }

// LogValue keeps the key out of logs.
func (a Address) LogValue() slog.Value { return slog.StringValue(a.String()) }

// IsZero says whether no address is given.
func (a Address) IsZero() bool { return a == Address{} }

// Choice is one offered answer: a button, or a numbered line where a network
// has none.
type Choice struct {
	ID    string `json:"id"` // at most 64 bytes (Telegram callback_data limit)
	Label string `json:"label"`
	// Key is what is typed for it where there are no buttons; empty: its place in the list, counted from 1.
	Key string `json:"key,omitempty"`
	// Written says that the text has its line already, with that number.
	Written bool `json:"written,omitempty"`
}

// Typed is what is typed for the choice at a place of its list, counted from 0.
func (c Choice) Typed(at int) string {
	if c.Key != "" {
		return c.Key
	}
	return strconv.Itoa(at + 1)
}

// Request asks the network for something it can hand over by a tap.
type Request string

// What can be asked of a network.
const (
	RequestContact  Request = "contact"
	RequestLocation Request = "location"
)

// Outgoing is a message to send. Text is plain text of at most 4,096 code
// points; a channel that needs escaping does it itself. It may be empty when
// there is an Attachment, whose caption it is; a text too long for a caption
// (1,024 code points on Telegram) follows the file as a message of its own.
type Outgoing struct {
	ID      string   `json:"id,omitempty"` // stable over retries, for networks that can use it
	Text    string   `json:"text"`
	Choices []Choice `json:"choices,omitempty"`
	// Shortcuts are buttons where a network has them and nothing elsewhere: the
	// text already names the word that does the same.
	Shortcuts []Choice `json:"shortcuts,omitempty"`
	Request   Request  `json:"request,omitempty"`
	Label     string   `json:"label,omitempty"` // the text on the Request's button

	Attachment *Attachment `json:"attachment,omitempty"`
	Protect    bool        `json:"protect,omitempty"`  // may not be forwarded or saved, where the network can forbid it
	ReplyTo    string      `json:"reply_to,omitempty"` // the Ref of a message of the same chat; one that is gone is no error
}

// Receipt says that a network took a message.
type Receipt struct {
	Ref     string   // the network's name for the sent message; of several, the last, which has the buttons
	Earlier []string // the names of the messages before it, when one was not enough: whoever removes Ref removes these too
	FileRef string   // the network's name for the attached file: an Attachment with this Ref is sent without upload
}

// Sender sends one message. Its errors are *SendError or a context's error.
type Sender interface {
	Send(ctx context.Context, to Address, m Outgoing) (Receipt, error)
}

// Typer shows the person that an answer is being prepared. Best effort.
type Typer interface {
	Typing(ctx context.Context, to Address)
}

// Fetcher reads a file a person sent. The caller closes the reader and bounds
// how much it reads. A *FetchError says why a file cannot be had.
type Fetcher interface {
	Fetch(ctx context.Context, f File) (io.ReadCloser, error)
}

// Receive queues a message behind the earlier ones of its sender, in the order
// of the calls, and returns at once. The channel yields the outcome: nil means
// that the message will never be needed again and may be acknowledged to the
// network; an error means it must be delivered again.
type Receive func(ctx context.Context, m Message) <-chan error

// Channel is a network: it turns what arrives into messages, and sends.
type Channel interface {
	Sender
	Fetcher
	Network() Network
	// Run receives until ctx ends, then lets go of the network and returns.
	Run(ctx context.Context, receive Receive) error
}

// Numbered is a network without buttons: choices are lines with numbers there, which people type.
type Numbered interface {
	// Named says whether ref is one of the messages that an Outgoing with this ID became.
	Named(id, ref string) bool
	// Lines is how many lines one message shows of a long list; 0: all of them.
	Lines() int
}

// MaxChoiceID is the longest Choice.ID: 64 bytes, the Telegram callback_data limit.
const MaxChoiceID = 64
