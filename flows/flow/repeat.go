package flow

import (
	"slices"
	"strconv"
	"strings"
)

func (p place) args() map[string]string {
	if p.item == 0 {
		return nil
	}
	return map[string]string{"n": strconv.Itoa(p.item)}
}

func (p place) inRepeat(key string) bool {
	return p.group != nil && p.group.act == repeats && p.group.key == key
}

// hasItem says whether an id ("bahan.2") names an item of the list at the place.
func (l *look) hasItem(p place, id string) bool {
	key, number, _ := strings.Cut(id, ".")
	return p.step.act == repeats && p.step.key == key && slices.Contains(l.items(p.step), number)
}

// moreID is where "another one?" is answered.
func (st *Step) moreID() string { return st.key + ".more" }

// drawMore asks for another item, or which question of an item to change.
func (l *look) drawMore(q *Question, p place) {
	if l.hasItem(p, l.state.Wanted) {
		q.Kind, q.Key = KindPick, l.flow.key(p.step.key)+".edit"
		q.Rows = l.itemRows(p.step, l.state.Wanted)
		q.Options = rowOptions(q.Rows)
		return
	}
	numbers := l.items(p.step)
	q.Kind = KindMore
	q.Args = map[string]string{"n": strconv.Itoa(len(numbers))}
	q.Rows = l.rows(l.places[:l.find(p.id)])
	q.Rows = slices.DeleteFunc(q.Rows, func(r Row) bool { return r.ID != p.step.key })
	if p.step.of != nil {
		l.drawEach(q, p)
		return
	}
	if len(numbers) < p.step.limits.Max {
		q.Options = append(q.Options, engineOption(OptionAdd, DoesAdd))
	}
	if p.step.limits.allow(len(numbers)) {
		q.Options = append(q.Options, engineOption(OptionDone, DoesDone))
	} else {
		q.Missing = []string{p.step.key}
	}
	for i, n := range numbers {
		q.Options = append(q.Options, p.itemOption("edit", DoesPick, i+1, n), p.itemOption("remove", DoesRemove, i+1, n))
	}
}

// drawEach asks which item of an Each to change.
func (l *look) drawEach(q *Question, p place) {
	q.Options = []Offered{engineOption(OptionDone, DoesDone)}
	for _, o := range p.step.of(l.view(place{})) {
		q.Options = append(q.Options, Offered{
			ID: itemOption("edit", o.ID), Label: o.label(l.flow.key(p.step.key)), Does: DoesPick, target: p.step.key + "." + o.ID,
		})
	}
}

func (p place) itemOption(verb string, does Does, position int, number string) Offered {
	target := number
	if does == DoesPick {
		target = p.step.key + "." + number
	}
	label := Label{Key: "flow.option." + verb + "_item", Args: map[string]string{"n": strconv.Itoa(position)}}
	return Offered{ID: itemOption(verb, number), Label: label, Does: does, target: target}
}

// itemRows are the questions of one item.
func (l *look) itemRows(list *Step, item string) []Row {
	var rows []Row
	for _, p := range l.places {
		if p.group == list && list.key+"."+p.number == item {
			rows = append(rows, l.row(p))
		}
	}
	return rows
}

// freshItem says whether the question on the table is of an item that was just
// begun, and may be left again.
func (x *exchange) freshItem() bool {
	p := x.table
	if p.number == "" || p.group.of != nil || (p.item == 1 && p.group.limits.Min > 0) {
		return false
	}
	for id := range x.state.Answers {
		if strings.HasPrefix(id, p.group.key+"."+p.number+".") {
			return false
		}
	}
	return true
}

// addItem begins another item, numbered after the last.
func (x *exchange) addItem() {
	list := x.table.step
	numbers := x.state.items(list)
	next := 1
	for _, number := range numbers {
		n, _ := strconv.Atoi(number)
		next = max(next, n+1)
	}
	x.writeItems(list, append(slices.Clip(numbers), strconv.Itoa(next)))
	x.state.Wanted = list.key
}

// leaveItem takes back an item that was just begun, so that "another one?" is
// asked again.
func (x *exchange) leaveItem() {
	list := x.table.group
	x.removeItem(list, x.table.number)
	delete(x.state.Answers, list.moreID())
}

// removeItem drops an item and all that was answered in it.
func (x *exchange) removeItem(list *Step, number string) {
	prefix := list.key + "." + number + "."
	for _, answers := range []map[string]Answer{x.state.Answers, x.state.Was} {
		for id, a := range answers {
			if strings.HasPrefix(id, prefix) {
				x.release(id, a.Value, "")
				delete(answers, id)
			}
		}
	}
	x.writeItems(list, without(x.state.items(list), number))
}

func (x *exchange) writeItems(list *Step, numbers []string) {
	x.write(list.key, x.answered(strings.Join(numbers, ",")))
}
