package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"

	"titian/bot/telegram"
	"titian/storage/postgres"
)

func count(d, unit time.Duration) string { return strconv.FormatInt(int64(d/unit), 10) }

// clock compares this machine's clock with another's; a few seconds pass on the way.
func (x *checkup) clock(whose string, there, here time.Time) {
	off := here.Sub(there)
	if off.Abs() > clockOff {
		way := "lebih cepat"
		if off < 0 {
			way = "lebih lambat"
		}
		x.wrong("clock", "timedatectl set-ntp true", "jam mesin ini %s %s dari jam %s", off.Abs().Round(time.Second), way, whose)
		return
	}
	x.ok("clock", "jam mesin ini sama dengan jam %s", whose)
}

// telegram looks at the token, the way to Telegram and the webhook.
func (x *checkup) telegram(ctx context.Context) {
	if x.TelegramToken == "" {
		x.ok("telegram", "Telegram tidak dinyalakan (TELEGRAM_TOKEN kosong)")
		return
	}
	ctx, cancel := context.WithTimeout(ctx, lookWithin)
	defer cancel()
	ch, err := telegram.New(ctx, telegram.Options{Token: x.TelegramToken.Reveal(), API: x.TelegramAPI,
		Webhook: x.TelegramWebhook, Secret: x.TelegramWebhookSecret.Reveal()})
	if err != nil {
		x.wrong("telegram", x.mendToken(), "pengaturan Telegram tidak dapat dipakai: %v", err)
		return
	}
	e, err := ch.Examine(ctx)
	heard := x.now()
	switch {
	case errors.Is(err, telegram.ErrToken):
		x.wrong("telegram", x.mendToken(), "token ditolak Telegram; minta yang berlaku dari @BotFather dengan /token")
		return
	case err != nil:
		x.wrong("telegram", "curl -sS -o /dev/null -w '%{http_code}\\n' "+quoted(redact(x.TelegramAPI)), "Telegram tidak dapat dihubungi dari mesin ini (%v)", err)
		return
	}
	x.ok("telegram", "token diterima: @%s", e.Username)
	if !e.Clock.IsZero() {
		x.clock("Telegram", e.Clock, heard)
	}
	x.webhook(e, heard)
}

// mendToken is how a token is put in its place without standing in a shell's history.
func (x *checkup) mendToken() string {
	if x.TelegramTokenFile != "" {
		return "install -m 600 /dev/stdin " + quoted(x.TelegramTokenFile)
	}
	return "read -rs TELEGRAM_TOKEN && export TELEGRAM_TOKEN"
}

// webhook compares what Telegram does with what is configured. A start sets it right.
func (x *checkup) webhook(e telegram.Examination, now time.Time) {
	switch {
	case x.TelegramWebhook == "" && e.Webhook != "":
		x.heed("webhook", "systemctl restart titian", "Telegram masih mengirim ke sebuah webhook, padahal TELEGRAM_WEBHOOK kosong: long poll tidak menerima apa-apa")
	case x.TelegramWebhook != e.Webhook:
		x.heed("webhook", "systemctl restart titian", "webhook di Telegram bukan TELEGRAM_WEBHOOK")
	case e.Trouble != "" && now.Sub(e.Failed) < time.Hour:
		x.wrong("webhook", "curl -sSI "+quoted(x.TelegramWebhook), "Telegram tidak dapat mengirim ke webhook: %s; %d pesan menunggu", e.Trouble, e.Waiting)
	case x.TelegramWebhook == "":
		x.ok("webhook", "tidak dipakai; pesan diambil dengan long poll")
	default:
		x.ok("webhook", "Telegram mengirim ke TELEGRAM_WEBHOOK")
	}
}

// whatsapp looks whether a phone is linked, and whether a process owns the link.
func (x *checkup) whatsapp(ctx context.Context, db *postgres.DB) {
	if x.WhatsApp != "on" {
		x.ok("whatsapp", "WhatsApp tidak dinyalakan (WHATSAPP=off)")
		return
	}
	x.brake(ctx, db)
	linked, err := db.DeviceLinked(ctx)
	if err != nil {
		x.heed("whatsapp", "titian doctor", "tautan WhatsApp tidak dapat diperiksa (%v)", err)
		return
	}
	if !linked {
		x.wrong("whatsapp", "titian whatsapp pair", "tidak ada HP yang tertaut")
		return
	}
	release, _, free, err := db.TryLock(ctx, deviceOwner)
	if err == nil && free {
		release()
		x.heed("whatsapp", "titian serve", "HP tertaut, tetapi tidak ada proses yang memakainya")
		return
	}
	x.linkHere(ctx)
}

// linkHere asks the process on this machine how the link stands.
func (x *checkup) linkHere(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, lookWithin)
	defer cancel()
	at := "http://" + x.Addr + "/readyz"
	says, up, err := askLink(ctx, at)
	switch {
	case err != nil || says == "":
		x.ok("whatsapp", "HP tertaut dan dipakai oleh proses di mesin lain; keadaannya ada di /readyz proses itu")
	case up:
		x.ok("whatsapp", "HP tertaut; %s", says)
	default:
		x.wrong("whatsapp", "curl -sS "+quoted(at), "%s", says)
	}
}

// askLink reads of /readyz how the link stands, in words, and whether it is well.
func askLink(ctx context.Context, at string) (says string, up bool, err error) {
	ask, err := http.NewRequestWithContext(ctx, http.MethodGet, at, nil)
	if err != nil {
		return "", false, err
	}
	answer, err := http.DefaultClient.Do(ask)
	if err != nil {
		return "", false, err
	}
	defer answer.Body.Close()
	var ready struct {
		Parts map[string]string `json:"parts"`
	}
	if err := json.NewDecoder(io.LimitReader(answer.Body, 64<<10)).Decode(&ready); err != nil {
		return "", false, err
	}
	return ready.Parts["whatsapp state"], ready.Parts["whatsapp link"] == "up", nil
}
