package main

import (
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
)

// settings are the flags of every command, each with its variable.
type settings struct {
	DatabaseURL     Secret `name:"database-url" env:"DATABASE_URL" placeholder:"URL" help:"Postgres; unset: a private one in the data folder."`
	DatabaseURLFile string `name:"database-url-file" env:"DATABASE_URL_FILE" placeholder:"FILE" help:"A file that holds it."`
	RedisURL        Secret `name:"redis-url" env:"REDIS_URL" placeholder:"URL" help:"Redis; unset: a private one in the data folder."`
	RedisURLFile    string `name:"redis-url-file" env:"REDIS_URL_FILE" placeholder:"FILE" help:"A file that holds it."`
	Data            string `name:"data" env:"TITIAN_DATA" default:"titian-data" placeholder:"FOLDER" help:"Files, keyset, private servers (${default})."`
	Addr            string `name:"addr" env:"TITIAN_ADDR" default:"127.0.0.1:8080" placeholder:"HOST:PORT" help:"Web address (${default})."`
	Keyset          Secret `name:"keyset" env:"TITIAN_KEYSET" placeholder:"JSON" help:"The keyset, for further replicas; unset: made in the data folder."`
	KeysetFile      string `name:"keyset-file" env:"TITIAN_KEYSET_FILE" placeholder:"FILE" help:"A file that holds it."`
	Coba            bool   `name:"coba" env:"TITIAN_COBA" help:"The web phone at /coba beside a configured network; with none it is on anyway."`
	Bucket          string `name:"bucket" env:"TITIAN_BUCKET" placeholder:"s3://NAME" help:"A bucket for people's files instead of the data folder."`
	Backup          string `name:"backup" env:"TITIAN_BACKUP" placeholder:"FOLDER" help:"Where the nightly backup goes, best another disk, or s3://NAME; unset: none."`
	RetentionDays   int    `name:"retention-days" env:"TITIAN_RETENTION_DAYS" default:"90" placeholder:"DAYS" help:"How long drafts of people who stay away are kept (${default})."`
	LogLevel        string `name:"log-level" env:"TITIAN_LOG_LEVEL" default:"info" enum:"debug,info,warn,error" help:"debug, info, warn or error (${default})."`

	Store storeSettings `embed:""`

	TelegramToken         Secret  `name:"telegram-token" env:"TELEGRAM_TOKEN" placeholder:"TOKEN" help:"Turns Telegram on; @BotFather gives it."`
	TelegramTokenFile     string  `name:"telegram-token-file" env:"TELEGRAM_TOKEN_FILE" placeholder:"FILE" help:"A file that holds it."`
	TelegramAPI           string  `name:"telegram-api" env:"TELEGRAM_API" default:"https://api.telegram.org" placeholder:"URL" help:"Root of the Bot API (${default})."`
	TelegramRate          float64 `name:"telegram-rate" env:"TELEGRAM_RATE" default:"25" placeholder:"N" help:"Unasked messages a second, all chats together; 0: no limit (${default})."`
	TelegramWebhook       string  `name:"telegram-webhook" env:"TELEGRAM_WEBHOOK" placeholder:"URL" help:"Public https URL of /telegram (http too for a local Bot API server); unset: long poll."`
	TelegramWebhookSecret Secret  `name:"telegram-webhook-secret" env:"TELEGRAM_WEBHOOK_SECRET" placeholder:"SECRET" help:"What Telegram proves itself with at the webhook."`
	WhatsApp              string  `name:"whatsapp" env:"WHATSAPP" default:"off" enum:"on,off" help:"on: WhatsApp, through the device that titian whatsapp pair linked (${default})."`

	TelegramWebhookSecretFile string `name:"telegram-webhook-secret-file" env:"TELEGRAM_WEBHOOK_SECRET_FILE" placeholder:"FILE" help:"A file that holds it."`
}

// blankIsUnset drops variables that Titian reads and that are set to nothing, as compose files do.
func blankIsUnset(environ []string, unset func(string) error) {
	for _, each := range environ {
		name, value, _ := strings.Cut(each, "=")
		ours := strings.HasPrefix(name, "TITIAN_") || strings.HasPrefix(name, "TELEGRAM_") || name == "WHATSAPP" ||
			strings.HasPrefix(name, "AWS_") || strings.HasPrefix(name, "DATABASE_URL") || strings.HasPrefix(name, "REDIS_URL")
		if ours && strings.TrimSpace(value) == "" {
			_ = unset(name)
		}
	}
}

// settle reads the secrets that stand in files and checks what can be checked
// without asking anybody. Its errors are Complaints.
func (s *settings) settle() error {
	for _, each := range []struct {
		variable string
		secret   *Secret
		file     string
	}{
		{"DATABASE_URL", &s.DatabaseURL, s.DatabaseURLFile},
		{"REDIS_URL", &s.RedisURL, s.RedisURLFile},
		{"TITIAN_KEYSET", &s.Keyset, s.KeysetFile},
		{"AWS_ACCESS_KEY_ID", &s.Store.KeyID, s.Store.KeyIDFile},
		{"AWS_SECRET_ACCESS_KEY", &s.Store.Secret, s.Store.SecretFile},
		{"TELEGRAM_TOKEN", &s.TelegramToken, s.TelegramTokenFile},
		{"TELEGRAM_WEBHOOK_SECRET", &s.TelegramWebhookSecret, s.TelegramWebhookSecretFile},
	} {
		if err := each.secret.settle(each.variable, each.file); err != nil {
			return err
		}
	}
	return s.check()
}

func (s *settings) check() error {
	if _, port, err := net.SplitHostPort(s.Addr); err != nil || port == "" {
		return complain("TITIAN_ADDR is %q; it must be a host and a port, like 127.0.0.1:8080", s.Addr)
	}
	if err := s.checkStore(); err != nil {
		return err
	}
	if s.TelegramRate < 0 {
		return complain("TELEGRAM_RATE is %v; it must be 0 (no limit) or more", s.TelegramRate)
	}
	if s.RetentionDays < 8 {
		return complain("TITIAN_RETENTION_DAYS is %d; it must be at least 8, because people are warned a week before", s.RetentionDays)
	}
	if s.TelegramWebhook != "" && s.TelegramToken == "" {
		return complain("TELEGRAM_WEBHOOK is set without TELEGRAM_TOKEN")
	}
	if s.TelegramWebhook != "" && s.TelegramWebhookSecret == "" {
		return complain("TELEGRAM_WEBHOOK is set without TELEGRAM_WEBHOOK_SECRET: make one with `openssl rand -hex 32`")
	}
	return nil
}

// in is a path in the data folder.
func (s *settings) in(parts ...string) string {
	return filepath.Join(append([]string{s.Data}, parts...)...)
}

// Secret is a value that is never printed or logged.
type Secret string

// Reveal gives the value to whoever must use it.
func (s Secret) Reveal() string { return string(s) }

// Format shows only whether there is one, under every verb.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, s.shown()) }

// MarshalText is Format, so that no encoder writes a secret.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.shown()), nil }

func (s Secret) shown() string {
	if s == "" {
		return ""
	}
	return "(secret)"
}

// maxSecret bounds a secret's file: a keyset is a few kilobytes.
const maxSecret = 1 << 20

// settle takes the secret from its file, when one is named.
func (s *Secret) settle(variable, file string) error {
	switch {
	case file == "":
		return nil
	case *s != "":
		return complain("%s and %s_FILE are both set: keep one of them", variable, variable)
	}
	f, err := os.Open(file)
	if err != nil {
		return complain("%s_FILE cannot be read: %v", variable, err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxSecret))
	if err != nil {
		return complain("%s_FILE cannot be read: %v", variable, err)
	}
	*s = Secret(strings.TrimSpace(string(text)))
	if *s == "" {
		return complain("%s_FILE names %s, and that file is empty", variable, file)
	}
	return nil
}
