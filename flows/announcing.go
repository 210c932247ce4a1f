package flows

import (
	"maps"
	"strings"
	"sync/atomic"

	"titian/flows/flow"
	"titian/storage/segment"
)

// Announcing is what the conversation about an announcement reads by: the words of a query as the data files have them now, and
// what a text may name. Safe to set while it is read.
type Announcing struct{ now atomic.Pointer[announcing] }

type announcing struct {
	words map[segment.Field][]segment.Word
	check func(text string, file bool) error
}

// Set puts other words in place, and what says whether a text can be sent, with a file or without: nil, or what is wrong with it,
// a flow.Problem.
func (a *Announcing) Set(words map[segment.Field][]segment.Word, check func(text string, file bool) error) {
	a.now.Store(&announcing{words, check})
}

// All are the words that were put in place last.
func (a *Announcing) All() map[segment.Field][]segment.Word {
	if n := a.now.Load(); n != nil {
		return n.words
	}
	return nil
}

// says whether a text can be sent.
func (a *Announcing) says(text string, file bool) error {
	if n := a.now.Load(); n != nil {
		return n.check(text, file)
	}
	return nil
}

// read reads a query. The facts "saved" and "numbers" name, a line each, what staff gave a name: its name, a tab, its query.
func (a *Announcing) read(query string, v flow.View) (segment.Expr, error) {
	book := segment.Vocabulary{Words: map[segment.Field][]segment.Word{}, Saved: map[string]string{}}
	if n := a.now.Load(); n != nil {
		book.Words = maps.Clone(n.words)
	}
	for name, query := range named(v.Fact("saved")) {
		book.Saved[name] = query
	}
	for id, name := range named(v.Fact("numbers")) {
		book.Words[segment.Numbers] = append(book.Words[segment.Numbers], segment.Word{ID: id, Names: []string{name}})
	}
	return book.Parse(query)
}

func named(lines string) map[string]string {
	list := map[string]string{}
	for line := range strings.Lines(lines) {
		if name, rest, ok := strings.Cut(strings.TrimSpace(line), "\t"); ok {
			list[name] = rest
		}
	}
	return list
}
