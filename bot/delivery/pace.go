package delivery

import (
	"time"

	"titian/storage"
)

// Calendar knows the working days.
type Calendar interface {
	Works(day time.Time) bool
}

var wita = time.FixedZone("WITA", 8*60*60)

// noticeGrace is how long announcements wait for a message about one's own file that was told to come back: its job is woken
// within seconds.
const noticeGrace = time.Minute

// moment decides about one lane at one time. It is pure: chance yields numbers of [0,1).
type moment struct {
	*Policy
	office Calendar
	now    time.Time
	chance func() float64
}

// next is the lane once one more message has its turn, or why it has none yet. A message that was counted before is not
// counted again.
func (m moment) next(s storage.Lane, class Class, counted bool) (storage.Lane, *Later) {
	today := m.now.In(wita)
	if day := today.Format(time.DateOnly); s.Day != day {
		s.Day, s.Count, s.Run = day, 0, 0
	}
	if s.WarmFrom == "" {
		s.WarmFrom = s.Day
	}
	if at := m.opening(m.now); at.After(m.now) {
		return s, &Later{At: at, Why: OutsideHours}
	}
	if !counted && s.Count >= m.most(s, class) {
		return s, &Later{At: m.opening(midnight(today.AddDate(0, 0, 1))), Why: DayIsFull}
	}
	if s.NextAt.After(m.now) {
		if class == Notice {
			s.NoticeAt = s.NextAt
		}
		return s, &Later{At: s.NextAt, Why: TooSoon}
	}
	if free := s.NoticeAt.Add(noticeGrace); class == Broadcast && !s.NoticeAt.IsZero() && free.After(m.now) {
		return s, &Later{At: free, Why: TooSoon}
	}
	if !counted {
		s.Count++
	}
	s.Run, s.NoticeAt = s.Run+1, time.Time{}
	s.NextAt = m.now.Add(between(m.Spacing, time.Second, m.chance()))
	if s.Run >= m.RestAfter {
		s.Run, s.NextAt = 0, m.now.Add(between(m.Rest, time.Minute, m.chance()))
	}
	return s, nil
}

// Through is about when so many announcements have had their turn that begin at a time, if nothing else goes meanwhile. It
// looks a year ahead.
func (p *Policy) Through(l storage.Lane, announcements int, from time.Time, office Calendar) time.Time {
	m := moment{Policy: p, office: office, now: from, chance: func() float64 { return 0.5 }}
	for announcements > 0 && m.now.Before(from.AddDate(1, 0, 0)) {
		next, later := m.next(l, Broadcast, false)
		if l = next; later != nil {
			m.now = later.At
			continue
		}
		announcements--
	}
	return m.now
}

// most is how many may have gone today before one of a class: announcements leave some of the day for notices.
func (m moment) most(s storage.Lane, class Class) int {
	most, week := 0, 0
	if from, err := time.ParseInLocation(time.DateOnly, s.WarmFrom, wita); err == nil {
		week = int(m.now.Sub(from) / (7 * 24 * time.Hour))
	}
	if most = m.ADay(week); class == Broadcast {
		most -= most * m.NoticesPercent / 100
	}
	return most
}

// opening is the first time from t on at which something unasked may go. It looks a year ahead.
func (m moment) opening(t time.Time) time.Time {
	for day := range 366 {
		d := midnight(t.In(wita).AddDate(0, 0, day))
		if opens, closes := d.Add(m.opens), d.Add(m.closes); m.office.Works(d) && closes.After(t) {
			if opens.After(t) {
				return opens
			}
			return t
		}
	}
	return t.AddDate(1, 0, 0)
}

// pull is the brake that a week makes necessary; nil: none.
func (p *Policy) pull(w storage.Week) *storage.Brake {
	switch {
	case tooMany(w.Stopped, w.Written, p.Brake.StopsLeast, p.Brake.StopsPercent):
		return &storage.Brake{Cause: storage.BrakeStops}
	case tooMany(w.Undelivered, w.Due, p.Brake.UndeliveredLeast, p.Brake.UndeliveredPercent):
		return &storage.Brake{Cause: storage.BrakeUndelivered}
	}
	return nil
}

func tooMany(n, of, least int, percent float64) bool {
	return n >= least && float64(n)*100 > percent*float64(of)
}

func midnight(t time.Time) time.Time {
	t = t.In(wita)
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, wita)
}

// between is a random time in a span of whole units.
func between(span [2]int, unit time.Duration, chance float64) time.Duration {
	from, to := time.Duration(span[0])*unit, time.Duration(span[1])*unit
	return from + time.Duration(chance*float64(to-from))
}
