package locales

import (
	"fmt"
	"sync/atomic"
	"time"

	"github.com/BurntSushi/toml"
)

// WITA is the time of Kendari, UTC+8 without daylight saving.
var WITA = time.FixedZone("WITA", 8*60*60)

// Office is when staff are there. Every clock and every promise asks it, at the
// same time and while it is changed.
type Office struct {
	file atomic.Pointer[calendar]
	days atomic.Pointer[map[string]Day]
}

// Day sets one day apart from the calendar file.
type Day struct {
	Name string
	Open bool // a working day, whatever the file says of it
}

// calendar is what the file says.
type calendar struct {
	week     [7]hours // by time.Weekday
	ramadan  []span
	fasting  [7]hours
	holidays map[string]string // "2006-01-02" → name
	quiet    hours             // from open until close of the next day nothing is announced

	reminders Reminders
}

type hours struct{ open, close time.Duration } // since midnight; equal: closed

type span struct{ from, to string }

type officeFile struct {
	Hours         map[string]string `toml:"hours"`
	Ramadan       []ramadanFile     `toml:"ramadan"`
	Fasting       map[string]string `toml:"ramadan_hours"`
	Holidays      map[string]string `toml:"holidays"`
	Announcements struct {
		Quiet string `toml:"quiet"`
	} `toml:"announcements"`
	Reminders Reminders `toml:"reminders"`
}

type ramadanFile struct {
	From string `toml:"from"`
	To   string `toml:"to"`
}

var weekdays = [7]string{"minggu", "senin", "selasa", "rabu", "kamis", "jumat", "sabtu"}

// ReadOffice reads the built-in calendar, or dir/office.toml in its place.
func ReadOffice(dir string) (*Office, error) {
	c, err := readCalendar(dir)
	if err != nil {
		return nil, err
	}
	o := &Office{}
	o.file.Store(c)
	return o, nil
}

// Reload reads the calendar again; a file that cannot be read changes nothing.
func (o *Office) Reload(dir string) error {
	c, err := readCalendar(dir)
	if err == nil {
		o.file.Store(c)
	}
	return err
}

// SetDays sets days ("2006-01-02") apart from the calendar file, in place of those set before.
func (o *Office) SetDays(days map[string]Day) { o.days.Store(&days) }

func readCalendar(dir string) (*calendar, error) {
	b, err := readOver(dir, "office.toml")
	if err != nil {
		return nil, err
	}
	own, err := builtin.ReadFile("office.toml")
	if err != nil {
		return nil, err
	}
	known, err := parseOffice(own, Reminders{})
	if err != nil || b == nil {
		return known, err
	}
	return parseOffice(b, known.reminders)
}

// parseOffice reads a calendar file. What it does not say of reminders is as given.
func parseOffice(b []byte, reminders Reminders) (*calendar, error) {
	f := officeFile{Reminders: reminders}
	if _, err := toml.Decode(string(b), &f); err != nil {
		return nil, fmt.Errorf("read office.toml: %w", err)
	}
	o := &calendar{holidays: f.Holidays, reminders: f.Reminders}
	err := o.reminders.check()
	if err != nil {
		return nil, err
	}
	if o.week, err = parseWeek(f.Hours); err != nil {
		return nil, err
	}
	if o.fasting, err = parseWeek(f.Fasting); err != nil {
		return nil, err
	}
	if f.Announcements.Quiet == "" {
		f.Announcements.Quiet = "20.00-08.00"
	}
	if o.quiet, err = parseHours(f.Announcements.Quiet); err != nil || o.quiet.open <= o.quiet.close {
		return nil, fmt.Errorf("office.toml: quiet is %q, want an evening and a morning like 20.00-08.00", f.Announcements.Quiet)
	}
	for day := range f.Holidays {
		if _, err := time.Parse(time.DateOnly, day); err != nil {
			return nil, fmt.Errorf("office.toml: holiday %q is not a date like 2026-12-25", day)
		}
	}
	for _, r := range f.Ramadan {
		for _, day := range []string{r.From, r.To} {
			if _, err := time.Parse(time.DateOnly, day); err != nil {
				return nil, fmt.Errorf("office.toml: ramadan %q is not a date like 2027-02-08", day)
			}
		}
		o.ramadan = append(o.ramadan, span{r.From, r.To})
	}
	return o, nil
}

func parseWeek(m map[string]string) ([7]hours, error) {
	var week [7]hours
	for day, text := range m {
		i := -1
		for n, name := range weekdays {
			if name == day {
				i = n
			}
		}
		if i < 0 {
			return week, fmt.Errorf("office.toml: %q is not a day of the week", day)
		}
		h, err := parseHours(text)
		if err != nil {
			return week, fmt.Errorf("office.toml: hours of %s are %q, want 08.00-16.00", day, text)
		}
		week[i] = h
	}
	return week, nil
}

func parseHours(text string) (hours, error) {
	var oh, om, ch, cm int
	if _, err := fmt.Sscanf(text, "%d.%d-%d.%d", &oh, &om, &ch, &cm); err != nil {
		return hours{}, err
	}
	clock := func(h, m int) time.Duration {
		return time.Duration(h)*time.Hour + time.Duration(m)*time.Minute
	}
	return hours{clock(oh, om), clock(ch, cm)}, nil
}

// Quiet is until when, from t on, nobody is written to unasked by an announcement; t itself when somebody may be.
func (o *Office) Quiet(t time.Time) time.Time {
	quiet := o.file.Load().quiet
	day := t.In(WITA)
	midnight := time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, WITA)
	switch since := day.Sub(midnight); {
	case since < quiet.close:
		return midnight.Add(quiet.close)
	case since >= quiet.open:
		return midnight.AddDate(0, 0, 1).Add(quiet.close)
	}
	return t
}

// on gives the office hours of the day that t falls on in WITA; false when closed.
func (o *Office) on(t time.Time) (open, close time.Time, ok bool) {
	t = t.In(WITA)
	day := t.Format(time.DateOnly)
	file := o.file.Load()
	if _, holiday := o.Holiday(day); holiday {
		return t, t, false
	}
	h := file.week[t.Weekday()]
	for _, r := range file.ramadan {
		if day >= r.from && day <= r.to {
			h = file.fasting[t.Weekday()]
		}
	}
	midnight := time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, WITA)
	return midnight.Add(h.open), midnight.Add(h.close), h.open < h.close
}

// Holiday is the name of the holiday that a day ("2006-01-02") is.
func (o *Office) Holiday(day string) (name string, is bool) {
	if days := o.days.Load(); days != nil {
		if set, apart := (*days)[day]; apart {
			return set.Name, !set.Open
		}
	}
	name, is = o.file.Load().holidays[day]
	return name, is
}

// Holidays are the days of the year after t that are holidays, in order.
func (o *Office) Holidays(t time.Time) []string {
	var list []string
	for n := range 366 {
		day := t.In(WITA).AddDate(0, 0, n).Format(time.DateOnly)
		if _, is := o.Holiday(day); is {
			list = append(list, day)
		}
	}
	return list
}

// Works says whether staff are there at some time of the day of t.
func (o *Office) Works(t time.Time) bool {
	_, _, ok := o.on(t)
	return ok
}

// Open says whether staff are there at t.
func (o *Office) Open(t time.Time) bool {
	open, close, ok := o.on(t)
	return ok && !t.Before(open) && t.Before(close)
}

// Next is when staff are there next: t itself when the office is open. It looks
// a year ahead; a calendar without any opening yields the zero time.
func (o *Office) Next(t time.Time) time.Time {
	if o.Open(t) {
		return t
	}
	for day := range 366 {
		at := t.In(WITA).AddDate(0, 0, day)
		if open, _, ok := o.on(at); ok && open.After(t) {
			return open
		}
	}
	return time.Time{}
}

// Closes is when the office closes on the day of t; t itself when it is closed that day.
func (o *Office) Closes(t time.Time) time.Time {
	_, close, _ := o.on(t)
	return close
}

// WorkingDaysAfter is the last moment of the n-th working day after the day of t: no office hour passes between the close
// of that day and it, and people may still write in the evening. It looks a year ahead; a calendar without that many
// working days yields the end of that year.
func (o *Office) WorkingDaysAfter(t time.Time, n int) time.Time {
	day := t.In(WITA)
	for range 366 {
		if n <= 0 {
			break
		}
		if day = day.AddDate(0, 0, 1); o.Works(day) {
			n--
		}
	}
	return time.Date(day.Year(), day.Month(), day.Day()+1, 0, 0, 0, 0, WITA).Add(-time.Microsecond)
}

// WorkingTimeAfter is when d of office hours have passed since t. It looks a year ahead; a calendar with fewer hours than
// that yields the end of that year.
func (o *Office) WorkingTimeAfter(t time.Time, d time.Duration) time.Time {
	for day := range 366 {
		at := t.In(WITA).AddDate(0, 0, day)
		open, close, ok := o.on(at)
		if !ok || !close.After(t) {
			continue
		}
		if open.Before(t) {
			open = t
		}
		if left := close.Sub(open); d > left {
			d -= left
			continue
		}
		return open.Add(d)
	}
	return t.AddDate(1, 0, 0)
}

// ParseDay reads "2006-01-02".
func ParseDay(day string) (time.Time, error) { return time.Parse(time.DateOnly, day) }
