package flow

import (
	"slices"
	"strings"
)

// tick hears one option of a Several: a tap ticks or unticks it; a typed one,
// and None, is the whole answer.
func (x *exchange) tick(o Offered) {
	if x.in.Key == "" || o.target == None {
		x.finishSeveral([]string{o.target})
		return
	}
	picked := x.state.Picked[x.table.id]
	if slices.Contains(picked, o.target) {
		picked = without(picked, o.target)
	} else {
		picked = append(without(picked, None), o.target)
	}
	x.state.Picked[x.table.id] = x.asked.Field.inOrder(picked, x.view())
}

// finishSeveral takes the chosen options. None chosen means None where that is
// an option, and a skip where the question may be skipped.
func (x *exchange) finishSeveral(ids []string) {
	f, v := x.asked.Field, x.view()
	chosen := f.inOrder(ids, v)
	switch {
	case len(chosen) > 0 && len(chosen) == len(ids):
		x.accept(Understood{Value: strings.Join(chosen, ",")})
	case len(ids) == 0 && f.offers(None, v):
		x.accept(Understood{Value: None})
	case len(ids) == 0 && x.asked.Skippable:
		x.skipped()
	default:
		x.miss("flow.pick_one", nil, nil)
	}
}
