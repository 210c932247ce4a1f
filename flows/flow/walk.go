package flow

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// WalkOptions say what a walk may not find out by itself.
type WalkOptions struct {
	Starts []map[string]string // the facts to begin with; nil: every combination of those that conditions name
	Turns  int                 // the longest conversation allowed; 0: 400
	Now    time.Time           // zero: 2 March 2026
}

// Map is what a walk saw.
type Map struct {
	Flow  string
	Moves []Move
	Keys  []string // every key that was said or shown, sorted
}

// Move is one step from a question to the next, or to an end. Aside is set for
// what is off the main way: going back, changing an answer, cukup.
type Move struct {
	From, By, To string
	Aside        bool
}

// Walk holds every conversation that differs in a choice that steers, and on
// the way of each tries every option, every sample, back, skip, cukup and every
// edit from the summary. It fails on a dead end, a step that is never reached,
// an option that cannot be chosen, a sample that is refused, a bad one that is
// taken, and a conversation that does not end.
func Walk(f *Flow, o WalkOptions) (*Map, error) {
	w := newWalker(f, o)
	for _, facts := range w.facts() {
		w.begin(facts)
		if w.err != nil {
			return nil, fmt.Errorf("walk %s: %w", f.Name, w.err)
		}
	}
	if err := w.unreached(); err != nil {
		return nil, fmt.Errorf("walk %s: %w", f.Name, err)
	}
	return w.drawn(), nil
}

type walker struct {
	flow     *Flow
	turns    int
	now      time.Time
	starts   []map[string]string
	steering map[string]int  // path of a question that steers → the last step that looks at it
	at       map[string]int  // path of a step → its position
	bands    map[string]bool // "band=option" → seen
	seen     map[string]bool
	reached  map[string]bool
	moves    map[Move]bool
	keys     map[string]bool
	file     func() FileAnswer
	err      error
}

func newWalker(f *Flow, o WalkOptions) *walker {
	w := &walker{
		flow: f, turns: o.Turns, now: o.Now, starts: o.Starts,
		steering: map[string]int{}, at: map[string]int{}, bands: map[string]bool{},
		seen: map[string]bool{}, reached: map[string]bool{},
		moves: map[Move]bool{}, keys: map[string]bool{}, file: files("file"),
	}
	if w.turns == 0 {
		w.turns = 400
	}
	if w.now.IsZero() {
		w.now = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	}
	w.survey()
	return w
}

// survey finds which questions steer, and how far.
func (w *walker) survey() {
	n := 0
	each(w.flow.steps, "", func(st *Step, path string) {
		if st.act == renames {
			return
		}
		n++
		last := n
		each(st.steps, "", func(*Step, string) { last++ })
		w.at[path] = n
		if st.act == repeats {
			w.at[path], w.at[path+".more"] = n, last
		}
		st.cond.each(func(c Cond) {
			if c.op == isIn {
				w.steering[c.asked().Key] = last
			}
		})
	})
	for _, b := range w.flow.bands {
		for _, option := range b.band.options {
			w.bands[b.Key+"="+option] = false
		}
	}
}

// facts are the sets of facts to begin with: those given, or all combinations
// of the values that conditions name, and none.
func (w *walker) facts() []map[string]string {
	if len(w.starts) > 0 {
		return w.starts
	}
	values := map[string][]string{}
	each(w.flow.steps, "", func(st *Step, _ string) {
		st.cond.each(func(c Cond) {
			if c.op == isFact {
				values[c.fact] = append(values[c.fact], c.options[0])
			}
		})
	})
	all := []map[string]string{{}}
	for _, name := range sorted(values) {
		all = combine(all, name, append(values[name], ""))
	}
	return all
}

func combine(all []map[string]string, name string, values []string) []map[string]string {
	slices.Sort(values)
	var more []map[string]string
	for _, facts := range all {
		for _, value := range slices.Compact(values) {
			next := clone(facts)
			if value != "" {
				next[name] = value
			}
			more = append(more, next)
		}
	}
	return more
}

// step is a conversation on the way, with how it came there.
type step struct {
	turn  Turn
	trail []string
}

func (w *walker) begin(facts map[string]string) {
	clear(w.seen)
	turn := w.flow.Start("walk", facts, nil, w.now)
	w.saw(turn)
	w.record("start", "", turn, false)
	w.explore(step{turn: turn, trail: []string{fmt.Sprint(facts)}})
}

// explore tries everything at the question on the table, and goes on from each
// answer that takes the conversation another way.
func (w *walker) explore(s step) {
	q := s.turn.Question
	if w.err != nil || s.turn.Done || !w.news(s.turn) {
		return
	}
	first := true
	for _, t := range append(w.answers(s), asides(q)...) {
		next := w.try(s, t, !t.main)
		if w.err != nil {
			return
		}
		if t.main && (first || w.steers(q)) {
			w.explore(next)
		} else {
			w.aside(next, t)
		}
		first = first && !t.main
	}
}

// answers are the answers to the question on the table; there must be one.
func (w *walker) answers(s step) []trial {
	q := s.turn.Question
	if q.Kind == KindPick {
		return []trial{{by: "back", in: Input{Word: Back}}}
	}
	trials := answers(q, w.file)
	if len(trials) == 0 {
		w.fail(s, "dead end at %s: it has no options and no Samples", q.ID)
	}
	return trials
}

// aside goes on to the end the way most people do. An edited question is tried
// with each of its answers.
func (w *walker) aside(s step, t trial) {
	if strings.HasPrefix(t.by, "edit:") && !s.turn.Done {
		for _, answer := range w.answers(s) {
			w.finish(w.try(s, answer, true))
		}
		return
	}
	w.finish(s)
}

// finish takes the first answer at every question until the conversation ends.
func (w *walker) finish(s step) {
	for range w.turns {
		if w.err != nil || s.turn.Done {
			return
		}
		trials := w.answers(s)
		if w.err != nil {
			return
		}
		s = w.try(s, trials[0], true)
	}
	if w.err == nil && !s.turn.Done {
		w.fail(s, "after %d turns the conversation is still at %s", w.turns, s.turn.Question.ID)
	}
}

func (w *walker) steers(q Question) bool {
	_, steers := w.steering[keyOf(q.ID)]
	return steers
}

// keyOf is the key of the field that an id belongs to.
func keyOf(id string) string {
	path := pathOf(id)
	return path[strings.LastIndex(path, ".")+1:]
}

// news says whether this question was not met before with the same answers to
// what still steers after it.
func (w *walker) news(t Turn) bool {
	q := t.Question
	sign := fmt.Sprint(q.ID, q.Kind, t.State.Enough, t.State.Wanted, q.Missing)
	for _, o := range q.Options {
		sign += "," + o.ID
	}
	v := w.view(t.State)
	for _, key := range sorted(w.steering) {
		if w.steering[key] > w.at[pathOf(q.ID)] {
			sign += fmt.Sprint(";", key, "=", w.value(v, key))
		}
	}
	if w.seen[sign] {
		return false
	}
	w.seen[sign] = true
	return true
}

// value is what an answer steers by: of a question with Bands, its bands.
func (w *walker) value(v View, key string) string {
	var cuts []string
	for _, name := range sorted(w.flow.bands) {
		if w.flow.bands[name].band.of.Key == key {
			cuts = append(cuts, v.Get(name))
		}
	}
	if cuts == nil {
		return v.Get(key)
	}
	return strings.Join(cuts, ", ")
}

func (w *walker) view(s State) View { return w.flow.look(&s, w.now).view(place{}) }

func (w *walker) fail(s step, format string, args ...any) {
	if w.err == nil {
		w.err = fmt.Errorf(format+" (after %s)", append(args, strings.Join(s.trail, ", "))...)
	}
}
