package delivery

import (
	"fmt"
	"math"
	"time"

	"github.com/BurntSushi/toml"
)

// PolicyFile is the data file a Policy is read from.
const PolicyFile = "whatsapp.toml"

// Policy is how a network that bans is written to unasked. Its values are explained in the data file.
type Policy struct {
	Spacing        [2]int     `toml:"spacing_seconds"`
	RestAfter      int        `toml:"rest_after"`
	Rest           [2]int     `toml:"rest_minutes"`
	FirstWeekADay  int        `toml:"first_week_a_day"`
	WeeklyGrowth   float64    `toml:"weekly_growth"`
	MostADay       int        `toml:"most_a_day"`
	NoticesPercent int        `toml:"notices_percent"`
	Hours          string     `toml:"hours"` // of working days, WITA
	SilentDays     int        `toml:"silent_days"`
	Brake          Thresholds `toml:"brake"`

	opens, closes time.Duration // since midnight
}

// Thresholds pull the brake when more than so many percent of a week's messages went wrong, and at least so many.
type Thresholds struct {
	UndeliveredPercent float64 `toml:"undelivered_percent"`
	UndeliveredLeast   int     `toml:"undelivered_least"`
	StopsPercent       float64 `toml:"stops_percent"`
	StopsLeast         int     `toml:"stops_least"`
}

// ReadPolicy reads and checks a policy; read yields the content of a data file by its name. A value that is missing or makes
// no sense is an error that names it.
func ReadPolicy(read func(name string) ([]byte, error)) (*Policy, error) {
	b, err := read(PolicyFile)
	if err != nil {
		return nil, err
	}
	p := &Policy{}
	meta, err := toml.Decode(string(b), p)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", PolicyFile, err)
	}
	if unknown := meta.Undecoded(); len(unknown) > 0 {
		return nil, fmt.Errorf("%s: there is no %q", PolicyFile, unknown[0])
	}
	if !meta.IsDefined("notices_percent") {
		return nil, fmt.Errorf("%s: notices_percent is missing", PolicyFile)
	}
	if p.opens, p.closes, err = readHours(p.Hours); err != nil {
		return nil, err
	}
	return p, p.check()
}

func readHours(text string) (opens, closes time.Duration, err error) {
	var oh, om, ch, cm int
	if _, err := fmt.Sscanf(text, "%d.%d-%d.%d", &oh, &om, &ch, &cm); err != nil {
		return 0, 0, fmt.Errorf("%s: hours are %q, want 09.00-16.00", PolicyFile, text)
	}
	at := func(h, m int) time.Duration { return time.Duration(h)*time.Hour + time.Duration(m)*time.Minute }
	opens, closes = at(oh, om), at(ch, cm)
	if opens < 0 || closes <= opens || closes > 24*time.Hour {
		return 0, 0, fmt.Errorf("%s: hours %q end before they begin", PolicyFile, text)
	}
	return opens, closes, nil
}

func (p *Policy) check() error {
	for _, must := range []struct {
		name string
		good bool
	}{
		{"spacing_seconds", p.Spacing[0] > 0 && p.Spacing[1] >= p.Spacing[0]},
		{"rest_after", p.RestAfter > 0},
		{"rest_minutes", p.Rest[0] >= 0 && p.Rest[1] >= p.Rest[0]},
		{"first_week_a_day", p.FirstWeekADay > 0},
		{"weekly_growth", p.WeeklyGrowth >= 1},
		{"most_a_day", p.MostADay >= p.FirstWeekADay},
		{"notices_percent", p.NoticesPercent >= 0 && p.NoticesPercent <= 100},
		{"silent_days", p.SilentDays > 0},
		{"brake.undelivered_percent", p.Brake.UndeliveredPercent > 0},
		{"brake.undelivered_least", p.Brake.UndeliveredLeast > 0},
		{"brake.stops_percent", p.Brake.StopsPercent > 0},
		{"brake.stops_least", p.Brake.StopsLeast > 0},
	} {
		if !must.good {
			return fmt.Errorf("%s: %s is missing or makes no sense", PolicyFile, must.name)
		}
	}
	return nil
}

// ADay is how many messages may go in a day of the n-th week of warming up, counted from 0.
func (p *Policy) ADay(week int) int {
	n := float64(p.FirstWeekADay) * math.Pow(p.WeeklyGrowth, float64(max(0, week)))
	return int(min(n, float64(p.MostADay)))
}
