package delivery

import (
	"os"
	"strings"
	"testing"
	"time"

	"titian/storage"
)

// weekdays is an office that is open from Monday to Friday, but for one day.
type weekdays struct{ holiday string }

func (w weekdays) Works(t time.Time) bool {
	t = t.In(wita)
	return t.Weekday() != time.Saturday && t.Weekday() != time.Sunday && t.Format(time.DateOnly) != w.holiday
}

// builtIn is the policy of the data file that comes with the program.
func builtIn(t testing.TB, change ...string) *Policy {
	t.Helper()
	p, err := ReadPolicy(func(name string) ([]byte, error) {
		b, err := os.ReadFile("../../locales/" + name)
		return []byte(strings.NewReplacer(change...).Replace(string(b))), err
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func clockAt(t testing.TB, text string) time.Time {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04:05", text, wita)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestWhenAnUnaskedMessageMayGo(t *testing.T) {
	const monday = "2026-11-23"
	full := storage.Lane{Day: monday, WarmFrom: monday, Count: 20}
	for _, tt := range []struct {
		name    string
		lane    storage.Lane
		class   Class
		counted bool
		now     string
		later   string // empty: now
		why     Why
	}{
		{name: "the first of all", now: monday + " 09:00:00"},
		{name: "at night: in the morning", now: monday + " 05:00:00", later: monday + " 09:00:00", why: OutsideHours},
		{name: "after hours: the next day", now: monday + " 16:00:00", later: "2026-11-24 09:00:00", why: OutsideHours},
		{name: "on Friday evening: on Monday", now: "2026-11-27 17:00:00", later: "2026-11-30 09:00:00", why: OutsideHours},
		{name: "on a holiday: the day after", now: "2026-11-25 10:00:00", later: "2026-11-26 09:00:00", why: OutsideHours},
		{name: "just after another", lane: storage.Lane{Day: monday, WarmFrom: monday, Count: 1, NextAt: clockAt(t, monday+" 10:00:40")},
			now: monday + " 10:00:10", later: monday + " 10:00:40", why: TooSoon},
		{name: "a notice beyond the day's", lane: full, now: monday + " 11:00:00", later: "2026-11-24 09:00:00", why: DayIsFull},
		{name: "one that was counted before, beyond the day's", lane: full, counted: true, now: monday + " 11:00:00"},
		{name: "an announcement leaves a quarter of the day to notices", lane: storage.Lane{Day: monday, WarmFrom: monday, Count: 15}, class: Broadcast,
			now: monday + " 11:00:00", later: "2026-11-24 09:00:00", why: DayIsFull},
		{name: "a notice in that quarter", lane: storage.Lane{Day: monday, WarmFrom: monday, Count: 15}, now: monday + " 11:00:00"},
		{name: "a new day begins at midnight WITA, 16.00 UTC", lane: full, now: "2026-11-24 09:00:00"},
		{name: "an announcement lets a notice pass that was told to come back", lane: storage.Lane{Day: monday, WarmFrom: monday, NoticeAt: clockAt(t, monday+" 10:00:00")},
			class: Broadcast, now: monday + " 10:00:30", later: monday + " 10:01:00", why: TooSoon},
		{name: "and goes when that did not come", lane: storage.Lane{Day: monday, WarmFrom: monday, NoticeAt: clockAt(t, monday+" 10:00:00")},
			class: Broadcast, now: monday + " 10:01:00"},
	} {
		if tt.class == Staff {
			tt.class = Notice
		}
		now := clockAt(t, tt.now)
		m := moment{builtIn(t), weekdays{"2026-11-25"}, now, func() float64 { return 0.5 }}
		next, later := m.next(tt.lane, tt.class, tt.counted)
		switch {
		case tt.later == "" && later != nil:
			t.Errorf("%s: %v", tt.name, later)
		case tt.later == "":
			if wait := next.NextAt.Sub(now); wait != 30*time.Second || next.Run != 1 {
				t.Errorf("%s: the next may go after %v, %d since a rest", tt.name, wait, next.Run)
			}
			if counted := next.Count - lateCount(tt.lane, next); counted != map[bool]int{false: 1, true: 0}[tt.counted] {
				t.Errorf("%s: it counted %d", tt.name, counted)
			}
		case later == nil || !later.At.Equal(clockAt(t, tt.later)) || later.Why != tt.why:
			t.Errorf("%s: %v, want %s %s", tt.name, later, tt.later, tt.why)
		}
	}
}

func lateCount(before, after storage.Lane) int {
	if before.Day != after.Day {
		return 0
	}
	return before.Count
}

func TestTheFirstDaysOfANumberAreQuietAndTheSpacingIsNeverEven(t *testing.T) {
	p := builtIn(t)
	for week, want := range []int{20, 30, 45, 67, 101, 151, 200, 200} {
		if got := p.ADay(week); got != want {
			t.Errorf("in week %d: %d a day, want %d", week+1, got, want)
		}
	}
	// A day of the seventh week, with as many in line as one likes.
	chances, n := []float64{0, 0.999, 0.3, 0.7}, 0
	m := moment{Policy: p, office: weekdays{}, now: clockAt(t, "2026-11-23 09:00:00"), chance: func() float64 { n++; return chances[n%4] }}
	lane := storage.Lane{WarmFrom: "2026-10-05"}
	var waits []time.Duration
	for {
		next, later := m.next(lane, Notice, false)
		if later != nil && later.Why != TooSoon {
			if later.Why != DayIsFull && later.Why != OutsideHours {
				t.Fatal(later)
			}
			break
		}
		if lane = next; later != nil {
			waits = append(waits, later.At.Sub(m.now))
			m.now = later.At
		}
	}
	if lane.Count != 200 {
		t.Errorf("%d went in a day", lane.Count)
	}
	for i, w := range waits {
		least, most := 15*time.Second, 45*time.Second
		if (i+1)%20 == 0 {
			least, most = 3*time.Minute, 5*time.Minute
		}
		if w < least || w > most {
			t.Errorf("after message %d it waits %v", i+1, w)
		}
	}
}

func TestTooManyWhoStopOrAreNotReachedPullTheBrake(t *testing.T) {
	p := builtIn(t)
	for _, tt := range []struct {
		week storage.Week
		want storage.BrakeCause
	}{
		{storage.Week{Written: 299, Stopped: 3}, storage.BrakeStops},
		{storage.Week{Written: 300, Stopped: 3}, ""},
		{storage.Week{Written: 20, Stopped: 2}, ""}, // two people are no wave
		{storage.Week{Due: 100, Undelivered: 5}, storage.BrakeUndelivered},
		{storage.Week{Due: 200, Undelivered: 6}, ""},
		{storage.Week{Due: 20, Undelivered: 4}, ""},
	} {
		got := p.pull(tt.week)
		if tt.want == "" && got != nil || tt.want != "" && (got == nil || got.Cause != tt.want) {
			t.Errorf("%+v pulls %+v, want %q", tt.week, got, tt.want)
		}
	}
}

func TestAPolicyThatMakesNoSenseIsRefusedByName(t *testing.T) {
	for change, names := range map[[2]string]string{
		{"[15, 45]", "[45, 15]"}:                       "spacing_seconds",
		{"silent_days = 28", ""}:                       "silent_days",
		{"most_a_day = 200", "most_a_day = 10"}:        "most_a_day",
		{`"09.00-16.00"`, `"16.00-09.00"`}:             "hours",
		{`"09.00-16.00"`, `"pagi"`}:                    "hours",
		{"stops_least = 3", "stops_least = 0"}:         "brake.stops_least",
		{"notices_percent = 25", ""}:                   "notices_percent",
		{"rest_after = 20", "rest_after = 20\nx = 1"}:  "x",
		{"weekly_growth = 1.5", "weekly_growth = 0.5"}: "weekly_growth",
	} {
		_, err := ReadPolicy(func(name string) ([]byte, error) {
			b, err := os.ReadFile("../../locales/" + name)
			return []byte(strings.Replace(string(b), change[0], change[1], 1)), err
		})
		if err == nil || !strings.Contains(err.Error(), names) {
			t.Errorf("%q in place of %q: %v", change[1], change[0], err)
		}
	}
}

func TestHowLongAnnouncementsTakeIsSaidByTheDaysOfTheNumber(t *testing.T) {
	p, begins := builtIn(t), clockAt(t, "2026-11-23 09:00:00") // a Monday, the first day of a new number: 15 announcements a day
	for people, want := range map[int]string{
		0: "2026-11-23 09:00:00", 1: "2026-11-23 09:00:00", 15: "2026-11-23 09:07:00", 16: "2026-11-24 09:00:00",
		75: "2026-11-27 09:07:00", 76: "2026-11-30 09:00:00", // the second week has 23 a day
	} {
		if got := p.Through(storage.Lane{}, people, begins, weekdays{}); !got.Equal(clockAt(t, want)) {
			t.Errorf("%d people: %s, want %s", people, got.In(wita).Format(time.DateTime), want)
		}
	}
	if got := p.Through(storage.Lane{WarmFrom: "2026-01-05"}, 150, begins, weekdays{}); !got.Before(begins.Add(7 * time.Hour)) {
		t.Errorf("150 people of a warm number take until %s", got.In(wita).Format(time.DateTime))
	}
}
