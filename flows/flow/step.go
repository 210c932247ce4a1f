package flow

// Step is one line of a flow.
type Step struct {
	act     act
	key     string
	field   *Field
	cond    Cond
	steps   []Step
	limits  Limits
	of      func(View) []Option // of an Each
	effects []EffectFunc
	old     string
}

type act uint8

const (
	asks act = iota + 1
	offers
	branches
	tells
	ends
	reviews
	submits
	checks
	repeats
	renames
)

// Limits says how many items a Repeat takes.
type Limits struct{ Min, Max int }

// Ask asks for a field that must be answered.
func Ask(f *Field) Step { return fieldStep(asks, f) }

// Offer asks for a field that may be skipped.
func Offer(f *Field) Step { return fieldStep(offers, f) }

// When opens a branch: its steps apply while the condition holds. Answers given
// in a branch that closes stop counting, and count again when it reopens.
func When(c Cond, steps ...Step) Step { return Step{act: branches, cond: c, steps: steps} }

// Tell says something once; again only after an answer its conditions look at
// has changed.
func Tell(key string) Step { return Step{act: tells, key: key} }

// End ends the conversation with nothing filed.
func End(key string, effects ...EffectFunc) Step {
	return Step{act: ends, key: key, effects: effects}
}

// Review shows what was answered before it; the person confirms, or names one
// answer to change.
func Review(key string) Step { return Step{act: reviews, key: key} }

// Submit ends the conversation with a result.
func Submit(key string, effects ...EffectFunc) Step {
	return Step{act: submits, key: key, effects: effects}
}

// Checklist asks for several things in any order. It is finished when nothing
// is left to give, or by the person once every item that is not Optional is in.
func Checklist(key string, items ...*Field) Step {
	st := Step{act: checks, key: key}
	for _, item := range items {
		kind := asks
		if item != nil && item.Optional {
			kind = offers
		}
		st.steps = append(st.steps, fieldStep(kind, item))
	}
	return st
}

// Repeat asks its steps once for each item, until the person has enough. Every
// item can be changed and removed. The steps are Ask, Offer and When; their
// conditions look at the same item or at questions before the Repeat.
func Repeat(key string, limits Limits, steps ...Step) Step {
	return Step{act: repeats, key: key, limits: limits, steps: steps}
}

// Each asks its steps once for every option that is computed from earlier
// answers: the brand of each bahan that was picked. An option's id is made of
// a–z, 0–9 and _. Answers of an item that is gone stop counting, and count again
// when it returns.
func Each(key string, of func(v View) []Option, steps ...Step) Step {
	return Step{act: repeats, key: key, of: of, steps: steps}
}

// Renamed lets answers stored under an old key count as those of a new one. A
// question inside a Repeat is named "repeat.key".
func Renamed(old, new string) Step { return Step{act: renames, old: old, key: new} }

func fieldStep(a act, f *Field) Step {
	st := Step{act: a, field: f}
	if f != nil {
		st.key = f.Key
	}
	return st
}

// adopt copies the steps, so that a Flow shares nothing with who wrote it.
func adopt(steps []Step) []Step {
	own := make([]Step, len(steps))
	for i, st := range steps {
		own[i] = st
		own[i].steps = adopt(st.steps)
	}
	return own
}

// each visits every step of a script in order, with its path: its key, after
// the key of the Repeat it stands in.
func each(steps []Step, group string, visit func(st *Step, path string)) {
	for i := range steps {
		st := &steps[i]
		path := st.key
		if group != "" {
			path = group + "." + path
		}
		visit(st, path)
		inner := group
		if st.act == repeats {
			inner = st.key
		}
		each(st.steps, inner, visit)
	}
}
