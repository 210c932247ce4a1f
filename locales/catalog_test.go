package locales_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"titian/locales"
)

func TestFillPutsEachArgumentInOnce(t *testing.T) {
	args := map[string]string{"name": "Contoh {number}", "number": "7"}
	for text, want := range map[string]string{
		"Halo {name}.":      "Halo Contoh {number}.",
		"{number}{number}":  "77",
		"{unknown} {number": "{unknown} {number",
		"{{number}}":        "{7}",
		"tanpa apa-apa":     "tanpa apa-apa",
	} {
		if got := locales.Fill(text, args); got != want {
			t.Errorf("Fill(%q) is %q, want %q", text, got, want)
		}
	}
}

func TestADinasMayChangeATextButNotInventOne(t *testing.T) {
	for _, c := range []struct{ name, file, fails string }{
		{"a text of its own", `"bot.left" = "Baik."`, ""},
		{"a text nobody says", `"bot.lefft" = "Baik."`, `no text "bot.lefft"`},
		{"a placeholder the text has not", `"bot.left" = "Baik {nama}."`, "no {nama}"},
		{"no TOML", `bot.left = `, "id.toml"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "id.toml"), []byte(c.file), 0o600); err != nil {
				t.Fatal(err)
			}
			texts, err := locales.Texts(dir)
			switch {
			case c.fails == "" && (err != nil || texts.Say("bot.left", nil) != "Baik."):
				t.Errorf("it is refused or not used: %v", err)
			case c.fails != "" && (err == nil || !strings.Contains(err.Error(), c.fails)):
				t.Errorf("it is met with %v, want %q", err, c.fails)
			}
		})
	}
}

func TestTheOfficeKnowsWeekendsHolidaysAndRamadan(t *testing.T) {
	office, err := locales.ReadOffice("")
	if err != nil {
		t.Fatal(err)
	}
	at := func(s string) time.Time {
		when, err := time.ParseInLocation("2006-01-02 15.04", s, locales.WITA)
		if err != nil {
			t.Fatal(err)
		}
		return when
	}
	for _, c := range []struct{ name, now, next string }{
		{"on a working day it is now", "2026-11-23 09.00", "2026-11-23 09.00"},
		{"before it opens, the same morning", "2026-11-23 05.00", "2026-11-23 08.00"},
		{"on Friday night, Monday", "2026-11-27 22.00", "2026-11-30 08.00"},
		{"at the minute it closes, the next day", "2026-11-23 16.00", "2026-11-24 08.00"},
		{"before Christmas, after the weekend", "2026-12-23 17.00", "2026-12-28 08.00"},
		{"seven days of Idulfitri", "2026-03-17 16.30", "2026-03-25 08.00"},
		{"in Ramadan it closes earlier", "2026-03-10 15.30", "2026-03-11 08.00"},
	} {
		if got := office.Next(at(c.now)); !got.Equal(at(c.next)) {
			t.Errorf("%s: after %s staff are there at %s, want %s", c.name, c.now, got.In(locales.WITA).Format("2006-01-02 15.04"), c.next)
		}
	}
}

func TestAClockOfWorkingDaysPassesOverWeekendsAndHolidaysAndEndsWithTheDay(t *testing.T) {
	o, err := locales.ReadOffice("")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, from, until string
		days              int
	}{
		{"a Monday morning", "2026-11-23T10:00:00+08:00", "2026-11-26T23:59:59+08:00", 3},
		{"a Friday night", "2026-11-27T22:00:00+08:00", "2026-12-02T23:59:59+08:00", 3},
		{"a Saturday", "2026-11-28T09:00:00+08:00", "2026-12-02T23:59:59+08:00", 3},
		{"the week of Christmas", "2026-12-23T09:00:00+08:00", "2026-12-29T23:59:59+08:00", 2},
		{"an evening that is the next day in UTC", "2026-11-23T23:30:00+08:00", "2026-11-24T23:59:59+08:00", 1},
	} {
		from, err := time.Parse(time.RFC3339, tt.from)
		if err != nil {
			t.Fatal(err)
		}
		if got := o.WorkingDaysAfter(from, tt.days).In(locales.WITA).Format(time.RFC3339); got != tt.until {
			t.Errorf("%s: %d working days after %s end %s, want %s", tt.name, tt.days, tt.from, got, tt.until)
		}
	}
}
