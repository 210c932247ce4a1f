package main

import (
	"context"
	"log/slog"
	"time"

	"titian/bot"
	"titian/bot/broadcast"
	"titian/bot/chat"
	"titian/bot/delivery"
	"titian/bot/desk"
	"titian/bot/dialogue"
	"titian/bot/door"
	"titian/bot/remind"
	"titian/bot/whatsapp"
	"titian/flows"
	"titian/flows/answer"
	"titian/flows/rules"
	"titian/locales"
	"titian/storage"
	"titian/storage/redis"
	"titian/storage/vault"
)

// plan says which bot is wired, besides what the stores give.
type plan struct {
	channels []chat.Channel
	rate     func(chat.Network) float64
	takes    broadcast.Pace // how long a broadcast takes; wire fills it in
	worker   string
	careful  time.Time     // see bot.Options.CarefulUntil
	patience time.Duration // see bot.Options.Patience
	guest    bool          // works nothing but its own channels' messages: no inbox, no replies of others
	metrics  *metrics
	log      *slog.Logger
}

// house is a wired bot with its way out.
type house struct {
	bot   *bot.Bot
	out   *delivery.Delivery
	texts *dialogue.Voice
	desk  *desk.Desk
	pumps *broadcast.Pumps
	book  *flows.Book
	log   *slog.Logger

	reminders *remind.Reminders
}

// wire puts a bot together over open stores.
func wire(c *settings, s *stores, p plan) (*house, error) {
	book, voice, office, err := speech(c.in("locales"))
	if err != nil {
		return nil, err
	}
	unasked, err := readPace(c.in("locales"))
	if err != nil {
		return nil, complain("%v", err)
	}
	networks := make([]chat.Network, len(p.channels))
	senders, fetchers := map[chat.Network]chat.Sender{}, map[chat.Network]chat.Fetcher{}
	numbered := map[chat.Network]chat.Numbered{}
	for i, ch := range p.channels {
		networks[i] = ch.Network()
		senders[ch.Network()], fetchers[ch.Network()] = ch, ch
		if n, ok := ch.(chat.Numbered); ok {
			numbered[ch.Network()] = n
		}
	}
	l := &ledger{db: s.db, redis: s.redis}
	if p.guest {
		networks = nil
	}
	out := delivery.New(delivery.Options{
		Senders: senders, Ledger: l, Limiter: s.redis.Limiter(), Rate: p.rate, Files: sealed{s.vault},
		Policy: unasked.of, Unasked: s.db, Calendar: office,
		Now: clock(), Log: p.log, Metrics: p.metrics.delivery(),
	})
	s.db.UseOffice(office)
	if p.rate != nil {
		p.takes = unasked.takes(s.db, p.rate, office)
		s.db.UseEstimate(ends(p.takes))
	}
	words, err := vocabularyIn(c.in("locales"), voice.Texts())
	if err != nil {
		return nil, err
	}
	book.Words.Set(words, broadcast.Check)
	staff := newDesk(c, s, out, dataFiles{dir: c.in("locales"), texts: voice.Texts(), office: office, book: book, pace: unasked}, voice, office, p.log, func() *bot.Bot { return l.bot }, numbered)
	for _, ch := range p.channels {
		if wa, ok := ch.(*whatsapp.Channel); ok {
			staff.Linker = linker{wa}
		}
	}
	l.bot = bot.New(bot.Options{
		Contacts: s.db, Roster: s.db, Halal: s.db, Invited: s.db, Ledger: s.db, Inbox: s.db, Tries: s.db, Running: s.redis, Sealer: s.keys,
		Files: door.New(s.vault, full(c.space)), Late: s.db, Fetchers: fetchers,
		Replies: out, Flows: book, Voice: voice, Office: office, Desk: staff, Meter: p.metrics,
		Networks: networks, Numbered: numbered, Keeping: []chat.Network{chat.WhatsApp}, Worker: p.worker, Frail: s.servers.Mini,
		CarefulUntil: p.careful, Patience: p.patience, Now: clock(), Log: p.log,
	})
	pumps := newPumps(s, out, voice, office, p)
	pumps.Acts, staff.Announcer, staff.Words = staff.BroadcastActs, pumps, book.Words.All
	reminders := remind.New(remind.Options{Store: s.db, Conversations: l.bot, Office: office, Now: clock(), Log: p.log, Post: posts(out, delivery.Notice)})
	if p.metrics != nil {
		reminders.Sent, staff.Reminded = p.metrics.Reminded, p.metrics.Reminded
	}
	return &house{bot: l.bot, out: out, texts: voice, desk: staff, pumps: pumps, book: book, log: p.log, reminders: reminders}, nil
}

// speech reads what a dinas may have changed in the data folder. What is wrong
// in such a file is a Complaint.
func speech(dir string) (*flows.Book, *dialogue.Voice, *locales.Office, error) {
	texts, err := locales.Texts(dir)
	if err != nil {
		return nil, nil, nil, complain("%v", err)
	}
	office, err := locales.ReadOffice(dir)
	if err != nil {
		return nil, nil, nil, complain("%v", err)
	}
	city, err := locales.City(dir, answer.ReadCity)
	if err != nil {
		return nil, nil, nil, complain("kendari.csv: %v", err)
	}
	asks, err := rules.Read(locales.Files(dir))
	if err != nil {
		return nil, nil, nil, complain("%v", err)
	}
	book, err := flows.New(city, asks)
	if err != nil {
		return nil, nil, nil, complain("%s: %v", rules.DocumentsFile, err)
	}
	texts.Learn(asks.Texts())
	return book, dialogue.New(texts), office, nil
}

// ledger is where delivery notes what became of replies: first in the bot's own
// memory, so that a snapshot never owes what was sent, then in Redis.
type ledger struct {
	bot *bot.Bot
	db  interface {
		SetReachable(context.Context, storage.ContactID, bool) error
	}
	redis *redis.Store
}

func (l *ledger) Sent(ctx context.Context, sent []storage.Sent) error {
	for _, s := range sent {
		l.bot.Sent(s.Contact, s.IDs)
	}
	return l.redis.Trim(ctx, sent)
}

func (l *ledger) Renew(ctx context.Context, contacts []storage.ContactID) error {
	return l.redis.Renew(ctx, contacts)
}

func (l *ledger) SetReachable(ctx context.Context, c storage.ContactID, reachable bool) error {
	l.bot.Lost(c)
	return l.db.SetReachable(ctx, c, reachable)
}

// full says whether the disk of the vault is: files are kindly declined then.
func full(space func() (vault.Space, error)) func() bool {
	return func() bool {
		s, err := space()
		return err == nil && freeShare(s) < diskFull
	}
}
