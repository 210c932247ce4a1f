package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"titian/bot/telegram/telegramtest"
)

// picture is a photo with something on it.
func picture(t testing.TB, n int) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 640, 480))
	for y := range 480 {
		for x := range 640 {
			img.SetRGBA(x, y, color.RGBA{uint8(x * n), uint8(y), uint8((x/40 + y/40) % 2 * 200), 255})
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// everything are the questions with every way of answering: buttons tapped and pressed, a contact, a place, an album,
// a message that is edited.
func everything(t testing.TB, api *telegramtest.Server) []question {
	list := append([]question(nil), questions...)
	change := func(asks string, does func(*owner, telegramtest.Sent) error) {
		for i := range list {
			if list[i].asks == asks {
				list[i].does = does
			}
		}
	}
	change("registration.phone", presses("registration.phone.share"))
	change("registration.business", func(o *owner, _ telegramtest.Sent) error {
		post := o.Say("Dapur Keliru")
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if _, err := o.hears(ctx, "registration.sector"); err != nil {
			return err
		}
		_, err := o.Edit(post.MessageID, "Dapur "+o.name)
		return err
	})
	change("registration.sector", func(o *owner, m telegramtest.Sent) error {
		if !strings.Contains(m.Text, saying("flow.corrected")) {
			return fmt.Errorf("an edited answer was answered with %q", m.Text)
		}
		return taps("registration.sector.food")(o, m)
	})
	change("registration.location", presses("registration.location.share"))
	change("registration.photos", func(o *owner, _ telegramtest.Sent) error {
		o.SendAlbum([][]byte{picture(t, 1), picture(t, 2), picture(t, 3)}, "produk kami")
		acknowledged(t, api) // a person looks at the pictures go; a webhook takes them one by one
		return nil
	})
	change("registration.announcements", taps("registration.announcements.yes"))
	change("registration.summary", func(o *owner, m telegramtest.Sent) error {
		if !strings.Contains(m.Text, texts().Say("flow.files", map[string]string{"n": "3"})) {
			t.Errorf("the summary after an album of three is %q", m.Text)
		}
		return taps("flow.option.send")(o, m)
	})
	return list
}

// registersWithEverything holds for both ways in: what was meant stands in the export, and every tap was answered.
func registersWithEverything(t *testing.T, p *place, api *telegramtest.Server) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	siti := newOwner(api, 1)
	if err := siti.registers(ctx, everything(t, api)); err != nil {
		t.Fatal(err)
	}
	for _, tap := range siti.taps {
		if _, err := tap.Await(ctx); err != nil {
			t.Error(err)
		}
	}
	if copies := siti.again(); copies != 0 {
		t.Errorf("%d replies came twice", copies)
	}
	acknowledged(t, api)
	row := p.exported()["7471••••••••0001"]
	for column, want := range map[string]string{
		"number": siti.number, "name": siti.name, "phone": "+6281000007001", "business": "Dapur " + siti.name, "sector": "food",
		"products": "[abon ikan marlin stik ikan]", "kecamatan": "Baruga", "kelurahan": "Lepo Lepo", "address": siti.street,
		"lat": "-3.9985", "lon": "122.5127", "workers": "2", "turnover_month": "2e+06", "has_nib": "false",
		"permits": "[pirt merek]", "announcements": "true", "network": "telegram",
	} {
		if got := fmt.Sprint(row[column]); got != want {
			t.Errorf("%s is %s, want %s", column, got, want)
		}
	}
	if kept, err := filepath.Glob(filepath.Join(p.data, "vault", "*", "*")); err != nil || len(kept) != 3 {
		t.Errorf("the vault holds %v, %v", kept, err)
	}
}

func TestAnOwnerRegistersWithEverythingByLongPoll(t *testing.T) {
	t.Parallel()
	api := botAPI(t, telegramtest.Options{})
	p := elsewhere(t, onTelegram(api)...)
	l := p.serves()
	registersWithEverything(t, p, api)
	if _, full := p.exported("--full")["7471051203850001"]; !full {
		t.Error("a full export masks the NIK")
	}
	rows, err := csv.NewReader(strings.NewReader(p.prints("", "export", "owners", "--format", "csv"))).ReadAll()
	if err != nil || len(rows) != 2 || strings.Join(rows[0], " ") != strings.Join(ownerColumns, " ") || rows[1][3] != "7471••••••••0001" {
		t.Errorf("the csv is %v, %v", rows, err)
	}
	if n := audited(t, strings.TrimPrefix(p.env[2], "DATABASE_URL=")); n != 1 {
		t.Errorf("%d full exports in the audit, want 1", n)
	}
	_, counted := l.get("/metrics")
	for _, want := range []string{`lasting="yes",network="telegram"}`, "titian_parked_total 0", "titian_replies_waiting", "titian_reply_seconds_bucket"} {
		if !strings.Contains(counted, want) {
			t.Errorf("/metrics lacks %s", want)
		}
	}
	l.stops()
}

func TestAnOwnerRegistersWithEverythingByWebhook(t *testing.T) {
	t.Parallel()
	api := botAPI(t, telegramtest.Options{HTTPWebhook: true})
	at := address()
	p := elsewhere(t, append(onTelegram(api), "TELEGRAM_WEBHOOK=http://"+at+"/telegram", "TELEGRAM_WEBHOOK_SECRET=rahasia_1")...)
	l := p.begins(at)
	l.up()
	registersWithEverything(t, p, api)
	if n := api.Count("getUpdates"); n != 0 {
		t.Errorf("it polled %d times beside a webhook", n)
	}
	for secret, want := range map[string]int{"": 401, "rahasia_2": 401, "rahasia_1": 200} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+at+"/telegram", strings.NewReader(`{"update_id":1}`))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("X-Telegram-Bot-Api-Secret-Token", secret)
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode != want {
			t.Errorf("with secret %q: %d, want %d", secret, answer.StatusCode, want)
		}
	}
	l.stops()
}
