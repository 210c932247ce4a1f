package broadcast

import (
	"time"

	"titian/bot/chat"
	"titian/storage"
)

// Pace says when so many messages have been sent on a network that begin at a time.
type Pace func(n chat.Network, people int, from time.Time) time.Time

// Ends is when a broadcast that begins at a time has been sent; the networks are sent to side by side.
func Ends(plan storage.Counts, begins time.Time, pace Pace) time.Time {
	due, end := map[chat.Network]int{}, begins
	for _, c := range plan {
		if c.State == storage.RecipientPending {
			due[c.Network] += c.N
		}
	}
	for n, people := range due {
		if e := pace(n, people, begins); e.After(end) {
			end = e
		}
	}
	return end
}

// Steady is the pace of so many a second, never by night; of a rate of 0 everything is sent at once.
func Steady(rate func(chat.Network) float64, office Office) Pace {
	return func(n chat.Network, people int, from time.Time) time.Time {
		perSecond := rate(n)
		if perSecond <= 0 {
			return after(from, 0, office)
		}
		return after(from, time.Duration(float64(people)/perSecond*float64(time.Second)), office)
	}
}

// after is when so much time has passed outside the nights.
func after(t time.Time, work time.Duration, office Office) time.Time {
	const step = 10 * time.Minute
	for range 366 * 24 * 6 {
		if until := office.Quiet(t); until.After(t) {
			t = until
			continue
		}
		if work <= step {
			return t.Add(work)
		}
		t, work = t.Add(step), work-step
	}
	return t
}
