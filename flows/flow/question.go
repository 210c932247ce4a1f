package flow

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Question is the question on the table: what to draw, and what may be answered.
type Question struct {
	Run  string
	ID   string            // unique in the conversation: "nib", "bahan.2.brand"; what a button carries
	Key  string            // the key of the prompt: "registration.nib", "halal.bahan.brand"
	Args map[string]string // for the prompt: n, the position within a Repeat
	Kind QuestionKind

	Field   *Field // with KindAsk
	Options []Offered
	Request string // "contact" or "location": what the network may hand over by a tap
	Was     []Label
	Rows    []Row    // with KindReview, KindPick and KindChecklist
	Missing []string // with KindReview and KindChecklist: ids of what is required and not there

	Step, Of   int  // "Langkah 4 dari 14"; Step is 0 at the summary
	Skippable  bool // the word Skip is understood
	CanEnough  bool // the word Enough leads to the summary
	WantsFiles int  // how many files may come; 0: none
	Want       Want // what they are checked for
	Misses     int
	Done       bool // the conversation is over
}

// QuestionKind says what kind of question is on the table.
type QuestionKind string

// The kinds of questions.
const (
	KindAsk       QuestionKind = "ask"
	KindReview    QuestionKind = "review"    // everything at a glance
	KindPick      QuestionKind = "pick"      // which row to change
	KindChecklist QuestionKind = "checklist" // which item comes next
	KindWhich     QuestionKind = "which"     // which item a file was sent for
	KindMore      QuestionKind = "more"      // another item?
)

// Offered is an option of the question on the table.
type Offered struct {
	ID     string
	Label  Label
	Does   Does
	Picked bool // ticked; of a Choice that is asked again: what was answered before

	target string
}

// Does says what an option does.
type Does string

// What options do.
const (
	DoesAnswer   Does = "answer"
	DoesTick     Does = "tick"
	DoesDone     Does = "done"
	DoesSend     Does = "send"
	DoesEdit     Does = "edit" // ask which row
	DoesPick     Does = "pick" // ask this one
	DoesComplete Does = "complete"
	DoesAdd      Does = "add"
	DoesRemove   Does = "remove"
	DoesKeep     Does = "keep"    // take back the answer there was
	DoesSuggest  Does = "suggest" // what an unclear answer may have meant
)

// The ids of options that the engine itself offers; those on one row or item
// are "edit:<id>", "remove:<number>" and "suggest:<n>".
const (
	OptionSend     = "send"
	OptionEdit     = "edit"
	OptionComplete = "complete"
	OptionDone     = "done"
	OptionAdd      = "add"
	OptionKeep     = "keep"
)

// OptionPhoto is the option of a Choice that a photo stands for; see Field.Photo.
const OptionPhoto = "photo"

// Label is something to show: a literal text, or the key of one.
type Label struct {
	Text string
	Key  string
	Args map[string]string
}

// Row is a line of a summary or checklist.
type Row struct {
	ID      string
	Label   Label // "<flow>.<field>.label"
	Value   []Label
	Field   *Field
	Skipped bool
	Missing bool // required and not there

	item  string // which item of a Repeat or Each
	list  Label  // what the Each it belongs to is called
	waits bool   // its options depend on a question that is open
}

// question draws the place.
func (l *look) question(p place) Question {
	q := Question{Run: l.state.Run, ID: p.id, Key: l.flow.key(p.path), Kind: KindAsk}
	q.Misses = l.state.Misses[p.id]
	q.Step, q.Of = l.progress(p)
	switch p.step.act {
	case asks, offers:
		l.drawField(&q, p)
	case reviews:
		l.drawReview(&q, p)
	case checks:
		l.drawChecklist(&q, p)
	case repeats:
		l.drawMore(&q, p)
	default:
		q.Done = true
	}
	return q
}

func (f *Flow) key(path string) string { return f.Name + "." + path }

// progress counts the questions that apply; a group counts as one.
func (l *look) progress(at place) (step, of int) {
	var last *Step
	for _, p := range l.places {
		unit := p.unit()
		if unit == nil || unit == last {
			continue
		}
		of, last = of+1, unit
		if unit == at.unit() {
			step = of
		}
	}
	return step, of
}

// unit is what a person counts as one step.
func (p place) unit() *Step {
	switch {
	case p.group != nil:
		return p.group
	case p.step.act == asks, p.step.act == offers, p.step.act == checks:
		return p.step
	}
	return nil
}

func (l *look) drawField(q *Question, p place) {
	f, v := p.step.field, l.view(p)
	q.Field = f
	q.Skippable = p.step.act == offers
	q.CanEnough = q.Skippable && !p.inList() && l.from() == 0 && l.reviewAhead()
	q.Args = p.args()
	if f.Args != nil {
		q.Args = clone(q.Args)
		maps.Copy(q.Args, f.Args(v))
	}
	was, hadAnswer := l.state.Was[p.id]
	hadAnswer = hadAnswer && !was.Skipped && f.valid(was.Value, v)
	if hadAnswer {
		q.Was = f.show(was.Value, l.flow.key(p.path), v)
	}
	switch f.Kind {
	case Choice:
		q.Options = l.choices(p, DoesAnswer, []string{was.Value})
		if f.Photo != nil {
			q.WantsFiles, q.Want = f.Photo.max(), f.Photo.Want
		}
	case Several:
		q.Options = l.choices(p, DoesTick, l.state.Picked[p.id])
		q.Options = append(q.Options, engineOption(OptionDone, DoesDone))
	case Files:
		q.WantsFiles, q.Want = f.max(), f.Want
	case Place:
		q.Request = "location"
	case Phone:
		q.Request = "contact"
	}
	if hadAnswer && f.Kind != Choice {
		q.Options = append(q.Options, engineOption(OptionKeep, DoesKeep))
	}
	if s := l.state.Suggested; s != nil && s.Key == p.id {
		q.Options = suggestions(s.Texts)
	}
}

func (l *look) choices(p place, does Does, picked []string) []Offered {
	options := p.step.field.Options(l.view(p))
	offered := make([]Offered, len(options), len(options)+2)
	for i, o := range options {
		offered[i] = Offered{
			ID: o.ID, Label: o.label(l.flow.key(p.path)), Does: does,
			Picked: slices.Contains(picked, o.ID), target: o.ID,
		}
	}
	return offered
}

func suggestions(texts []string) []Offered {
	offered := make([]Offered, len(texts))
	for i, text := range texts {
		offered[i] = Offered{ID: itemOption("suggest", strconv.Itoa(i)), Label: Label{Text: text}, Does: DoesSuggest, target: text}
	}
	return offered
}

func engineOption(id string, does Does) Offered {
	return Offered{ID: id, Label: Label{Key: "flow.option." + id}, Does: does}
}

func itemOption(verb, target string) string { return verb + ":" + target }

func (l *look) reviewAhead() bool {
	return slices.ContainsFunc(l.places, func(p place) bool {
		return p.step.act == reviews && p.status == isOpen
	})
}

// offered finds the option that an input named.
func (q *Question) offered(id string) (Offered, bool) {
	if id == "" {
		return Offered{}, false
	}
	if i := slices.IndexFunc(q.Options, func(o Offered) bool { return o.ID == id }); i >= 0 {
		return q.Options[i], true
	}
	return q.unlisted(id)
}

// unlisted options are understood though they are not drawn: a row's edit at
// the summary, the whole list while suggestions are shown.
func (q *Question) unlisted(id string) (Offered, bool) {
	if target, ok := strings.CutPrefix(id, "edit:"); ok && q.Kind == KindReview {
		if slices.ContainsFunc(q.Rows, func(r Row) bool { return r.ID == target && !r.waits }) {
			return Offered{ID: id, Does: DoesPick, target: target}, true
		}
	}
	return Offered{}, false
}
