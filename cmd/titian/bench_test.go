package main

import (
	"context"
	"database/sql"
	"flag"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"titian/bot/bottest"
	"titian/bot/telegram/telegramtest"
	"titian/storage/storagetest"
)

var (
	benchOwners  = flag.Int("owners", 2000, "owners who register in the load bench")
	benchAtOnce  = flag.Int("at-once", 200, "of them at the same time")
	benchWebhook = flag.Bool("webhook", false, "by webhook instead of long poll")
	benchDelay   = flag.Duration("delay", 0, "added to every call of the Bot API")
	benchStored  = flag.Int("stored", 0, "contacts that are stored before")
	benchProfile = flag.String("profile", "", "file for the program's own CPU profile")
	benchBinary  = flag.String("binary", "", "a program built before, to compare with, in place of this one")
)

// BenchmarkOwnersRegister lets owners register with the real program over the
// strict Bot API, real Postgres and real Redis, and prints what it cost: one
// run is one load, whatever -benchtime says.
func BenchmarkOwnersRegister(b *testing.B) {
	for b.Loop() {
		load(b)
	}
}

func load(b *testing.B) {
	pg, redis := storagetest.PostgresServer(b), storagetest.RedisServer(b)
	if err := bottest.Migrate(pg.URL); err != nil {
		b.Fatal(err)
	}
	fill(b, pg.URL, *benchStored)
	api := botAPI(b, telegramtest.Options{HTTPWebhook: true})
	p := bare(b, append(onTelegram(api), "DATABASE_URL="+pg.URL, "REDIS_URL="+redis.URL, "TITIAN_LOG_LEVEL=error")...)
	addr := address()
	var env []string
	if *benchWebhook {
		env = []string{"TELEGRAM_WEBHOOK=http://" + addr + "/telegram", "TELEGRAM_WEBHOOK_SECRET=contoh-rahasia"}
	}
	if *benchProfile != "" {
		env = append(env, "TITIAN_PROFILE="+*benchProfile)
	}
	l := p.begins(addr, env...)
	l.up()
	if *benchDelay > 0 {
		api.Fail("sendMessage", 0, telegramtest.Fault{Delay: *benchDelay}, 1<<30)
	}
	before := costs(b, l, pg.URL, redis.URL)
	turns, replies, took := rush(b, api)
	after := costs(b, l, pg.URL, redis.URL)
	slices.Sort(replies)
	per := func(x float64) float64 { return x / float64(turns) }
	b.ReportMetric(float64(turns)/took.Seconds(), "turns/s")
	b.ReportMetric(ms(replies[len(replies)/2]), "p50-ms")
	b.ReportMetric(ms(replies[len(replies)*99/100]), "p99-ms")
	b.ReportMetric(per(ms(after.cpu-before.cpu)), "cpu-ms/turn")
	b.ReportMetric(float64(after.peakKB)/1024, "peak-MB")
	b.ReportMetric(per(float64(after.commands-before.commands)), "redis/turn")
	b.ReportMetric(per(float64(after.commits-before.commits)), "commits/turn")
	b.ReportMetric(float64(after.commits-before.commits)/float64(*benchOwners), "commits/owner")
	b.ReportMetric(0, "ns/op")
	if *benchProfile != "" {
		l.asked(syscall.SIGTERM)
		<-l.ended
	}
	l.dies()
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// rush lets everyone register and measures each reply from the message handed over to the message received.
func rush(b *testing.B, api *telegramtest.Server) (turns int, replies []time.Duration, took time.Duration) {
	var mu sync.Mutex
	var all sync.WaitGroup
	next := make(chan int)
	begun := time.Now()
	for range *benchAtOnce {
		all.Go(func() {
			for n := range next {
				o := newOwner(api, n)
				var mine []time.Duration
				at := time.Now()
				o.acted = func() { at = time.Now() }
				list := slices.Clone(questions)
				for i, q := range list {
					if q.does == nil {
						continue
					}
					list[i].does = func(o *owner, m telegramtest.Sent) error {
						mine = append(mine, time.Since(at))
						return q.does(o, m)
					}
				}
				ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
				err := o.registers(ctx, list)
				cancel()
				if err != nil {
					b.Error(err)
					continue
				}
				mine = append(mine, time.Since(at))
				mu.Lock()
				replies, turns = append(replies, mine...), turns+len(mine)
				mu.Unlock()
			}
		})
	}
	for n := 1; n <= *benchOwners; n++ {
		next <- n
	}
	close(next)
	all.Wait()
	return turns, replies, time.Since(begun)
}

// cost is what the program and its servers have used so far.
type cost struct {
	cpu      time.Duration
	peakKB   int
	commands int
	commits  int
}

func costs(b *testing.B, l *life, postgresURL, redisURL string) cost {
	b.Helper()
	c := cost{}
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", l.cmd.Process.Pid))
	if err != nil {
		b.Fatal(err)
	}
	fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
	for _, i := range []int{11, 12} { // utime and stime, in hundredths of a second
		n, _ := strconv.Atoi(fields[i])
		c.cpu += time.Duration(n) * 10 * time.Millisecond
	}
	status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", l.cmd.Process.Pid))
	c.peakKB = number(string(status), "VmHWM:")
	o, err := goredis.ParseURL(redisURL)
	if err != nil {
		b.Fatal(err)
	}
	r := goredis.NewClient(o)
	defer r.Close()
	info, err := r.Info(b.Context(), "stats").Result()
	if err != nil {
		b.Fatal(err)
	}
	c.commands = number(info, "total_commands_processed:")
	db, err := sql.Open("postgres", postgresURL)
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(`SELECT pg_stat_clear_snapshot()`); err != nil {
		b.Fatal(err)
	}
	err = db.QueryRow(`SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()`).Scan(&c.commits)
	if err != nil {
		b.Fatal(err)
	}
	return c
}

// number is the first number behind a name.
func number(text, name string) int {
	_, rest, _ := strings.Cut(text, name)
	n, _ := strconv.Atoi(strings.Fields(rest + " 0")[0])
	return n
}

// fill stores n contacts with a conversation each, as years of use would.
func fill(b *testing.B, url string, n int) {
	b.Helper()
	if n == 0 {
		return
	}
	db, err := sql.Open("postgres", url)
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	for _, query := range []string{
		`INSERT INTO contacts (id, created_at) SELECT 'stored' || i, now() FROM generate_series(1, $1) i`,
		`INSERT INTO addresses (network, key_index, key_sealed, contact, used_at)
			SELECT 'telegram', sha256(i::text::bytea), decode(repeat('00', 60), 'hex'), 'stored' || i, now() FROM generate_series(1, $1) i`,
		`INSERT INTO snapshots (contact, seq, record, flow, question, owes, heard_at, changed_at)
			SELECT 'stored' || i, 20, decode(repeat('00', 900), 'hex'), '', '', false, now(), now() FROM generate_series(1, $1) i`,
	} {
		if _, err := db.Exec(query, n); err != nil {
			b.Fatal(err)
		}
	}
	runtime.GC()
}
