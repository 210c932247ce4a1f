package flow

import "time"

// Open are the questions that apply and must be answered and are not, in order, whatever is on the table: what is missing.
func (f *Flow) Open(s State, now time.Time) []Row {
	var rows []Row
	l := f.look(&s, now)
	for _, p := range l.places {
		if p.step.field == nil || p.step.field.Hidden {
			continue
		}
		if row := l.row(p); row.Missing {
			rows = append(rows, row)
		}
	}
	return rows
}
