package remind

import (
	"time"

	"titian/locales"
)

// wait is how long it is until people may be reminded; 0 now. It is while the office is open, since whoever answers may have a
// question, and never in the quiet hours of the night. A calendar without such an hour is asked again tomorrow.
func (r *Reminders) wait(now time.Time) time.Duration {
	const tomorrow = 24 * time.Hour
	at := now
	for range 366 {
		open := r.Office.Next(at)
		if open.IsZero() {
			return tomorrow
		}
		if at = r.Office.Quiet(open); at.Equal(open) {
			return at.Sub(now)
		}
	}
	return tomorrow
}

// day is the day of t in WITA.
func day(t time.Time) string { return t.In(locales.WITA).Format(time.DateOnly) }
