package main

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/mdp/qrterminal/v3"

	"titian/bot/whatsapp"
)

// whatsappCommand is `titian whatsapp`.
type whatsappCommand struct {
	Pair whatsappPair `cmd:"" help:"Link the dinas's phone: shows a code to scan with it."`
}

type whatsappPair struct {
	Phone string `placeholder:"62…" help:"Ask for a code to type on the phone with this number instead of one to scan."`
	Text  bool   `help:"Print the raw codes, one a line. They are secrets."`
}

var international = regexp.MustCompile(`^[1-9][0-9]{7,14}$`)

// Run shows codes until the phone is linked.
func (w *whatsappPair) Run(ctx context.Context, c *settings, s streams) error {
	if err := c.settle(); err != nil {
		return err
	}
	phone := strings.NewReplacer("+", "", " ", "", "-", "").Replace(w.Phone)
	if phone != "" && !international.MatchString(phone) {
		return complain("--phone wants the number with its country code and no leading 0, like 6281200000001")
	}
	log := newLog(s.err, c.LogLevel)
	opened, err := openResults(ctx, c, log)
	if err != nil {
		return err
	}
	defer opened.close()
	ch, err := openDevice(ctx, opened.db, whatsapp.Options{Log: log})
	if err != nil {
		return err
	}
	if !w.Text {
		fmt.Fprintln(s.out, "Di HP dinas: WhatsApp → Setelan → Perangkat tertaut → Tautkan perangkat.")
	}
	err = ch.Pair(ctx, phone, func(step whatsapp.Step) { w.show(s, step) })
	switch {
	case errors.Is(err, whatsapp.ErrLinked):
		return complain("a phone is linked already: remove “%s” on it under Perangkat tertaut first", whatsapp.DeviceName)
	case errors.Is(err, whatsapp.ErrOutdated):
		return complain("WhatsApp wants a newer version of Titian: update it and try again")
	}
	return err
}

// passkeyWanted explains what nobody but WhatsApp can change.
const passkeyWanted = "WhatsApp meminta passkey (kunci sandi) akun ini, dan Titian tidak dapat menjawabnya. Coba sekali lagi; bila diminta lagi, pakai nomor yang akunnya tanpa passkey (di HP: Setelan → Akun → Kunci sandi)."

func (w *whatsappPair) show(s streams, step whatsapp.Step) {
	switch {
	case step.Passkey && w.Text:
		fmt.Fprintln(s.err, passkeyWanted)
	case step.Passkey:
		fmt.Fprintln(s.out, passkeyWanted)
	case step.Linked:
		fmt.Fprintln(s.out, "linked")
	case w.Text:
		fmt.Fprintln(s.out, step.Code+step.Typed)
	case step.Code != "":
		qrterminal.GenerateHalfBlock(step.Code, qrterminal.L, s.out)
		fmt.Fprintln(s.out, "Pindai kode ini. Kode berganti sendiri; jangan difoto atau dikirim kepada siapa pun.")
	case step.Typed != "":
		fmt.Fprintln(s.out, "Pilih “Tautkan dengan nomor telepon saja”, lalu ketik: "+step.Typed)
	}
}
