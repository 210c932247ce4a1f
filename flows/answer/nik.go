package answer

import (
	"fmt"
	"log/slog"
	"strconv"
	"time"
)

// NIK is a nomor induk kependudukan: 16 digits, PPKKCC DDMMYY NNNN (PP 40/2019). It prints as NIK(…0001) with every verb of fmt
// and in slog; the digits come out only through Digits, a conversion to string, or JSON.
type NIK string

// ParseNIK reads a NIK as of today. Refused: a wrong length ("length", got), an impossible birth date ("date"), the serial 0000
// ("serial"). The region in front is never a reason: a NIK is for life and regions are abolished.
func ParseNIK(s string, today time.Time) (NIK, error) {
	d, err := identifier(s, 16)
	if err != nil {
		return "", err
	}
	n := NIK(d)
	if _, ok := n.birth(today); !ok {
		return "", problem(ReasonDate)
	}
	if d[12:] == "0000" {
		return "", problem(ReasonSerial)
	}
	return n, nil
}

// Digits is the raw number; use it only to store, to seal or to show on the one staff screen that needs it.
func (n NIK) Digits() string { return string(n) }

// Masked is the form people see: 7471••••••••0001.
func (n NIK) Masked() string {
	if len(n) != 16 {
		return "••••"
	}
	return string(n[:4]) + "••••••••" + string(n[12:])
}

// Female tells that the day of birth was written with 40 added.
func (n NIK) Female() bool { return len(n) == 16 && n[6] >= '4' }

// BirthDate is the day of birth, at midnight UTC. Of the two possible centuries it is the one that makes an owner of 17 to 100
// years; for a child, the latest past one. Zero when n is no NIK.
func (n NIK) BirthDate(today time.Time) time.Time {
	t, _ := n.birth(today)
	return t
}

// Age is the number of full years today; 0 when n is no NIK.
func (n NIK) Age(today time.Time) int {
	t, ok := n.birth(today)
	if !ok {
		return 0
	}
	return fullYears(t, today)
}

// KnownProvince tells that the first two digits are a province code now in force (Kemendagri). An unknown one is a warning only.
func (n NIK) KnownProvince() bool { return len(n) == 16 && provinces[string(n[:2])] }

var provinces = set("11 12 13 14 15 16 17 18 19 21 31 32 33 34 35 36 51 52 53 61 62 63 64 65 71 72 73 74 75 76 81 82 91 92 93 94 95 96")

func (n NIK) birth(today time.Time) (time.Time, bool) {
	if len(n) != 16 || !digitsOnly(string(n)) {
		return time.Time{}, false
	}
	at := func(i int) int { k, _ := strconv.Atoi(string(n[i : i+2])); return k }
	day, month, year := at(6), at(8), at(10)
	if day > 40 {
		day -= 40
	}
	var child time.Time
	for _, century := range []int{today.Year() / 100 * 100, today.Year()/100*100 - 100} {
		t, ok := calendarDay(century+year, month, day)
		if !ok || t.After(today) {
			continue
		}
		if age := fullYears(t, today); age >= 17 && age <= 100 {
			return t, true
		}
		if child.IsZero() {
			child = t
		}
	}
	return child, !child.IsZero()
}

// calendarDay is that day at midnight UTC, and false when the calendar has no such day.
func calendarDay(year, month, day int) (time.Time, bool) {
	t := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	return t, t.Day() == day && int(t.Month()) == month && t.Year() == year
}

func fullYears(from, to time.Time) int {
	years := to.Year() - from.Year()
	if to.Month() < from.Month() || to.Month() == from.Month() && to.Day() < from.Day() {
		years--
	}
	return years
}

// Format prints the redacted form for every verb, so that no %x, %q or %#v shows the number.
func (n NIK) Format(f fmt.State, _ rune) { redactTo(f, "NIK", string(n), 4) }
func (n NIK) String() string             { return redacted("NIK", string(n), 4) }
func (n NIK) LogValue() slog.Value       { return slog.StringValue(n.String()) }

func redactTo(f fmt.State, name, raw string, keep int) { fmt.Fprint(f, redacted(name, raw, keep)) }

func redacted(name, raw string, keep int) string {
	if len(raw) <= 2*keep {
		return name + "(…)"
	}
	return name + "(…" + raw[len(raw)-keep:] + ")"
}
