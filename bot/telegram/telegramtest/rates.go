package telegramtest

import (
	"math"
	"time"
)

// pace lets a burst pass and then one event an interval (GCRA).
type pace struct{ due time.Time }

// delay is how long an event would have to wait; it takes no place yet.
func (p *pace) delay(now time.Time, every time.Duration, burst int) time.Duration {
	if p.due.Before(now) {
		return 0
	}
	return max(0, p.due.Sub(now)-every*time.Duration(burst-1))
}

func (p *pace) take(now time.Time, every time.Duration) {
	if p.due.Before(now) {
		p.due = now
	}
	p.due = p.due.Add(every)
}

// rates are the paces of all chats together and of uploads of one size.
type rates struct {
	all   pace
	past  past
	sizes map[int]*pace
}

// past are the last messages, as many as a second may hold.
type past struct {
	at   []time.Time
	next int
}

// delay is how long ago, of a second, the oldest of most messages still is; it takes no place yet.
func (p *past) delay(now time.Time, most int) time.Duration {
	if len(p.at) < most {
		return 0
	}
	return max(0, time.Second-now.Sub(p.at[p.next]))
}

func (p *past) take(now time.Time, most int) {
	if len(p.at) < most {
		p.at = append(p.at, now)
		return
	}
	p.at[p.next] = now
	p.next = (p.next + 1) % most
}

func interval(perSecond float64) time.Duration {
	return time.Duration(float64(time.Second) / perSecond)
}

// charge takes a message's place in every rate it falls under, or none and answers 429.
func (s *Server) charge(ch *chat, paid bool) *failure {
	type due struct {
		p     *pace
		every time.Duration
	}
	var (
		l     = s.opt.Limits
		now   = s.opt.Now()
		wait  time.Duration
		dues  [3]due
		taken int
	)
	under := func(p *pace, perSecond float64, burst int) {
		if perSecond <= 0 {
			return
		}
		every := interval(perSecond)
		wait = max(wait, p.delay(now, every, max(burst, 1)))
		dues[taken] = due{p, every}
		taken++
	}
	all := l.PerSecond
	if paid && all > 0 {
		all = 1000
	}
	strict := l.Strict && all >= 1
	if strict {
		wait = s.rates.past.delay(now, int(all))
	} else {
		under(&s.rates.all, all, int(all))
	}
	under(&ch.pace, l.PerChat, l.ChatBurst)
	if !ch.private() {
		under(&ch.minute, l.GroupPerMinute/60, int(l.GroupPerMinute))
	}
	if wait > 0 {
		return tooMany(int(math.Ceil(wait.Seconds())))
	}
	for _, d := range dues[:taken] {
		d.p.take(now, d.every)
	}
	if strict {
		s.rates.past.take(now, int(all))
	}
	return nil
}

// chargeUpload slows uploads of one size over 100 KB: they look like one file sent again and again.
func (s *Server) chargeUpload(size int) *failure {
	if s.opt.Limits.SameSize <= 0 || size <= 100_000 {
		return nil
	}
	if len(s.rates.sizes) > 4096 {
		clear(s.rates.sizes)
	}
	p := s.rates.sizes[size]
	if p == nil {
		p = &pace{}
		s.rates.sizes[size] = p
	}
	now := s.opt.Now()
	const every = 900 * time.Millisecond
	if p.delay(now, every, s.opt.Limits.SameSize) > 0 {
		return tooMany(60)
	}
	p.take(now, every)
	return nil
}
