package main

import (
	"context"
	"time"

	"titian/bot/telegram"
)

// menu is the list of commands beside Telegram's text field.
var menu = []telegram.Command{
	{Name: "start", Description: "Mulai"},
	{Name: "menu", Description: "Pilihan utama"},
	{Name: "daftar", Description: "Daftarkan usaha"},
	{Name: "status", Description: "Sampai di mana pendaftaran"},
	{Name: "bantuan", Description: "Yang bisa diketik kapan saja"},
	{Name: "petugas", Description: "Bicara dengan petugas"},
}

// pollAgain is how often a replica that does not poll asks whether it may.
const pollAgain = time.Second

// pollLock lets one replica poll: Telegram ends the older of two polls. It is a telegram.Lock.
func (p *process) pollLock(ctx context.Context) (<-chan struct{}, func(), error) {
	for {
		release, lost, held, err := p.db.TryLock(ctx, "telegram poll")
		if held || err != nil {
			return lost, release, err
		}
		if !pause(ctx, pollAgain) {
			return nil, nil, ctx.Err()
		}
	}
}
