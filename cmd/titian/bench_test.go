package main

import (
	"context"
	"database/sql"
	"flag"
	"fmt"
	"os"
	"path/filepath"
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
	benchPhoto   = flag.Bool("photo", false, "each owner sends a photo")
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
	turns, felt, worked, took := rush(b, api)
	after := costs(b, l, pg.URL, redis.URL)
	slices.Sort(felt)
	slices.Sort(worked)
	per := func(x float64) float64 { return x / float64(turns) }
	owner := func(x int) float64 { return float64(x) / float64(*benchOwners) }
	batches := after.batches - before.batches
	b.ReportMetric(float64(turns)/took.Seconds(), "turns/s")
	b.ReportMetric(ms(worked[len(worked)/2]), "p50-ms")
	b.ReportMetric(ms(worked[len(worked)*99/100]), "p99-ms")
	b.ReportMetric(ms(felt[len(felt)/2]), "felt-p50-ms")
	b.ReportMetric(ms(felt[len(felt)*99/100]), "felt-p99-ms")
	b.ReportMetric(per(ms(after.cpu-before.cpu)), "cpu-ms/turn")
	b.ReportMetric(per(ms(after.others-before.others)), "stores-ms/turn")
	b.ReportMetric(per(ms(after.phones-before.phones)), "phones-ms/turn")
	b.ReportMetric(float64(after.peakKB)/1024, "peak-MB")
	b.ReportMetric(float64(after.peakKB-after.fileKB)/1024, "own-MB")
	b.ReportMetric(per(float64(after.commands-before.commands)), "redis/turn")
	b.ReportMetric(owner(after.commits-before.commits-batches), "commits/owner")
	b.ReportMetric(owner(batches), "batches/owner")
	b.ReportMetric(0, "ns/op")
	if *benchProfile != "" {
		l.asked(syscall.SIGTERM)
		<-l.ended
	}
	l.dies()
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// rush lets everyone register and measures each reply: as it was felt, from what the person did, and as it was worked,
// from the update handed over to the program, both to the message received.
func rush(b *testing.B, api *telegramtest.Server) (turns int, felt, worked []time.Duration, took time.Duration) {
	photo := picture(b, 1)
	var mu sync.Mutex
	var all sync.WaitGroup
	next := make(chan int)
	begun := time.Now()
	for range *benchAtOnce {
		all.Go(func() {
			for n := range next {
				o := newOwner(api, n)
				var mine, its []time.Duration
				at := time.Now()
				o.acted = func() { at = time.Now() }
				list := slices.Clone(questions)
				for i, q := range list {
					if q.does == nil {
						continue
					}
					if *benchPhoto && q.asks == "registration.photos" {
						q.does = func(o *owner, _ telegramtest.Sent) error { o.SendPhoto(photo); return nil }
					}
					list[i].does = func(o *owner, m telegramtest.Sent) error {
						mine, its = append(mine, time.Since(at)), append(its, m.At.Sub(o.HandedOver()))
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
				all := o.Events()
				its = append(its, all[len(all)-1].At.Sub(o.HandedOver()))
				mu.Lock()
				felt, worked, turns = append(felt, mine...), append(worked, its...), turns+len(mine)
				mu.Unlock()
			}
		})
	}
	for n := 1; n <= *benchOwners; n++ {
		next <- n
	}
	close(next)
	all.Wait()
	return turns, felt, worked, time.Since(begun)
}

// cost is what the program and its servers have used so far.
type cost struct {
	cpu      time.Duration
	phones   time.Duration // the phones, and the network they speak through
	others   time.Duration // Redis and Postgres
	peakKB   int
	fileKB   int // of it: pages of the program's own file, which the kernel may drop
	commands int
	commits  int
	batches  int // of the commits: snapshots
}

func costs(b *testing.B, l *life, postgresURL, redisURL string) cost {
	b.Helper()
	c := cost{}
	c.cpu = cpuOf(b, l.cmd.Process.Pid, false)
	c.phones = cpuOf(b, os.Getpid(), false)
	_, counted := l.get("/metrics")
	c.batches = number(counted, "\ntitian_snapshot_batches_total")
	status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", l.cmd.Process.Pid))
	c.peakKB, c.fileKB = number(string(status), "VmHWM:"), number(string(status), "RssFile:")
	o, err := goredis.ParseURL(redisURL)
	if err != nil {
		b.Fatal(err)
	}
	r := goredis.NewClient(o)
	defer r.Close()
	info, err := r.Info(b.Context(), "everything").Result()
	if err != nil {
		b.Fatal(err)
	}
	c.commands = number(info, "total_commands_processed:")
	c.others += cpuOf(b, number(info, "process_id:"), false)
	db, err := sql.Open("postgres", postgresURL)
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(`SELECT pg_stat_clear_snapshot()`); err != nil {
		b.Fatal(err)
	}
	var backend int
	if err := db.QueryRow(`SELECT pg_backend_pid()`).Scan(&backend); err != nil {
		b.Fatal(err)
	}
	c.others += familyOf(b, backend)
	err = db.QueryRow(`SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()`).Scan(&c.commits)
	if err != nil {
		b.Fatal(err)
	}
	return c
}

// stat are the fields of /proc/PID/stat from the third on.
func stat(pid int) []string {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
}

// cpuOf is what a process has used, with what its ended children had if asked for.
func cpuOf(b *testing.B, pid int, ended bool) (used time.Duration) {
	fields := stat(pid)
	if len(fields) < 15 {
		b.Fatalf("there is no process %d", pid)
	}
	of := fields[11:13] // utime and stime, in hundredths of a second; then those of the children
	if ended {
		of = fields[11:15]
	}
	for _, field := range of {
		n, _ := strconv.Atoi(field)
		used += time.Duration(n) * 10 * time.Millisecond
	}
	return used
}

// familyOf is what a Postgres server and all its backends have used.
func familyOf(b *testing.B, backend int) time.Duration {
	server := stat(backend)[1]
	n, _ := strconv.Atoi(server)
	used := cpuOf(b, n, true)
	all, _ := os.ReadDir("/proc")
	for _, entry := range all {
		pid, err := strconv.Atoi(entry.Name())
		if err != nil {
			continue
		}
		if fields := stat(pid); len(fields) > 14 && fields[1] == server {
			used += cpuOf(b, pid, false)
		}
	}
	return used
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

// BenchmarkStart starts the program with nothing but a token, twice, and prints how long a person who wrote before it
// was there waits for the first answer: the first start makes private servers and all tables.
func BenchmarkStart(b *testing.B) {
	for b.Loop() {
		api := botAPI(b, telegramtest.Options{})
		p := bare(b, append(onTelegram(api), "TITIAN_LOG_LEVEL=error")...)
		binary(b)
		for n, name := range []string{"first-ms", "later-ms"} {
			o := newOwner(api, n+1)
			o.Start()
			begun := time.Now()
			l := p.begins(address())
			ctx, cancel := context.WithTimeout(b.Context(), patience)
			if _, err := o.hears(ctx, questions[0].asks); err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(ms(time.Since(begun)), name)
			cancel()
			l.stops()
			if !await(patience, func() bool { return free(filepath.Join(p.data, "keeper.lock")) }) {
				b.Fatal("the private servers do not stop")
			}
		}
	}
	b.ReportMetric(0, "ns/op")
}
