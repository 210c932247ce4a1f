package postgres_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"titian/storage"
)

func TestThreeHundredFilesInADayAreAtMostTwentyMessagesAnOfficer(t *testing.T) {
	f := setup(t)
	f.staff("Ani", storage.RoleOfficer)
	var ani string
	f.must(f.raw.QueryRow(`SELECT id FROM staff`).Scan(&ani))
	morning := start.Truncate(24 * time.Hour).Add(-time.Hour) // 07.00 WITA
	type job struct {
		event string
		at    time.Time
	}
	var jobs []job
	for n := range 300 {
		jobs = append(jobs, job{fmt.Sprint("halal:", n), morning.Add(time.Duration(n) * 13 * time.Hour / 300)})
	}
	told, messages, singles := map[string]bool{}, 0, 0
	var last time.Time
	for len(jobs) > 0 {
		slices.SortStableFunc(jobs, func(a, b job) int { return a.at.Compare(b.at) })
		next := jobs[0]
		jobs = jobs[1:]
		f.clock.Move(next.at.Sub(f.clock.Now()))
		c, err := f.ClaimNotice(t.Context(), ani, next.event, true)
		f.must(err)
		switch {
		case c.Done:
		case c.Wait > 0:
			jobs = append(jobs, job{next.event, next.at.Add(c.Wait)})
		default:
			messages++
			if !c.Counter {
				singles++
			}
			for _, e := range c.Events {
				told[e] = true
			}
			last = next.at
			f.must(f.NoticeSent(t.Context(), ani, c.Events))
		}
	}
	if len(told) != 300 || messages > 20 || singles != 10 {
		t.Errorf("%d of 300 are told in %d messages, %d of them one by one", len(told), messages, singles)
	}
	if end := morning.Add(13*time.Hour + 2*time.Hour); last.After(end) {
		t.Errorf("the last is told at %v, want by %v", last, end)
	}
	f.clock.Move(morning.AddDate(0, 0, 1).Sub(f.clock.Now()))
	if c, err := f.ClaimNotice(t.Context(), ani, "halal:tomorrow", true); err != nil || c.Counter || c.Wait > 0 {
		t.Errorf("the next morning begins with %+v, %v", c, err)
	}
}
