package locales

import (
	"fmt"
	"time"
)

// Reminders are after how many days people are reminded of what they left; a list is ascending and may be empty.
type Reminders struct {
	Unfinished []int `toml:"unfinished"` // a registration or a halal file, since the person was last heard
	SentBack   []int `toml:"sent_back"`  // documents that are asked for again, since the owner was told
	Lapsing    int   `toml:"lapsing"`    // working days before a rank lapses; 0: nobody is reminded of it
}

// The bounds of a list of days: more would be nagging, later ones find nobody.
const (
	remindersMost = 5
	remindersDays = 60
)

// Reminders are those of the calendar file, or the built-in ones where it names none.
func (o *Office) Reminders() Reminders { return o.file.Load().reminders }

func (r Reminders) check() error {
	for name, days := range map[string][]int{"unfinished": r.Unfinished, "sent_back": r.SentBack} {
		if len(days) > remindersMost {
			return fmt.Errorf("office.toml: reminders %s: at most %d days", name, remindersMost)
		}
		for i, day := range days {
			if day < 1 || day > remindersDays || i > 0 && day <= days[i-1] {
				return fmt.Errorf("office.toml: reminders %s are %v, want ascending days from 1 to %d", name, days, remindersDays)
			}
		}
	}
	if r.Lapsing < 0 || r.Lapsing > remindersDays {
		return fmt.Errorf("office.toml: reminders lapsing is %d, want working days from 0 to %d", r.Lapsing, remindersDays)
	}
	return nil
}

// Days are days as time.
func Days(list []int) []time.Duration {
	days := make([]time.Duration, len(list))
	for i, n := range list {
		days[i] = time.Duration(n) * 24 * time.Hour
	}
	return days
}
