package locales_test

import (
	"testing"
	"time"

	"titian/locales"
)

func TestWorkingTimePassesOnlyWhileTheOfficeIsOpen(t *testing.T) {
	office, err := locales.ReadOffice("")
	if err != nil {
		t.Fatal(err)
	}
	const at = "2006-01-02 15.04"
	for what, c := range map[string]struct{ from, to string }{
		"within a day":                          {"2026-11-23 09.00", "2026-11-23 13.00"},
		"over an evening":                       {"2026-11-23 14.00", "2026-11-24 10.00"},
		"from Friday, 22.00":                    {"2026-11-27 22.00", "2026-11-30 12.00"},
		"over Christmas and its cuti bersama":   {"2026-12-23 15.00", "2026-12-28 11.00"},
		"over the seven days of Lebaran":        {"2026-03-17 16.00", "2026-03-25 12.00"},
		"from the last hour before Lebaran":     {"2026-03-17 14.00", "2026-03-25 11.00"},
		"from the middle of the Lebaran nights": {"2026-03-21 02.00", "2026-03-25 12.00"},
	} {
		from, err := time.ParseInLocation(at, c.from, locales.WITA)
		if err != nil {
			t.Fatal(err)
		}
		if got := office.WorkingTimeAfter(from.UTC(), 4*time.Hour).In(locales.WITA).Format(at); got != c.to {
			t.Errorf("%s: four working hours after %s are over at %s, want %s", what, c.from, got, c.to)
		}
	}
}
