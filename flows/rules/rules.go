// Package rules is what the halal file asks by: the limits of the law, the kinds of products with the bahan and the
// steps that are usual for them, the names that are refused, the documents. All of it is data that a dinas may change;
// it is checked when it is read, and says what is wrong with it in a sentence. The package imports a TOML library and
// nothing of Titian, and never changes what it has read.
package rules

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/BurntSushi/toml"
)

// The files it is read from.
const (
	HalalFile     = "halal.toml"
	BahanFile     = "bahan.toml"
	DocumentsFile = "documents.toml"
)

// Rules is one reading of the files.
type Rules struct {
	TurnoverMicro int64             `toml:"turnover_micro"` // rupiah a year, up to which a business is mikro
	TurnoverMost  int64             `toml:"turnover_most"`  // up to which self-declare is open
	ProductsMost  int               `toml:"products_most"`
	OthersMost    int               `toml:"others_most"`
	Laws          []Law             `toml:"law"`
	Sections      map[string]string `toml:"sections"` // titles by key
	Steps         map[string]string `toml:"steps"`    // titles by key
	Names         Names             `toml:"names"`
	Kinds         []Kind            `toml:"kind"`

	Groups  map[string]string `toml:"-"` // exempt groups: their names by key
	Animal  []string          `toml:"-"` // ids of bahan from slaughtered animals
	Bahan   []Bahan           `toml:"-"`
	Version string            `toml:"-"` // of the list of documents
	Papers  []Document        `toml:"-"`

	materials map[string]Bahan // by id
	called    map[string]Bahan // by kind and name
	allowed   []string
	refused   []refusedWord
}

// Law is a sentence about the duty, said until a day.
type Law struct {
	Until string `toml:"until"` // "2026-10-18"; empty: for good
	Text  string `toml:"text"`
}

// StepKeys are the steps of the process narration, in SiHalal's order.
var StepKeys = []string{"buy", "receive", "store", "process", "pack", "keep", "send"}

// SectionKeys are the sections of a file, in SiHalal's order.
var SectionKeys = []string{"usaha", "penyelia", "pabrik", "bahan", "produk", "proses"}

// Kind is a kind of product (jenis produk): one file is for one.
type Kind struct {
	ID      string            `toml:"id"`
	Label   string            `toml:"label"`
	Words   []string          `toml:"words"`
	Bahan   []string          `toml:"bahan"`   // ids of what is offered
	Process map[string]string `toml:"process"` // the draft, by step
	Reguler bool              `toml:"reguler"` // not for self-declare
	KBLI    []KBLI            `toml:"kbli"`    // which staff may pick from
}

// KBLI is a code that the products of a kind may have.
type KBLI struct {
	Code  string `toml:"code"`
	Title string `toml:"title"`
}

// Read reads the three files; read yields the content of one by its name.
func Read(read func(name string) ([]byte, error)) (*Rules, error) {
	r := &Rules{}
	var bahan struct {
		Groups map[string]string `toml:"groups"`
		Animal []string          `toml:"animal"`
		Bahan  []Bahan           `toml:"bahan"`
	}
	var documents struct {
		Version  string     `toml:"version"`
		Document []Document `toml:"document"`
	}
	for name, into := range map[string]any{HalalFile: r, BahanFile: &bahan, DocumentsFile: &documents} {
		b, err := read(name)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", name, err)
		}
		meta, err := toml.Decode(string(b), into)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", name, err)
		}
		if unknown := meta.Undecoded(); len(unknown) > 0 {
			return nil, fmt.Errorf("%s: %q means nothing here", name, unknown[0].String())
		}
	}
	r.Groups, r.Animal, r.Bahan = bahan.Groups, bahan.Animal, bahan.Bahan
	r.Version, r.Papers = documents.Version, documents.Document
	r.index()
	r.indexNames()
	for _, check := range []func() error{r.checkHalal, r.checkBahan, r.checkDocuments} {
		if err := check(); err != nil {
			return nil, err
		}
	}
	return r, nil
}

func (r *Rules) checkHalal() error {
	if r.TurnoverMicro <= 0 || r.TurnoverMost <= r.TurnoverMicro {
		return fmt.Errorf("%s: turnover_micro and turnover_most must rise", HalalFile)
	}
	if r.ProductsMost < 1 || r.OthersMost < 1 {
		return fmt.Errorf("%s: products_most and others_most are at least 1", HalalFile)
	}
	for i, l := range r.Laws {
		if _, err := time.Parse(time.DateOnly, l.Until); (l.Until != "") == (err != nil) || l.Until == "" && i < len(r.Laws)-1 {
			return fmt.Errorf("%s: the law of %q needs a date like 2026-10-18, and the last one none", HalalFile, l.Until)
		}
	}
	for _, set := range []struct {
		what   string
		titles map[string]string
		keys   []string
	}{{"sections", r.Sections, SectionKeys}, {"steps", r.Steps, StepKeys}} {
		for _, key := range set.keys {
			if set.titles[key] == "" {
				return fmt.Errorf("%s: %s has no title for %q", HalalFile, set.what, key)
			}
		}
	}
	return r.checkKinds()
}

func (r *Rules) checkKinds() error {
	seen := map[string]bool{}
	open, closed := false, false
	for _, k := range r.Kinds {
		if !isID(k.ID) || seen[k.ID] || k.Label == "" {
			return fmt.Errorf("%s: kind %q has no label, is there twice, or its id is not a–z, 0–9 and _", HalalFile, k.ID)
		}
		seen[k.ID] = true
		open, closed = open || !k.Reguler, closed || k.Reguler
		for _, step := range StepKeys {
			if !k.Reguler && k.Process[step] == "" {
				return fmt.Errorf("%s: kind %q has no text for the step %q", HalalFile, k.ID, step)
			}
		}
		for _, id := range k.Bahan {
			if b, ok := r.Material(id); !ok || b.Kind != Ingredient {
				return fmt.Errorf("%s: kind %q names %q, which is no ingredient of %s", HalalFile, k.ID, id, BahanFile)
			}
		}
		if !k.Reguler && len(k.Bahan) == 0 {
			return fmt.Errorf("%s: kind %q names no bahan", HalalFile, k.ID)
		}
	}
	if !open || !closed {
		return fmt.Errorf("%s: at least one kind is for self-declare, and one is reguler", HalalFile)
	}
	return nil
}

// Law is the sentence about the duty at a time, in the time zone it is given in.
func (r *Rules) Law(at time.Time) string {
	for _, l := range r.Laws {
		if l.Until == "" || at.Format(time.DateOnly) < l.Until {
			return l.Text
		}
	}
	return ""
}

// Kind is the kind of that id.
func (r *Rules) Kind(id string) (Kind, bool) {
	i := slices.IndexFunc(r.Kinds, func(k Kind) bool { return k.ID == id })
	if i < 0 {
		return Kind{}, false
	}
	return r.Kinds[i], true
}

// KindOf is the kind that the name of a product says; false when none does, or more than one.
func (r *Rules) KindOf(product string) (Kind, bool) {
	var found Kind
	for _, k := range r.Kinds {
		if !slices.ContainsFunc(k.Words, func(w string) bool { return says(product, w) }) {
			continue
		}
		if found.ID != "" {
			return Kind{}, false
		}
		found = k
	}
	return found, found.ID != ""
}

// says whether a text holds a word, or words, whole.
func says(text, word string) bool {
	return strings.Contains(padded(text), padded(word))
}

// spaced is a text in lower case with one space between its words.
func spaced(text string) string {
	text = strings.Map(func(r rune) rune {
		if strings.ContainsRune("-_/.,;:!?()“”\"'&+", r) {
			return ' '
		}
		return r
	}, strings.ToLower(text))
	return strings.Join(strings.Fields(text), " ")
}

func isID(id string) bool {
	return id != "" && len(id) <= 20 && strings.Trim(id, "abcdefghijklmnopqrstuvwxyz0123456789_") == ""
}
