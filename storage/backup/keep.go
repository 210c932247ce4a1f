package backup

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// How many nightly backups stay: the newest of each of the last days that have one, and of each of the last weeks.
const (
	daysKept  = 7
	weeksKept = 4
)

const (
	namePrefix = "titian-"
	nameSuffix = ".backup"
	nameTime   = "20060102T150405Z"
)

// Name is the file name of a backup of that moment.
func Name(made time.Time) string { return namePrefix + made.UTC().Format(nameTime) + nameSuffix }

// MadeAt reads the moment in a Name; false when it is none.
func MadeAt(name string) (time.Time, bool) {
	middle, a := strings.CutPrefix(name, namePrefix)
	middle, b := strings.CutSuffix(middle, nameSuffix)
	t, err := time.Parse(nameTime, middle)
	return t, a && b && err == nil
}

// Old names those of the files that may go, by the calendar of the place. A name that is no Name is never among them.
func Old(names []string, place *time.Location) []string {
	type file struct {
		name string
		made time.Time
	}
	var files []file
	for _, name := range names {
		if made, ok := MadeAt(name); ok {
			files = append(files, file{name, made.In(place)})
		}
	}
	slices.SortFunc(files, func(a, b file) int { return b.made.Compare(a.made) })
	days, weeks := map[string]bool{}, map[string]bool{}
	var old []string
	for _, f := range files {
		year, week := f.made.ISOWeek()
		day, inWeek := f.made.Format(time.DateOnly), fmt.Sprint(year, "/", week)
		keep := !days[day] && len(days) < daysKept || !weeks[inWeek] && len(weeks) < weeksKept
		days[day], weeks[inWeek] = true, true
		if !keep {
			old = append(old, f.name)
		}
	}
	return old
}
