package flow

import "slices"

// drawReview shows everything before the summary; when the person wants to
// change something, it asks which row.
func (l *look) drawReview(q *Question, p place) {
	q.Step = 0
	q.Rows = l.rows(l.places[:l.find(p.id)])
	for _, row := range q.Rows {
		if row.Missing {
			q.Missing = append(q.Missing, row.ID)
		}
	}
	switch {
	case l.state.Wanted == p.id:
		q.Kind, q.Key = KindPick, q.Key+".edit"
		q.Options = rowOptions(q.Rows)
		return
	case len(q.Missing) > 0:
		q.Options = []Offered{engineOption(OptionComplete, DoesComplete)}
	default:
		q.Options = []Offered{engineOption(OptionSend, DoesSend)}
		if l.state.Enough && l.left() {
			q.Options = append(q.Options, engineOption(OptionComplete, DoesComplete))
		}
	}
	q.Kind = KindReview
	q.Options = append(q.Options, engineOption(OptionEdit, DoesEdit))
}

// left says whether "cukup" left a question open.
func (l *look) left() bool {
	return slices.ContainsFunc(l.places[:l.from()], func(p place) bool {
		return p.status == isOpen && !p.inList()
	})
}

// rows are one line for every question, and one for each item of a Repeat.
func (l *look) rows(places []place) []Row {
	var rows []Row
	for _, p := range places {
		f := p.step.field
		switch {
		case f != nil && f.Hidden:
		case f != nil && p.number != "":
			rows = l.addToItem(rows, p)
		case f != nil:
			rows = append(rows, l.row(p))
		case p.step.act == repeats && p.step.of == nil && len(l.state.items(p.step)) == 0:
			rows = append(rows, Row{ID: p.step.key, Label: l.label(p.step.key, nil), Skipped: true, Missing: l.tooFew(p)})
		}
	}
	return rows
}

func (l *look) row(p place) Row {
	row := Row{
		ID: p.id, Label: l.label(p.path, p.args()), Field: p.step.field,
		Skipped: p.status == isSkipped,
		Missing: p.status == isOpen && p.step.act == asks,
	}
	row.waits = p.status != isAnswered && l.waits(p)
	if p.status == isAnswered {
		row.Value = row.Field.show(l.state.Answers[p.id].Value, l.flow.key(p.path), l.view(p))
	}
	return row
}

// addToItem writes a question of an item into its item's line, which is changed
// where the list is.
func (l *look) addToItem(rows []Row, p place) []Row {
	one := l.row(p)
	last := len(rows) - 1
	if last < 0 || rows[last].ID != p.group.key || rows[last].item != p.number {
		row := Row{ID: p.group.key, item: p.number, Label: l.label(p.group.key, p.args())}
		if p.group.of != nil {
			row.list, row.Label = l.label(p.group.key, nil), l.name(p)
		}
		rows = append(rows, row)
		last++
	}
	rows[last].Value = append(rows[last].Value, one.Value...)
	rows[last].Missing = rows[last].Missing || one.Missing
	return rows
}

func (l *look) label(path string, args map[string]string) Label {
	return Label{Key: l.flow.key(path) + ".label", Args: args}
}

// rowOptions offers each row once; not one that has nothing to choose from yet.
func rowOptions(rows []Row) []Offered {
	var offered []Offered
	for _, row := range rows {
		id := itemOption("edit", row.ID)
		if !row.waits && !slices.ContainsFunc(offered, func(o Offered) bool { return o.ID == id }) {
			label := row.Label
			if row.list.Key != "" {
				label = row.list
			}
			offered = append(offered, Offered{ID: id, Label: label, Does: DoesPick, target: row.ID})
		}
	}
	return offered
}

// pick asks one question out of turn; what was answered there is taken back.
// Of a Repeat it asks which item, of an item which question.
func (x *exchange) pick(target string) {
	list := x.flow.lists[target]
	switch {
	case x.asked.Kind == KindWhich:
		x.assign(target)
	case list != nil:
		x.takeBack(list.moreID())
		x.state.Wanted = target
	case x.table.step.act == repeats && x.asked.Kind == KindPick:
		x.takeBack(target)
		x.state.Wanted = x.table.step.key
	default:
		x.takeBack(target)
		x.state.Wanted = target
	}
}

// confirm takes the summary as it stands.
func (x *exchange) confirm() {
	if len(x.asked.Missing) > 0 {
		x.stillMissing()
		return
	}
	x.write(x.table.id, x.answered(OptionSend))
}
