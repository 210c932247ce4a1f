package main

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"titian/bot/broadcast"
	"titian/bot/chat"
	"titian/bot/delivery"
	"titian/bot/whatsapp"
	"titian/locales"
	"titian/storage"
	"titian/storage/postgres"
)

// pace is how WhatsApp is written to unasked, as the data file says. It may be asked while it is reloaded.
type pace struct {
	now atomic.Pointer[delivery.Policy]
}

func readPace(dir string) (*pace, error) {
	p := &pace{}
	return p, p.Reload(dir)
}

// Reload reads the file again; one that is refused changes nothing.
func (p *pace) Reload(dir string) error {
	read, err := delivery.ReadPolicy(locales.Files(dir))
	if err == nil {
		p.now.Store(read)
	}
	return err
}

// of is the policy of a network; nil: it has none.
func (p *pace) of(n chat.Network) *delivery.Policy {
	if n != chat.WhatsApp {
		return nil
	}
	return p.now.Load()
}

// takes says when a broadcast has been sent. A number that never wrote unasked has its first week before it.
func (p *pace) takes(db *postgres.DB, rate func(chat.Network) float64, office *locales.Office) broadcast.Pace {
	steady := broadcast.Steady(rate, office)
	return func(n chat.Network, people int, from time.Time) time.Time {
		policy := p.of(n)
		if policy == nil {
			return steady(n, people, from)
		}
		lane, err := db.Lane(context.Background(), n)
		if err != nil {
			lane = storage.Lane{}
		}
		return policy.Through(lane, people, from, office)
	}
}

// ends says when a broadcast to so many people on each network has been sent.
func ends(pace broadcast.Pace) func(map[chat.Network]int, time.Time) time.Time {
	return func(due map[chat.Network]int, from time.Time) time.Time {
		var counts storage.Counts
		for n, people := range due {
			counts = append(counts, storage.Count{Network: n, State: storage.RecipientPending, N: people})
		}
		return broadcast.Ends(counts, from, pace)
	}
}

// alarmed stops everything unasked on WhatsApp, and admins hear of it.
func (p *process) alarmed(a whatsapp.Alarm) {
	p.house.out.Brake(storage.Brake{Network: chat.WhatsApp, Code: a.Code, Until: a.Until, Cause: map[whatsapp.AlarmKind]storage.BrakeCause{
		whatsapp.AlarmTimelock: storage.BrakeTimelock, whatsapp.AlarmBan: storage.BrakeBan,
		whatsapp.AlarmLocked: storage.BrakeLocked, whatsapp.AlarmBanned: storage.BrakeBanned,
	}[a.Kind]})
}

// brakeSays is WhatsApp's brake for /readyz. It is no reason not to be ready: replies go on.
func brakeSays(ctx context.Context, db *postgres.DB) string {
	on, err := db.Brakes(ctx, chat.WhatsApp)
	switch {
	case err != nil:
		return "unknown"
	case len(on) > 0:
		return "on: " + string(on[0].Cause)
	}
	return "off"
}

// brake looks whether unasked messages are stopped.
func (x *checkup) brake(ctx context.Context, db *postgres.DB) {
	on, err := db.Brakes(ctx, chat.WhatsApp)
	switch {
	case err != nil:
		x.heed("whatsapp brake", "titian doctor", "rem WhatsApp tidak dapat diperiksa (%v)", err)
	case len(on) > 0:
		x.heed("whatsapp brake", "/rem", "rem WhatsApp terpasang sejak %s (%s): kabar dan pengumuman berhenti; admin membukanya di chat dengan BUKA REM",
			on[0].Since.In(locales.WITA).Format("02-01-2006 15.04"), on[0].Cause)
	default:
		x.ok("whatsapp brake", "rem WhatsApp tidak terpasang")
	}
}

var (
	brakeOn      = prometheus.NewDesc("titian_whatsapp_brake", "1 while everything unasked is stopped on WhatsApp.", []string{"cause"}, nil)
	unaskedToday = prometheus.NewDesc("titian_whatsapp_unasked_today", "Unasked messages that had their turn on WhatsApp today.", nil, nil)
)

// brakeCollector shows WhatsApp's brake; while the database is down it is not shown.
type brakeCollector struct{ db *postgres.DB }

func (c brakeCollector) Describe(ch chan<- *prometheus.Desc) { ch <- brakeOn; ch <- unaskedToday }

func (c brakeCollector) Collect(ch chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), readyWithin)
	defer cancel()
	if on, err := c.db.Brakes(ctx, chat.WhatsApp); err == nil {
		pulled := map[storage.BrakeCause]float64{}
		for _, b := range on {
			pulled[b.Cause] = 1
		}
		for _, cause := range storage.BrakeCauses {
			ch <- prometheus.MustNewConstMetric(brakeOn, prometheus.GaugeValue, pulled[cause], string(cause))
		}
	}
	if l, err := c.db.Lane(ctx, chat.WhatsApp); err == nil {
		n := 0
		if l.Day == clock()().In(locales.WITA).Format("2006-01-02") {
			n = l.Count
		}
		ch <- prometheus.MustNewConstMetric(unaskedToday, prometheus.GaugeValue, float64(n))
	}
}
