package flow

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Kind says what an answer is made of.
type Kind string

// The kinds of fields.
const (
	Text    Kind = "text"
	Choice  Kind = "choice"  // one of its options; the only kind that steers a branch
	Several Kind = "several" // any of its options: "a,b"
	Files   Kind = "files"   // one to Max files
	Place   Kind = "place"   // a point on the map: "-3.97,122.51"
	Phone   Kind = "phone"   // typed, or shared as a contact
)

// The options a yes-or-no question has, and the one of a Several that stands alone.
const (
	Yes  = "yes"
	No   = "no"
	None = "none"
)

// Field is one thing a flow asks for.
type Field struct {
	Key  string
	Kind Kind

	// Parse turns what was typed into normalised text. An error that implements
	// Problem says what is wrong; any other means "invalid".
	Parse func(text string, v View) (Understood, error)
	// Valid judges a stored value on each read. Nil: Parse accepts it; for an
	// option: it is on offer.
	Valid func(value string, v View) bool
	// Show is how an answer is said back that is no option. Nil: as it is.
	Show func(value string, v View) string
	// Options are computed on each read, from earlier answers and facts.
	Options func(v View) []Option

	// Args is what the question's texts may name of earlier answers, as {placeholders}.
	Args func(v View) map[string]string
	// Photo is asked under the option OptionPhoto of a Choice; a photo sent in
	// answer to the Choice chooses that option and answers it.
	Photo *Field

	// Alone says that a valid text stays valid whatever else is answered, for as long as the process runs: it is
	// read once, and not on every look.
	Alone bool

	Echo   bool // say back what was understood before the next question
	Hidden bool // never shown in a Review

	Tries   int        // misses until the person is offered help; 0: 3
	OnStuck EffectFunc // what lasts when that happens
	Locks   bool       // the conversation ends there instead

	Max      int  // Files: how many; 0: 1
	Want     Want // Files: what they are checked for
	Optional bool // in a Checklist: may be left out

	Samples []string // valid texts (of Files: WriteFiles'), for Walk: one per option of each Band made of it
	Bad     []string // texts that must be refused

	band *band
}

// Option is one of the answers to a Choice or Several. Without a Label it is
// named by the key "<flow>.<field>.<id>".
type Option struct {
	ID    string
	Label string
}

// Understood is what an answer meant. Also holds answers to later questions
// that it gave away, by key.
type Understood struct {
	Value string
	Also  map[string]string
}

// Problem is implemented by a Parse error that knows what is wrong: the reason
// is said as "<flow>.<field>.<reason>", the options are texts to choose from.
type Problem interface {
	Problem() (reason string, args map[string]string, options []string)
}

// Options are options that never change, labelled by their keys.
func Options(ids ...string) func(View) []Option {
	options := make([]Option, len(ids))
	for i, id := range ids {
		options[i] = Option{ID: id}
	}
	return func(View) []Option { return options }
}

var errNotUnderstood = errors.New("not understood")

// understand reads what was typed.
func (f *Field) understand(text string, v View) (Understood, error) {
	switch {
	case f.Parse != nil:
		return f.Parse(text, v)
	case f.Kind == Text || f.Kind == Phone:
		if value := strings.TrimSpace(text); value != "" {
			return Understood{Value: value}, nil
		}
	}
	return Understood{}, errNotUnderstood
}

// valid judges a value, stored or just understood.
func (f *Field) valid(value string, v View) bool {
	if f.Valid != nil {
		return f.Valid(value, v)
	}
	switch f.Kind {
	case Choice:
		return f.offers(value, v)
	case Several:
		return f.offersAll(value, v)
	case Files:
		return len(ReadFiles(value)) > 0
	case Place:
		_, ok := ReadPoint(value)
		return ok
	}
	_, err := f.understand(value, v)
	return err == nil
}

func (f *Field) offers(id string, v View) bool {
	return slices.ContainsFunc(f.Options(v), func(o Option) bool { return o.ID == id })
}

func (f *Field) offersAll(value string, v View) bool {
	options := f.Options(v)
	for id := range strings.SplitSeq(value, ",") {
		if !slices.ContainsFunc(options, func(o Option) bool { return o.ID == id }) {
			return false
		}
	}
	return true
}

// inOrder lists chosen options once each, in the order they are offered; None
// stands alone or not at all.
func (f *Field) inOrder(ids []string, v View) []string {
	var chosen []string
	for _, o := range f.Options(v) {
		if slices.Contains(ids, o.ID) && (o.ID != None || len(ids) == 1) {
			chosen = append(chosen, o.ID)
		}
	}
	return chosen
}

// show is how a value is said back.
func (f *Field) show(value, path string, v View) []Label {
	if f.Kind == Choice || f.Kind == Several {
		if labels := f.labels(value, path, v); len(labels) > 0 || f.Show == nil {
			return labels
		}
	}
	switch {
	case f.Show != nil:
		return []Label{{Text: f.Show(value, v)}}
	case f.Kind == Files:
		n := strconv.Itoa(len(ReadFiles(value)))
		return []Label{{Key: "flow.files", Args: map[string]string{"n": n}}}
	}
	return []Label{{Text: value}}
}

func (f *Field) labels(value, path string, v View) []Label {
	var labels []Label
	options := f.Options(v)
	for id := range strings.SplitSeq(value, ",") {
		if i := slices.IndexFunc(options, func(o Option) bool { return o.ID == id }); i >= 0 {
			labels = append(labels, options[i].label(path))
		}
	}
	return labels
}

func (o Option) label(path string) Label {
	if o.Label != "" {
		return Label{Text: o.Label}
	}
	return Label{Key: path + "." + o.ID}
}

func (f *Field) tries() int {
	if f == nil || f.Tries == 0 {
		return 3
	}
	return f.Tries
}

func (f *Field) max() int { return max(f.Max, 1) }

// band is how a computed Choice comes about.
type band struct {
	of      *Field
	cut     func(value string, v View) string
	options []string
}

// Band is a Choice that is never asked: it is cut from an earlier answer, so
// that an amount or a date can steer by finitely many options.
func Band(key string, of *Field, cut func(value string, now time.Time) string, options ...string) *Field {
	b := &band{of: of, options: options}
	if cut != nil {
		b.cut = func(value string, v View) string { return cut(value, v.Now()) }
	}
	return &Field{Key: key, Kind: Choice, Options: Options(options...), band: b}
}

// Weighed is a Band that is cut from an answer and what was said before it: a
// paper and the number that was typed.
func Weighed(key string, of *Field, cut func(v View) string, options ...string) *Field {
	b := &band{of: of, options: options}
	if cut != nil {
		b.cut = func(_ string, v View) string { return cut(v) }
	}
	return &Field{Key: key, Kind: Choice, Options: Options(options...), band: b}
}
