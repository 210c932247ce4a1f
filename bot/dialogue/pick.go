package dialogue

import (
	"slices"
	"strings"

	"titian/bot/chat"
	"titian/flows/answer"
)

// Pick finds the choice that was typed where there are no buttons: by its label, its number, one of the words that the catalog
// lists beside its label, or a part of its label that no other has. What always works as a word, or is a command, is no part.
func (v *Voice) Pick(list []chat.Choice, text string) (chat.Choice, bool) {
	if i := v.exact(list, text); i >= 0 {
		return list[i], true
	}
	if strings.HasPrefix(strings.TrimSpace(text), "/") {
		return chat.Choice{}, false
	}
	if _, word := answer.Navigation(text); word {
		return chat.Choice{}, false
	}
	if i := only(list, func(c chat.Choice) bool { return partOf(c.Label, text) }); i >= 0 {
		return list[i], true
	}
	return chat.Choice{}, false
}

// NamesOne says whether a text is a number or a label of a list, as a whole.
func (v *Voice) NamesOne(list []chat.Choice, text string) bool { return v.exact(list, text) >= 0 }

// exact is the place of the choice whose label, number or synonym a text is; -1: of none, or of several.
func (v *Voice) exact(list []chat.Choice, text string) int {
	typed := fold(text)
	for i, c := range list {
		if l := unnumbered(c.Label); typed != "" && (fold(l) == typed || fold(c.Label) == typed) {
			return i
		}
	}
	if n, err := answer.ParsePick(text, len(list)); err == nil {
		return n - 1
	}
	return only(list, func(c chat.Choice) bool { return slices.Contains(v.synonyms(c.Label), typed) })
}

// only is the place of the one choice that is so; -1: none is, or several are.
func only(list []chat.Choice, so func(chat.Choice) bool) int {
	found := -1
	for i, c := range list {
		switch {
		case !so(c):
		case found >= 0:
			return -1
		default:
			found = i
		}
	}
	return found
}

// synonyms are the folded words that the catalog lists for whatever text is this label.
func (v *Voice) synonyms(label string) (list []string) {
	for _, key := range v.texts.Keys() {
		if base, ok := strings.CutSuffix(key, ".also"); ok && v.texts.Has(base) && v.texts.Say(base, nil) == label {
			for _, word := range v.texts.Also(base) {
				list = append(list, v.folded(word))
			}
		}
	}
	return list
}

// unnumbered is a label without the number it begins with: "7. KTP pemilik" is "KTP pemilik".
func unnumbered(label string) string {
	number, rest, ok := strings.Cut(label, ". ")
	if ok && strings.Trim(number, "0123456789") == "" {
		return rest
	}
	return label
}

// partOf says whether a text is words of a label: four letters of them at least.
func partOf(label, text string) bool {
	typed, words := fold(text), strings.Fields(fold(unnumbered(label)))
	if len(typed) < 4 {
		return false
	}
	return !slices.ContainsFunc(strings.Fields(typed), func(w string) bool { return !slices.Contains(words, w) })
}
