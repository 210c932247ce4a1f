package dialogue

import (
	"slices"
	"strings"

	"titian/flows/answer"
	"titian/flows/flow"
)

// Means says whether a text is one of the words listed under "<key>.also".
func (v *Voice) Means(key, text string) bool {
	typed := fold(text)
	return slices.ContainsFunc(v.texts.Also(key), func(p string) bool { return v.folded(p) == typed })
}

// folded is fold of a phrase of the catalog, which is folded once.
func (v *Voice) folded(phrase string) string {
	if known, ok := v.folds.Load(phrase); ok {
		return known.(string)
	}
	short := fold(phrase)
	v.folds.Store(phrase, short)
	return short
}

// phrases are an option's label, its parts where it explains itself in brackets
// ("Dapur Contoh (Contoh Satu)"), and its synonyms.
func (v *Voice) phrases(o flow.Offered) []string {
	label := v.Label(o.Label)
	list := []string{label}
	if name, rest, ok := strings.Cut(label, " ("); ok {
		list = append(list, name, strings.TrimSuffix(rest, ")"))
	}
	if o.Label.Key != "" {
		list = append(list, v.also(o.Label.Key)...)
	}
	return list
}

// fold makes two spellings of one label equal: case, punctuation and spaces.
func fold(text string) string {
	text = strings.ToLower(answer.NormaliseText(text))
	text = strings.Map(func(r rune) rune {
		switch r {
		case '.', ',', '!', '?', '"', '\'', ';', ':', '(', ')', '✅', '*':
			return -1
		case '-', '/':
			return ' '
		}
		return r
	}, text)
	return strings.Join(strings.Fields(text), " ")
}
