package flow

import (
	"strings"
	"time"
)

// View is what a field or an effect may see: the answers that count, the facts
// and the time. Inside a Repeat it sees its own item first.
type View struct {
	look   *look
	prefix string // "bahan.2." inside an item
}

func (l *look) view(p place) View {
	if p.number == "" {
		return View{look: l}
	}
	return View{look: l, prefix: p.group.key + "." + p.number + "."}
}

// id is where the answer to a question is kept, seen from here.
func (v View) id(key string) string {
	if v.prefix != "" && v.look.flow.inItem[key] {
		return v.prefix + key
	}
	return key
}

func (v View) status(key string) status {
	if v.look == nil {
		return isClosed
	}
	return v.look.count(v.id(key))
}

// Has says whether the question has an answer that counts.
func (v View) Has(key string) bool { return v.status(key) == isAnswered }

// Skipped says whether the person chose not to answer.
func (v View) Skipped(key string) bool { return v.status(key) == isSkipped }

// Answer is the answer that counts, with the message it came in.
func (v View) Answer(key string) (Answer, bool) {
	if !v.Has(key) {
		return Answer{}, false
	}
	a, ok := v.look.state.Answers[v.id(key)]
	return a, ok
}

// Own says whether the answer is a number that the network knows to be the sender's.
func (v View) Own(key string) bool {
	a, _ := v.Answer(key)
	return a.Own
}

// Get is the normalised answer; empty when there is none that counts. A Band is
// cut from what it is made of.
func (v View) Get(key string) string {
	if v.look == nil {
		return ""
	}
	if f := v.look.flow.bands[key]; f != nil {
		return v.cut(f)
	}
	a, _ := v.Answer(key)
	return a.Value
}

func (v View) cut(f *Field) string {
	if !v.Has(f.band.of.Key) {
		return ""
	}
	return f.band.cut(v.Get(f.band.of.Key), v)
}

// List are the chosen options of a Several; nil for None.
func (v View) List(key string) []string {
	value := v.Get(key)
	if value == "" || value == None {
		return nil
	}
	return strings.Split(value, ",")
}

// Files are the files of a Files answer.
func (v View) Files(key string) []FileAnswer { return ReadFiles(v.Get(key)) }

// Point is the place of a Place answer.
func (v View) Point(key string) (Point, bool) { return ReadPoint(v.Get(key)) }

// Items are the items of a Repeat, each seen from inside.
func (v View) Items(key string) []View {
	var items []View
	if v.look == nil {
		return nil
	}
	last := ""
	for _, p := range v.look.places {
		if p.number != "" && p.group.key == key && p.number != last {
			items = append(items, v.look.view(p))
			last = p.number
		}
	}
	return items
}

// Item is the number of the item of a Repeat, or the option's id of an Each, that
// is seen from inside; empty outside.
func (v View) Item() string {
	_, item, _ := strings.Cut(strings.TrimSuffix(v.prefix, "."), ".")
	return item
}

// Answers are all answers that count, by id ("nib", "bahan.2.brand"), as Start
// takes them when the result is amended later; the summary's confirmation is
// none of them.
func (v View) Answers() map[string]string {
	answers := map[string]string{}
	if v.look == nil {
		return answers
	}
	for id, a := range v.look.state.Answers {
		counts := v.look.count(id) == isAnswered && !v.look.flow.reviews[id]
		if counts || v.look.flow.lists[id] != nil {
			answers[id] = a.Value
		}
	}
	return answers
}

// Typed are the Answers without files, for a result that keeps none.
func (v View) Typed() map[string]string {
	answers := v.Answers()
	for id := range answers {
		if f := v.look.flow.fieldOf(id); f != nil && f.Kind == Files {
			delete(answers, id)
		}
	}
	return answers
}

// GivenAt is when the newest message was sent that gave an answer in this run;
// zero when none did.
func (v View) GivenAt() (newest time.Time) {
	if v.look == nil {
		return newest
	}
	for _, a := range v.look.state.Answers {
		if a.ID != "" && a.At.After(newest) {
			newest = a.At
		}
	}
	return newest
}

// Missing are the ids of the questions left open or skipped, in order.
func (v View) Missing() []string {
	var ids []string
	if v.look == nil {
		return nil
	}
	for _, p := range v.look.places {
		if p.step.field != nil && p.status != isAnswered {
			ids = append(ids, p.id)
		}
	}
	return ids
}

// Fact is what was known at the start; empty when it was not.
func (v View) Fact(name string) string {
	if v.look == nil {
		return ""
	}
	return v.look.state.Facts[name]
}

// Now is the time of the turn.
func (v View) Now() time.Time {
	if v.look == nil {
		return time.Time{}
	}
	return v.look.now
}

// Run is the nonce of this conversation.
func (v View) Run() string {
	if v.look == nil {
		return ""
	}
	return v.look.state.Run
}
