// Package segment is the language in which staff say whom they mean: `kecamatan:Kambu dan sektor:pangan dan bukan
// halal:terbit`. It turns such words into an expression and back; storage/postgres turns the expression into SQL. It imports
// the reading of words from answer, knows no database and no text for a person: what it cannot read comes back as a Problem.
package segment

import (
	"strings"
	"time"
)

// Field is one thing that is known of an owner.
type Field string

// The fields. Values of a closed field are ids of its Vocabulary; the others say what they hold.
const (
	Everyone  Field = "semua"
	Kecamatan Field = "kecamatan"
	Kelurahan Field = "kelurahan"
	Sector    Field = "sektor"
	Product   Field = "produk" // a piece of a product's name, in small letters
	NIB       Field = "nib"    // Yes or No
	Permit    Field = "legalitas"
	Binaan    Field = "binaan"   // Yes or No
	Halal     Field = "halal"    // a storage.ApplicationState, or HalalNone
	Missing   Field = "kurang"   // an answer left open, or a document sent back
	Before    Field = "sebelum"  // registered before that day of WITA, 2006-01-02
	Since     Field = "sejak"    // registered on that day or later
	Received  Field = "menerima" // the number of a broadcast that reached them
	Answered  Field = "menjawab" // and that they answered
	Numbers   Field = "nomor"    // the name of a stored list of telephone numbers
	Saved     Field = "segmen"   // another segment, by its name: never in an Expr
)

// The values of the fields that are yes or no, and of an owner without any halal application.
const (
	Yes       = "ya"
	No        = "tidak"
	HalalNone = "belum"
)

// Expr is who is meant: And, Or, Not or Is.
type Expr interface {
	String() string
	expr()
}

// And means whom all of its parts mean; there are two or more.
type And []Expr

// Or means whom any of its parts means; there are two or more.
type Or []Expr

// Not means everybody else.
type Not struct{ Of Expr }

// Is means owners of whom a field says a value.
type Is struct {
	Field Field
	Value string
	Shown string // how the value is printed
}

func (And) expr() {}
func (Or) expr()  {}
func (Not) expr() {}
func (Is) expr()  {}

// String is the query that reads as e again.
func (e And) String() string {
	return joined(e, " dan ", func(p Expr) bool { _, or := p.(Or); return or })
}

// String is the query that reads as e again.
func (e Or) String() string { return joined(e, " atau ", func(Expr) bool { return false }) }

// String is the query that reads as e again.
func (e Not) String() string {
	if _, one := e.Of.(Is); one {
		return "bukan " + e.Of.String()
	}
	return "bukan (" + e.Of.String() + ")"
}

// String is the query that reads as e again.
func (e Is) String() string {
	if e.Field == Everyone {
		return string(Everyone)
	}
	shown := e.Shown
	if shown == "" {
		shown = e.Value
	}
	if strings.ContainsAny(shown, " ,;:()&\t“”") {
		shown = `"` + shown + `"`
	}
	return string(e.Field) + ":" + shown
}

func joined(parts []Expr, between string, wrapped func(Expr) bool) string {
	texts := make([]string, len(parts))
	for i, p := range parts {
		texts[i] = p.String()
		if wrapped(p) {
			texts[i] = "(" + texts[i] + ")"
		}
	}
	return strings.Join(texts, between)
}

// wita is the time of Kendari: the days of Before and Since are its days.
var wita = time.FixedZone("WITA", 8*60*60)

// Day is when the day of a Before or a Since begins.
func (e Is) Day() time.Time {
	t, _ := time.ParseInLocation(time.DateOnly, e.Value, wita)
	return t.UTC()
}
