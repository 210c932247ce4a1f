package flow

// word does what a navigation word asks for. It is false when the word is
// nothing here, and may be an answer.
func (x *exchange) word() (heard bool) {
	switch x.in.Word {
	case Back:
		x.back()
	case Skip:
		x.skip()
	case Enough:
		x.enough()
	case Done:
		x.done()
	case Complete:
		x.state.Enough, x.state.Wanted = false, ""
	case Why:
		x.say(x.asked.Key+".why", nil)
	case Edit:
		x.edit()
	case Again, Continue: // the question is asked again in any case
	default:
		return false
	}
	return true
}

// back takes back the last thing that was done: files not yet placed, a wish to
// change something, "cukup", an item just begun, or the answer before the
// question on the table.
func (x *exchange) back() {
	s := &x.state
	_, was := s.Was[x.table.id]
	switch {
	case len(s.Held) > 0:
		x.dropHeld()
	case x.asked.Kind == KindPick:
		s.Wanted = ""
		if x.table.step.act == repeats {
			s.Wanted = x.table.step.key
		}
	case s.Wanted != "" && was:
		x.restore(x.table.id)
	case s.Wanted == x.table.id:
		s.Wanted = ""
	case s.Enough && x.table.step.act == reviews:
		s.Enough = false
	case x.freshItem():
		x.leaveItem()
	default:
		x.previous()
	}
}

// previous takes back the last answer that was given before the question on the table.
func (x *exchange) previous() {
	for i := x.look.find(x.table.id) - 1; i >= 0; i-- {
		p := x.look.places[i]
		if !p.answerable() || p.status < isSkipped || x.state.Answers[p.id].Learned {
			continue
		}
		x.takeBack(p.id)
		if x.state.Enough {
			x.state.Wanted = p.id // which the summary would pass by
		}
		return
	}
	x.say("flow.no_back", nil)
}

func (x *exchange) skip() {
	switch {
	case x.asked.Skippable:
		x.skipped()
	case x.table.inList():
		x.back()
	case x.mayFinish():
		x.finish()
	default:
		x.say("flow.cannot_skip", nil)
	}
}

// skipped marks the question on the table as one the person will not answer.
func (x *exchange) skipped() {
	id := x.table.id
	x.set(id, "")
	a := x.state.Answers[id]
	a.Skipped = true
	x.state.Answers[id] = a
	x.state.Last = id
	x.completeList()
}

// enough finishes what can be finished, else leads to the summary. Where
// nothing may be left out it may still be an answer.
func (x *exchange) enough() {
	switch {
	case x.mayFinish():
		x.finish()
	case x.freshItem() && x.table.group.limits.allow(len(x.state.items(x.table.group))-1):
		list := x.table.group
		x.leaveItem()
		x.write(list.moreID(), x.answered(OptionDone))
	case x.state.Wanted != "":
		x.back()
	case x.asked.CanEnough:
		x.state.Enough = true
	case x.asked.Skippable:
		x.skip()
	case x.asked.Kind == KindReview:
	case !x.typed():
		x.say("flow.cannot_skip", nil)
	}
}

// done finishes what can be finished. Elsewhere it may be an answer, or comes
// late, after photos that are an answer already: the question is asked again.
func (x *exchange) done() {
	if x.mayFinish() || x.isAsked(Several) {
		x.finish()
		return
	}
	x.typed()
}

// typed takes the word as an answer, if it is one.
func (x *exchange) typed() bool {
	f := x.asked.Field
	if f == nil || f.Kind == Files || x.in.Text == "" {
		return false
	}
	u, err := x.understand(f, x.in.Text)
	if err == nil {
		x.accept(u)
	}
	return err == nil
}

// edit asks which row of the summary to change.
func (x *exchange) edit() {
	if x.table.step.act == reviews {
		x.state.Wanted = x.table.id
		return
	}
	x.say("flow.edit_later", nil)
}

// mayFinish says whether the question takes any number of answers and has enough.
func (x *exchange) mayFinish() bool {
	switch x.asked.Kind {
	case KindChecklist, KindMore:
		return len(x.asked.Missing) == 0
	case KindAsk:
		return len(x.state.Picked[x.table.id]) > 0
	}
	return false
}

// finish ends a question that takes any number of answers.
func (x *exchange) finish() {
	switch {
	case x.isAsked(Several):
		x.finishSeveral(x.state.Picked[x.table.id])
	case len(x.asked.Missing) > 0:
		x.stillMissing()
	case x.table.step.of != nil:
		x.state.Wanted = ""
	default:
		x.write(x.table.id, x.answered(OptionDone))
	}
}

func (x *exchange) stillMissing() {
	say := Say{Key: "flow.still_missing"}
	for _, row := range x.asked.Rows {
		if row.Missing {
			say.Missing = append(say.Missing, row.Label)
		}
	}
	x.turn.Says = append(x.turn.Says, say)
}
