package main

import (
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// greet prints what is on and how to try it.
func (p *process) greet(w io.Writer, at net.Addr, took time.Duration) {
	where := func(configured Secret, variable, private string) string {
		if configured != "" {
			return "from " + variable
		}
		return private
	}
	redis := "private, in " + p.Data
	if p.servers.Mini {
		redis = "none on this machine: kept in memory, snapshots before each answer (apt-get install redis-server is better)"
	}
	talks := "off: set TELEGRAM_TOKEN to turn it on (README, “Telegram”)"
	switch {
	case p.telegram != nil && p.TelegramWebhook != "":
		talks = "on, by webhook at /telegram"
	case p.telegram != nil:
		talks = "on, by long poll"
	}
	if p.telegram != nil && p.TelegramAPI != "https://api.telegram.org" {
		talks += ", Bot API of TELEGRAM_API"
	}
	var phone string
	if p.phone != nil {
		phone = "Coba di " + phoneAt(at) + " (try it in a browser)\n"
	}
	lines := []string{
		fmt.Sprintf("Titian berjalan (is running) after %s.", took),
		"  Telegram  " + talks,
		"  WhatsApp  " + p.whatsappGreeting(),
		"  Postgres  " + where(p.DatabaseURL, "DATABASE_URL", "private, in "+p.Data),
		"  Redis     " + where(p.RedisURL, "REDIS_URL", redis),
		"  Keyset    " + where(p.Keyset, "TITIAN_KEYSET", p.keysetPath()) + " (" + p.keys.Name() + "): back it up",
		"  Web       http://" + at.String() + "/readyz  /healthz  /metrics",
		phone + "Coba sekarang, di terminal lain (try it in another terminal):  " + tryIt(p.Data),
		"Berhenti (stop): Ctrl-C",
	}
	fmt.Fprintln(w, strings.Join(lines, "\n"))
}

// tryIt is a command that can be typed as it stands.
func tryIt(data string) string {
	program := os.Args[0]
	if strings.HasPrefix(program, os.TempDir()) {
		program = "titian" // go run builds there
	}
	command := program + " chat"
	if data != "titian-data" || os.Getenv("TITIAN_DATA") != "" {
		if whole, err := filepath.Abs(data); err == nil {
			data = whole
		}
		command = "TITIAN_DATA=" + data + " " + command
	}
	return command
}
