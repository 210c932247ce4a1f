package broadcast

import (
	"time"

	"titian/bot/chat"
	"titian/storage"
)

// Ends is when a broadcast that begins at a time has been sent, at the pace of each network and never by night; the networks
// are sent to side by side.
func Ends(plan storage.Counts, begins time.Time, rate func(chat.Network) float64, office Office) time.Time {
	end := begins
	for _, c := range plan {
		if c.State != storage.RecipientPending {
			continue
		}
		perSecond := rate(c.Network)
		if perSecond <= 0 {
			continue
		}
		if e := after(begins, time.Duration(float64(c.N)/perSecond*float64(time.Second)), office); e.After(end) {
			end = e
		}
	}
	return end
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
