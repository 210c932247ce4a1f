package flow

import (
	"fmt"
	"strings"
)

// invariants always hold after a turn.
func (r *rambler) invariants() error {
	t := r.turn
	if t.Done {
		return r.ended()
	}
	s := t.State
	l := r.flow.look(&s, r.now)
	p := l.table()
	switch {
	case p.id != t.Question.ID:
		return fmt.Errorf("%s was asked, %s is on the table", t.Question.ID, p.id)
	case p.status != isOpen:
		return fmt.Errorf("%s is asked though it is answered", p.id)
	case s.Misses[p.id] > r.said:
		return fmt.Errorf("%d misses in %d messages", s.Misses[p.id], r.said)
	case len(t.Effects) > 0 && !r.stuck():
		return fmt.Errorf("a result lasts though the conversation goes on")
	}
	for id := range s.Misses {
		if l.count(id) == isAnswered {
			return fmt.Errorf("%s is answered and still counts its misses", id)
		}
	}
	return r.lastSaidIsTheQuestion()
}

func (r *rambler) stuck() bool {
	f := r.turn.Question.Field
	return f != nil && f.OnStuck != nil
}

func (r *rambler) lastSaidIsTheQuestion() error {
	says := r.turn.Says
	if len(says) == 0 {
		return nil // a further photo of an album
	}
	if q := says[len(says)-1].Question; q == nil || q.ID != r.turn.Question.ID {
		return fmt.Errorf("the last thing said is not the question %s", r.turn.Question.ID)
	}
	return nil
}

// ended: a conversation ends in an End, a Submit or a lock; a Submit has all
// that is required, and every file that is kept belongs to an answer.
func (r *rambler) ended() error {
	s := r.turn.State
	if s.Locked != "" {
		return r.holds(nil)
	}
	l := r.flow.look(&s, r.now)
	p := l.table()
	switch {
	case !p.over() || p.step.key != r.turn.End:
		return fmt.Errorf("the conversation ended at %s, which ends nothing", p.id)
	case p.step.act == ends:
		return r.holds(nil)
	}
	if missing := l.missing(); len(missing) > 0 {
		return fmt.Errorf("submitted without %s", strings.Join(missing, ", "))
	}
	kept := map[string]bool{}
	for _, q := range l.places {
		if q.step.field != nil && q.step.field.Kind == Files && q.status == isAnswered {
			for _, file := range ReadFiles(s.Answers[q.id].Value) {
				kept[file.ID] = true
			}
		}
	}
	return r.holds(kept)
}

// holds says whether exactly these files are left.
func (r *rambler) holds(kept map[string]bool) error {
	for id := range r.files {
		if !kept[id] {
			return fmt.Errorf("file %s belongs to nothing and was not given up", id)
		}
	}
	for id := range kept {
		if !r.files[id] {
			return fmt.Errorf("file %s is filed and was given up", id)
		}
	}
	return nil
}

// promises hold between what was on the table and what came of the message.
func (r *rambler) promises(before Turn, in Input) error {
	q, t := before.Question, r.turn
	button := in.Key != "" && in.Edits == ""
	switch {
	case button && in.Key != q.ID && (t.Says[0].Key != "flow.expired" || t.Question.ID != q.ID):
		return fmt.Errorf("a button of %s did something at %s", in.Key, q.ID)
	case in.Word == Back && t.Done:
		return fmt.Errorf("going back ended the conversation")
	case !t.Done && q.Kind == KindAsk && before.State.Wanted == "" && t.State.Last == q.ID && in.Edits == "" && r.answered(before):
		return r.backIsInverse(q)
	}
	return nil
}

// answered says whether the message gave the question on the table its answer.
func (r *rambler) answered(before Turn) bool {
	id := before.Question.ID
	_, had := before.State.Answers[id]
	_, has := r.turn.State.Answers[id]
	return !had && has && r.turn.Question.ID != id && len(r.turn.State.Held) == 0
}

// backIsInverse: after an answer, going back asks the same question again.
func (r *rambler) backIsInverse(q Question) error {
	if r.turn.State.Enough {
		return nil // cukup is what is taken back first
	}
	back := r.flow.Advance(r.turn.State, Input{Word: Back}, r.now)
	leftItem := back.Question.Kind == KindMore
	if back.Question.ID != q.ID && !leftItem && !r.gaveMore(q) {
		return fmt.Errorf("back from %s leads to %s, not to %s", r.turn.Question.ID, back.Question.ID, q.ID)
	}
	return nil
}

// gaveMore says whether the message gave later answers too, or opened the way
// past questions that were answered before: then the last of those is asked.
func (r *rambler) gaveMore(q Question) bool {
	s := r.turn.State
	l := r.flow.look(&s, r.now)
	from, to := l.find(q.ID), l.find(r.turn.Question.ID)
	if from < 0 || to < from {
		return true
	}
	for _, p := range l.places[from+1 : to] {
		if p.answerable() && p.status >= isSkipped {
			return true
		}
	}
	return false
}
