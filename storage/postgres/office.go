package postgres

import "time"

// Office is the calendar by which a clock counts; see locales.
type Office interface {
	// WorkingDaysAfter is the last moment of the n-th working day after the day of t.
	WorkingDaysAfter(t time.Time, n int) time.Time
	// WorkingTimeAfter is when d of office hours have passed since t.
	WorkingTimeAfter(t time.Time, d time.Duration) time.Time
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

// WorkingTimeAfter counts from eight to four.
func (weekdays) WorkingTimeAfter(t time.Time, d time.Duration) time.Time {
	for day := t.In(wita); ; day = day.AddDate(0, 0, 1) {
		if day.Weekday() == time.Saturday || day.Weekday() == time.Sunday {
			continue
		}
		open := time.Date(day.Year(), day.Month(), day.Day(), 8, 0, 0, 0, wita)
		close := open.Add(8 * time.Hour)
		if open.Before(t) {
			open = t
		}
		left := close.Sub(open)
		if left > 0 && d <= left {
			return open.Add(d).UTC()
		}
		d -= max(0, left)
	}
}
