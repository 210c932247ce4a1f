package answer

import (
	"strconv"
	"time"
	"unicode"
)

// dateReader collects what a text says about one day; all of it must agree.
type dateReader struct {
	ts      []string
	today   time.Time
	day     time.Time     // an absolute or relative day
	weekday *time.Weekday // a named weekday
	week    int           // its calendar week from this one, when said
	hasWeek bool
	side    int  // +1: "depan", -1: "lalu" after a weekday
	pointed bool // "ini" after a weekday
}

func (d *dateReader) at(i int) string {
	if i >= 0 && i < len(d.ts) {
		return d.ts[i]
	}
	return ""
}

func (d *dateReader) number(i, digits int) (int, bool) {
	w := d.at(i)
	if !digitsOnly(w) || len(w) > digits {
		return 0, false
	}
	n, err := strconv.Atoi(w)
	return n, err == nil
}

func (d *dateReader) read() (time.Time, *Problem) {
	if len(d.ts) > 20 {
		return time.Time{}, problem(ReasonUnclear)
	}
	for i := 0; i < len(d.ts); {
		used, p := d.step(i)
		if p != nil {
			return time.Time{}, p
		}
		i += used
	}
	return d.settle()
}

// step reads the piece that starts at token i.
func (d *dateReader) step(i int) (int, *Problem) {
	if used, p := d.count(i); used > 0 || p != nil {
		return used, p
	}
	if used, p := d.absolute(i); used > 0 || p != nil {
		return used, p
	}
	w := d.at(i)
	if offset := relativeDays[w]; offset != nil {
		if w == d.at(i-1) { // "besok-besok" is some day
			return 0, problem(ReasonUnclear)
		}
		return 1, d.set(d.today.AddDate(0, 0, *offset))
	}
	if used, p := d.week7(i); used > 0 || p != nil {
		return used, p
	}
	switch {
	case w == "-" || w == "sampai" || w == "sampe" || w == "hingga" || w == "dan" || w == "atau" || w == "sd" || w == "/":
		return 0, problem(ReasonRange)
	case dateFillers[w]:
		return 1, nil
	}
	return 0, problem(ReasonUnclear)
}

// set takes a day; a second, different one is a Problem.
func (d *dateReader) set(t time.Time) *Problem {
	if !d.day.IsZero() && !d.day.Equal(t) {
		return problem(ReasonTwo)
	}
	d.day = t
	return nil
}

// count reads "2 hari lagi", "seminggu lagi", "3 hari lalu".
func (d *dateReader) count(i int) (int, *Problem) {
	n, ok := d.number(i, 3)
	j := i + 1
	if !ok {
		n, j = 1, i
	}
	days := 0
	switch w := d.at(j); {
	case ok && (w == "hari" || w == "hr"), !ok && (w == "sehari" || w == "sehri"):
		days = n
	case ok && (w == "minggu" || w == "mggu" || w == "pekan" || w == "mgg"), !ok && (w == "seminggu" || w == "smggu" || w == "sepekan"):
		days = n * 7
	default:
		return 0, nil
	}
	switch d.at(j + 1) {
	case "lagi", "lg":
		return j + 2 - i, d.set(d.today.AddDate(0, 0, days))
	case "lalu":
		return j + 2 - i, d.set(d.today.AddDate(0, 0, -days))
	}
	return 0, problem(ReasonUnclear)
}

// week7 reads a weekday and what stands behind it, or "minggu depan" behind or before a weekday.
func (d *dateReader) week7(i int) (int, *Problem) {
	w, next := d.at(i), d.at(i+1)
	if w == "minggu" || w == "pekan" || w == "mggu" {
		if step, ok := sides[next]; ok && !(d.at(i-1) == "hari" && w == "minggu") && (d.weekday != nil || d.weekdayFollows(i+2)) {
			if d.hasWeek {
				return 0, problem(ReasonTwo)
			}
			d.week, d.hasWeek = step, true
			return 2, nil
		}
		if d.at(i-1) != "hari" && d.day.IsZero() && d.weekday == nil && !d.dateFollows(i+1) { // Sunday, or the week?
			return 0, problem(ReasonAmbiguous)
		}
	}
	day, ok := weekdays[w]
	if !ok {
		return 0, nil
	}
	if d.weekday != nil && *d.weekday != day {
		return 0, problem(ReasonTwo)
	}
	d.weekday = &day
	switch step, ok := sides[next]; {
	case ok && step == 0:
		d.pointed = true
		return 2, nil
	case ok:
		d.side = step
		return 2, nil
	case next == "kemarin" && d.day.IsZero():
		d.side = -1
		return 2, nil
	}
	return 1, nil
}

var sides = map[string]int{"depan": 1, "dpn": 1, "lalu": -1, "ini": 0}

func (d *dateReader) weekdayFollows(i int) bool {
	for ; i < len(d.ts); i++ {
		if _, ok := weekdays[d.ts[i]]; ok {
			return true
		}
		if !dateFillers[d.ts[i]] {
			return false
		}
	}
	return false
}

func (d *dateReader) dateFollows(i int) bool {
	for ; i < len(d.ts); i++ {
		if digitsOnly(d.ts[i]) {
			return true
		}
	}
	return false
}

// settle brings day and weekday together.
func (d *dateReader) settle() (time.Time, *Problem) {
	switch {
	case d.weekday == nil && d.day.IsZero():
		return time.Time{}, problem(ReasonUnclear)
	case d.weekday == nil:
		return d.day, nil
	case !d.day.IsZero():
		if d.day.Weekday() != *d.weekday || d.hasWeek && !d.inWeek(d.day, d.week) || d.side*compare(d.day, d.today) < 0 {
			return time.Time{}, problem(ReasonWeekday)
		}
		return d.day, nil
	}
	monday := d.today.AddDate(0, 0, -(int(d.today.Weekday())+6)%7)
	inWeek := func(n int) time.Time { return monday.AddDate(0, 0, n*7+(int(*d.weekday)+6)%7) }
	ahead := (int(*d.weekday)-int(d.today.Weekday())+6)%7 + 1
	next, last := d.today.AddDate(0, 0, ahead), d.today.AddDate(0, 0, ahead-7)
	if last.Equal(d.today) {
		last = last.AddDate(0, 0, -7)
	}
	switch {
	case d.hasWeek && *d.weekday == time.Sunday: // does the week begin or end with it?
		return time.Time{}, problem(ReasonAmbiguous)
	case d.hasWeek:
		return inWeek(d.week), nil
	case d.pointed && inWeek(0).Equal(d.today): // he would say "hari ini"
		return time.Time{}, problem(ReasonAmbiguous)
	case d.pointed && inWeek(0).Before(d.today):
		return time.Time{}, problem(ReasonPast)
	case d.pointed:
		return inWeek(0), nil
	case d.side > 0 && next.Equal(inWeek(1)):
		return next, nil
	case d.side < 0 && last.Equal(inWeek(-1)):
		return last, nil
	case d.side != 0: // the coming one, or the one of the next week?
		return time.Time{}, problem(ReasonAmbiguous)
	}
	return next, nil
}

func (d *dateReader) inWeek(t time.Time, n int) bool {
	monday := d.today.AddDate(0, 0, -(int(d.today.Weekday())+6)%7+n*7)
	return !t.Before(monday) && t.Before(monday.AddDate(0, 0, 7))
}

func compare(a, b time.Time) int { return a.Compare(b) }

// pickTokensWithDots keeps the signs a date is written with.
func pickTokensWithDots(t string) []string {
	var out []string
	rs := []rune(t)
	for i := 0; i < len(rs); {
		j := i + 1
		switch {
		case unicode.IsSpace(rs[i]) || rs[i] == '\'' || rs[i] == '"' || rs[i] == '(' || rs[i] == ')':
			i++
			continue
		case isDigit(rs[i]):
			for j < len(rs) && isDigit(rs[j]) {
				j++
			}
		case unicode.IsLetter(rs[i]):
			for j < len(rs) && unicode.IsLetter(rs[j]) {
				j++
			}
		}
		out, i = append(out, string(rs[i:j])), j
	}
	return out
}
