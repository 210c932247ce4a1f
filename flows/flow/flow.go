// Package flow is the language a conversation is written in, and the engine
// that holds it. A flow is a list of steps that reads like the dialogue; the
// engine is a pure function from a state, one message and the time to the next
// state, what to say and what lasts. The state never says where the person is:
// the question on the table is the first that applies and has no valid answer.
// The package imports the standard library only. It never looks at a clock or
// a network, and it holds no language: what is said are keys.
package flow

import (
	"strings"
	"time"
)

// Flow is one conversation. It is made once, never changes, and serves any
// number of people at a time.
type Flow struct {
	Name    string
	Version int

	steps   []Step
	order   map[string]int    // path of a step → its place in the script
	fields  map[string]*Field // by path
	inItem  map[string]bool   // keys of questions inside a Repeat
	bands   map[string]*Field // by key
	renamed map[string]string // old path → new path
	lists   map[string]*Step  // Repeats, by key
	reviews map[string]bool   // by key
	tells   []told            // with the conditions they stand under
	slots   map[string]int    // id of whatever has one answer, outside every Repeat → where a look counts it
}

// New makes a flow. A contradiction (a key twice, a condition on a later
// question, a branch with nothing in it …) panics with a sentence that says so.
func New(name string, version int, steps ...Step) *Flow {
	f, err := Build(name, version, steps...)
	if err != nil {
		panic(err)
	}
	return f
}

// Build is New for steps that come from data: it returns the contradiction.
func Build(name string, version int, steps ...Step) (*Flow, error) {
	f := &Flow{
		Name: name, Version: version,
		order: map[string]int{}, fields: map[string]*Field{}, inItem: map[string]bool{},
		bands: map[string]*Field{}, renamed: map[string]string{}, lists: map[string]*Step{}, reviews: map[string]bool{},
	}
	f.steps = adopt(steps)
	if err := f.check(); err != nil {
		return nil, err
	}
	f.slots = map[string]int{}
	f.number(f.steps)
	return f, nil
}

// number gives a slot to every step outside a Repeat, and to its "another one?".
func (f *Flow) number(steps []Step) {
	for i := range steps {
		st := &steps[i]
		switch st.act {
		case branches:
			f.number(st.steps)
			continue
		case renames:
			continue
		case repeats:
			f.slot(st.moreID())
			continue
		case checks:
			f.number(st.steps)
		}
		f.slot(st.key)
	}
}

func (f *Flow) slot(id string) {
	if _, has := f.slots[id]; !has {
		f.slots[id] = len(f.slots)
	}
}

// EffectFunc makes a lasting result out of what was answered; nil is dropped.
type EffectFunc func(v View) any

// Start opens a conversation. The run is a nonce that tells its buttons from
// those of any other; facts are what is known of the person beforehand; answers
// are given when something filed before is amended.
func (f *Flow) Start(run string, facts, answers map[string]string, now time.Time) Turn {
	s := State{Flow: f.Name, Version: f.Version, Run: run, Facts: facts, Answers: map[string]Answer{}}
	for key, value := range answers {
		s.Answers[key] = Answer{Value: value, At: now}
		if field := f.fieldOf(key); field != nil && field.Kind == Files {
			for _, file := range ReadFiles(value) {
				s.Filed = append(s.Filed, file.ID)
			}
		}
	}
	return f.exchange(s, Input{}, now).close()
}

// Advance hears one message. It changes nothing of s, so that a try may be
// repeated with the same state.
func (f *Flow) Advance(s State, in Input, now time.Time) Turn {
	x := f.exchange(s, in, now)
	if end, over := x.over(); over {
		return Turn{State: s, Done: true, End: end, Question: Question{Run: s.Run, Done: true}}
	}
	x.hear()
	x.learn()
	return x.close()
}

// Table is the question on the table, with all that is needed to draw it and
// to understand what is answered.
func (f *Flow) Table(s State, now time.Time) Question {
	if s.Locked != "" {
		return Question{Run: s.Run, Done: true}
	}
	l := f.look(&s, now)
	return l.question(l.table())
}

// WantsFiles is how many files a message may bring now: those the question on
// the table takes, or what is left of the album that is coming in.
func (f *Flow) WantsFiles(s State, album string, now time.Time) int {
	if s.Album != nil && s.Album.ID == album && album != "" && !s.Album.Refused {
		return s.Album.room(f, s)
	}
	return f.Table(s, now).WantsFiles
}

// Edited is the question that an edit of an earlier message would answer anew,
// so that the caller can tell which of its options the new text names.
func (f *Flow) Edited(s State, ref string, now time.Time) (Question, bool) {
	l := f.look(&s, now)
	switch {
	case ref == "":
		return Question{}, false
	case s.gave(ref):
		if i := l.find(s.Last); i >= 0 {
			return l.question(l.places[i]), true
		}
	case ref == s.Refused:
		return l.question(l.table()), true
	}
	return Question{}, false
}

// fieldOf is the field that an answer's id ("nib", "bahan.2.brand") belongs to.
func (f *Flow) fieldOf(id string) *Field { return f.fields[pathOf(id)] }

// pathOf is an answer's id without the number of its item: "bahan.2.brand" is
// answered under "bahan.brand".
func pathOf(id string) string {
	group, rest, nested := strings.Cut(id, ".")
	if !nested {
		return id
	}
	if _, key, ok := strings.Cut(rest, "."); ok {
		return group + "." + key
	}
	return id
}
