// Package flows holds the conversations, one file each: registration, the word
// about one's own data, leaving, the menu. A flow reads like the conversation
// and holds no prose and no handler; what it says stands in locales, what it
// causes is a storage effect. It knows no network and no clock.
package flows

import (
	"titian/flows/answer"
	"titian/flows/flow"
)

// Book is every conversation Titian can hold.
type Book struct {
	Regions *Regions // the city's, which may change while people talk

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
}

// New writes the conversations for one city.
func New(city answer.City) *Book {
	regions := &Regions{}
	regions.Set(city)
	return &Book{
		Regions:      regions,
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
	}
}

// All lists the conversations, the main one first.
func (b *Book) All() []*flow.Flow {
	return []*flow.Flow{
		b.Registration, b.ForWhom, b.Status, b.MyData, b.Delete,
		b.Amend, b.Stop, b.Cancel, b.Comeback, b.Menu,
	}
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
