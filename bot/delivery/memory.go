package delivery

import "time"

// remembered is for how long, at least, a sent reply is recognised: longer than a lease and its renewals.
const remembered = 5 * time.Minute

// memory knows when things were last done, for the time given as keep and at most twice as long. It forgets by dropping the
// older of two halves, so it costs nothing at rest.
type memory[K comparable] struct {
	keep        time.Duration
	now, before map[K]time.Time
	since       time.Time
}

func (m *memory[K]) add(k K, at time.Time) {
	m.turn(at)
	m.now[k] = at
}

// last returns the zero time for what is unknown or forgotten.
func (m *memory[K]) last(k K, at time.Time) time.Time {
	m.turn(at)
	if t, found := m.now[k]; found {
		return t
	}
	return m.before[k]
}

func (m *memory[K]) turn(at time.Time) {
	switch age := at.Sub(m.since); {
	case m.now == nil || age >= 2*m.keep:
		m.now, m.before, m.since = map[K]time.Time{}, nil, at
	case age >= m.keep:
		m.now, m.before, m.since = map[K]time.Time{}, m.now, at
	}
}
