package flow

import "slices"

// Cond is a condition on earlier Choices and on facts.
type Cond struct {
	op      op
	field   *Field
	options []string
	fact    string
	conds   []Cond
}

type op uint8

const (
	isIn op = iota + 1
	isFact
	not
	all
	any_
)

// Is holds when the Choice was answered with the option.
func (f *Field) Is(option string) Cond { return f.In(option) }

// In holds when the Choice was answered with one of the options.
func (f *Field) In(options ...string) Cond { return Cond{op: isIn, field: f, options: options} }

// Fact holds when the fact was given with this value at the start.
func Fact(name, value string) Cond { return Cond{op: isFact, fact: name, options: []string{value}} }

// Not holds when c does not.
func Not(c Cond) Cond { return Cond{op: not, conds: []Cond{c}} }

// All holds when each condition does.
func All(conds ...Cond) Cond { return Cond{op: all, conds: conds} }

// Any holds when at least one condition does.
func Any(conds ...Cond) Cond { return Cond{op: any_, conds: conds} }

// truth is a condition's answer. It is undecided while a question it looks at
// is open; a branch on it does not apply yet.
type truth uint8

const (
	no truth = iota
	undecided
	yes
)

func (c Cond) holds(v View) truth {
	switch c.op {
	case isIn:
		return v.answeredIn(c.field, c.options)
	case isFact:
		return truthOf(v.Fact(c.fact) == c.options[0])
	case not:
		return yes - c.conds[0].holds(v)
	case all:
		return fold(c.conds, v, yes, func(a, b truth) truth { return min(a, b) })
	}
	return fold(c.conds, v, no, func(a, b truth) truth { return max(a, b) })
}

func fold(conds []Cond, v View, t truth, join func(a, b truth) truth) truth {
	for _, c := range conds {
		t = join(t, c.holds(v))
	}
	return t
}

func truthOf(b bool) truth {
	if b {
		return yes
	}
	return no
}

// each visits a condition and all it is made of.
func (c Cond) each(visit func(Cond)) {
	visit(c)
	for _, inner := range c.conds {
		inner.each(visit)
	}
}

// looksAt says whether the condition reads the answer to this question.
func (c Cond) looksAt(key string) (looks bool) {
	c.each(func(c Cond) {
		if c.op == isIn {
			looks = looks || c.asked().Key == key
		}
	})
	return looks
}

// asked is the question a condition on a field depends on: the field, or what a
// Band is cut from.
func (c Cond) asked() *Field {
	if c.field.band != nil {
		return c.field.band.of
	}
	return c.field
}

// answeredIn says whether the Choice is answered with one of the options.
func (v View) answeredIn(f *Field, options []string) truth {
	asked := f
	if f.band != nil {
		asked = f.band.of
	}
	switch v.status(asked.Key) {
	case isOpen, isUndecided:
		return undecided
	case isAnswered:
		return truthOf(slices.Contains(options, v.Get(f.Key)))
	}
	return no
}
