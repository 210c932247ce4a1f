package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"titian/bot/chat"
	"titian/bot/simulator"
	"titian/storage"
)

// chatCommand is `titian chat`.
type chatCommand struct {
	As string `default:"saya" placeholder:"NAME" help:"Who you are; another name is another person (${default}). NAME+sibuk and NAME+blokir fail on purpose."`
}

const chatWelcome = "Titian di terminal: ketik pesan lalu Enter; /file PATH, /lokasi LINTANG,BUJUR dan /kontak NOMOR mengirim yang lain; Ctrl-D untuk keluar."

// atTheTerminal is how long a person at the terminal may wait for one message:
// it is never put into the inbox, because its reply belongs below its line.
const atTheTerminal = time.Hour

// Run talks until the input ends and every reply is printed.
func (c *chatCommand) Run(ctx context.Context, conf *settings, s streams) error {
	if err := conf.settle(); err != nil {
		return err
	}
	beside, err := conf.occupy(false)
	if err != nil {
		return err
	}
	defer beside.Close()
	log, done, err := chatLog(conf)
	if err != nil {
		return err
	}
	defer done()
	opened, err := openAll(ctx, conf, log)
	if err != nil {
		return err
	}
	defer opened.close()
	return c.talk(ctx, conf, s, opened, log)
}

// chatLog keeps what the program says of itself out of the dialogue.
func chatLog(c *settings) (*slog.Logger, func(), error) {
	path := c.in("log", "chat.log")
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, nil, complain("the data folder cannot be written: %v", err)
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return nil, nil, complain("the log of the chat cannot be written: %v", err)
	}
	log := newLog(f, c.LogLevel)
	slog.SetDefault(log)
	return log, func() { f.Close() }, nil
}

func (c *chatCommand) talk(ctx context.Context, conf *settings, s streams, opened *stores, log *slog.Logger) error {
	var h *house
	var contact storage.ContactID
	address := chat.Address{Network: chat.Terminal, Key: c.As}
	terminal := simulator.NewTerminal(c.As, s.in, s.out, clock(), func(ctx context.Context) error {
		if contact == "" {
			known, err := opened.db.Contact(ctx, address, "", clock()())
			if err != nil {
				return err
			}
			contact = known.ID
		}
		return h.out.Settled(ctx, contact)
	})
	h, err := wire(conf, opened, plan{
		channels: []chat.Channel{terminal}, worker: fmt.Sprintf("chat %d", os.Getpid()),
		patience: atTheTerminal, guest: true, metrics: newMetrics(), log: log,
	})
	if err != nil {
		return err
	}
	running, stop := context.WithCancel(context.Background())
	finished := make(chan struct{})
	go func() { defer close(finished); h.bot.Run(running, stopWithin) }()
	go h.keepUp(running, opened.db)
	fmt.Fprintln(s.out, chatWelcome)
	err = terminal.Run(ctx, h.bot.Receive)
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopWithin)
	defer cancel()
	if late := h.out.Drain(last); late != nil {
		log.Warn("not every reply was sent", "error", late)
	}
	stop()
	<-finished
	return err
}
