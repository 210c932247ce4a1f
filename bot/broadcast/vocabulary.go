package broadcast

import (
	"slices"
	"strings"

	"titian/flows/answer"
	"titian/locales"
	"titian/storage/segment"
)

// Vocabulary is what a query may speak of, as the texts and the city have it, with the documents of the halal file: the words of
// the forms, the city's places, and what may be missing.
func Vocabulary(texts *locales.Catalog, city answer.City, papers []segment.Word) map[segment.Field][]segment.Word {
	words := map[segment.Field][]segment.Word{
		segment.Sector: optionsOf(texts, "registration.sector."), segment.Permit: optionsOf(texts, "registration.permits."),
		segment.Kecamatan: optionsOf(texts, "registration.kecamatan."),
	}
	for _, a := range city.Areas() {
		words[segment.Kecamatan] = withName(words[segment.Kecamatan], a.Kecamatan)
		words[segment.Kelurahan] = withName(words[segment.Kelurahan], a.Kelurahan)
	}
	for _, key := range texts.Keys() {
		if id, ok := strings.CutPrefix(key, "registration."); ok && strings.HasSuffix(id, ".label") {
			id = strings.TrimSuffix(id, ".label")
			words[segment.Missing] = append(words[segment.Missing], segment.Word{ID: id, Names: []string{texts.Say(key, nil), id}})
		}
	}
	words[segment.Missing] = append(words[segment.Missing], papers...)
	return words
}

// optionsOf are the choices of a question: those whose synonyms stand beside them.
func optionsOf(texts *locales.Catalog, prefix string) (words []segment.Word) {
	for _, key := range texts.Keys() {
		id, ok := strings.CutPrefix(key, prefix)
		if ok && !strings.Contains(id, ".") && texts.Has(key+".also") {
			words = append(words, segment.Word{ID: id, Names: append([]string{texts.Say(key, nil)}, texts.Also(key)...)})
		}
	}
	return words
}

func withName(words []segment.Word, name string) []segment.Word {
	if slices.ContainsFunc(words, func(w segment.Word) bool { return w.ID == name }) {
		return words
	}
	return append(words, segment.Word{ID: name, Names: []string{name}})
}
