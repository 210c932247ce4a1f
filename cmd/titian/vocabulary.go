package main

import (
	"context"
	"slices"
	"strings"

	"titian/flows/answer"
	"titian/flows/rules"
	"titian/locales"
	"titian/storage/postgres"
	"titian/storage/segment"
)

// vocabulary is what a segment may speak of: the words of the forms, the city's places, the documents of the halal file, and what
// staff gave a name.
func (c *settings) vocabulary(ctx context.Context, db *postgres.DB, texts *locales.Catalog) (v segment.Vocabulary, err error) {
	city, err := locales.City(c.in("locales"), answer.ReadCity)
	if err != nil {
		return v, complain("kendari.csv: %v", err)
	}
	asks, err := rules.Read(locales.Files(c.in("locales")))
	if err != nil {
		return v, complain("%v", err)
	}
	v.Words = map[segment.Field][]segment.Word{
		segment.Sector: optionsOf(texts, "registration.sector."), segment.Permit: optionsOf(texts, "registration.permits."),
		segment.Kecamatan: optionsOf(texts, "registration.kecamatan."),
	}
	for _, a := range city.Areas() {
		v.Words[segment.Kecamatan] = withName(v.Words[segment.Kecamatan], a.Kecamatan)
		v.Words[segment.Kelurahan] = withName(v.Words[segment.Kelurahan], a.Kelurahan)
	}
	for _, key := range texts.Keys() {
		if id, ok := strings.CutPrefix(key, "registration."); ok && strings.HasSuffix(id, ".label") {
			id = strings.TrimSuffix(id, ".label")
			v.Words[segment.Missing] = append(v.Words[segment.Missing], segment.Word{ID: id, Names: []string{texts.Say(key, nil), id}})
		}
	}
	for _, d := range asks.Papers {
		v.Words[segment.Missing] = append(v.Words[segment.Missing], segment.Word{ID: d.ID, Names: []string{d.Title, d.ID}})
	}
	v.Saved, v.Words[segment.Numbers], err = db.Segments(ctx)
	return v, err
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

// misread is what is wrong with a query, in words for staff.
func misread(texts *locales.Catalog, p *segment.Problem) string {
	text := texts.Say("segment.problem."+string(p.Reason), map[string]string{"word": p.Word, "field": string(p.Field)})
	if len(p.Meant) > 0 {
		text += " " + texts.Say("segment.meant", map[string]string{"meant": strings.Join(p.Meant, ", ")})
	}
	return text
}
