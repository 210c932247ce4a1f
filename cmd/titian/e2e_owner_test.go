package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"testing"

	"titian/bot/telegram/telegramtest"
	"titian/locales"
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

// texts are what the program says: a dinas may word them anew, so tests name their keys.
var texts = sync.OnceValue(func() *locales.Catalog {
	c, err := locales.Texts("")
	if err != nil {
		panic(err)
	}
	return c
})

// saying is the first line of a text, up to what is filled in.
func saying(key string) string {
	line, _, _ := strings.Cut(texts().Say(key, nil), "\n")
	line, _, _ = strings.Cut(line, "{")
	return strings.TrimSpace(line)
}

// question is the key of what the bot asks, and what is done about it.
type question struct {
	asks string
	does func(*owner, telegramtest.Sent) error
}

func says(line func(*owner) string) func(*owner, telegramtest.Sent) error {
	return func(o *owner, _ telegramtest.Sent) error { o.Say(line(o)); return nil }
}

func types(line string) func(*owner, telegramtest.Sent) error {
	return says(func(*owner) string { return line })
}

func taps(label string) func(*owner, telegramtest.Sent) error {
	return func(o *owner, m telegramtest.Sent) error {
		tap, err := o.Tap(m.ID, saying(label))
		if err == nil {
			o.taps = append(o.taps, tap)
		}
		return err
	}
}

func presses(label string) func(*owner, telegramtest.Sent) error {
	return func(o *owner, _ telegramtest.Sent) error {
		_, err := o.Press(saying(label))
		return err
	}
}

// questions are those of a registration, after /start.
var questions = []question{
	{"menu.choice", taps("menu.choice.register")},
	{"registration.consent", taps("registration.consent.self")},
	{"registration.name", says(func(o *owner) string { return o.name })},
	{"registration.nik", says(func(o *owner) string { return o.nik })},
	{"registration.phone", says(func(o *owner) string { return o.local })},
	{"registration.business", says(func(o *owner) string { return "Dapur " + o.name })},
	{"registration.sector", taps("registration.sector.food")},
	{"registration.products", types("abon ikan marlin, stik ikan")},
	{"registration.kecamatan", types("lepo-lepo")},
	{"registration.address", says(func(o *owner) string { return o.street })},
	{"registration.location", types("lewati")},
	{"registration.workers", types("berdua sama suami")},
	{"registration.turnover", types("2 juta")},
	{"registration.has_nib", taps("registration.has_nib.no")},
	{"registration.permits", types("1,4")},
	{"registration.photos", types("lewati")},
	{"registration.announcements", taps("registration.announcements.no")},
	{"registration.summary", taps("flow.option.send")},
	{"registration.filed", nil},
}

var numbered = regexp.MustCompile(`IKM-\d{4}-\d{6}`)

// registers goes from /start to the number.
func (o *owner) registers(ctx context.Context, list []question) error {
	o.Start()
	o.acted()
	return o.goesOn(ctx, list)
}

// goesOn answers what it is asked.
func (o *owner) goesOn(ctx context.Context, list []question) error {
	for i, q := range list {
		m, err := o.hears(ctx, q.asks)
		if err != nil {
			return fmt.Errorf("owner %d at question %d: %w", o.n, i, err)
		}
		if q.does == nil {
			o.number = numbered.FindString(m.Text)
			continue
		}
		if err := q.does(o, m); err != nil {
			return fmt.Errorf("owner %d at question %d: %w", o.n, i, err)
		}
		o.acted()
	}
	return nil
}

// hears waits for a message with the text of a key and counts all that come.
func (o *owner) hears(ctx context.Context, key string) (telegramtest.Sent, error) {
	words, parked := saying(key), saying("bot.parked")
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
		case strings.Contains(m.Text, parked):
			return m, errors.New("a message was parked")
		}
	}
}

// again is how many replies came that had come before.
func (o *owner) again() (copies int) {
	for text, n := range o.said {
		if !strings.Contains(text, saying("bot.wait")) {
			copies += n - 1
		}
	}
	return copies
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
