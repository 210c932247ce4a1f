package main

import (
	"context"
	"flag"
	"fmt"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"titian/bot/bottest"
	"titian/bot/telegram/telegramtest"
	"titian/storage"
	"titian/storage/storagetest"
)

var (
	benchPeople   = flag.Int("people", 100_000, "owners an announcement is meant for in its load bench")
	benchTold     = flag.Int("told", 20_000, "of them until the bench ends")
	benchLimit    = flag.Int("limit", 1000, "messages the Bot API takes in any second")
	benchPace     = flag.Float64("pace", 980, "TELEGRAM_RATE beside that limit")
	benchReplicas = flag.Int("replicas", 1, "processes that share the pace")
	benchChats    = flag.Float64("chats", 10, "acts a second of owners who chat meanwhile")
	benchIdle     = flag.Duration("idle", 30*time.Second, "for how long they chat before")
)

// BenchmarkAnnouncement lets the real program announce to a city at the limit of a Bot API that refuses whatever is over it in any
// second, while owners chat; and compares how long they wait with how long they did before.
func BenchmarkAnnouncement(b *testing.B) {
	for b.Loop() {
		announce(b)
	}
}

func announce(b *testing.B) {
	pg, redis := storagetest.PostgresServer(b), storagetest.RedisServer(b)
	if err := bottest.Migrate(pg.URL); err != nil {
		b.Fatal(err)
	}
	api := botAPI(b, telegramtest.Options{
		Limits: telegramtest.Limits{PerSecond: float64(*benchLimit), Strict: true},
		Keep:   telegramtest.Keep{Calls: 2 * *benchTold, Messages: 8},
	})
	p := bare(b, append(onTelegram(api), fmt.Sprintf("TELEGRAM_RATE=%g", *benchPace), "DATABASE_URL="+pg.URL, "REDIS_URL="+redis.URL, "TITIAN_LOG_LEVEL=error")...)
	w := settle(p, api, *benchPeople)
	id := w.drafts("Pelatihan untuk {usaha}, Bapak/Ibu {nama}", "semua")
	var env []string
	if *benchProfile != "" {
		env = []string{"TITIAN_PROFILE=" + *benchProfile}
	}
	var replicas []*life
	for range *benchReplicas {
		replicas = append(replicas, w.inLab(address(), append(env, "TITIAN_NOW=2026-11-23T10:00:00+08:00")...))
		env = nil
	}
	for _, l := range replicas {
		l.up()
	}
	c := converse(b, api, *benchChats)
	defer c.end()
	<-time.After(*benchIdle) // what is measured, not a wait for anything
	before := costs(b, replicas[0], pg.URL, redis.URL)
	begun := time.Now()
	w.prints("", "broadcast", "start", id)
	filled := time.Since(begun)
	ctx, cancel := context.WithTimeout(b.Context(), 5*time.Minute)
	defer cancel()
	if err := api.AwaitCalls(ctx, "sendMessage", api.Count("sendMessage")+*benchTold); err != nil {
		b.Fatal(err)
	}
	ended := time.Now()
	after := costs(b, replicas[0], pg.URL, redis.URL)
	if *benchProfile != "" {
		replicas[0].asked(syscall.SIGTERM)
		<-replicas[0].ended
	}
	for _, l := range replicas {
		l.dies()
	}
	told, refused, fullest := announced(api)
	if len(told) < *benchTold/2 {
		b.Fatalf("%d were told", len(told))
	}
	from, _ := slices.BinarySearchFunc(told, told[0].Add(time.Second), time.Time.Compare) // the first second begins with none
	rate := float64(len(told)-from) / told[len(told)-1].Sub(told[from]).Seconds()
	idle, during := c.waited(time.Time{}, begun), c.waited(told[0], ended)
	b.ReportMetric(rate, "told/s")
	b.ReportMetric(100*rate/float64(*benchLimit), "%")
	b.ReportMetric(float64(refused), "refused")
	b.ReportMetric(float64(fullest), "fullest")
	b.ReportMetric(ms(nth(idle, 50)), "idle-p50-ms")
	b.ReportMetric(ms(nth(idle, 99)), "idle-p99-ms")
	b.ReportMetric(ms(nth(during, 50)), "p50-ms")
	b.ReportMetric(ms(nth(during, 99)), "p99-ms")
	b.ReportMetric(ms(after.cpu-before.cpu)/float64(len(told)), "cpu-ms/told")
	b.ReportMetric(ms(after.others-before.others)/float64(len(told)), "others-ms/told")
	b.ReportMetric(float64(after.peakKB)/1024, "peak-MB")
	b.ReportMetric(filled.Seconds(), "start-s")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkKilledDuringABroadcast kills the program twenty times during an announcement to 5,000.
func BenchmarkKilledDuringABroadcast(b *testing.B) {
	for b.Loop() {
		const people, kills = 5000, 20
		begun := time.Now()
		sum, twice, lost := killedAgainAndAgain(b, people, kills, 200)
		b.ReportMetric(kills, "kills")
		b.ReportMetric(people, "people")
		b.ReportMetric(float64(sum[storage.RecipientSent]), "sent")
		b.ReportMetric(float64(sum[storage.RecipientUnsure]), "unsure")
		b.ReportMetric(float64(twice), "twice")
		b.ReportMetric(float64(lost), "lost")
		b.ReportMetric(time.Since(begun).Seconds(), "took-s")
		b.ReportMetric(0, "ns/op")
	}
}

// announced is when each announcement arrived, how many calls were refused, and the most messages of any kind within a second.
func announced(api *telegramtest.Server) (told []time.Time, refused, fullest int) {
	var all []time.Time
	for _, call := range api.Calls("sendMessage") {
		if call.Status == 429 {
			refused++
		}
		if call.Status != 200 {
			continue
		}
		all = append(all, call.At)
		if strings.HasPrefix(call.Params["text"], "Pelatihan") {
			told = append(told, call.At)
		}
	}
	slices.SortFunc(all, time.Time.Compare)
	slices.SortFunc(told, time.Time.Compare)
	first := 0
	for i, at := range all {
		for at.Sub(all[first]) >= time.Second {
			first++
		}
		fullest = max(fullest, i-first+1)
	}
	return told, refused, fullest
}

func nth(sorted []time.Duration, percent int) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[len(sorted)*percent/100]
}

// conversation are owners who chat with the bot, so many acts a second of all of them together.
type conversation struct {
	stop context.CancelFunc
	all  sync.WaitGroup
	mu   sync.Mutex
	at   []time.Time     // of each reply
	took []time.Duration // from the update handed over to the reply received
}

func converse(b *testing.B, api *telegramtest.Server, perSecond float64) *conversation {
	ctx, stop := context.WithCancel(b.Context())
	c := &conversation{stop: stop}
	turn := make(chan struct{})
	c.all.Go(func() {
		tick := time.NewTicker(time.Duration(float64(time.Second) / perSecond))
		defer tick.Stop()
		for ctx.Err() == nil {
			select {
			case <-tick.C:
			case <-ctx.Done():
				return
			}
			select {
			case turn <- struct{}{}:
			case <-ctx.Done():
			}
		}
	})
	list := slices.Clone(questions)
	for i, q := range list {
		if q.does == nil {
			continue
		}
		list[i].does = func(o *owner, m telegramtest.Sent) error {
			c.mu.Lock()
			c.at, c.took = append(c.at, m.At), append(c.took, m.At.Sub(o.HandedOver()))
			c.mu.Unlock()
			select {
			case <-turn:
				return q.does(o, m)
			case <-ctx.Done():
				return ctx.Err()
			}
		}
	}
	const side = 8 // by side
	for s := range side {
		c.all.Go(func() {
			for n := s + 1; ctx.Err() == nil; n += side {
				if err := newOwner(api, n).registers(ctx, list); err != nil && ctx.Err() == nil {
					b.Error(err)
					return
				}
			}
		})
	}
	return c
}

func (c *conversation) end() {
	c.stop()
	c.all.Wait()
}

// waited is how long replies took that came within a time, the shortest first.
func (c *conversation) waited(from, to time.Time) (took []time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i, at := range c.at {
		if at.After(from) && at.Before(to) {
			took = append(took, c.took[i])
		}
	}
	slices.Sort(took)
	return took
}
