// Package locales holds what a dinas may want to change without a programmer:
// the texts (id.toml), the city's regions (kendari.csv), the office calendar
// (office.toml), what the halal file asks by (halal.toml, bahan.toml,
// documents.toml) and the pace of WhatsApp (whatsapp.toml). A file of the same name in the data folder's "locales" stands
// over the built-in one; it is checked when it is read.
package locales

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"sync/atomic"

	"github.com/BurntSushi/toml"
)

//go:embed id.toml office.toml kendari.csv halal.toml bahan.toml documents.toml whatsapp.toml
var builtin embed.FS

// Catalog is every text Titian says, by key, in one language. It may be read
// while it is reloaded.
type Catalog struct {
	texts   atomic.Pointer[map[string]string]
	learned atomic.Pointer[map[string]string]
}

// Learn adds texts that stand in another data file, in place of those learned
// before. A text of id.toml goes before one that was learned.
func (c *Catalog) Learn(texts map[string]string) { c.learned.Store(&texts) }

// text is the text of a key.
func (c *Catalog) text(key string) (string, bool) {
	text, ok := (*c.texts.Load())[key]
	if learned := c.learned.Load(); !ok && learned != nil {
		text, ok = (*learned)[key]
	}
	return text, ok
}

// Texts reads the built-in Indonesian texts and lays dir/id.toml over them; dir
// may be empty. A file that changes an unknown key, or uses a placeholder the
// built-in text has not, is refused with the line a person can mend.
func Texts(dir string) (*Catalog, error) {
	texts, err := readTexts(dir)
	if err != nil {
		return nil, err
	}
	c := &Catalog{}
	c.texts.Store(&texts)
	return c, nil
}

// Reload reads the texts again; a file that is refused changes nothing.
func (c *Catalog) Reload(dir string) error {
	texts, err := readTexts(dir)
	if err == nil {
		c.texts.Store(&texts)
	}
	return err
}

func readTexts(dir string) (map[string]string, error) {
	base, err := builtin.ReadFile("id.toml")
	if err != nil {
		return nil, err
	}
	var texts map[string]string
	if _, err := toml.Decode(string(base), &texts); err != nil {
		return nil, fmt.Errorf("read id.toml: %w", err)
	}
	own, err := readOver(dir, "id.toml")
	if err != nil || own == nil {
		return texts, err
	}
	return texts, lay(texts, own)
}

// readOver reads dir/name; nil and no error when there is none.
func readOver(dir, name string) ([]byte, error) {
	if dir == "" {
		return nil, nil
	}
	b, err := os.ReadFile(filepath.Join(dir, name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return b, err
}

// lay puts own texts over the built-in ones.
func lay(texts map[string]string, own []byte) error {
	var mine map[string]string
	if _, err := toml.Decode(string(own), &mine); err != nil {
		return fmt.Errorf("read id.toml of the data folder: %w", err)
	}
	for key, text := range mine {
		old, known := texts[key]
		if !known {
			return fmt.Errorf("id.toml of the data folder: there is no text %q", key)
		}
		for _, p := range Placeholders(text) {
			if !contains(Placeholders(old), p) {
				return fmt.Errorf("id.toml of the data folder: %q has no {%s}", key, p)
			}
		}
		texts[key] = text
	}
	return nil
}

// Has says whether there is a text for the key.
func (c *Catalog) Has(key string) bool { _, ok := c.text(key); return ok }

// Say is the text of key with its {placeholders} filled. An unknown key says
// itself, so that a person still sees something and a test finds it.
func (c *Catalog) Say(key string, args map[string]string) string {
	text, ok := c.text(key)
	if !ok {
		return "⟨" + key + "⟩"
	}
	return Fill(text, args)
}

// Fill puts args into the {placeholders} of text, once: what an argument holds
// is never a placeholder. A name that args has not stays as it is.
func Fill(text string, args map[string]string) string {
	if len(args) == 0 || !strings.Contains(text, "{") {
		return text
	}
	var b strings.Builder
	for {
		before, rest, open := strings.Cut(text, "{")
		b.WriteString(before)
		if !open {
			return b.String()
		}
		name, after, closed := strings.Cut(rest, "}")
		value, known := args[name]
		if !closed || !known {
			b.WriteByte('{')
			text = rest
			continue
		}
		b.WriteString(value)
		text = after
	}
}

// Also lists the other words that mean a choice: the text "<key>.also", split at commas.
func (c *Catalog) Also(key string) []string {
	text, ok := c.text(key + ".also")
	if !ok {
		return nil
	}
	var words []string
	for _, w := range strings.Split(text, ",") {
		if w = strings.TrimSpace(w); w != "" {
			words = append(words, w)
		}
	}
	return words
}

// Keys lists every key of id.toml, sorted.
func (c *Catalog) Keys() []string {
	texts := *c.texts.Load()
	keys := make([]string, 0, len(texts))
	for k := range texts {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

// Placeholders lists the {names} in a text, in order.
func Placeholders(text string) []string {
	var names []string
	for {
		_, rest, ok := strings.Cut(text, "{")
		if !ok {
			return names
		}
		name, after, ok := strings.Cut(rest, "}")
		if !ok {
			return names
		}
		names, text = append(names, name), after
	}
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// File is the content of dir/name, or of the built-in file of that name.
func File(dir, name string) ([]byte, error) {
	b, err := readOver(dir, name)
	if err == nil && b == nil {
		b, err = builtin.ReadFile(name)
	}
	return b, err
}

// Files is File for a reader that asks for several by their names.
func Files(dir string) func(name string) ([]byte, error) {
	return func(name string) ([]byte, error) { return File(dir, name) }
}

// City reads the built-in regions, or dir/kendari.csv in their place, with the
// reader of the package that knows what a region is.
func City[T any](dir string, read func(io.Reader) (T, error)) (T, error) {
	b, err := File(dir, "kendari.csv")
	if err != nil {
		var none T
		return none, err
	}
	return read(bytes.NewReader(b))
}
