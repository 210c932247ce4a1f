package simulator

import (
	"strconv"
	"time"

	"titian/bot/chat"
)

// Who a line of a chat is from.
const (
	fromMe  = "me" // the person at the page
	fromBot = "bot"
	fromUs  = "note" // neither: something the page says about itself
)

// restarted is the note that earlier messages are not shown any more.
const restarted chat.Kind = "restarted"

// entry is one line of a chat as its page shows it.
type entry struct {
	N      int64     `json:"n"`      // its place: a later line has a greater one
	Change int64     `json:"change"` // when it last changed, in the same numbers
	ID     string    `json:"id"`
	From   string    `json:"from"`
	Kind   chat.Kind `json:"kind"`
	At     time.Time `json:"at"`
	Text   string    `json:"text,omitempty"`

	Choices   []chat.Choice `json:"choices,omitempty"`
	Shortcuts []chat.Choice `json:"shortcuts,omitempty"`
	Request   chat.Request  `json:"request,omitempty"`
	Label     string        `json:"label,omitempty"`
	Pressed   string        `json:"pressed,omitempty"` // the id of the choice pressed last

	ReplyTo string `json:"reply_to,omitempty"` // the id of the line it answers
	Protect bool   `json:"protect,omitempty"`
	Edited  bool   `json:"edited,omitempty"`
	Gone    bool   `json:"gone,omitempty"` // removed: nothing of it is left but its place
	Link    string `json:"link,omitempty"` // where the page has the bot's file from
	shelved string // the file's name on the shelf

	Taken bool        `json:"taken,omitempty"` // the bot has it for good
	File  *chat.File  `json:"file,omitempty"`
	Place *chat.Place `json:"place,omitempty"`
	Card  *chat.Card  `json:"card,omitempty"`
}

// size is about what an entry takes in memory.
func (e *entry) size() int {
	n := 300 + len(e.ID) + len(e.ReplyTo) + len(e.Link) + len(e.shelved) + len(e.Text) + len(e.Label) + len(e.Pressed)
	for _, list := range [][]chat.Choice{e.Choices, e.Shortcuts} {
		for _, c := range list {
			n += 40 + len(c.ID) + len(c.Label)
		}
	}
	if e.File != nil {
		n += 100 + len(e.File.Name) + len(e.File.MIME)
	}
	if e.Card != nil {
		n += 50 + len(e.Card.Name) + len(e.Card.Phone)
	}
	return n
}

// browser is one contact. Web's mutex guards it.
type browser struct {
	key     string
	used    int64 // when it was last used: who is let go first
	chat    []*entry
	bytes   int
	typing  int64 // when typing was last shown
	streams map[*stream]bool
	inHand  map[string]*job
}

// stream is one open page. Wake holds at most one sign that there is news.
type stream struct {
	wake chan struct{}
}

func (b *browser) wake() {
	for s := range b.streams {
		select {
		case s.wake <- struct{}{}:
		default:
		}
	}
}

func (b *browser) find(id string) *entry {
	for i := len(b.chat) - 1; i >= 0; i-- {
		if b.chat[i].ID == id {
			return b.chat[i]
		}
	}
	return nil
}

// next gives out a number.
func (w *Web) next() int64 {
	w.last++
	return w.last
}

// browser finds a contact, or makes room for it; nil when everybody else is
// here too. One that spoke with an earlier process is told that its page begins anew.
func (w *Web) browser(key string, returning bool) *browser {
	b := w.browsers[key]
	if b == nil {
		if len(w.browsers) >= w.limits.browsers && !w.letGo() {
			return nil
		}
		b = &browser{key: key, streams: map[*stream]bool{}, inHand: map[string]*job{}}
		w.browsers[key] = b
		if returning {
			w.add(b, entry{From: fromUs, Kind: restarted, ID: "note-" + strconv.FormatInt(w.next(), 36)})
		}
	}
	b.used = w.next()
	return b
}

// letGo forgets who was away longest; false when nobody is away.
func (w *Web) letGo() bool {
	var oldest *browser
	for _, b := range w.browsers {
		if len(b.streams) == 0 && len(b.inHand) == 0 && (oldest == nil || b.used < oldest.used) {
			oldest = b
		}
	}
	if oldest == nil {
		return false
	}
	delete(w.browsers, oldest.key)
	return true
}

// add puts a line under a chat and forgets the oldest ones beyond the limits.
func (w *Web) add(b *browser, e entry) {
	e.N, e.At = w.next(), w.now()
	e.Change = e.N
	b.chat = append(b.chat, &e)
	b.bytes += e.size()
	for len(b.chat) > 1 && (len(b.chat) > w.limits.messages || b.bytes > w.limits.bytes) {
		b.bytes -= b.chat[0].size()
		b.chat = append(b.chat[:0:0], b.chat[1:]...)
	}
	b.wake()
}

// change alters a line and shows it.
func (w *Web) change(b *browser, e *entry, how func(*entry)) {
	before := e.size()
	how(e)
	b.bytes += e.size() - before
	e.Change = w.next()
	b.wake()
}
