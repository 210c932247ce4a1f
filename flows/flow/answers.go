package flow

import (
	"strings"
	"time"
)

// setAll writes what was understood: the answer to the question on the table,
// and to others that it gave away.
func (x *exchange) setAll(u Understood) {
	x.set(x.table.id, u.Value)
	v := x.view()
	for key, value := range u.Also {
		x.set(v.id(key), value)
	}
}

// set writes an answer, and forgets what was there.
func (x *exchange) set(id, value string) {
	x.release(id, x.state.Answers[id].Value, value)
	x.release(id, x.state.Was[id].Value, value)
	x.write(id, x.answered(value))
}

// answered is a value with the message it came in.
func (x *exchange) answered(value string) Answer {
	a := Answer{Value: value, Raw: x.in.Text, At: x.in.At, ID: x.in.ID, Ref: x.in.Ref, Own: x.in.owned()}
	if a.Raw == "" {
		a.Raw = x.in.Option
	}
	if a.At.IsZero() {
		a.At = x.now
	}
	return a
}

// write puts an answer as it is.
func (x *exchange) write(id string, a Answer) {
	x.state.Answers[id] = a
	delete(x.state.Was, id)
	delete(x.state.Picked, id)
	delete(x.state.Misses, id)
	x.state.Suggested = nil
	x.changed(id)
}

// takeBack removes an answer and remembers it, so that it can be offered again.
func (x *exchange) takeBack(id string) {
	a, ok := x.state.Answers[id]
	if !ok {
		return
	}
	delete(x.state.Answers, id)
	x.state.Was[id] = a
	if f := x.flow.fieldOf(id); f != nil && f.Kind == Several && !a.Skipped {
		x.state.Picked[id] = strings.Split(a.Value, ",")
	}
	x.changed(id)
}

// TakeBack returns a state in which these answers are asked again, with what was
// answered at hand.
func (f *Flow) TakeBack(s State, ids ...string) State {
	x := &exchange{flow: f, state: s.clone()}
	x.look = f.look(&x.state, time.Time{})
	for _, id := range ids {
		x.takeBack(id)
	}
	return x.state
}

// restore brings back the answer there was.
func (x *exchange) restore(id string) {
	if a, ok := x.state.Was[id]; ok {
		x.write(id, a)
	}
}

// changed forgets what was said and confirmed because of an answer.
func (x *exchange) changed(id string) {
	path := pathOf(id)
	_, key, nested := strings.Cut(path, ".")
	if !nested {
		key = path
	}
	x.untell(key)
	for _, p := range x.look.places {
		if p.step.act == reviews && x.flow.order[p.path] > x.flow.order[path] {
			delete(x.state.Answers, p.id)
		}
	}
}
