package flow

import (
	"slices"
	"time"
)

// Legible says how well a photo must be seen to be of use.
type Legible string

// How well a photo must be seen.
const (
	Unjudged Legible = ""     // as it is
	Seen     Legible = "seen" // what is on it: a product, a kitchen
	Readable Legible = "read" // every letter: a KTP, a sheet of paper
)

// The marks of a photo that is hard to see, worst first, and of one whose small
// print is hard to read.
const (
	MarkDark    = "dark"
	MarkBright  = "bright"
	MarkBlurred = "blurred"
	MarkSmall   = "small"
	MarkDim     = "dim"
	MarkGlare   = "glare"
	MarkSoft    = "soft"
)

// Refuses says whether a photo with this mark is asked for again.
func (l Legible) Refuses(mark string) bool {
	switch mark {
	case MarkDark, MarkBright, MarkBlurred:
		return l != Unjudged
	}
	return l == Readable
}

// Want is what a Files question takes. The zero Want takes photos as they are.
type Want struct {
	PDF     bool    // a PDF is taken too
	Legible Legible // how well a photo must be seen

	// Compare are keys of earlier answers and of facts: whether their values
	// stand in the text of a PDF is noted with the file; see FileAnswer.Says.
	Compare []string
}

// paper says whether a document is wanted, which can be brought to the office too.
func (w Want) paper() bool { return w.PDF || w.Legible == Readable }

// Wanted is what a file is checked for: of the question on the table, or of the
// album that is coming in.
type Wanted struct {
	Want
	Lenient bool              // enough photos were refused: one is taken with its marks
	Known   []string          // sums of the files this conversation holds
	Words   map[string]string // what to look for in the text of a PDF, by key
}

// poorAtMost is how many photos of one item are refused for how they look.
const poorAtMost = 2

// Wanted says what a file is to be checked for, when WantsFiles says that one may come.
func (f *Flow) Wanted(s State, album string, now time.Time) Wanted {
	l := f.look(&s, now)
	p := l.table()
	q := l.question(p)
	w := Wanted{Want: q.Want, Lenient: s.poor(p) >= poorAtMost, Words: q.Want.words(l.view(p)), Known: f.sums(s)}
	if s.Album != nil && s.Album.ID == album && album != "" {
		w.Lenient = w.Lenient && !s.Album.Refused
		if field := f.fieldOf(s.Album.Key); field != nil && !s.Album.Refused {
			w.Want = field.Want
		}
	}
	return w
}

// sums are those of all files that are kept, as they came and as they are stored.
func (f *Flow) sums(s State) (sums []string) {
	f.eachFile(s, func(_ string, file FileAnswer) bool {
		for _, sum := range []string{file.Source, file.SHA256} {
			if sum != "" {
				sums = append(sums, sum)
			}
		}
		return true
	})
	return sums
}

// eachFile visits the files that are kept, until visit says no.
func (f *Flow) eachFile(s State, visit func(id string, file FileAnswer) bool) {
	for _, id := range sorted(s.Answers) {
		if field := f.fieldOf(id); field == nil || field.Kind != Files {
			continue
		}
		for _, file := range ReadFiles(s.Answers[id].Value) {
			if !visit(id, file) {
				return
			}
		}
	}
	for _, file := range s.Held {
		if !visit("", file) {
			return
		}
	}
}

// joined is what a Checklist takes while nobody has said which item a file is
// for: all that any open item takes, and no more than the mildest asks.
func joined(wants []Want) Want {
	all := Want{}
	for i, w := range wants {
		all.PDF = all.PDF || w.PDF
		if i == 0 || w.Legible == Unjudged || w.Legible == Seen && all.Legible == Readable {
			all.Legible = w.Legible
		}
		all.Compare = append(all.Compare, w.Compare...)
	}
	return all
}

// words are the values to look for, by key.
func (w Want) words(v View) map[string]string {
	if len(w.Compare) == 0 {
		return nil
	}
	words := map[string]string{}
	for _, key := range w.Compare {
		if value := v.Get(key); value != "" {
			words[key] = value
		} else if value := v.Fact(key); value != "" {
			words[key] = value
		}
	}
	return words
}

// unfit is why a file that was taken in will not do for this item, when it was
// not known which item it was for: a PDF where photos are wanted, a photo that
// cannot be read. The marks nobody asked about are forgotten.
func (x *exchange) unfit(f *Field, file *FileAnswer) *Refusal {
	if file.MIME == mimePDF && !f.Want.PDF {
		return &Refusal{Reason: "photo_only"}
	}
	file.Marks = slices.DeleteFunc(slices.Clone(file.Marks), func(mark string) bool { return !f.Want.Legible.Refuses(mark) })
	if len(file.Marks) > 0 && x.state.poor(x.table) < poorAtMost {
		return &Refusal{Reason: file.Marks[0], Quality: true}
	}
	return nil
}

const mimePDF = "application/pdf"

// poor is how many photos were refused for how they look, for this item; for
// one of a Checklist also those that came before it was picked.
func (s State) poor(p place) int {
	n := s.Poor[p.id]
	if p.inList() {
		n += s.Poor[p.group.key]
	}
	return n
}

// countPoor counts a photo that was refused for how it looks.
func (x *exchange) countPoor() { x.state.Poor[x.table.id]++ }

// sayRefusal says why a file was not taken in, and what else can be done.
func (x *exchange) sayRefusal(r *Refusal) {
	if r == nil {
		return
	}
	if r.Sum != "" {
		x.sayKnown(r.Sum)
		return
	}
	x.say("flow.file."+r.Reason, r.Args)
	if x.asked.Want.paper() && r.Reason != "gone" {
		x.say("flow.file.office", nil)
	}
}

// sayKnown says what a file was sent for before.
func (x *exchange) sayKnown(sum string) {
	at := ""
	x.flow.eachFile(x.state, func(id string, file FileAnswer) bool {
		if found := file.Source == sum || file.SHA256 == sum; found {
			at = id
		}
		return at == ""
	})
	if at == "" || at == x.table.id || x.inAlbum() && at == x.state.Album.Key {
		x.say("flow.file.again", nil)
		return
	}
	x.turn.Says = append(x.turn.Says, Say{Key: "flow.file.twice", Value: []Label{x.look.label(pathOf(at), nil)}})
}
