// Package bot takes one message in and makes sure it counts once: it finds the
// contact, loads the conversation, lets the flow advance, stores what came of
// it and owes the reply, in that order, and only then lets the channel
// acknowledge. It reaches stores, delivery and files through interfaces it
// declares; it knows no network and holds no SQL.
package bot

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"titian/bot/chat"
	"titian/bot/dialogue"
	"titian/flows"
	"titian/locales"
)

// Options is what a Bot is wired from.
type Options struct {
	Contacts Contacts
	Roster   Roster
	Halal    Halal
	Invited  Invitations
	Ledger   Ledger
	Inbox    Inbox
	Tries    Tries
	Running  Running
	Sealer   Sealer
	Files    Files
	Late     Late
	Fetchers map[chat.Network]chat.Fetcher
	Replies  Replies
	Flows    *flows.Book
	Voice    *dialogue.Voice
	Office   *locales.Office
	Desk     Desk // nil: there is no staff
	Meter    Meter

	// Networks are the ones this process runs; only their inbox messages are worked here.
	Networks []chat.Network
	// Numbered are the networks without buttons: staff type there what they press elsewhere.
	Numbered map[chat.Network]chat.Numbered
	// Keeping are the networks that forget a message for good once it is acknowledged: theirs go to the inbox first.
	Keeping []chat.Network
	// Worker names this process among replicas.
	Worker string
	// Frail says that Redis keeps nothing over a restart: the snapshot is then
	// written before the acknowledgement.
	Frail bool
	// CarefulUntil is set after an unclean stop: the process that died may have
	// died on a message, so each one is counted before it is tried until then.
	CarefulUntil time.Time

	Now func() time.Time
	Log *slog.Logger
	// Patience is how long a message may hold the line before it goes to the
	// inbox; 0 means two seconds.
	Patience time.Duration
}

// Bot is the one reader of messages. Its methods are safe for concurrent use.
type Bot struct {
	Options
	mail  *mailroom
	cache *cache
	marks marks
	wake  chan struct{} // something was put into the inbox

	suspects chan struct{} // holds the one that is counted and tried now
	waited   sync.Map      // addresses told to wait in the present outage

	life context.Context // ends when work in progress must let go
	end  context.CancelFunc
}

// New wires a bot. Run must be running for snapshots, the inbox and owed replies.
func New(o Options) *Bot {
	if o.Patience == 0 {
		o.Patience = 2 * time.Second
	}
	if o.Meter == nil {
		o.Meter = noMeter{}
	}
	b := &Bot{Options: o, cache: newCache(o.Now), wake: make(chan struct{}, 1), suspects: make(chan struct{}, 1)}
	b.life, b.end = context.WithCancel(context.Background())
	b.mail = newMailroom(b.work)
	return b
}

// Receive takes one message; it is a chat.Receive.
func (b *Bot) Receive(ctx context.Context, m chat.Message) <-chan error {
	if chatter(m) {
		return handled()
	}
	l := newLetter(m)
	l.arrived = b.Now()
	if slices.Contains(b.Keeping, m.From.Network) {
		go b.keep(l)
		return l.done
	}
	b.mail.post(l)
	l.patience(b.Patience, func() { b.divert(l) })
	return l.done
}

// Run writes snapshots, works the inbox and takes over replies whose sender
// died, until ctx ends; then it finishes what is in hand, for at most grace.
func (b *Bot) Run(ctx context.Context, grace time.Duration) {
	var loops sync.WaitGroup
	for _, loop := range []func(context.Context){b.snapshotLoop, b.inboxLoop, b.takeoverLoop} {
		loops.Go(func() { loop(ctx) })
	}
	<-ctx.Done()
	stop := time.AfterFunc(grace, b.end)
	loops.Wait() // first: what the inbox loop took last is work too
	b.mail.idle()
	stop.Stop()
	last, cancel := context.WithTimeout(context.Background(), grace)
	defer cancel()
	b.saveSnapshots(last)
	b.end()
}
