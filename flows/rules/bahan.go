package rules

import (
	"fmt"
	"slices"
	"strings"
)

// The kinds of bahan, as SiHalal parts them.
const (
	Ingredient = "ingredient"
	Cleaning   = "cleaning"
	Packaging  = "packaging"
)

// Bahan is a generic bahan, soap or package that is offered.
type Bahan struct {
	ID     string   `toml:"id"`
	Label  string   `toml:"label"`
	Kind   string   `toml:"kind"`
	Brand  bool     `toml:"brand"`  // whether it is halal depends on its brand
	Exempt string   `toml:"exempt"` // key of the group that needs no certificate
	Words  []string `toml:"words"`  // how else it is called
}

func (r *Rules) checkBahan() error {
	seen := map[string]bool{}
	kinds := map[string]int{}
	for _, b := range r.Bahan {
		switch {
		case !isID(b.ID) || seen[b.ID] || b.Label == "":
			return fmt.Errorf("%s: %q has no label, is there twice, or its id is not a–z, 0–9 and _", BahanFile, b.ID)
		case b.ID == "other" || b.ID == "none" || b.ID == "done":
			return fmt.Errorf("%s: the id %q means something else", BahanFile, b.ID)
		case b.Kind != Ingredient && b.Kind != Cleaning && b.Kind != Packaging:
			return fmt.Errorf("%s: %q is of kind %q, want ingredient, cleaning or packaging", BahanFile, b.ID, b.Kind)
		case b.Exempt != "" && r.Groups[b.Exempt] == "":
			return fmt.Errorf("%s: %q is of the group %q, which has no name", BahanFile, b.ID, b.Exempt)
		case b.Exempt != "" && b.Brand:
			return fmt.Errorf("%s: %q needs no certificate, and so no brand", BahanFile, b.ID)
		case b.Kind == Ingredient && b.Exempt == "" && !b.Brand:
			return fmt.Errorf("%s: %q needs a brand, or the group that needs no certificate", BahanFile, b.ID)
		}
		seen[b.ID] = true
		kinds[b.Kind]++
	}
	for _, id := range r.Animal {
		if b, ok := r.Material(id); !ok || b.Kind != Ingredient || !b.Brand {
			return fmt.Errorf("%s: animal names %q, which is no ingredient with a brand", BahanFile, id)
		}
	}
	if kinds[Ingredient] == 0 || kinds[Cleaning] == 0 || kinds[Packaging] == 0 {
		return fmt.Errorf("%s: each of ingredient, cleaning and packaging is needed: SiHalal asks for all three", BahanFile)
	}
	return nil
}

// Material is the bahan of that id.
func (r *Rules) Material(id string) (Bahan, bool) {
	b, ok := r.materials[id]
	return b, ok
}

// Ingredients are the bahan to pick from for a kind of product.
func (r *Rules) Ingredients(product string, animal bool) []Bahan {
	var list []Bahan
	k, _ := r.Kind(product)
	ids := k.Bahan
	if animal {
		ids = slices.Concat(r.Animal, ids)
	}
	for _, id := range ids {
		if b, ok := r.Material(id); ok {
			list = append(list, b)
		}
	}
	return list
}

// OfKind are all bahan of a kind.
func (r *Rules) OfKind(kind string) []Bahan {
	return slices.DeleteFunc(slices.Clone(r.Bahan), func(b Bahan) bool { return b.Kind != kind })
}

// Called finds the bahan that an owner calls so, among those of a kind.
func (r *Rules) Called(kind, name string) (Bahan, bool) {
	b, ok := r.called[kind+" "+spaced(name)]
	return b, ok
}

// index makes Material and Called quick: they are asked many times a turn.
func (r *Rules) index() {
	r.materials, r.called = map[string]Bahan{}, map[string]Bahan{}
	for _, b := range slices.Backward(r.Bahan) { // of two with one name the first is meant
		r.materials[b.ID] = b
		for _, name := range append([]string{b.Label}, b.Words...) {
			r.called[b.Kind+" "+spaced(name)] = b
		}
	}
}

// Branded is the bahan of any kind that is called so, or has that id, and whose brand is asked for.
func (r *Rules) Branded(name string) (Bahan, bool) {
	if b, ok := r.Material(strings.TrimSpace(name)); ok {
		return b, b.Brand
	}
	for _, kind := range []string{Ingredient, Cleaning, Packaging} {
		if b, ok := r.Called(kind, name); ok {
			return b, b.Brand
		}
	}
	return Bahan{}, false
}
