package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"titian/bot/telegram/telegramtest"
)

// owner is a person on Telegram who registers. Each question is answered once,
// when it is first asked: an answer that was lost would leave them waiting.
type owner struct {
	*telegramtest.User
	n      int
	name   string
	nik    string
	local  string // phone number as it is typed
	street string
	said   map[string]int // how often each text came
	taps   []*telegramtest.Tap
	number string
	acted  func() // after each act
}

func newOwner(api *telegramtest.Server, n int) *owner {
	id := int64(7000 + n)
	name := "Contoh " + letters(n)
	return &owner{
		User: api.User(id, name), n: n, name: name, nik: fmt.Sprintf("747105120385%04d", n),
		local: fmt.Sprintf("0812%08d", 70_000_000+n), street: fmt.Sprintf("Jl. Merpati No. %d", n),
		said: map[string]int{}, acted: func() {},
	}
}

// letters is a number in words of one letter, because a name has no digits.
func letters(n int) string {
	word := ""
	for _, digit := range fmt.Sprint(n) {
		word += []string{"nol", "sa", "du", "ti", "em", "li", "nam", "ju", "pan", "lan"}[digit-'0']
	}
	return strings.ToUpper(word[:1]) + word[1:]
}

// question is what stands in a message of the bot, and what is done about it.
type question struct {
	asks string
	does func(*owner, telegramtest.Sent) error
}

func says(line string) func(*owner, telegramtest.Sent) error {
	return func(o *owner, _ telegramtest.Sent) error { o.Say(line); return nil }
}

func taps(label string) func(*owner, telegramtest.Sent) error {
	return func(o *owner, m telegramtest.Sent) error {
		tap, err := o.Tap(m.ID, label)
		if err == nil {
			o.taps = append(o.taps, tap)
		}
		return err
	}
}

func presses(label string) func(*owner, telegramtest.Sent) error {
	return func(o *owner, _ telegramtest.Sent) error {
		_, err := o.Press(label)
		return err
	}
}

// questions are those of a registration, after /start.
var questions = []question{
	{"Apa yang bisa kami bantu?", taps("Daftar IKM binaan")},
	{"Ketik SETUJU untuk lanjut", taps("SETUJU")},
	{"Siapa nama lengkap", func(o *owner, _ telegramtest.Sent) error { o.Say(o.name); return nil }},
	{"Berapa NIK pemilik?", func(o *owner, _ telegramtest.Sent) error { o.Say(o.nik); return nil }},
	{"Berapa nomor HP", func(o *owner, _ telegramtest.Sent) error { o.Say(o.local); return nil }},
	{"Apa nama usahanya?", func(o *owner, _ telegramtest.Sent) error { o.Say("Dapur " + o.name); return nil }},
	{"bergerak di bidang apa?", taps("Pangan")},
	{"Apa saja produk", says("abon ikan marlin, stik ikan")},
	{"di kecamatan mana?", says("lepo-lepo")},
	{"Alamat tempat usahanya?", func(o *owner, _ telegramtest.Sent) error { o.Say(o.street); return nil }},
	{"Boleh kirim titik lokasi", says("lewati")},
	{"Berapa orang yang bekerja", says("berdua sama suami")},
	{"Kira-kira berapa omzet", says("2 juta")},
	{"sudah punya NIB", taps("Belum")},
	{"Izin lain apa", says("1,4")},
	{"Boleh kirim foto produknya?", says("lewati")},
	{"menerima pengumuman", taps("Tidak")},
	{"Mohon diperiksa dulu", taps("Kirim")},
	{"Nomornya IKM-", nil},
}

// registers goes from /start to the number.
func (o *owner) registers(ctx context.Context, list []question) error {
	o.Start()
	o.acted()
	for i, q := range list {
		m, err := o.hears(ctx, q.asks)
		if err != nil {
			return fmt.Errorf("owner %d at question %d: %w", o.n, i, err)
		}
		if q.does == nil {
			_, o.number, _ = strings.Cut(m.Text, "Nomornya ")
			o.number = strings.TrimSuffix(strings.Fields(o.number)[0], ".")
			continue
		}
		if err := q.does(o, m); err != nil {
			return fmt.Errorf("owner %d at question %d: %w", o.n, i, err)
		}
		o.acted()
	}
	return nil
}

// hears waits for a message with these words and counts all that come.
func (o *owner) hears(ctx context.Context, words string) (telegramtest.Sent, error) {
	var last string
	for {
		m, err := o.NextSent(ctx)
		if err != nil {
			return m, fmt.Errorf("waiting for %q after %q: %w", words, last, err)
		}
		last = m.Text
		o.said[m.Text]++
		switch {
		case strings.Contains(m.Text, words):
			return m, nil
		case strings.Contains(m.Text, "gagal kami olah"):
			return m, errors.New("a message was parked")
		}
	}
}

// again is how many replies came more than once, and how often at the most.
func (o *owner) again() (copies, most int) {
	for text, n := range o.said {
		if n > 1 && !strings.Contains(text, "Mohon tunggu") {
			copies += n - 1
			most = max(most, n)
		}
	}
	return copies, most
}

// exported reads what `titian export owners` says, by NIK.
func (p *place) exported(flags ...string) map[string]map[string]any {
	p.Helper()
	out := p.prints("", append([]string{"export", "owners", "--format", "json"}, flags...)...)
	var list []map[string]any
	if err := json.Unmarshal([]byte(out), &list); err != nil {
		p.Fatalf("%v: %s", err, out)
	}
	rows := map[string]map[string]any{}
	for _, row := range list {
		nik := row["nik"].(string)
		if rows[nik] != nil {
			p.Errorf("NIK %s stands there twice", nik)
		}
		rows[nik] = row
	}
	return rows
}

// allFiled wants every owner filed once, with what they meant, and nobody else.
func (p *place) allFiled(owners []*owner) {
	p.Helper()
	rows := p.exported("--full")
	if len(rows) != len(owners) {
		p.Errorf("%d owners stand in Postgres, want %d", len(rows), len(owners))
	}
	numbers := map[any]bool{}
	for _, o := range owners {
		row := rows[o.nik]
		numbers[row["number"]] = true
		for column, want := range map[string]any{
			"number": o.number, "name": o.name, "phone": "+62" + o.local[1:], "business": "Dapur " + o.name, "sector": "food",
			"products": "[abon ikan marlin stik ikan]", "kecamatan": "Baruga", "kelurahan": "Lepo Lepo", "address": o.street,
			"workers": "2", "turnover_month": "2e+06", "has_nib": "false", "permits": "[pirt merek]", "announcements": "false", "network": "telegram",
		} {
			if got := fmt.Sprint(row[column]); got != fmt.Sprint(want) {
				p.Errorf("owner %d: %s is %s, want %v", o.n, column, got, want)
			}
		}
	}
	if len(numbers) != len(owners) {
		p.Errorf("%d numbers for %d owners", len(numbers), len(owners))
	}
}

// acknowledged wants Telegram to be owed nothing.
func acknowledged(t testing.TB, api *telegramtest.Server) {
	t.Helper()
	if !await(patience, func() bool { return api.Pending() == 0 }) {
		t.Errorf("%d updates were never acknowledged", api.Pending())
	}
}
