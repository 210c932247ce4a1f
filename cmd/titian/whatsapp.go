package main

import (
	"context"
	"errors"
	"log/slog"

	"titian/bot/whatsapp"
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
	if p.whatsapp, err = openDevice(ctx, p.db, p.log); err != nil {
		return err
	}
	p.channels = append(p.channels, p.whatsapp)
	return nil
}

// openDevice makes the channel over the device's own tables.
func openDevice(ctx context.Context, db *postgres.DB, log *slog.Logger) (*whatsapp.Channel, error) {
	route, err := whatsappRoute()
	if err != nil {
		return nil, complain("%v", err)
	}
	whatsapp.Prepare()
	pool, err := db.Devices(ctx)
	if err != nil {
		return nil, err
	}
	return whatsapp.New(whatsapp.Options{DB: pool, Transport: route, Now: clock(), Log: log, Lock: deviceLock(db)})
}

// deviceLock lets one process own the device: two with one device break its keys. It is a whatsapp.Lock.
func deviceLock(db *postgres.DB) whatsapp.Lock {
	return func(ctx context.Context) (<-chan struct{}, func(), error) {
		for {
			release, lost, held, err := db.TryLock(ctx, "whatsapp device")
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
