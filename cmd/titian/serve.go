package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"sync"
	"time"

	"titian/bot/chat"
	"titian/bot/simulator"
	"titian/bot/telegram"
	"titian/bot/whatsapp"
	"titian/storage/postgres"
)

// How long a stop may take in all, and of it: messages in hand, then replies.
const (
	stopWithin  = 9 * time.Second
	stopHearing = 5 * time.Second
	stopSending = 2500 * time.Millisecond
	stopBot     = 500 * time.Millisecond
)

// carefulFor is how long messages are counted before they are tried after an unclean stop.
const carefulFor = 2 * time.Minute

// beatEvery is how often a running process says that it lives.
const beatEvery = 10 * time.Second

// serveCommand is `titian` and `titian serve`.
type serveCommand struct{}

// Run runs everything that is configured until a signal, then stops in order.
func (*serveCommand) Run(ctx context.Context, c *settings, s streams) error {
	if err := c.settle(); err != nil {
		return err
	}
	begun := time.Now()
	log := newLog(s.err, c.LogLevel)
	if c.Backup != "" {
		if _, err := c.recovery(); err != nil {
			return err
		}
	}
	beside, err := c.occupy(false)
	if err != nil {
		return err
	}
	defer beside.Close()
	listener, err := net.Listen("tcp", c.Addr)
	if err != nil {
		return complain("TITIAN_ADDR: nobody can be answered on %s: %v", c.Addr, errors.Unwrap(err))
	}
	defer listener.Close()
	p := &process{settings: c, log: log, metrics: newMetrics(), worker: workerName(c.Addr), now: clock()}
	if err := p.addTelegram(ctx); err != nil {
		return err
	}
	if err := p.addPhone(); err != nil {
		return err
	}
	fmt.Fprintln(s.out, "Titian starts …")
	if p.stores, err = openAll(ctx, c, log); err != nil {
		return err
	}
	defer p.stores.close()
	if err := p.addWhatsApp(ctx); err != nil {
		return err
	}
	if err := p.wire(ctx); err != nil {
		return err
	}
	p.begin(listener)
	p.greet(s.out, listener.Addr(), since(begun))
	var failed error
	select {
	case <-ctx.Done():
	case failed = <-p.failed:
	}
	fmt.Fprintln(s.out, "Titian stops: finishing what is in hand …")
	p.stop()
	fmt.Fprintln(s.out, "Titian stopped.")
	return failed
}

// workerName names this process among replicas, the same after a restart.
func workerName(addr string) string {
	host, err := os.Hostname()
	if err != nil {
		host = "unnamed"
	}
	return host + " " + addr
}

// process is everything that runs while Titian serves.
type process struct {
	*settings
	*stores
	log     *slog.Logger
	metrics *metrics
	worker  string
	now     func() time.Time
	begun   time.Time
	unclean bool // the process before this one died

	telegram *telegram.Channel // nil: off
	phone    *simulator.Web    // nil: off
	whatsapp *whatsapp.Channel // nil: off
	channels []chat.Channel
	house    *house
	jobs     *postgres.Jobs
	web      *web
	backups  *backups   // nil: none are made
	failed   chan error // a channel that cannot go on

	hearing     sync.WaitGroup // the channels
	stopHearing context.CancelFunc
	living      sync.WaitGroup // the bot, the beat, the upkeep
	stopLiving  context.CancelFunc
}

// addTelegram makes the channel when there is a token, before any server is asked for.
func (p *process) addTelegram(ctx context.Context) error {
	if p.TelegramToken == "" {
		return nil
	}
	ch, err := telegram.New(ctx, telegram.Options{
		Token: p.TelegramToken.Reveal(), API: p.TelegramAPI, Webhook: p.TelegramWebhook,
		Secret: p.TelegramWebhookSecret.Reveal(), Now: clock(), Log: p.log, Lock: p.pollLock, Commands: menu,
	})
	if err != nil {
		return complain("%v", err)
	}
	p.telegram, p.channels = ch, append(p.channels, ch)
	return nil
}

// wire makes everything and starts nothing.
func (p *process) wire(ctx context.Context) error {
	networks := make([]string, len(p.channels))
	for i, ch := range p.channels {
		networks[i] = string(ch.Network())
	}
	standsOn, err := p.oweQuestions(ctx)
	if err != nil {
		return err
	}
	unclean, err := p.db.Begin(ctx, p.worker, networks...)
	if err != nil {
		return err
	}
	if err := p.db.StandsOn(ctx, p.worker, standsOn); err != nil {
		return err
	}
	p.begun, p.unclean = time.Now(), unclean
	var careful time.Time
	if unclean {
		p.log.Warn("a process ended without finishing: messages are counted before they are tried for a while")
		careful = clock()().Add(carefulFor)
	}
	p.house, err = wire(p.settings, p.stores, plan{
		channels: p.channels, rate: p.rateOf, worker: p.worker, careful: careful, metrics: p.metrics, log: p.log,
	})
	if err != nil {
		return err
	}
	work := postgres.JobsOptions{Networks: networks, Files: p.vault, Notices: p.house.desk, Owners: p.house.desk, Shower: p.house.desk, Talk: p.house.desk, Late: p.house.bot, Joins: p.house.bot, Pumper: p.house.pumps, Reminder: p.house.reminders}
	work.Invited = p.house.desk
	if p.whatsapp != nil {
		work.Linker = p.house.desk
	}
	p.jobs, err = p.db.Jobs(work)
	if err != nil {
		return err
	}
	if p.Backup != "" {
		place, err := p.at("TITIAN_BACKUP", p.Backup)
		if err != nil {
			return err
		}
		p.backups = &backups{stores: p.stores, settings: p.settings, place: place, now: p.now, log: p.log}
	}
	p.metrics.watch(p.db)
	p.metrics.registry.MustRegister(backupAge{p.stores})
	p.failed = make(chan error, len(p.channels))
	p.web = newWeb(p)
	return nil
}

func (c *settings) rateOf(n chat.Network) float64 {
	if n == chat.Telegram {
		return c.TelegramRate
	}
	return 0
}

// begin starts everything: what answers before what asks.
func (p *process) begin(l net.Listener) {
	live, stopLiving := context.WithCancel(context.Background())
	hear, stopHearing := context.WithCancel(context.Background())
	p.stopLiving, p.stopHearing = stopLiving, stopHearing
	p.living.Go(func() { p.house.bot.Run(live, stopBot) })
	p.living.Go(func() { p.beat(live) })
	p.living.Go(func() { p.upkeep(live) })
	p.living.Go(func() { p.house.desk.Run(live) })
	p.living.Go(func() { p.house.keepUp(live, p.db) })
	p.living.Go(func() { p.work(live) })
	p.living.Go(func() { p.askAgain(live) })
	p.living.Go(func() { p.takeOverOthers(live) })
	if p.backups != nil {
		p.living.Go(func() { p.backups.nightly(live, pause) })
	}
	p.web.serve(l)
	for _, ch := range p.channels {
		p.web.up(ch.Network(), true)
		p.hearing.Go(func() {
			err := ch.Run(hear, p.house.bot.Receive)
			p.web.up(ch.Network(), false)
			if err != nil {
				p.failed <- complain("%v", err)
			}
		})
	}
}

// work starts the job worker, however long Postgres is away, and stops it at the end.
func (p *process) work(ctx context.Context) {
	if !p.takeOver(ctx) {
		return
	}
	for {
		err := p.jobs.Start(context.WithoutCancel(ctx))
		if err == nil {
			break
		}
		p.log.Warn("jobs wait", "error", err)
		if !pause(ctx, beatEvery) {
			return
		}
	}
	<-ctx.Done()
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopSending)
	defer cancel()
	if err := p.jobs.Stop(last); err != nil {
		p.log.Warn("a job goes on elsewhere", "error", err)
	}
}

// beat says that this process lives, so that others know when it does not.
func (p *process) beat(ctx context.Context) {
	for pause(ctx, beatEvery) {
		if err := p.db.Beat(ctx, p.worker); err != nil && ctx.Err() == nil {
			p.log.Warn("the sign of life waits", "error", err)
		}
	}
}

// stop ends in the order that loses nothing: hear no more, let messages in hand
// come to their end, send what is owed, write snapshots, let go.
func (p *process) stop() {
	ctx, cancel := context.WithTimeout(context.Background(), stopWithin)
	defer cancel()
	p.stopHearing()
	within(ctx, stopHearing, func(ctx context.Context) {
		p.web.stop(ctx)
		waitFor(ctx, &p.hearing)
	})
	within(ctx, stopSending, func(ctx context.Context) {
		if err := p.house.out.Drain(ctx); err != nil {
			p.log.Warn("the rest is sent after the next start", "error", err)
		}
	})
	p.stopLiving()
	if !waitFor(ctx, &p.living) {
		p.log.Warn("not everything ended in time")
	}
	if err := p.db.Finish(ctx, p.worker); err != nil {
		p.log.Warn("the end is not noted: the next start is careful", "error", err)
	}
}

func within(ctx context.Context, d time.Duration, do func(context.Context)) {
	ctx, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	do(ctx)
}

// waitFor says whether all ended before ctx.
func waitFor(ctx context.Context, all *sync.WaitGroup) bool {
	done := make(chan struct{})
	go func() { all.Wait(); close(done) }()
	select {
	case <-done:
		return true
	case <-ctx.Done():
		return false
	}
}

// pause lets d pass; false means that ctx ended first.
func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
