package flows

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"titian/flows/answer"
	"titian/flows/flow"
	"titian/flows/rules"
	"titian/storage"
)

const (
	otherOption = "other"
	brandsShown = 8 // of the confirmed brands of one bahan
)

func (q *halalQuestions) materials() {
	q.ingredients = &flow.Field{Key: "ingredients", Kind: flow.Several, Options: q.offered, Parse: q.parseIngredients}
	q.hasOther = flow.Band("has_other", q.ingredients, func(value string, _ time.Time) string {
		if slices.Contains(strings.Split(value, ","), otherOption) {
			return "yes"
		}
		return "no"
	}, "yes", "no")
	q.cleaning = &flow.Field{Key: "cleaning", Kind: flow.Several, Options: q.ofKind(rules.Cleaning), Parse: q.parseKnown(rules.Cleaning)}
	q.packaging = &flow.Field{Key: "packaging", Kind: flow.Several, Options: q.ofKind(rules.Packaging), Parse: q.parseKnown(rules.Packaging)}
	q.brand = q.brandOf(brandPackage, func(v flow.View) string { return v.Item() })
	q.otherBrand = q.brandOf(otherPackage, func(v flow.View) string {
		b, _ := q.rules.now().Called(rules.Ingredient, v.Get(otherName.Key))
		return b.ID
	}, "fresh")
}

// offered are the bahan that are usual for the kind of product, and "another one".
func (q *halalQuestions) offered(v flow.View) []flow.Option {
	list := q.rules.now().Ingredients(v.Get("kind"), v.Get(animal.Key) == "yes")
	if len(list) == 0 {
		return nil
	}
	return append(optionsOf(list), flow.Option{ID: otherOption})
}

func (q *halalQuestions) ofKind(kind string) func(flow.View) []flow.Option {
	return func(flow.View) []flow.Option { return optionsOf(q.rules.now().OfKind(kind)) }
}

func optionsOf(list []rules.Bahan) []flow.Option {
	options := make([]flow.Option, len(list))
	for i, b := range list {
		options[i] = flow.Option{ID: b.ID, Label: b.Label}
	}
	return options
}

// parseIngredients reads a list in the owner's own words. What is not offered becomes another bahan, by its name.
func (q *halalQuestions) parseIngredients(text string, v flow.View) (flow.Understood, error) {
	names := listed(text)
	if len(names) == 0 || len(names) > 40 {
		return flow.Understood{}, &answer.Problem{Reason: "unclear"}
	}
	offered := q.offered(v)
	var ids, others []string
	for _, name := range names {
		b, ok := q.rules.now().Called(rules.Ingredient, name)
		switch {
		case ok && slices.ContainsFunc(offered, func(o flow.Option) bool { return o.ID == b.ID }):
			ids = append(ids, b.ID)
		case len(others) < q.othersMost:
			others = append(others, name)
		}
	}
	if len(others) == 0 {
		return flow.Understood{Value: strings.Join(ids, ",")}, nil
	}
	if len(ids) == 0 && len(others) == 1 {
		return flow.Understood{}, &answer.Problem{Reason: "unclear"}
	}
	also := map[string]string{}
	var numbers []string
	for i, name := range others {
		n := strconv.Itoa(i + 1)
		numbers = append(numbers, n)
		also["others."+n+"."+otherName.Key] = name
		also["others."+n+".brand"], also["others."+n+".package"] = "", "" // of what stood there before
	}
	also["others"] = strings.Join(numbers, ",")
	return flow.Understood{Value: strings.Join(append(ids, otherOption), ","), Also: also}, nil
}

// parseKnown reads a list of which every part must be known.
func (q *halalQuestions) parseKnown(kind string) func(string, flow.View) (flow.Understood, error) {
	return func(text string, _ flow.View) (flow.Understood, error) {
		var ids []string
		for _, name := range listed(text) {
			b, ok := q.rules.now().Called(kind, name)
			if !ok {
				return flow.Understood{}, &answer.Problem{Reason: "unclear"}
			}
			ids = append(ids, b.ID)
		}
		if len(ids) == 0 {
			return flow.Understood{}, &answer.Problem{Reason: "unclear"}
		}
		return flow.Understood{Value: strings.Join(ids, ",")}, nil
	}
}

// listed are the parts of a list as people type it.
func listed(text string) []string {
	text = strings.NewReplacer(" dan ", ",", " sama ", ",", "\n", ",", ";", ",", "+", ",").Replace(answer.NormaliseText(text))
	var parts []string
	for part := range strings.SplitSeq(text, ",") {
		if part = strings.Trim(part, " .-"); len([]rune(part)) >= 2 && len(part) <= 60 {
			parts = append(parts, part)
		}
	}
	return parts
}

// branded are the picked bahan whose halal depends on the brand.
func (q *halalQuestions) branded(v flow.View) []flow.Option {
	var options []flow.Option
	for _, b := range q.picked(v) {
		if b.Brand {
			options = append(options, flow.Option{ID: b.ID, Label: b.Label})
		}
	}
	return options
}

// picked are the bahan of all three kinds that were picked from the lists.
func (q *halalQuestions) picked(v flow.View) []rules.Bahan {
	var list []rules.Bahan
	for _, f := range []*flow.Field{q.ingredients, q.cleaning, q.packaging} {
		for _, id := range v.List(f.Key) {
			if b, ok := q.rules.now().Material(id); ok {
				list = append(list, b)
			}
		}
	}
	return list
}

// brandOf asks for a brand: one that staff confirmed, a typed one, a photo of the package, or none. None of them stops
// the flow; of some is a bahan that material names.
func (q *halalQuestions) brandOf(photo *flow.Field, material func(flow.View) string, more ...string) *flow.Field {
	confirmed := func(v flow.View) []storage.Brand { return q.brands.of(material(v), v.Now()) }
	options := func(v flow.View) []flow.Option {
		var list []flow.Option
		for _, b := range confirmed(v)[:min(brandsShown, len(confirmed(v)))] {
			list = append(list, flow.Option{ID: brandOption(b), Label: b.Name})
		}
		for _, id := range append(more, "bulk", "unknown", flow.OptionPhoto) {
			list = append(list, flow.Option{ID: id})
		}
		return list
	}
	return &flow.Field{
		Key: "brand", Kind: flow.Choice, Options: options, Photo: photo, Samples: []string{"Cap Contoh"}, Bad: []string{"?"},
		Args: func(v flow.View) map[string]string { return map[string]string{"item": q.itemCalled(v)} },
		Parse: func(text string, v flow.View) (flow.Understood, error) {
			name, err := answer.ParseBusiness(text)
			if err != nil {
				return flow.Understood{}, err
			}
			for _, b := range confirmed(v) {
				if strings.EqualFold(b.Name, name) {
					return flow.Understood{Value: brandOption(b)}, nil
				}
			}
			return flow.Understood{Value: typed + name}, nil
		},
		Valid: func(value string, v flow.View) bool {
			if name, ok := own(value); ok {
				return name != ""
			}
			if _, ok := q.brands.find(value, v.Now()); ok {
				return true
			}
			return slices.ContainsFunc(options(v), func(o flow.Option) bool { return o.ID == value })
		},
		Show: func(value string, v flow.View) string {
			if b, ok := q.brands.find(value, v.Now()); ok {
				return b.Name
			}
			name, _ := own(value)
			return name
		},
	}
}

// itemCalled is the bahan that an item is about, in the owner's words.
func (q *halalQuestions) itemCalled(v flow.View) string {
	if name := v.Get(otherName.Key); name != "" {
		return name
	}
	b, _ := q.rules.now().Material(v.Item())
	return b.Label
}

var otherName = &flow.Field{
	Key: "other_name", Kind: flow.Text, Parse: text(answer.ParseBusiness),
	Samples: []string{"rumput laut"}, Bad: []string{"?"},
}

var (
	brandPackage = &flow.Field{Key: "package", Kind: flow.Files}
	otherPackage = &flow.Field{Key: "package", Kind: flow.Files}
)
