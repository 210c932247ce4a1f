package segment

import (
	"cmp"
	"slices"
	"strings"

	"titian/flows/answer"
)

// Reason says why a query cannot be read. Its text is the key segment.problem.<reason>.
type Reason string

// The reasons.
const (
	ReasonEmpty   Reason = "empty"    // there is no word at all, or nothing between two words
	ReasonField   Reason = "field"    // Word is no field
	ReasonValue   Reason = "value"    // Word is no value of Field
	ReasonNoValue Reason = "no_value" // Field has no value
	ReasonDate    Reason = "date"     // Word is no day
	ReasonNumber  Reason = "number"   // Word is no number of a broadcast
	ReasonBetween Reason = "between"  // before Word, "dan" or "atau" is missing
	ReasonOpen    Reason = "open"     // a ( that is not closed
	ReasonClose   Reason = "close"    // a ) that nothing opened
	ReasonQuote   Reason = "quote"    // a " that is not closed
	ReasonCircle  Reason = "circle"   // the stored segment Word names itself
	ReasonTooLong Reason = "too_long" // more terms than anybody means
)

const (
	maxTerms        = 200
	maxQuery        = 4000 // bytes
	mostSuggestions = 3
)

// Problem is why a query cannot be read, and what may have been meant.
type Problem struct {
	Reason Reason
	Field  Field
	Word   string
	Meant  []string // the nearest words, the best first
}

// Error names the place, for a log; a person reads the text of Reason.
func (p *Problem) Error() string {
	text := "segment: " + string(p.Reason)
	if p.Field != "" {
		text += " of " + string(p.Field)
	}
	if len(p.Meant) > 0 {
		text += ", perhaps " + strings.Join(p.Meant, " or ")
	}
	return text
}

// nearest are the words that a mistyped one may be, by how many letters differ.
func nearest(written string, known []string) []string {
	key := folded(written)
	limit := max(1, len([]rune(key))/3)
	type found struct {
		word  string
		apart int
	}
	var all []found
	for _, word := range known {
		k := folded(word)
		apart := answer.Apart(key, k, limit)
		if len(key) >= 3 && strings.HasPrefix(k, key) {
			apart = min(apart, 1)
		}
		if apart <= limit && !slices.ContainsFunc(all, func(f found) bool { return f.word == word }) {
			all = append(all, found{word, apart})
		}
	}
	slices.SortStableFunc(all, func(a, b found) int { return cmp.Or(a.apart-b.apart, strings.Compare(a.word, b.word)) })
	var words []string
	for _, f := range all[:min(len(all), mostSuggestions)] {
		words = append(words, f.word)
	}
	return words
}

// unknownField suggests the field that was meant, or the term where only its value was written.
func (v Vocabulary) unknownField(written string) *Problem {
	var known []string
	for f, list := range names {
		for _, n := range list {
			if apart := answer.Apart(folded(written), folded(n), 2); apart <= 2 {
				known = append(known, string(f))
			}
		}
	}
	meant := nearest(written, known)
	for f := range names {
		if w, ok := v.find(f, written); ok && !slices.Contains([]Field{NIB, Binaan}, f) {
			meant = append(meant, Is{Field: f, Value: w.ID, Shown: w.Names[0]}.String())
		}
	}
	slices.SortStableFunc(meant, func(a, b string) int { return strings.Compare(a, b) })
	return &Problem{Reason: ReasonField, Word: written, Meant: meant[:min(len(meant), mostSuggestions)]}
}

func (v Vocabulary) unknownValue(f Field, written string) *Problem {
	var known []string
	for _, w := range v.words(f) {
		known = append(known, w.Names...)
	}
	slices.Sort(known)
	return &Problem{Reason: ReasonValue, Field: f, Word: written, Meant: nearest(written, known)}
}
