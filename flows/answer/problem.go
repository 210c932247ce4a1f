package answer

import "maps"

// Problem is the error of every parser: what was typed is no clear answer. Reason is a short stable slug that a caller appends
// to its locale key ("length", "two" …). Args holds what was received, for the reply, and never a full identifier. Options holds
// the candidates when the text fits several.
type Problem struct {
	Reason  string
	Args    map[string]string
	Options []string
}

// The reasons a parser gives. A locale that has no text for one falls back to the question's general "invalid".
const (
	ReasonEmpty     = "empty"     // nothing was typed
	ReasonLong      = "long"      // more text than any answer needs
	ReasonShort     = "short"     // a single letter, or fewer characters than the field needs
	ReasonUnclear   = "unclear"   // words this question does not know
	ReasonAmbiguous = "ambiguous" // fits two readings; Options may name them
	ReasonTwo       = "two"       // two different answers at once
	ReasonRange     = "range"     // a span ("2-3 juta"), or outside what is possible
	ReasonLength    = "length"    // wrong number of digits: Args got, want
	ReasonDate      = "date"      // no such day in the calendar
	ReasonWeekday   = "weekday"   // the day of the week contradicts the date
	ReasonYear      = "year"      // a day without a year, too far from today to be sure
	ReasonPast      = "past"      // "tgl 5" on the 10th: this month or next?
	ReasonForeign   = "foreign"   // a phone number of another country
	ReasonLandline  = "landline"  // a phone number that cannot receive chat
	ReasonMasked    = "masked"    // digits replaced by x or *
	ReasonSame      = "same"      // "nomor ini saja": the caller may offer the sender's own number
	ReasonPeriod    = "period"    // money a day, week or year instead of a month
	ReasonLimit     = "limit"     // "di bawah 500 juta", "minimal 3": a bound, not a number
	ReasonUnit      = "unit"      // a bare small number: thousand or million?
	ReasonNone      = "none"      // "tidak ada", "belum ada", 0
	ReasonGeneric   = "generic"   // "makanan", "kerajinan": which product?
	ReasonElliptic  = "elliptic"  // "abon marlin, cakalang": abon cakalang, or the fish?
	ReasonOutside   = "outside"   // a place outside the city
	ReasonElsewhere = "elsewhere" // a kelurahan of another kecamatan: Options names that kecamatan
	ReasonCommand   = "command"   // a navigation word, not an answer
	ReasonSerial    = "serial"    // a NIK ends in 0001 to 9999, never 0000
	ReasonWord      = "word"      // an emoji where consent needs a word
)

// Error says in English which reason it is; it never holds what was typed.
func (p *Problem) Error() string { return "no clear answer: " + p.Reason }

// With returns a copy of p with one more argument.
func (p *Problem) With(key, value string) *Problem {
	q := *p
	q.Args = maps.Clone(p.Args)
	if q.Args == nil {
		q.Args = map[string]string{}
	}
	q.Args[key] = value
	return &q
}

func problem(reason string) *Problem { return &Problem{Reason: reason} }
