package delivery

import "time"

// remembered is for how long, at least, a sent reply is recognised: longer than a lease and its renewals.
const remembered = 5 * time.Minute

// memory is a set that forgets: two halves, the older one dropped when the newer is full of minutes.
type memory struct {
	now, before map[replyKey]bool
	since       time.Time
}

func (m *memory) add(k replyKey, at time.Time) {
	m.turn(at)
	m.now[k] = true
}

func (m *memory) has(k replyKey, at time.Time) bool {
	m.turn(at)
	return m.now[k] || m.before[k]
}

func (m *memory) turn(at time.Time) {
	switch age := at.Sub(m.since); {
	case m.now == nil || age >= 2*remembered:
		m.now, m.before, m.since = map[replyKey]bool{}, nil, at
	case age >= remembered:
		m.now, m.before, m.since = map[replyKey]bool{}, m.now, at
	}
}
