package rules

import "strings"

// Names says which words in the name of a product BPJPH refuses.
type Names struct {
	Refused []Refused `toml:"refused"`
	Allowed []string  `toml:"allowed"` // established names that hold such a word
}

// Refused are words and why they are.
type Refused struct {
	Why   string   `toml:"why"`
	Words []string `toml:"words"`
}

// Doubtful is the word of a product's name that BPJPH usually refuses, and why; empty when there is none.
func (r *Rules) Doubtful(name string) (word, why string) {
	name = padded(name)
	for _, allowed := range r.allowed {
		name = strings.ReplaceAll(name, allowed, " ")
	}
	for _, refused := range r.refused {
		if strings.Contains(name, refused.padded) {
			return refused.word, refused.why
		}
	}
	return "", ""
}

// refusedWord is one word, ready to be looked for in a name.
type refusedWord struct{ word, padded, why string }

func (r *Rules) indexNames() {
	for _, name := range r.Names.Allowed {
		r.allowed = append(r.allowed, padded(name))
	}
	for _, refused := range r.Names.Refused {
		for _, word := range refused.Words {
			r.refused = append(r.refused, refusedWord{word, padded(word), refused.Why})
		}
	}
}

func padded(text string) string { return " " + spaced(text) + " " }
