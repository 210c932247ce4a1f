package flow

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// try gives one input and holds what came of it against what it promised.
func (w *walker) try(s step, t trial, aside bool) step {
	q := s.turn.Question
	if w.err != nil {
		return s
	}
	next := step{
		turn:  w.flow.Advance(s.turn.State, t.in, w.now),
		trail: append(slices.Clip(s.trail), q.ID+": "+t.by),
	}
	w.saw(next.turn)
	by := t.by
	if by == "answer" && w.steers(q) {
		by = w.value(w.view(next.turn.State), keyOf(q.ID))
	}
	w.record(pathOf(q.ID), by, next.turn, aside)
	stays := !next.turn.Done && next.turn.Question.ID == q.ID
	missed := next.turn.State.Misses[q.ID] > s.turn.State.Misses[q.ID]
	switch {
	case t.bad && !missed:
		w.fail(next, "%q is taken for an answer to %s", t.in.Text, q.ID)
	case t.main && missed:
		w.fail(next, "%q is refused as an answer to %s", t.in.Text+t.in.Option, q.ID)
	case t.option && (stays || next.turn.State.Answers[q.ID].Value != t.in.Option):
		w.fail(next, "option %q of %s cannot be chosen", t.in.Option, q.ID)
	}
	return next
}

// saw notes what a turn showed.
func (w *walker) saw(t Turn) {
	for _, say := range t.Says {
		w.keys[say.Key] = true
		w.reached[strings.TrimPrefix(say.Key, w.flow.Name+".")] = true
		w.sawLabels(say.Value, say.Missing)
	}
	q := t.Question
	w.reached[pathOf(q.ID)] = true
	w.sawLabels(q.Was)
	for _, o := range q.Options {
		w.sawLabels([]Label{o.Label})
	}
	for _, row := range q.Rows {
		w.sawLabels(row.Value, []Label{row.Label})
	}
	if len(w.bands) == 0 {
		return
	}
	l := w.flow.look(&t.State, w.now)
	for name := range w.flow.bands {
		w.bands[name+"="+l.view(place{}).Get(name)] = true
		for _, p := range l.places {
			if p.number != "" {
				w.bands[name+"="+l.view(p).Get(name)] = true
			}
		}
	}
}

func (w *walker) sawLabels(lists ...[]Label) {
	for _, labels := range lists {
		for _, label := range labels {
			if label.Key != "" {
				w.keys[label.Key] = true
			}
		}
	}
}

func (w *walker) record(from, by string, t Turn, aside bool) {
	to := pathOf(t.Question.ID)
	if t.Done {
		to = t.End
	}
	w.moves[Move{From: from, By: by, To: to, Aside: aside}] = true
}

// unreached names a step that no conversation came to.
func (w *walker) unreached() (err error) {
	each(w.flow.steps, "", func(st *Step, path string) {
		switch {
		case st.act == repeats && st.of != nil: // its questions are; it is shown itself where an item is changed
			return
		case st.act == repeats:
			path += ".more"
		}
		if err == nil && st.act != branches && st.act != renames && !w.reached[path] {
			err = fmt.Errorf("%s is never reached", st)
		}
	})
	for _, name := range sorted(w.bands) {
		if err == nil && !w.bands[name] {
			err = fmt.Errorf("no sample leads to the band %s", name)
		}
	}
	return err
}

func (w *walker) drawn() *Map {
	m := &Map{Flow: w.flow.Name, Keys: sorted(w.keys)}
	m.Moves = slices.SortedFunc(maps.Keys(w.moves), func(a, b Move) int {
		return cmp.Or(
			cmp.Compare(w.at[a.From], w.at[b.From]), cmp.Compare(a.From, b.From),
			cmp.Compare(w.at[a.To], w.at[b.To]), cmp.Compare(a.To, b.To), cmp.Compare(a.By, b.By),
			cmp.Compare(fmt.Sprint(a.Aside), fmt.Sprint(b.Aside)),
		)
	})
	return m
}

func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
