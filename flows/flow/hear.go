package flow

import (
	"errors"
	"maps"
	"slices"
	"strings"
)

// hear takes the message for what it is: a correction, a button of an old
// question, a further photo of an album, or an answer.
func (x *exchange) hear() {
	x.asked = x.look.question(x.table)
	switch {
	case x.in.Edits != "":
		x.correct()
	case x.expired():
		x.say("flow.expired", nil)
	case x.inAlbum():
		x.addToAlbum()
	default:
		x.state.Refused = ""
		x.answer()
	}
}

// expired says whether a button was drawn for another question, or another run.
func (x *exchange) expired() bool {
	if x.in.Key == "" && x.in.Run == "" {
		return false
	}
	q := x.asked
	stale := x.in.Run != x.state.Run || (x.in.Key != q.ID && x.in.Key != q.Key)
	return stale || (x.in.Option != "" && !x.names(x.in.Option))
}

// names says whether an option can be chosen now.
func (x *exchange) names(option string) bool {
	_, ok := x.choice(option)
	return ok
}

// choice finds the option that was named. While suggestions are shown, the
// options they stand for are understood too.
func (x *exchange) choice(option string) (Offered, bool) {
	if o, ok := x.asked.offered(option); ok {
		return o, true
	}
	f := x.asked.Field
	if f != nil && option != "" && f.Kind == Choice && f.offers(option, x.view()) {
		return Offered{ID: option, Does: DoesAnswer, target: option}, true
	}
	return Offered{}, false
}

func (x *exchange) view() View { return x.look.view(x.table) }

// answer hears a message that is about the question on the table.
func (x *exchange) answer() {
	if o, ok := x.choice(x.in.Option); ok {
		x.choose(o)
		return
	}
	if x.asked.Field != nil && x.asked.Field.Kind == Several && strings.Contains(x.in.Option, ",") {
		x.finishSeveral(strings.Split(x.in.Option, ","))
		return
	}
	if x.in.Word != "" && x.word() {
		return
	}
	x.material()
}

// material hears files, a place, a contact or words, and refuses what the
// question does not want.
func (x *exchange) material() {
	in := x.in
	switch {
	case len(in.Files) > 0:
		x.takeFiles()
	case in.Refused != nil:
		x.refuseFile()
	case in.Place != nil:
		x.takePlace()
	case in.Phone != "" || in.Vouched != "":
		x.takePhone()
	case in.Text != "":
		x.takeText(in.Text)
	}
}

// choose does what an option does.
func (x *exchange) choose(o Offered) {
	switch o.Does {
	case DoesAnswer:
		x.accept(Understood{Value: o.target})
	case DoesTick:
		x.tick(o)
	case DoesDone:
		x.finish()
	case DoesSend:
		x.confirm()
	case DoesEdit:
		x.state.Wanted = x.table.id
	case DoesPick:
		x.pick(o.target)
	case DoesComplete:
		x.state.Enough = false
	case DoesAdd:
		x.addItem()
	case DoesRemove:
		x.removeItem(x.table.step, o.target)
	case DoesKeep:
		x.restore(x.table.id)
	case DoesSuggest:
		x.suggested(o.target)
	}
}

// suggested takes what an unclear answer meant: now it is clear, even where the
// same words typed anew would be asked about again.
func (x *exchange) suggested(text string) {
	if f := x.asked.Field; f != nil && f.Kind == Choice && f.offers(text, x.view()) {
		x.accept(Understood{Value: text})
		return
	}
	x.takeText(text)
}

func (x *exchange) takePlace() {
	if x.isAsked(Place) {
		x.accept(Understood{Value: x.in.Place.String()})
		return
	}
	x.miss("flow.no_place_here", nil, nil)
}

func (x *exchange) takePhone() {
	switch {
	case !x.isAsked(Phone):
		x.miss("flow.no_contact_here", nil, nil)
	case x.in.Vouched != "":
		x.takeText(x.in.Vouched)
	case !x.in.PhoneOwn:
		x.miss("flow.not_own", nil, nil)
	default:
		x.takeText(x.in.Phone)
	}
}

func (x *exchange) isAsked(k Kind) bool { return x.asked.Field != nil && x.asked.Field.Kind == k }

// takeText hears typed words.
func (x *exchange) takeText(text string) {
	f := x.asked.Field
	switch {
	case f == nil:
		x.miss(x.asked.Key+".invalid", nil, nil)
		return
	case f.Kind == Files:
		x.miss("flow.wants_file", nil, nil)
		return
	case f.Kind == Place && f.Parse == nil:
		x.miss("flow.wants_place", nil, nil)
		return
	}
	u, err := x.understand(f, text)
	if err != nil {
		x.refuse(err)
		return
	}
	x.accept(u)
}

// understand reads a text and makes sure that what came of it will count.
func (x *exchange) understand(f *Field, text string) (Understood, error) {
	v := x.view()
	u, err := f.understand(text, v)
	if err == nil && f.Kind == Several {
		u.Value = strings.Join(f.inOrder(strings.Split(u.Value, ","), v), ",")
	}
	if err == nil && !f.valid(u.Value, v) {
		err = errNotUnderstood
	}
	return u, err
}

// refuse says why an answer cannot be taken.
func (x *exchange) refuse(err error) {
	reason, args, options := problem(err)
	x.miss(x.asked.Key+"."+reason, args, options)
}

func problem(err error) (reason string, args map[string]string, options []string) {
	var p Problem
	if errors.As(err, &p) {
		return p.Problem()
	}
	return "invalid", nil, nil
}

// accept writes the answer to the question on the table.
func (x *exchange) accept(u Understood) {
	x.setAll(u)
	x.state.Last = x.table.id
	x.completeList()
	if x.table.step.field.Echo {
		label := x.table.step.field.show(u.Value, x.asked.Key, x.view())
		x.turn.Says = append(x.turn.Says, Say{Key: x.asked.Key + ".ok" + also(u), Args: withAlso(text(label), u), Value: label})
	}
}

// also ends the key of an echo by what else the answer gave away: "kecamatan.ok.kelurahan".
func also(u Understood) (suffix string) {
	for _, key := range sorted(u.Also) {
		suffix += "." + key
	}
	return suffix
}

func withAlso(args map[string]string, u Understood) map[string]string {
	if len(u.Also) == 0 {
		return args
	}
	args = clone(args)
	maps.Copy(args, u.Also)
	return args
}

// text is the {value} of a label that needs no translation.
func text(labels []Label) map[string]string {
	var parts []string
	for _, l := range labels {
		if l.Key != "" {
			return nil
		}
		parts = append(parts, l.Text)
	}
	return map[string]string{"value": strings.Join(parts, ", ")}
}

// miss says why the message was no answer. The third one offers help.
func (x *exchange) miss(key string, args map[string]string, options []string) {
	x.say(key, args)
	x.missed(options)
}

// missed counts a message that was no answer, whose reason was said.
func (x *exchange) missed(options []string) {
	x.state.Refused = x.in.Ref
	x.state.Suggested = nil
	if len(options) > 0 {
		x.state.Suggested = &Suggestion{Key: x.table.id, Texts: slices.Clone(options)}
	}
	f := x.asked.Field
	if x.in.Edits == "" || (f != nil && f.Locks) {
		x.count(f)
	}
}

func (x *exchange) count(f *Field) {
	id := x.table.id
	x.state.Misses[id]++
	n := x.state.Misses[id]
	if n%f.tries() != 0 {
		return
	}
	if f != nil && n == f.tries() {
		x.lasts(f.OnStuck)
	}
	if f != nil && f.Locks {
		x.lock()
		return
	}
	x.say("flow.stuck", nil)
}

// lock ends a conversation in which a proof failed too often.
func (x *exchange) lock() {
	x.state.Locked = x.table.id
	x.turn.Done, x.turn.End = true, x.table.path+".locked"
	x.turn.Question = Question{Run: x.state.Run, Done: true}
	x.say(x.asked.Key+".locked", nil)
	x.dropLeftovers(false)
}
