// Package delivery is the one way out: it knows the pace of each network, what
// goes first, what is tried again and who cannot be reached. Replies go at once
// and in order per contact; what nobody asked for is paced together with the
// other replicas and yields to them. It imports the nouns of chat and storage,
// writes no text and decides nothing about a conversation.
package delivery

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"sync"
	"time"

	"titian/bot/chat"
	"titian/bot/hands"
	"titian/storage"
)

// Reply is an answer that a contact's record owes. With an empty ID no record owes it: it is sent like any other, never
// recognised as a double, and gone if the process ends.
type Reply = storage.Reply

// Class says how an unasked message is treated.
type Class int

// The classes, in the order in which they go out. Replies go before them all. Notices and broadcasts are nobody's wish: where a
// network has a Policy they keep to it. Staff signed up for what they are sent, and write to the bot all day.
const (
	Staff     Class = iota // to staff: repeated once when a send timed out
	Notice                 // about one's own file: likewise
	Broadcast              // to many: never repeated; a send that timed out is unsure
)

// reply is the class of what was asked for.
const reply Class = -1

// Ledger remembers what became of messages.
type Ledger interface {
	// Sent takes replies off their records: sent, or given up.
	Sent(ctx context.Context, sent []storage.Sent) error
	// Renew keeps other replicas from taking over the contacts' replies.
	Renew(ctx context.Context, contacts []storage.ContactID) error
	// SetReachable remembers whether a contact blocked the bot.
	SetReachable(ctx context.Context, contact storage.ContactID, reachable bool) error
}

// Limiter is a pace shared by replicas.
type Limiter interface {
	// Allow asks for one turn: 0 means now, any other wait means ask again after it.
	Allow(ctx context.Context, key string, perSecond float64) (time.Duration, error)
	// Grant hands out so many turns, evenly spaced, and says how long it is until the first, and how many replicas share them.
	Grant(ctx context.Context, key string, perSecond float64, turns int) (wait time.Duration, sharing int, err error)
}

// Files opens the sealed file that a stored message names by Attachment.Vault. An error that storage.IsDown, of opening or
// of reading, is waited out; any other says that the file will never be had.
type Files interface {
	Get(ctx context.Context, id string) (io.ReadCloser, error)
}

// Metrics are told what happens; each may be nil.
type Metrics struct {
	Latency func(n chat.Network, d time.Duration) // from Reply.Accepted to sent
	Queued  func(n chat.Network, change int)      // replies waiting or being sent
	Refused func(n chat.Network, f chat.Failure)  // a try that failed
}

// Options of a Delivery. Senders, Ledger and Limiter are needed.
type Options struct {
	Senders  map[chat.Network]chat.Sender
	Ledger   Ledger
	Limiter  Limiter
	Rate     func(n chat.Network) float64 // unasked messages a second, all chats of a network together; 0 or nil: no limit
	InFlight int                          // sends at a time on a network; 0: 64
	Timeout  time.Duration                // of one send; 0: 30 s (shorter ones are sent late by Telegram, yet sent)
	Files    Files                        // nil: no message names a sealed file
	Policy   func(n chat.Network) *Policy // how a network is written to unasked; nil, or one that returns nil: as fast as it takes it
	Unasked  Unasked                      // needed with Policy
	Calendar Calendar                     // needed with Policy
	Now      func() time.Time
	Log      *slog.Logger
	Metrics  Metrics
	// Moved is told of a chat's new key, if the network names one; nil: nobody is. The message itself went there if it was a reply.
	Moved func(c storage.ContactID, from chat.Address, key string)
}

const (
	inFlight    = 64
	sendTimeout = 30 * time.Second
	fileTimeout = 10 * time.Minute // of one send with a file: 45 MB at 0.6 Mbit/s; channels notice earlier that nothing moves
	chatSpacing = time.Second      // between unasked messages to one chat
)

// ErrStopping: the delivery no longer accepts anything.
var ErrStopping = errors.New("delivery is stopping")

// errNoSender: this process does not run that network; another one may.
var errNoSender = errors.New("no sender for this network")

// Delivery sends. Safe for concurrent use; at rest it has no goroutine.
type Delivery struct {
	Options
	posts map[chat.Network]*post
	holds *holds

	life      context.Context // ends when replies must stay owed
	giveUp    context.CancelFunc
	accepting context.Context // ends when nothing is taken any more
	refuse    context.CancelFunc

	mu      sync.Mutex
	lanes   map[storage.ContactID]*lane
	pending map[replyKey]bool // in a lane, or being sent
	recent  memory[replyKey]
	brakes  map[chat.Network]int // pulled here and not stored yet
	renewal *time.Timer          // nil: no lane is open
	work    sync.WaitGroup
	hands   hands.Hands

	trims trims
	ticks ticks
}

// post is the way out to one network.
type post struct {
	network chat.Network
	sender  chat.Sender
	slots   *gate          // sends at a time
	pace    *gate          // one unasked message at a time asks for its turn
	written memory[string] // chats that got something unasked; guarded by pace
	turns   turns          // of the network's pace, granted to this process
	second  second
}

// New makes a Delivery that sends until Drain.
func New(o Options) *Delivery {
	if o.InFlight <= 0 {
		o.InFlight = inFlight
	}
	if o.Timeout <= 0 {
		o.Timeout = sendTimeout
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Rate == nil {
		o.Rate = func(chat.Network) float64 { return 0 }
	}
	d := &Delivery{Options: o, posts: map[chat.Network]*post{}, holds: newHolds(o.Now),
		lanes: map[storage.ContactID]*lane{}, brakes: map[chat.Network]int{}, pending: map[replyKey]bool{}, recent: memory[replyKey]{keep: remembered}}
	d.life, d.giveUp = context.WithCancel(context.Background())
	d.accepting, d.refuse = context.WithCancel(d.life)
	for network, sender := range o.Senders {
		d.posts[network] = &post{network: network, sender: sender, slots: newGate(o.InFlight, o.InFlight/2), pace: newGate(1, 0),
			written: memory[string]{keep: chatSpacing}, second: second{ended: make(chan struct{}, 1)}}
	}
	return d
}
