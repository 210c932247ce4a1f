package flow

import (
	"slices"
	"strings"
	"time"
)

// status is what a question's answer is worth now. A question in a closed
// branch has none.
type status uint8

const (
	isClosed status = iota
	isUndecided
	isOpen
	isSkipped
	isAnswered
)

// look is one reading of a state: which steps apply, and whose answers count.
type look struct {
	flow   *Flow
	state  *State
	now    time.Time
	places []place
	counts []status          // by slot
	inside map[string]status // of questions inside a Repeat, by id
}

// place is a step that applies.
type place struct {
	step   *Step
	group  *Step  // the Checklist or Repeat it belongs to
	id     string // "nib", "bahan.2.brand": where its answer is kept
	path   string // "nib", "bahan.brand": what its keys are made of
	item   int    // its item's position within a Repeat, from 1
	number string // its item's number
	status status
}

func (f *Flow) look(s *State, now time.Time) *look {
	l := &look{flow: f, state: s, now: now, places: make([]place, 0, len(f.slots)), counts: make([]status, len(f.slots))}
	l.again()
	return l
}

// count is what the answer with an id is worth.
func (l *look) count(id string) status {
	if slot, ok := l.flow.slots[id]; ok {
		return l.counts[slot]
	}
	return l.inside[id]
}

func (l *look) set(id string, s status) {
	if slot, ok := l.flow.slots[id]; ok {
		l.counts[slot] = s
		return
	}
	if l.inside == nil {
		l.inside = map[string]status{}
	}
	l.inside[id] = s
}

// again reads the state anew.
func (l *look) again() {
	l.places = l.places[:0]
	clear(l.counts)
	clear(l.inside)
	l.read(l.flow.steps, place{})
}

// read adds the steps that apply; it stops at the end of the conversation.
func (l *look) read(steps []Step, in place) (over bool) {
	for i := range steps {
		p := in.at(&steps[i])
		switch p.step.act {
		case branches:
			over = l.branch(p.step, in)
		case asks, offers:
			l.add(p, l.judge(p))
		case tells:
			l.add(p, isAnswered)
		case reviews:
			l.add(p, l.confirmed(p))
		case checks:
			l.checklist(p)
		case repeats:
			l.repeat(p)
		case ends, submits:
			l.add(p, isOpen)
			over = true
		}
		if over {
			return true
		}
	}
	return false
}

// at is the place of a step beside p.
func (p place) at(st *Step) place {
	p.step, p.id, p.path = st, st.key, st.key
	if p.number != "" {
		p.id = p.group.key + "." + p.number + "." + st.key
		p.path = p.group.key + "." + st.key
	}
	return p
}

func (l *look) add(p place, s status) {
	p.status = s
	l.places = append(l.places, p)
	l.set(p.id, s)
}

func (l *look) branch(st *Step, in place) (over bool) {
	switch st.cond.holds(l.view(in)) {
	case yes:
		return l.read(st.steps, in)
	case undecided:
		each(st.steps, "", func(inner *Step, _ string) {
			if inner.field != nil {
				l.set(in.at(inner).id, isUndecided)
			}
		})
	}
	return false
}

// judge says what the stored answer to a question is worth.
func (l *look) judge(p place) status {
	a, ok := l.state.Answers[p.id]
	switch {
	case !ok:
		return isOpen
	case a.Skipped && p.step.act == offers:
		return isSkipped
	case !a.Skipped && (a.sound || p.step.field.valid(a.Value, l.view(p))):
		return isAnswered
	}
	return isOpen
}

// confirmed: a Review is done when it was, and nothing required is missing.
func (l *look) confirmed(p place) status {
	if l.state.Answers[p.id].Value == OptionSend && len(l.missing()) == 0 {
		return isAnswered
	}
	return isOpen
}

// checklist adds the items, then the list itself.
func (l *look) checklist(p place) {
	left := false
	for i := range p.step.steps {
		item := place{group: p.step}.at(&p.step.steps[i])
		l.add(item, l.judge(item))
		left = left || (l.count(item.id) == isOpen && item.step.act == asks)
	}
	l.add(p, isOpen)
	if !left && l.state.Answers[p.id].Value == OptionDone {
		l.settle(p.id)
	}
}

// repeat adds the questions of every item, then "another one?".
func (l *look) repeat(p place) {
	numbers := l.items(p.step)
	for i, n := range numbers {
		l.read(p.step.steps, place{group: p.step, item: i + 1, number: n})
	}
	if p.step.of != nil && len(numbers) == 0 {
		return
	}
	more := place{step: p.step, group: p.step, id: p.step.moreID(), path: p.step.moreID()}
	l.add(more, isOpen)
	if p.step.of != nil {
		if !l.visited(p.step, numbers) {
			l.settle(more.id)
		}
		return
	}
	if l.state.Answers[more.id].Value == OptionDone && p.step.limits.allow(len(numbers)) {
		l.settle(more.id)
	}
}

// visited says whether the person wants to see an Each, to change something in it.
func (l *look) visited(st *Step, items []string) bool {
	key, item, nested := strings.Cut(l.state.Wanted, ".")
	return key == st.key && (!nested || slices.Contains(items, item))
}

// items are the items of a Repeat or an Each, in order.
func (l *look) items(st *Step) []string {
	if st.of == nil {
		return l.state.items(st)
	}
	var ids []string
	for _, o := range st.of(l.view(place{})) {
		ids = append(ids, o.ID)
	}
	return ids
}

// name is what an item of an Each is called.
func (l *look) name(p place) Label {
	for _, o := range p.group.of(l.view(place{})) {
		if o.ID == p.number {
			return o.label(l.flow.key(p.group.key))
		}
	}
	return Label{}
}

func (l Limits) allow(n int) bool { return n >= l.Min && n <= l.Max }

func (l *look) settle(id string) {
	l.places[len(l.places)-1].status = isAnswered
	l.set(id, isAnswered)
}

// items are the numbers of a Repeat's items, in order. A list that must have
// one begins with it.
func (s *State) items(st *Step) []string {
	value := s.Answers[st.key].Value
	switch {
	case value != "":
		return strings.Split(value, ",")
	case st.limits.Min > 0:
		return []string{"1"}
	}
	return nil
}

// table is the place of the question on the table: what the person asked for,
// else the first that applies and has no valid answer.
func (l *look) table() place {
	if p, ok := l.wanted(); ok {
		return p
	}
	if p, ok := l.lapsed(); ok {
		return p
	}
	for _, p := range l.places[l.from():] {
		if p.status == isOpen && !p.inList() {
			return p
		}
	}
	return l.places[len(l.places)-1] // unreachable: the last step of a flow ends it
}

// lapsed is a question that "cukup" passes by and that was answered, but whose
// answer fits no longer: the kelurahan, once the kecamatan is another.
func (l *look) lapsed() (place, bool) {
	for _, p := range l.places[:l.from()] {
		a, given := l.state.Answers[p.id]
		if given && !a.Skipped && p.status == isOpen && p.step.act == asks && !p.inList() && !l.waits(p) {
			return p, true
		}
	}
	return place{}, false
}

// waits says whether a question has nothing to choose from yet: its options
// depend on one that is open.
func (l *look) waits(p place) bool {
	f := p.step.field
	return f.Options != nil && len(f.Options(l.view(p))) == 0
}

// wanted is what the person asked for out of turn: one question, what is open
// in a Repeat, or an item of it.
func (l *look) wanted() (place, bool) {
	w := l.state.Wanted
	i := slices.IndexFunc(l.places, func(p place) bool {
		return w != "" && p.status == isOpen && (p.id == w || p.inRepeat(w) || l.hasItem(p, w))
	})
	if i < 0 {
		return place{}, false
	}
	return l.places[i], true
}

// from is where to look for the first open question: after "cukup" the ones
// before the summary stay open.
func (l *look) from() int {
	if !l.state.Enough {
		return 0
	}
	return max(0, slices.IndexFunc(l.places, func(p place) bool { return p.step.act == reviews }))
}

func (l *look) find(id string) int {
	if id == "" {
		return -1
	}
	return slices.IndexFunc(l.places, func(p place) bool { return p.id == id })
}

// inList says whether the place is an item of a Checklist, which is asked only
// when the person picks it.
func (p place) inList() bool { return p.group != nil && p.group.act == checks }

// answerable says whether going back may lead here.
func (p place) answerable() bool {
	return p.step.act != tells && !p.inList() && (p.step.act != repeats || p.step.of == nil)
}

// over says whether the conversation has ended here.
func (p place) over() bool { return p.step.act == ends || p.step.act == submits }

// missing are the required questions without an answer, of those read so far.
func (l *look) missing() []string {
	var ids []string
	for _, p := range l.places {
		if p.status == isOpen && (p.step.act == asks || l.tooFew(p)) {
			ids = append(ids, p.id)
		}
	}
	return ids
}

// tooFew says whether a Repeat lacks items.
func (l *look) tooFew(p place) bool {
	return p.step.act == repeats && p.step.of == nil && len(l.state.items(p.step)) < p.step.limits.Min
}
