package main

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"titian/bot/whatsapp"
)

func TestDoctorSaysInPlainWordsHowTheLinkStandsAndWhatToDo(t *testing.T) {
	since := time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)
	seen := map[string]bool{}
	for _, c := range []struct {
		whatsapp.State
		severity
		says []string
	}{
		{whatsapp.State{Link: whatsapp.Starting}, wrong, []string{"sedang menyambung", "tunggu"}},
		{whatsapp.State{Link: whatsapp.Waiting}, fine, []string{"proses Titian lain"}},
		{whatsapp.State{Link: whatsapp.Up}, fine, []string{"tersambung"}},
		{whatsapp.State{Link: whatsapp.Unlinked}, wrong, []string{"tidak ada HP yang tertaut", "titian whatsapp pair"}},
		{whatsapp.State{Link: whatsapp.Down}, wrong, []string{"dicoba lagi", "internet server"}},
		{whatsapp.State{Link: whatsapp.Lost, Since: since}, wrong, []string{"sejak 10.00 WITA", "memeriksa internetnya"}},
		{whatsapp.State{Link: whatsapp.Replaced}, wrong, []string{"program lain", "dua Titian", "tiap lima menit"}},
		{whatsapp.State{Link: whatsapp.Banned, Code: 104, Until: since}, wrong, []string{"kode 104", "23-11-2026 10.00", "menyambung sendiri"}},
		{whatsapp.State{Link: whatsapp.Outdated}, wrong, []string{"versi Titian yang lebih baru"}},
		{whatsapp.State{Link: whatsapp.Refused, Code: 503}, wrong, []string{"kode 503", "mencoba lagi sendiri"}},
	} {
		ask := func(context.Context) error {
			if c.severity == wrong {
				return errors.New(string(c.Link))
			}
			return nil
		}
		w := &web{asked: map[string]func(context.Context) error{"whatsapp link": ask},
			told: map[string]func(context.Context) string{"whatsapp state": func(context.Context) string { return linkSays(c.State) }}}
		process := httptest.NewServer(http.HandlerFunc(w.ready))
		x := &checkup{settings: &settings{Addr: strings.TrimPrefix(process.URL, "http://")}}
		x.linkHere(t.Context())
		process.Close()
		got := x.findings[0]
		if len(x.findings) != 1 || got.Severity != c.severity || seen[got.Says] {
			t.Errorf("%s: %+v", c.Link, x.findings)
		}
		seen[got.Says] = true
		for _, words := range c.says {
			if !strings.Contains(got.Says, words) {
				t.Errorf("%s: it says %q, and not %q", c.Link, got.Says, words)
			}
		}
	}
	x := &checkup{settings: &settings{Addr: "127.0.0.1:1"}}
	x.linkHere(t.Context())
	if got := x.findings[0]; got.Severity != fine || !strings.Contains(got.Says, "mesin lain") {
		t.Errorf("with no process here: %+v", got)
	}
}
