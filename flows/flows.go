// Package flows holds the conversations, one file each: registration, the halal
// file, the word about one's own data, leaving, the menu, and the words that
// staff are asked for. A flow reads like the conversation and holds no prose and
// no handler; what it says stands in locales, what it causes is a storage effect.
// It imports the engine, the parsers and the rules, and knows no network and no clock.
package flows

import (
	"strings"
	"sync/atomic"

	"titian/flows/answer"
	"titian/flows/flow"
	"titian/flows/rules"
)

// Book is every conversation Titian can hold.
type Book struct {
	Regions *Regions // the city's, which may change while people talk
	Rules   *Rules   // of the halal file; so may these
	Brands  *Brands  // of bahan, as staff confirmed them
	Words   *Announcing

	Registration *flow.Flow
	ForWhom      *flow.Flow
	Status       *flow.Flow
	MyData       *flow.Flow
	Delete       *flow.Flow
	Amend        *flow.Flow
	Stop         *flow.Flow
	Cancel       *flow.Flow
	Comeback     *flow.Flow
	Menu         *flow.Flow
	HalalFor     *flow.Flow
	Withdraw     *flow.Flow
	StaffWords   *flow.Flow
	Correction   *flow.Flow
	Join         *flow.Flow
	Announce     *flow.Flow

	halal atomic.Pointer[flow.Flow]
}

// New writes the conversations for one city. Rules that no conversation can be made of are an error.
func New(city answer.City, r *rules.Rules) (*Book, error) {
	regions := &Regions{}
	regions.Set(city)
	words := &Announcing{}
	b := &Book{
		Regions: regions, Rules: &Rules{}, Brands: &Brands{}, Words: words, Announce: announce(words, regions),
		HalalFor: halalFor(), Withdraw: withdraw(), StaffWords: staffWords(), Correction: correction(),
		Registration: registration(regions),
		ForWhom:      forWhom(),
		Status:       status(),
		MyData:       myData(),
		Delete:       deletion(),
		Amend:        amend(),
		Stop:         stop(),
		Cancel:       cancel(),
		Comeback:     comeback(),
		Menu:         menu(),
		Join:         join(),
	}
	return b, b.SetRules(r)
}

// Halal is the conversation about a halal file, as the list of documents has it now.
func (b *Book) Halal() *flow.Flow { return b.halal.Load() }

// SetRules puts other rules in place. Who is in the middle of a file goes on by the new list, and loses no answer; rules
// that no conversation can be made of change nothing.
func (b *Book) SetRules(r *rules.Rules) error {
	next := &Book{Regions: b.Regions, Rules: &Rules{}, Brands: b.Brands}
	next.Rules.read.Store(r)
	if _, err := halal(next); err != nil {
		return err
	}
	b.Rules.read.Store(r)
	f, err := halal(b)
	if err == nil {
		b.halal.Store(f)
	}
	return err
}

// All lists the conversations, the main one first.
func (b *Book) All() []*flow.Flow {
	return []*flow.Flow{
		b.Registration, b.Halal(), b.HalalFor, b.Withdraw, b.StaffWords, b.Announce, b.Correction, b.ForWhom, b.Status, b.MyData, b.Delete,
		b.Amend, b.Stop, b.Cancel, b.Comeback, b.Menu, b.Join,
	}
}

// ForStaff is the conversation that an act of staff needs words in, the facts it begins with, and the answers that stand already:
// those of a draft that is changed, as "answer.<key>" beside the facts.
func (b *Book) ForStaff(begin map[string]string) (f *flow.Flow, facts, answers map[string]string) {
	if begin["act"] != ActAnnounce {
		return b.StaffWords, begin, nil
	}
	facts, answers = map[string]string{}, map[string]string{}
	for key, value := range begin {
		if id, ok := strings.CutPrefix(key, "answer."); ok {
			answers[id] = value
		} else {
			facts[key] = value
		}
	}
	return b.Announce, facts, answers
}

// Find is the conversation of that name; nil when there is none.
func (b *Book) Find(name string) *flow.Flow {
	for _, f := range b.All() {
		if f.Name == name {
			return f
		}
	}
	return nil
}
