package flow

// gave says whether the message gave the last answer.
func (s *State) gave(ref string) bool {
	a, ok := s.Answers[s.Last]
	return ok && ref != "" && a.Ref == ref && !a.Skipped
}

// correct hears an edited message: the last answer is corrected, a refused last
// message is judged anew, for any other it is too late.
func (x *exchange) correct() {
	x.in.Ref = x.in.Edits
	switch i := x.look.find(x.state.Last); {
	case x.state.gave(x.in.Edits) && i >= 0 && x.correctable(x.look.places[i]):
		x.rejudge()
	case x.in.Edits == x.state.Refused:
		x.state.Refused = ""
		x.answer()
	default:
		x.say("flow.edit_late", nil)
	}
}

// correctable puts the last question on the table, if words can answer it.
func (x *exchange) correctable(p place) bool {
	if p.step.field == nil || p.step.field.Kind == Files {
		return false
	}
	x.table = p
	x.asked = x.look.question(p)
	return true
}

// rejudge replaces the last answer, and what else the message gave away. A text
// that is no answer changes nothing.
func (x *exchange) rejudge() {
	u, err := x.correction()
	if err != nil {
		reason, args, _ := problem(err)
		x.say(x.asked.Key+"."+reason, args)
		return
	}
	for id, a := range x.state.Answers {
		if a.Ref == x.in.Edits && id != x.table.id {
			delete(x.state.Answers, id)
		}
	}
	x.setAll(u)
	value := x.asked.Field.show(u.Value, x.asked.Key, x.view())
	x.turn.Says = append(x.turn.Says, Say{Key: "flow.corrected", Args: text(value), Value: value})
}

func (x *exchange) correction() (Understood, error) {
	if o, ok := x.asked.offered(x.in.Option); ok && (o.Does == DoesAnswer || o.Does == DoesTick) {
		return Understood{Value: o.target}, nil
	}
	return x.understand(x.asked.Field, x.in.Text)
}
