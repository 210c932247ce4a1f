// Package bottest runs the bot as it is run for people, over a real Postgres
// and a real Redis, with a network that is a list in memory and a clock that a
// test moves. It is imported by tests only.
package bottest

import (
	"context"
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"titian/bot"
	"titian/bot/broadcast"
	"titian/bot/chat"
	"titian/bot/delivery"
	"titian/bot/desk"
	"titian/bot/dialogue"
	"titian/bot/door"
	"titian/bot/remind"
	"titian/flows"
	"titian/flows/answer"
	"titian/flows/rules"
	"titian/locales"
	"titian/storage"
	"titian/storage/keys"
	"titian/storage/postgres"
	"titian/storage/redis"
	"titian/storage/segment"
	"titian/storage/storagetest"
	"titian/storage/vault"
)

// Options change what a House is made of; zero values are the usual thing.
type Options struct {
	PostgresURL string // an own server, to stop it; else a fresh database
	RedisURL    string
	Keys        *keys.Keyset
	VaultDir    string
	Clock       *Clock
	Network     *Network // shared by the replicas of a test
	Worker      string
	Patience    time.Duration
	Frail       bool
	Lines       int  // the network has no buttons, and shows so many lines of a long list; -1: all of them
	Keeping     bool // the network forgets what is acknowledged: messages go to the inbox first
	Log         io.Writer
	Lease       time.Duration // of owed replies in Redis
	// Ledger, Running and Inbox wrap the real ones, to fail on purpose.
	Ledger  func(bot.Ledger) bot.Ledger
	Running func(bot.Running) bot.Running
	Inbox   func(bot.Inbox) bot.Inbox
	Sealer  bot.Sealer
	Staff   bool        // there is a desk, and the jobs that tell staff are worked
	Linker  desk.Linker // links the dinas's phone; nil: nobody here
	// Reminding lets them also remind people, by themselves; with Staff only.
	Reminding bool
	// Posted is called before a notice is sent; its error replaces the sending.
	Posted func(to chat.Address, m chat.Outgoing) error
	Data   string // the folder of the files a dinas may change
	// Trim fails instead of taking sent replies off their records, where it returns an error.
	Trim func() error
}

// House is one running bot and all it stands on.
type House struct {
	T        testing.TB
	Bot      *bot.Bot
	DB       *postgres.DB
	Redis    *redis.Store
	Vault    *vault.Vault
	Keys     *keys.Keyset
	Delivery *delivery.Delivery
	Network  *Network
	Clock    *Clock
	Book     *flows.Book
	Desk     *desk.Desk     // nil without Options.Staff
	Jobs     *postgres.Jobs // the same
	Options  Options

	Reminders *remind.Reminders

	pumps *broadcast.Pumps
	stop  context.CancelFunc
	done  chan struct{}
}

var prepared struct {
	sync.Once
	keys *keys.Keyset
	err  error
}

// Keys is the keyset of every database that this process prepares.
func Keys(t testing.TB) *keys.Keyset {
	t.Helper()
	prepared.Do(func() { prepared.keys, prepared.err = keys.New() })
	if prepared.err != nil {
		t.Fatal(prepared.err)
	}
	return prepared.keys
}

// Migrate brings a database to the newest schema, sealed with the test's keys.
func Migrate(url string) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	db, err := postgres.Open(ctx, url, postgres.Options{})
	if err != nil {
		return err
	}
	defer db.Close()
	return db.Migrate(ctx, func(context.Context, postgres.KeyCheck) error { return nil })
}

// New makes a house and opens its doors until the test ends.
func New(t testing.TB, o Options) *House {
	t.Helper()
	if o.Keys == nil {
		o.Keys = Keys(t)
	}
	if o.PostgresURL == "" {
		o.PostgresURL = storagetest.PostgresFrom(t, Migrate)
	}
	if o.RedisURL == "" {
		o.RedisURL = storagetest.Redis(t)
	}
	if o.Clock == nil {
		o.Clock = NewClock()
	}
	if o.Network == nil {
		o.Network = NewNetwork(o.Clock)
	}
	if o.VaultDir == "" {
		o.VaultDir = t.TempDir()
	}
	if o.Worker == "" {
		o.Worker = "test"
	}
	if o.Patience == 0 { // on a busy machine an answer may take longer than the usual two seconds
		o.Patience = time.Minute
	}
	h := &House{T: t, Keys: o.Keys, Clock: o.Clock, Network: o.Network, Options: o}
	if err := h.open(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.Stop)
	return h
}

func (h *House) open() error {
	ctx := context.Background()
	o := h.Options
	log := slog.New(slog.DiscardHandler)
	if o.Log != nil {
		log = slog.New(slog.NewJSONHandler(o.Log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	}
	var err error
	if h.DB, err = postgres.Open(ctx, o.PostgresURL, postgres.Options{Now: h.Clock.Now, Log: log}); err != nil {
		return err
	}
	h.DB.UseKeys(o.Keys)
	if h.Redis, err = redis.Open(ctx, o.RedisURL, redis.Options{Lease: o.Lease, Log: log}); err != nil {
		return err
	}
	if h.Vault, err = vault.Open(o.VaultDir, o.Keys); err != nil {
		return err
	}
	texts, err := locales.Texts(o.Data)
	if err != nil {
		return err
	}
	office, err := locales.ReadOffice(o.Data)
	if err != nil {
		return err
	}
	h.DB.UseOffice(office)
	city, err := locales.City(o.Data, answer.ReadCity)
	if err != nil {
		return err
	}
	asks, err := rules.Read(locales.Files(o.Data))
	if err != nil {
		return err
	}
	texts.Learn(asks.Texts())
	if h.Book, err = flows.New(city, asks); err != nil {
		return err
	}
	var papers []segment.Word
	for _, d := range asks.Papers {
		papers = append(papers, segment.Word{ID: d.ID, Names: []string{d.Title, d.ID}})
	}
	h.Book.Words.Set(broadcast.Vocabulary(texts, city, papers), broadcast.Check)
	h.Delivery = delivery.New(delivery.Options{
		Senders: map[chat.Network]chat.Sender{chat.Terminal: h.Network, chat.WhatsApp: h.Network},
		Ledger:  ledger{h}, Limiter: h.Redis.Limiter(), Files: h.Vault, Log: log, Now: h.Clock.Now,
	})
	h.addDesk(texts, office, log)
	h.Bot = bot.New(bot.Options{
		Contacts: h.DB, Roster: h.DB, Halal: h.DB, Invited: h.DB, Ledger: wrap[bot.Ledger](h.DB, o.Ledger), Inbox: wrap[bot.Inbox](h.DB, o.Inbox), Tries: h.DB,
		Running: wrap[bot.Running](h.Redis, o.Running), Sealer: sealer(o),
		Files: door.With(h.Vault, func() bool { return false }, remembers), Late: h.DB, Fetchers: map[chat.Network]chat.Fetcher{chat.Terminal: h.Network, chat.WhatsApp: h.Network},
		Replies: h.Delivery, Flows: h.Book, Voice: dialogue.New(texts), Office: office, Desk: theDesk(h),
		Networks: []chat.Network{chat.Terminal, chat.WhatsApp}, Numbered: numbered(o), Keeping: keeping(o), Worker: o.Worker, Frail: o.Frail,
		Now: h.Clock.Now, Log: log, Patience: o.Patience,
	})
	h.Reminders = remind.New(remind.Options{Store: h.DB, Conversations: h.Bot, Office: office, Now: h.Clock.Now, Log: log, Post: h.posts(delivery.Notice)})
	live, stop := context.WithCancel(context.Background())
	h.stop, h.done = stop, make(chan struct{})
	if err := h.beginDesk(live); err != nil {
		stop()
		return err
	}
	go func() { h.Bot.Run(live, 10*time.Second); close(h.done) }()
	return nil
}

// lined is a network without buttons.
type lined int

func (n lined) Named(id, ref string) bool { return id == ref }
func (n lined) Lines() int                { return max(0, int(n)) }

func numbered(o Options) map[chat.Network]chat.Numbered {
	if o.Lines == 0 {
		return nil
	}
	return map[chat.Network]chat.Numbered{chat.Terminal: lined(o.Lines)}
}

func keeping(o Options) []chat.Network {
	if o.Keeping {
		return []chat.Network{chat.Terminal, chat.WhatsApp}
	}
	return nil
}

func sealer(o Options) bot.Sealer {
	if o.Sealer != nil {
		return o.Sealer
	}
	return o.Keys
}

func wrap[T any](real T, by func(T) T) T {
	if by == nil {
		return real
	}
	return by(real)
}

// Stop ends the bot as SIGTERM would.
func (h *House) Stop() {
	if h.stop == nil {
		return
	}
	h.stop()
	<-h.done
	h.stop = nil
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	h.endDesk(ctx)
	if err := h.Delivery.Drain(ctx); err != nil {
		h.T.Logf("drain: %v", err)
	}
	h.Redis.Close()
	h.DB.Close()
}

// Kill abandons the process as kill -9 would: nothing of it is finished, no
// lease is renewed. What it had in hand hangs until the test ends.
func (h *House) Kill() {
	if h.stop == nil {
		return
	}
	h.stop = nil
	gone, cancel := context.WithCancel(context.Background())
	cancel()
	_ = h.Delivery.Drain(gone)
}

// Reopen starts another process on the same stores, which remembers nothing. The
// old one is abandoned as kill -9 would: nothing of it is finished.
func (h *House) Reopen() *House {
	h.T.Helper()
	next := &House{T: h.T, Keys: h.Keys, Clock: h.Clock, Network: h.Network, Options: h.Options}
	next.Options.Ledger, next.Options.Running, next.Options.Inbox, next.Options.Trim = nil, nil, nil, nil
	next.Options.Worker = h.Options.Worker + "'"
	if err := next.open(); err != nil {
		h.T.Fatal(err)
	}
	h.T.Cleanup(next.Stop)
	return next
}

// Contact is who writes from a name.
func (h *House) Contact(name string) storage.ContactID {
	h.T.Helper()
	c, err := h.DB.Contact(context.Background(), address(name), "", h.Clock.Now())
	if err != nil {
		h.T.Fatal(err)
	}
	return c.ID
}

// Owners are those a name speaks for.
func (h *House) Owners(name string) []storage.Owner {
	h.T.Helper()
	list, err := h.DB.Owners(context.Background(), h.Contact(name))
	if err != nil {
		h.T.Fatal(err)
	}
	return list
}

// onWhatsApp begins the names of those who write on WhatsApp, by the number that follows: "wa/+6281200000001".
const onWhatsApp = "wa/"

func address(name string) chat.Address {
	if number, ok := strings.CutPrefix(name, onWhatsApp+"+"); ok {
		return chat.Address{Network: chat.WhatsApp, Key: number + "@s.whatsapp.net"}
	}
	return chat.Address{Network: chat.Terminal, Key: name}
}

// ledger is delivery's memory, as the program wires it.
type ledger struct{ h *House }

func (l ledger) Sent(ctx context.Context, sent []storage.Sent) error {
	if trim := l.h.Options.Trim; trim != nil {
		if err := trim(); err != nil {
			return err
		}
	}
	for _, s := range sent {
		l.h.Bot.Sent(s.Contact, s.IDs)
	}
	return l.h.Redis.Trim(ctx, sent)
}

func (l ledger) Renew(ctx context.Context, c []storage.ContactID) error {
	return l.h.Redis.Renew(ctx, c)
}

func (l ledger) SetReachable(ctx context.Context, c storage.ContactID, ok bool) error {
	l.h.Bot.Lost(c)
	return l.h.DB.SetReachable(ctx, c, ok)
}
