package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"titian/bot/chat"
	"titian/bot/desk"
	"titian/bot/whatsapp"
	"titian/flows/answer"
	"titian/locales"
	"titian/storage"
	"titian/storage/postgres"
)

// addWhatsApp makes the channel where WHATSAPP is on. It needs a Redis that outlives the process.
func (p *process) addWhatsApp(ctx context.Context) error {
	if p.WhatsApp != "on" {
		return nil
	}
	if p.servers.Mini {
		return complain("WHATSAPP is on, and there is no Redis: install redis-server or set REDIS_URL. What WhatsApp has delivered it never delivers again")
	}
	var err error
	if p.whatsapp, err = openDevice(ctx, p.db, whatsapp.Options{
		Log: p.log, Owns: p.linkedAs, Changed: func(s whatsapp.State) { go p.tellLink(s) },
		Ticked: func(t chat.Tick) { p.house.out.Tick(t) }, Alarmed: func(a whatsapp.Alarm) { go p.alarmed(a) },
	}); err != nil {
		return err
	}
	p.metrics.registry.MustRegister(brakeCollector{p.db})
	p.channels = append(p.channels, p.whatsapp)
	p.metrics.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "titian_whatsapp_link", Help: "1 while this process is connected to WhatsApp.",
	}, func() float64 {
		if p.whatsapp.State().Link == whatsapp.Up {
			return 1
		}
		return 0
	}))
	return nil
}

// openDevice makes the channel over the device's own tables.
func openDevice(ctx context.Context, db *postgres.DB, o whatsapp.Options) (*whatsapp.Channel, error) {
	route, err := whatsappRoute()
	if err != nil {
		return nil, complain("%v", err)
	}
	whatsapp.Prepare()
	pool, err := db.Devices(ctx)
	if err != nil {
		return nil, err
	}
	o.DB, o.Transport, o.Now, o.Lock = pool, route, clock(), deviceLock(db)
	return whatsapp.New(o)
}

// linkedAs lets warming up begin anew with another number. It is a whatsapp.Owns.
func (p *process) linkedAs(ctx context.Context, number string) error {
	days := p.house.out.Policy(chat.WhatsApp).SilentDays
	return p.db.LinkedAs(ctx, chat.WhatsApp, number, time.Duration(days)*24*time.Hour)
}

// deviceOwner is the lock of the process that owns the device.
const deviceOwner = "whatsapp device"

// deviceLock lets one process own the device: two with one device break its keys. It is a whatsapp.Lock.
func deviceLock(db *postgres.DB) whatsapp.Lock {
	return func(ctx context.Context) (<-chan struct{}, func(), error) {
		for {
			release, lost, held, err := db.TryLock(ctx, deviceOwner)
			if held || err != nil {
				return lost, release, err
			}
			if !pause(ctx, pollAgain) {
				return nil, nil, ctx.Err()
			}
		}
	}
}

// whatsappUp says whether the link stands, here or at the process that owns the device.
func (p *process) whatsappUp(context.Context) error {
	if l := p.whatsapp.State().Link; l != whatsapp.Up && l != whatsapp.Waiting {
		return errors.New(string(l))
	}
	return nil
}

func (p *process) whatsappGreeting() string {
	if p.whatsapp == nil {
		return "off: set WHATSAPP=on to turn it on (README, “WhatsApp”)"
	}
	return "on; a phone is linked with `titian whatsapp pair`"
}

// brokenLink is what admins are told of a link; empty: nothing.
func brokenLink(s whatsapp.State) string {
	switch s.Link {
	case whatsapp.Unlinked:
		return "Nomor WhatsApp dinas tidak tertaut, jadi pesan WhatsApp tidak terbaca. Siapkan HP dinas, lalu ketik di sini: HUBUNGKAN WHATSAPP"
	case whatsapp.Lost:
		return "Sambungan ke WhatsApp terputus sejak " + s.Since.In(locales.WITA).Format("15.04") + " WITA. Mohon pengelola server memeriksa internetnya."
	case whatsapp.Replaced:
		return "WhatsApp dinas dipakai program lain dengan tautan yang sama. Mohon pengelola server memeriksa apakah ada dua Titian yang berjalan."
	case whatsapp.Banned:
		return fmt.Sprintf("WhatsApp memblokir sementara nomor dinas (kode %d) sampai %s WITA. Jangan mengirim apa pun dari nomor itu; layanan lain tetap jalan.",
			s.Code, s.Until.In(locales.WITA).Format("02-01-2006 15.04"))
	case whatsapp.Outdated:
		return "WhatsApp meminta versi Titian yang lebih baru. Mohon pengelola server memperbaruinya; sampai itu pesan WhatsApp tidak terbaca."
	case whatsapp.Refused:
		return fmt.Sprintf("WhatsApp menolak sambungan dari server (kode %d). Titian mencoba lagi sendiri; mohon pengelola server memeriksanya.", s.Code)
	}
	return ""
}

// linkSays is how a link stands, in words for whoever looks after the server, and what to do.
func linkSays(s whatsapp.State) string {
	switch s.Link {
	case whatsapp.Starting:
		return "sedang menyambung ke WhatsApp; tunggu sebentar"
	case whatsapp.Waiting:
		return "proses Titian lain memakai tautannya; proses ini menggantikannya kalau proses itu mati"
	case whatsapp.Up:
		return "tersambung"
	case whatsapp.Unlinked:
		return "tidak ada HP yang tertaut; jalankan di server: titian whatsapp pair, atau minta admin mengetik di chatnya: HUBUNGKAN WHATSAPP"
	case whatsapp.Down:
		return "sambungan baru terputus dan sedang dicoba lagi; kalau lebih dari 10 menit, periksa internet server"
	case whatsapp.Banned:
		return brokenLink(s) + " Setelah itu Titian menyambung sendiri."
	case whatsapp.Replaced:
		return brokenLink(s) + " Titian mencoba lagi sendiri tiap lima menit."
	}
	return brokenLink(s)
}

// tellLink tells admins at once that the link broke: once an hour for each way it breaks.
func (p *process) tellLink(s whatsapp.State) {
	says := brokenLink(s)
	if says == "" {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	for when := s.Since.In(locales.WITA).Format("2006-01-02 15"); ; {
		err := p.db.TellLink(ctx, linkKey(s), when, says)
		if err == nil {
			return
		}
		p.log.Warn("admins are not told yet that the link broke", "error", err)
		if !pause(ctx, pollAgain) {
			return
		}
	}
}

// linkCause is what the hourly look finds of the link; without words: nothing.
func (p *process) linkCause() cause {
	if p.whatsapp == nil {
		return cause{}
	}
	s := p.whatsapp.State()
	return cause{linkKey(s), brokenLink(s)}
}

// linkKey names what is wrong with a link.
func linkKey(s whatsapp.State) string {
	if s.Link == whatsapp.Unlinked {
		return storage.CauseUnlinked
	}
	return "whatsapp " + string(s.Link)
}

// linker lets the desk link the dinas's phone through the channel. It is a desk.Linker.
type linker struct{ ch *whatsapp.Channel }

// Link offers codes until the phone is linked.
func (l linker) Link(ctx context.Context, phone answer.Phone, tell func(desk.LinkStep)) error {
	var failed error
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	err := l.ch.Pair(ctx, strings.TrimPrefix(phone.E164(), "+"), func(s whatsapp.Step) {
		step := desk.LinkStep{Typed: s.Typed, Passkey: s.Passkey}
		if s.Code != "" {
			if step.Picture, failed = whatsapp.Picture(s.Code); failed != nil {
				cancel()
				return
			}
		}
		tell(step)
	})
	switch {
	case failed != nil:
		return failed
	case errors.Is(err, whatsapp.ErrLinked):
		return desk.ErrLinked
	case errors.Is(err, whatsapp.ErrOutdated):
		return desk.ErrOutdated
	}
	return err
}
