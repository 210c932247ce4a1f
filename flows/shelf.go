package flows

import (
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"titian/flows/rules"
	"titian/storage"
)

// Rules are the rules of the halal file as the data files have them now. Safe to set while they are read.
type Rules struct{ read atomic.Pointer[rules.Rules] }

func (r *Rules) now() *rules.Rules { return r.read.Load() }

// Law is the sentence about the duty of halal at a time.
func (r *Rules) Law(at time.Time) string { return r.now().Law(at) }

// KBLI are the codes that staff may pick from for a kind of product.
func (r *Rules) KBLI(kind string) (codes []storage.KBLI) {
	k, _ := r.now().Kind(kind)
	for _, c := range k.KBLI {
		codes = append(codes, storage.KBLI(c))
	}
	return codes
}

// Brands are the brands of bahan that staff confirmed, as the database has them now. Safe to set while they are read.
type Brands struct {
	list atomic.Pointer[[]storage.Brand]
}

// Set puts another list in place. An answer that it no longer has, or whose certificate is over, is asked again.
func (b *Brands) Set(list []storage.Brand) { b.list.Store(&list) }

func (b *Brands) all() []storage.Brand {
	if list := b.list.Load(); list != nil {
		return *list
	}
	return nil
}

// of are the brands of one bahan that hold at a time.
func (b *Brands) of(material string, at time.Time) []storage.Brand {
	var list []storage.Brand
	for _, brand := range b.all() {
		if brand.Material == material && brand.Holds(at) {
			list = append(list, brand)
		}
	}
	return list
}

// find is the brand that an option stands for, while it holds.
func (b *Brands) find(option string, at time.Time) (storage.Brand, bool) {
	for _, brand := range b.all() {
		if brandOption(brand) == option && brand.Holds(at) {
			return brand, true
		}
	}
	return storage.Brand{}, false
}

func brandOption(b storage.Brand) string { return "b" + strconv.FormatInt(b.ID, 10) }

// typed is the mark of words that stand where an option would: a brand, a name.
const typed = "own:"

func own(value string) (string, bool) { return strings.CutPrefix(value, typed) }
