package flow

import (
	"slices"
	"time"
)

// Turn is what one message came to.
type Turn struct {
	State   State
	Says    []Say // in order; the last is the question on the table
	Effects []any

	Done bool
	End  string // with Done: the key of the End or Submit, or "<field>.locked"

	KeptFiles    []KeptFile // files that now belong to a question
	DroppedFiles []KeptFile // files nobody will need any more

	Question Question // on the table afterwards; its Done is set when there is none
}

// Say is one thing to say. Key names the text; Question is set when it is the
// question itself.
type Say struct {
	Key      string
	Args     map[string]string
	Value    []Label // for {value}: what was understood, was corrected
	Missing  []Label // for {missing}: what is still needed
	Question *Question
}

// KeptFile is a file and the question it answers. A file for a Checklist that
// did not say which item is kept under the list's key, and again under the
// item's when the person says.
type KeptFile struct {
	Key string // the answer's id
	FileAnswer
}

// exchange is one message and what comes of it, while it is being worked on.
type exchange struct {
	flow  *Flow
	in    Input
	state State
	now   time.Time
	look  *look
	table place
	asked Question
	turn  Turn
	quiet bool // nothing more is to be said
}

func (f *Flow) exchange(s State, in Input, now time.Time) *exchange {
	x := &exchange{flow: f, in: in, state: s.clone(), now: now}
	x.look = f.look(&x.state, now)
	x.table = x.look.table()
	return x
}

func (x *exchange) lookAgain() {
	x.look.again()
	x.table = x.look.table()
}

// over says whether the conversation has ended, and where.
func (x *exchange) over() (end string, over bool) {
	if x.state.Locked != "" {
		return pathOf(x.state.Locked) + ".locked", true
	}
	return x.table.step.key, x.table.over()
}

// close looks again and says what comes next.
func (x *exchange) close() Turn {
	if x.state.Locked == "" {
		x.lookAgain()
		x.tidy()
		x.tell()
		x.ask()
	}
	slices.SortFunc(x.turn.DroppedFiles, byFile)
	x.sound()
	x.turn.State = x.state
	return x.turn
}

// sound remembers which answers were found valid and will be.
func (x *exchange) sound() {
	for _, p := range x.look.places {
		if p.status != isAnswered || p.step.field == nil || !p.step.field.Alone {
			continue
		}
		if a, given := x.state.Answers[p.id]; given && !a.sound {
			a.sound = true
			x.state.Answers[p.id] = a
		}
	}
}

// ask puts the next question, or ends the conversation.
func (x *exchange) ask() {
	q := x.look.question(x.table)
	x.turn.Question = q
	if q.Done {
		x.end()
		return
	}
	if !x.quiet {
		x.turn.Says = append(x.turn.Says, Say{Key: q.Key, Args: q.Args, Question: &q})
	}
}

func (x *exchange) end() {
	st := x.table.step
	x.turn.Done, x.turn.End = true, st.key
	x.say(x.flow.key(st.key), nil)
	for _, effect := range st.effects {
		x.lasts(effect)
	}
	x.dropLeftovers(st.act == submits)
}

func (x *exchange) lasts(effect EffectFunc) {
	if effect == nil {
		return
	}
	if result := effect(x.look.view(place{})); result != nil {
		x.turn.Effects = append(x.turn.Effects, result)
	}
}

func (x *exchange) say(key string, args map[string]string) {
	x.turn.Says = append(x.turn.Says, Say{Key: key, Args: args})
}

// told is a Tell and all conditions it stands under.
type told struct {
	step  *Step
	conds []Cond
}

// tell says every Tell that was passed on the way to the table.
func (x *exchange) tell() {
	for _, p := range x.look.places {
		if p.status == isOpen && !p.inList() {
			return
		}
		if p.step.act == tells && !slices.Contains(x.state.Told, p.id) {
			x.state.Told = append(x.state.Told, p.id)
			x.say(x.flow.key(p.path), nil)
		}
	}
}

// untell forgets the Tells whose conditions look at an answer that changed.
func (x *exchange) untell(key string) {
	for _, t := range x.flow.tells {
		if slices.ContainsFunc(t.conds, func(c Cond) bool { return c.looksAt(key) }) {
			x.state.Told = without(x.state.Told, t.step.key)
		}
	}
}

// tidy forgets wishes that no longer have a question to be about.
func (x *exchange) tidy() {
	s := &x.state
	if s.Suggested != nil && s.Suggested.Key != x.table.id {
		s.Suggested = nil
	}
	if _, ok := x.look.wanted(); !ok {
		s.Wanted = ""
	}
	for id := range s.Misses { // of an Each that was left again
		if x.look.count(id) == isAnswered {
			delete(s.Misses, id)
		}
	}
}

func without[T comparable](list []T, gone T) []T {
	return slices.DeleteFunc(slices.Clone(list), func(e T) bool { return e == gone })
}
