package main

import (
	"context"
	"flag"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"titian/bot/bottest"
	"titian/bot/whatsapp/whatsapptest"
	"titian/storage/storagetest"
)

var (
	benchPhones = flag.Int("phones", 150, "owners on WhatsApp in the load bench")
	benchRate   = flag.Int("rate", 0, "turns a second of all of them together; 0: as fast as it is answered")
)

// BenchmarkOwnersRegisterOnWhatsApp lets owners with real WhatsApp clients register with the real program over the test
// server, and prints what it cost. The clients, who encrypt and decrypt, and the server use the same processors.
func BenchmarkOwnersRegisterOnWhatsApp(b *testing.B) {
	for b.Loop() {
		loadWhatsApp(b)
	}
}

func loadWhatsApp(b *testing.B) {
	pg, redis := storagetest.PostgresServer(b), storagetest.RedisServer(b)
	if err := bottest.Migrate(pg.URL); err != nil {
		b.Fatal(err)
	}
	s := whatsapptest.New(b)
	office := s.Phone(b, "Dinas")
	p := bare(b, append(onWhatsApp(s), "DATABASE_URL="+pg.URL, "REDIS_URL="+redis.URL, "TITIAN_LOG_LEVEL=error")...)
	p.pairs(office)
	var env []string
	if *benchProfile != "" {
		env = append(env, "TITIAN_PROFILE="+*benchProfile)
	}
	l := p.inLab(address(), env...)
	l.up()
	office.AwaitLinked()
	var all []*wa
	for i := range *benchPhones {
		all = append(all, newWa(b, s, office, i+1))
	}
	met := meet(b, all)
	before := costs(b, l, pg.URL, redis.URL)
	felt, took := rushWhatsApp(b, all)
	after := costs(b, l, pg.URL, redis.URL)
	slices.Sort(felt)
	per := func(x float64) float64 { return x / float64(len(felt)) }
	b.ReportMetric(ms(met)/float64(len(all)), "ms/first-meeting")
	b.ReportMetric(float64(len(felt))/took.Seconds(), "turns/s")
	b.ReportMetric(ms(felt[len(felt)/2]), "felt-p50-ms")
	b.ReportMetric(ms(felt[len(felt)*99/100]), "felt-p99-ms")
	b.ReportMetric(per(ms(after.cpu-before.cpu)), "cpu-ms/turn")
	b.ReportMetric(per(ms(after.others-before.others)), "stores-ms/turn")
	b.ReportMetric(per(ms(after.phones-before.phones)), "phones-ms/turn")
	b.ReportMetric(float64(after.peakKB)/1024, "peak-MB")
	b.ReportMetric(float64(after.peakKB-after.fileKB)/1024, "own-MB")
	b.ReportMetric(per(float64(after.commands-before.commands)), "redis/turn")
	b.ReportMetric(per(float64(after.commits-before.commits)), "commits/turn")
	b.ReportMetric(0, "ns/op")
	if *benchProfile != "" {
		l.asked(syscall.SIGTERM)
		<-l.ended
	}
	l.dies()
}

// meet lets everyone say a first word, one after the other: two strangers' clients exchange keys before it.
func meet(b *testing.B, all []*wa) time.Duration {
	ctx, cancel := context.WithTimeout(b.Context(), 2*time.Minute)
	defer cancel()
	begun := time.Now()
	for _, o := range all {
		o.Phone.Says(o.office, "halo")
		if _, err := o.hears(ctx, byHand(o.owner)[0][0]); err != nil {
			b.Fatalf("owner %d is not greeted: %v", o.n, err)
		}
	}
	return time.Since(begun)
}

// rushWhatsApp lets everyone register who was met, at -rate, and measures each reply from the message being written to it being read.
func rushWhatsApp(b *testing.B, all []*wa) (felt []time.Duration, took time.Duration) {
	ctx, cancel := context.WithTimeout(b.Context(), 2*time.Minute)
	defer cancel()
	var turns <-chan time.Time // nil: at once
	if *benchRate > 0 {
		tick := time.NewTicker(time.Second / time.Duration(*benchRate))
		defer tick.Stop()
		turns = tick.C
	}
	var mu sync.Mutex
	var working sync.WaitGroup
	begun := time.Now()
	for _, o := range all {
		working.Go(func() {
			var mine []time.Duration
			say := func(words, hears string) error {
				if turns != nil {
					<-turns
				}
				at := time.Now()
				o.Phone.Says(o.office, words)
				_, err := o.hears(ctx, hears)
				mine = append(mine, time.Since(at))
				return err
			}
			words := byHand(o.owner)[0][1]
			for _, step := range append(byHand(o.owner)[1:], [2]string{"registration.filed"}) {
				if err := say(words, step[0]); err != nil {
					b.Errorf("owner %d: %v", o.n, err)
					return
				}
				words = step[1]
			}
			mu.Lock()
			felt = append(felt, mine...)
			mu.Unlock()
		})
	}
	working.Wait()
	return felt, time.Since(begun)
}
