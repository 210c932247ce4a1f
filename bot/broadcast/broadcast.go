// Package broadcast sends announcements: it takes what is pending from the ledger in small batches, hands each message to the way
// out, writes down what became of it, and shows staff how far it is. It imports the nouns of chat and storage and the texts of
// locales, never a network: pace, retries and who cannot be reached are delivery's. It never decides who is meant; the ledger
// was filled when the broadcast started.
package broadcast

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"titian/bot/chat"
	"titian/storage"
)

// Ledger keeps broadcasts and what became of each recipient; see storage/postgres.
type Ledger interface {
	Broadcast(ctx context.Context, id storage.BroadcastID) (storage.Broadcast, error)
	// Invitation is that of a broadcast with places.
	Invitation(ctx context.Context, id storage.BroadcastID) (storage.Invitation, error)
	Running(ctx context.Context, id storage.BroadcastID) (bool, error)
	Lease(ctx context.Context, id storage.BroadcastID, n chat.Network, worker string, most int) (leased []storage.Leased, left bool, err error)
	Settle(ctx context.Context, id storage.BroadcastID, worker string, fates []storage.Fate) error
	EndBroadcast(ctx context.Context, id storage.BroadcastID) (storage.BroadcastState, error)
	BroadcastCounts(ctx context.Context, id storage.BroadcastID) (storage.Counts, error)
	BroadcastFile(ctx context.Context, id storage.BroadcastID, n chat.Network) (string, error)
	KeepBroadcastFile(ctx context.Context, id storage.BroadcastID, n chat.Network, ref string) error
	// Watchers are the members of staff that a broadcast is shown to, at most every so often; none: somebody else shows it now.
	Watchers(ctx context.Context, id storage.BroadcastID, every time.Duration) ([]storage.Watcher, error)
	KeepCard(ctx context.Context, id storage.BroadcastID, staff storage.StaffID, ref string) error
}

// ErrSilent is the cause of a failed Post to somebody who wrote nothing for too long to be written to.
var ErrSilent = errors.New("the contact has been silent for too long")

// Texts says a text of the catalog.
type Texts interface {
	Say(key string, args map[string]string) string
}

// Office knows when nobody is written to unasked.
type Office interface {
	// Quiet is until when, from t on, nothing is announced; t itself when something may be.
	Quiet(t time.Time) time.Time
}

// Options of Pumps; all but Log, Sent, Pace and Acts are needed.
type Options struct {
	Ledger Ledger
	// Post sends one announcement and waits until its fate is known, as delivery.Notice does. Once wanted ends, one that still
	// waits for its turn is given back as not sent.
	Post func(ctx, wanted context.Context, c storage.ContactID, to chat.Address, m chat.Outgoing) (chat.Receipt, error)
	// Tell sends or, with a ref, changes a message to staff.
	Tell   func(ctx context.Context, c storage.ContactID, to chat.Address, ref string, m chat.Outgoing) (chat.Receipt, error)
	Texts  Texts
	Office Office
	Rate   func(chat.Network) float64 // unasked messages a second; 0: no limit
	Pace   Pace                       // how long a broadcast takes; nil: Steady at Rate
	// Acts are what staff may do with a broadcast from the message that shows how far it is; nil: nothing.
	Acts   func(n chat.Network, b storage.Broadcast, c storage.Counts) []chat.Choice
	Worker string // names this process in the ledger
	Now    func() time.Time
	Log    *slog.Logger
	Sent   func(n chat.Network, s storage.RecipientState, people int) // is told what became of messages; nil: nobody is
}

// Pumps are the pumps of one process.
type Pumps struct {
	Options
	mu   sync.Mutex
	busy map[pump]bool
	owed map[pump][]storage.Fate // not in the ledger yet
}

// pump is a broadcast on a network.
type pump struct {
	id      storage.BroadcastID
	network chat.Network
}

// New makes the pumps of a process. At rest they have no goroutine.
func New(o Options) *Pumps {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Sent == nil {
		o.Sent = func(chat.Network, storage.RecipientState, int) {}
	}
	if o.Acts == nil {
		o.Acts = func(chat.Network, storage.Broadcast, storage.Counts) []chat.Choice { return nil }
	}
	if o.Pace == nil && o.Rate != nil {
		o.Pace = Steady(o.Rate, o.Office)
	}
	return &Pumps{Options: o, busy: map[pump]bool{}, owed: map[pump][]storage.Fate{}}
}
