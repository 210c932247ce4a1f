package main

import (
	"context"
	"strings"

	"titian/bot/broadcast"
	"titian/flows/answer"
	"titian/flows/rules"
	"titian/locales"
	"titian/storage/postgres"
	"titian/storage/segment"
)

// vocabulary is what a segment may speak of: the words of the forms, the city's places, the documents of the halal file, and what
// staff gave a name.
func (c *settings) vocabulary(ctx context.Context, db *postgres.DB, texts *locales.Catalog) (v segment.Vocabulary, err error) {
	if v.Words, err = vocabularyIn(c.in("locales"), texts); err != nil {
		return v, err
	}
	v.Saved, v.Words[segment.Numbers], err = db.Segments(ctx)
	return v, err
}

// vocabularyIn is what the data files of a folder name.
func vocabularyIn(dir string, texts *locales.Catalog) (map[segment.Field][]segment.Word, error) {
	city, err := locales.City(dir, answer.ReadCity)
	if err != nil {
		return nil, complain("kendari.csv: %v", err)
	}
	asks, err := rules.Read(locales.Files(dir))
	if err != nil {
		return nil, complain("%v", err)
	}
	return broadcast.Vocabulary(texts, city, papersOf(asks)), nil
}

// papersOf are the documents of the halal file, as a query names them.
func papersOf(asks *rules.Rules) (words []segment.Word) {
	for _, d := range asks.Papers {
		words = append(words, segment.Word{ID: d.ID, Names: []string{d.Title, d.ID}})
	}
	return words
}

// misread is what is wrong with a query, in words for staff.
func misread(texts *locales.Catalog, p *segment.Problem) string {
	text := texts.Say("segment.problem."+string(p.Reason), map[string]string{"word": p.Word, "field": string(p.Field)})
	if len(p.Meant) > 0 {
		text += " " + texts.Say("segment.meant", map[string]string{"meant": strings.Join(p.Meant, ", ")})
	}
	return text
}
