package broadcast_test

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"titian/bot/bottest"
	"titian/bot/broadcast"
	"titian/bot/chat"
	"titian/bot/delivery"
	"titian/bot/telegram"
	"titian/bot/telegram/telegramtest"
	"titian/locales"
	"titian/storage"
	"titian/storage/postgres"
	"titian/storage/redis"
	"titian/storage/segment"
	"titian/storage/storagetest"
)

const patience = time.Minute

// town is a strict Bot API with people on it who agreed to announcements, and the servers that replicas share.
type town struct {
	testing.TB
	api       *telegramtest.Server
	people    []*telegramtest.User // "Contoh 1" first
	url       string
	redis     string
	perSecond float64
	timeout   time.Duration // of a send
}

func settled(t testing.TB, people int, perSecond float64, timeout time.Duration) *town {
	t.Helper()
	w := &town{TB: t, perSecond: perSecond, timeout: timeout, url: storagetest.PostgresFrom(t, bottest.Migrate), redis: storagetest.Redis(t)}
	w.api = telegramtest.New(telegramtest.Options{Limits: telegramtest.Limits{PerSecond: perSecond, PerChat: 1, ChatBurst: 1}})
	t.Cleanup(w.api.Close)
	db, err := sql.Open("postgres", w.url)
	w.must(err)
	defer db.Close()
	w.must(bottest.Town(db, bottest.Keys(t), people))
	for i := range people {
		u := w.api.User(int64(bottest.FirstOfTown+i), "Contoh")
		u.Start()
		w.people = append(w.people, u)
	}
	return w
}

func (w *town) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// replica is what a process sends announcements with.
type replica struct {
	*broadcast.Pumps
	db   *postgres.DB
	held *held
	sent atomic.Int64 // messages
}

// held counts who is leased and not settled: whose fate nobody would know if the process died.
type held struct {
	*postgres.DB
	mu        sync.Mutex
	now, most int
}

func (h *held) Lease(ctx context.Context, id storage.BroadcastID, n chat.Network, worker string, most int) ([]storage.Leased, bool, error) {
	leased, left, err := h.DB.Lease(ctx, id, n, worker, most)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.now += len(leased)
	h.most = max(h.most, h.now)
	return leased, left, err
}

func (h *held) Settle(ctx context.Context, id storage.BroadcastID, worker string, fates []storage.Fate) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	err := h.DB.Settle(ctx, id, worker, fates)
	if err == nil {
		h.now -= len(fates)
	}
	return err
}

// byDay is an office where it never is night.
type byDay struct{}

func (byDay) Quiet(t time.Time) time.Time { return t }

// ledger is delivery's: nobody is owed a reply.
type ledger struct {
	*redis.Store
	*postgres.DB
}

func (l ledger) Close() error                               { return nil }
func (l ledger) Up(ctx context.Context) error               { return l.DB.Up(ctx) }
func (l ledger) Sent(context.Context, []storage.Sent) error { return nil }

func (w *town) replica(name string) *replica {
	w.Helper()
	r := &replica{}
	var err error
	r.db, err = postgres.Open(w.Context(), w.url, postgres.Options{})
	w.must(err)
	w.Cleanup(func() { r.db.Close() })
	r.db.UseKeys(bottest.Keys(w))
	r.held = &held{DB: r.db}
	store, err := redis.Open(w.Context(), w.redis, redis.Options{})
	w.must(err)
	w.Cleanup(func() { store.Close() })
	channel, err := telegram.New(w.Context(), telegram.Options{Token: w.api.Token(), API: w.api.URL()})
	w.must(err)
	texts, err := locales.Texts("")
	w.must(err)
	rate := func(chat.Network) float64 { return w.perSecond }
	out := delivery.New(delivery.Options{
		Senders: map[chat.Network]chat.Sender{chat.Telegram: channel},
		Ledger:  ledger{store, r.db}, Limiter: store.Limiter(), Rate: rate, Timeout: w.timeout, Files: vault{},
	})
	r.Pumps = broadcast.New(broadcast.Options{
		Ledger: r.held, Texts: texts, Office: byDay{}, Rate: rate, Worker: name, Now: time.Now,
		Post: func(ctx, wanted context.Context, c storage.ContactID, to chat.Address, m chat.Outgoing) (chat.Receipt, error) {
			return out.Notice(delivery.Until(ctx, wanted), c, to, m, delivery.Broadcast)
		},
		Tell: func(ctx context.Context, c storage.ContactID, to chat.Address, _ string, m chat.Outgoing) (chat.Receipt, error) {
			return out.Notice(ctx, c, to, m, delivery.Staff)
		},
		Sent: func(_ chat.Network, s storage.RecipientState, people int) {
			if s == storage.RecipientSent {
				r.sent.Add(int64(people))
			}
		},
	})
	return r
}

// starts begins an announcement to everybody.
func (r *replica) starts(w *town) storage.BroadcastID {
	w.Helper()
	id, refused, err := r.db.DraftBroadcast(w.Context(), storage.Broadcast{Text: "Halo {nama}", Audience: "semua", MadeBy: "staff:contoh"})
	if err == nil && refused == "" {
		refused, err = r.db.StartBroadcast(w.Context(), id, segment.Is{Field: segment.Everyone}, "staff:contoh")
	}
	if err != nil || refused != "" {
		w.Fatalf("it does not start: %q, %v", refused, err)
	}
	return id
}

// works pumps as a job does, again whenever it is asked to, until nothing is left for it.
func (r *replica) works(ctx context.Context, id storage.BroadcastID) error {
	for {
		wait, err := r.Pump(ctx, id, chat.Telegram)
		if err != nil || wait == 0 {
			return cmp.Or(err, ctx.Err())
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// told is the ledger as staff get it, a row a person in the order of people.
func (r *replica) told(w *town, id storage.BroadcastID) []storage.BroadcastRow {
	w.Helper()
	rows := make([]storage.BroadcastRow, len(w.people))
	w.must(r.db.ExportRecipients(w.Context(), id, func(row storage.BroadcastRow) error {
		var n int
		if _, err := fmt.Sscanf(row.Name, "Contoh %d", &n); err != nil {
			return err
		}
		rows[n-1] = row
		return nil
	}))
	return rows
}

func TestWhateverTheNetworkDoesDuringABroadcastTheLedgerTellsTheTruth(t *testing.T) {
	t.Parallel()
	const people, storm = 100, 12
	w := settled(t, people, 40, 6*time.Second)
	type fate struct {
		state storage.RecipientState
		cause storage.Cause
		heard int
		tries int // calls; of who was sent it at least so many, for the storm may have met them too
	}
	unsure := func(heard int) fate { return fate{storage.RecipientUnsure, storage.CauseNoAnswer, heard, 1} }
	fates := map[int]fate{}
	for _, row := range []struct {
		person int
		fault  telegramtest.Fault
		times  int
		want   fate
	}{
		{5, telegramtest.Fault{DropAfter: true}, 1, unsure(1)},
		{21, telegramtest.Fault{DropAfter: true}, 1, unsure(1)},
		{40, telegramtest.Fault{DropAfter: true}, 1, unsure(1)},
		{41, telegramtest.Fault{DropBefore: true}, 1, unsure(0)},
		{10, telegramtest.Fault{Hang: true}, 1, unsure(0)},
		{11, telegramtest.Fault{HangAfter: true}, 1, unsure(1)},
		{50, telegramtest.Fault{Status: 504}, 1, unsure(0)},
		{55, telegramtest.Fault{Truncate: 20}, 1, unsure(1)},
		{7, telegramtest.Fault{Status: 500}, 2, fate{storage.RecipientSent, "", 1, 3}},
		{30, telegramtest.Fault{HTML502: true}, 1, fate{storage.RecipientSent, "", 1, 2}},
		{60, telegramtest.Fault{Status: 503}, 2, fate{storage.RecipientSent, "", 1, 3}},
		{65, telegramtest.Fault{Status: 400, Description: "Bad Request: chat not found"}, 1, fate{storage.RecipientFailed, storage.CauseInvalid, 0, 1}},
		{15, telegramtest.Fault{RetryAfter: 2}, 1, fate{storage.RecipientSent, "", 1, 2}}, // this chat alone
	} {
		w.api.Fail("sendMessage", w.people[row.person].ID(), row.fault, row.times)
		fates[row.person] = row.want
	}
	w.people[12].Block()
	w.people[13].Deactivate()
	fates[12], fates[13] = fate{storage.RecipientBlocked, "", 0, 1}, fate{storage.RecipientBlocked, "", 0, 1}

	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	r := w.replica("satu")
	id := r.starts(w)
	ended := make(chan error, 1)
	go func() { ended <- r.works(ctx, id) }()
	w.must(w.api.AwaitCalls(ctx, "sendMessage", people*7/10)) // those above are done or on their way
	bad := w.api.Fail("sendMessage", 0, telegramtest.Fault{RetryAfter: 1}, storm)
	w.must(<-ended)

	if bad.Hits() != storm {
		t.Errorf("%d of %d calls of the storm were refused", bad.Hits(), storm)
	}
	calls := map[int64][]telegramtest.Call{}
	for _, c := range w.api.Calls("sendMessage") {
		if made := calls[c.Chat]; len(made) > 0 {
			if last := made[len(made)-1]; last.Status == 429 && c.At.Sub(last.At) < time.Second {
				t.Errorf("chat %d was tried again %s after it was refused", c.Chat, c.At.Sub(last.At))
			}
		}
		calls[c.Chat] = append(calls[c.Chat], c)
	}
	sum := map[storage.RecipientState]int{}
	for i, row := range r.told(w, id) {
		want, special := fates[i]
		if !special {
			want = fate{storage.RecipientSent, "", 1, 1}
		}
		got := fate{row.State, row.Cause, w.people[i].SentCount(), len(calls[w.people[i].ID()])}
		if want.state == storage.RecipientSent {
			got.tries = min(got.tries, want.tries)
		}
		if got != want {
			t.Errorf("person %d: %+v, want %+v", i, got, want)
		}
		sum[row.State]++
	}
	counts, err := r.db.BroadcastCounts(ctx, id)
	w.must(err)
	for state, n := range sum {
		if counts.Of(state) != n {
			t.Errorf("%d are counted as %s, %d are", counts.Of(state), state, n)
		}
	}
	if counts.Of() != people || counts.Open() != 0 || int(r.sent.Load()) != sum[storage.RecipientSent] {
		t.Errorf("the counts are %v, %d were said to be sent", counts, r.sent.Load())
	}
	if r.held.now != 0 || r.held.most > 2*6 {
		t.Errorf("a death would have left up to %d unsure, and %d are leased for ever", r.held.most, r.held.now)
	}
	if b, err := r.db.Broadcast(ctx, id); err != nil || b.State != storage.BroadcastDone {
		t.Errorf("it is %s, %v", b.State, err)
	}
	plan, err := r.db.PlanBroadcast(ctx, segment.Is{Field: segment.Everyone}, 0)
	w.must(err)
	if n := plan.Counts.Of(storage.RecipientSkipped); n != 2 || plan.Counts.Of(storage.RecipientPending) != people-2 {
		t.Errorf("the next one would leave out %d: %v", n, plan.Counts)
	}
}

func TestTwoReplicasShareOneLimitAndNobodyHearsTwice(t *testing.T) {
	t.Parallel()
	const people, perSecond = 100, 25
	w := settled(t, people, perSecond, 0)
	replicas := []*replica{w.replica("satu"), w.replica("dua")}
	id := replicas[0].starts(w)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	begun := time.Now()
	ended := make(chan error, len(replicas))
	for _, r := range replicas {
		go func() { ended <- r.works(ctx, id) }()
	}
	for range replicas {
		w.must(<-ended)
	}
	// The network refuses whoever is faster than the rate and a second's worth at once: each at the whole rate would be.
	var last time.Time
	for _, c := range w.api.Calls("sendMessage") {
		if c.Status != 200 {
			t.Errorf("a message was refused: %d %s", c.Status, c.Error)
		}
		last = c.At
	}
	if took, least := last.Sub(begun), time.Second*(people-1)/perSecond; took < least {
		t.Errorf("%d messages took %s, at %d a second they take %s", people, took, perSecond, least)
	}
	for i, row := range replicas[1].told(w, id) {
		if n := w.people[i].SentCount(); row.State != storage.RecipientSent || n != 1 {
			t.Errorf("person %d is %s and heard %d times", i, row.State, n)
		}
	}
	a, b := replicas[0].sent.Load(), replicas[1].sent.Load()
	if a < people/10 || b < people/10 || a+b != people {
		t.Errorf("one sent %d, the other %d", a, b)
	}
	if b, err := replicas[0].db.Broadcast(ctx, id); err != nil || b.State != storage.BroadcastDone {
		t.Errorf("it is %s, %v", b.State, err)
	}
}
