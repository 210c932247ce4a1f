package postgres

import "time"

// Office is the calendar by which a clock counts; see locales.
type Office interface {
	// WorkingDaysAfter is the last moment of the n-th working day after the day of t.
	WorkingDaysAfter(t time.Time, n int) time.Time
}

// weekdays is an office without holidays.
type weekdays struct{}

func (weekdays) WorkingDaysAfter(t time.Time, n int) time.Time {
	t = t.In(wita)
	for n > 0 {
		t = t.AddDate(0, 0, 1)
		if day := t.Weekday(); day != time.Saturday && day != time.Sunday {
			n--
		}
	}
	return time.Date(t.Year(), t.Month(), t.Day()+1, 0, 0, 0, 0, wita).Add(-time.Microsecond).UTC()
}
