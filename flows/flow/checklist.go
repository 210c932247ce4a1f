package flow

import "slices"

// drawChecklist shows the items and what is still to come; while a file waits
// to be told what it is, it asks that.
func (l *look) drawChecklist(q *Question, p place) {
	q.Kind = KindChecklist
	var wants []Want
	for _, item := range l.places {
		if item.group != p.step {
			continue
		}
		row := l.row(item)
		q.Rows = append(q.Rows, row)
		if row.Missing {
			q.Missing = append(q.Missing, row.ID)
		}
		if f := item.step.field; f.Kind == Files && item.status != isAnswered {
			q.WantsFiles = max(q.WantsFiles, f.max())
			wants = append(wants, f.Want)
		}
	}
	q.Want = joined(wants)
	q.Options = l.listOptions(q, p.step)
	if len(l.state.Held) > 0 {
		q.Kind, q.Key = KindWhich, q.Key+".which"
	}
}

// listOptions offers the items that are open first, then those to change.
func (l *look) listOptions(q *Question, list *Step) []Offered {
	var open, given []Offered
	for _, p := range l.places {
		if p.group != list {
			continue
		}
		o := Offered{ID: p.id, Label: l.label(p.path, nil), Does: DoesPick, target: p.id}
		switch {
		case len(l.state.Held) > 0 && p.step.field.Kind != Files:
		case p.status == isAnswered:
			o.Picked = true
			given = append(given, o)
		default:
			open = append(open, o)
		}
	}
	if len(q.Missing) == 0 && len(l.state.Held) == 0 {
		open = append(open, engineOption(OptionDone, DoesDone))
	}
	return append(open, given...)
}

// completeList finishes a Checklist when its last item came in.
func (x *exchange) completeList() {
	list := x.table.group
	if !x.table.inList() {
		return
	}
	l := x.flow.look(&x.state, x.now)
	open := slices.ContainsFunc(l.places, func(p place) bool {
		return p.group == list && p.status == isOpen
	})
	if !open {
		x.write(list.key, x.answered(OptionDone))
	}
}

// hold keeps files that did not say which item they are for. When only one can
// be meant, they are for that.
func (x *exchange) hold(files []FileAnswer) {
	var open []place
	for _, p := range x.look.places {
		if p.group == x.table.step && p.step.field.Kind == Files && p.status != isAnswered {
			open = append(open, p)
		}
	}
	switch {
	case len(open) == 0:
		x.noFilesHere()
	case len(open) == 1 && len(x.state.Held) == 0:
		x.put(open[0], files)
	default:
		room := max(0, x.asked.WantsFiles-len(x.state.Held))
		kept := files[:min(room, len(files))]
		x.keep(x.table.id, kept)
		x.drop(x.table.id, files[len(kept):])
		x.state.Held = append(x.state.Held, kept...)
		x.beginAlbum(x.table.id, false)
	}
}

// assign puts the files that were held where the person says.
func (x *exchange) assign(id string) {
	files := x.state.Held
	x.state.Held = nil
	p := x.look.places[x.look.find(id)]
	x.put(p, files)
	if a := x.state.Album; a != nil && a.Key == x.look.placeOf(p.group).id {
		x.state.Album = &Album{ID: a.ID, Key: id}
	}
}

// put answers an item with files, whatever is on the table.
func (x *exchange) put(p place, files []FileAnswer) {
	x.table = p
	x.asked = x.look.question(p)
	x.acceptFiles(files)
}

func (x *exchange) dropHeld() {
	x.drop(x.table.id, x.state.Held)
	x.state.Held = nil
}

func (l *look) placeOf(st *Step) place {
	i := slices.IndexFunc(l.places, func(p place) bool { return p.step == st })
	return l.places[i]
}
