package rules

import (
	"fmt"
	"slices"
)

// When a document is asked for outside the list of documents.
const (
	WhenProduct    = "product"    // with each product
	WhenSheet      = "sheet"      // another penyelia agrees by a signed sheet
	WhenSupervisor = "supervisor" // after that
)

// Document is one document that is asked for.
type Document struct {
	ID       string `toml:"id"`
	Title    string `toml:"title"`
	Ask      string `toml:"ask"`
	Why      string `toml:"why"`
	Least    int    `toml:"least"` // files: with fewer, staff are told to look
	Most     int    `toml:"most"`
	Optional bool   `toml:"optional"`
	PDF      bool   `toml:"pdf"`
	Read     bool   `toml:"read"` // every letter must be legible
	When     string `toml:"when"`
}

func (r *Rules) checkDocuments() error {
	if r.Version == "" {
		return fmt.Errorf("%s: version is missing: a file notes the version it was asked by", DocumentsFile)
	}
	seen := map[string]bool{}
	places := map[string]int{}
	for _, d := range r.Papers {
		switch {
		case !isID(d.ID) || seen[d.ID] || slices.Contains(SectionKeys, d.ID):
			return fmt.Errorf("%s: the id %q is there twice, is the name of a section, or is not a–z, 0–9 and _", DocumentsFile, d.ID)
		case d.Title == "" || d.Ask == "" || d.Why == "":
			return fmt.Errorf("%s: %q needs title, ask and why", DocumentsFile, d.ID)
		case d.Most < 1 || d.Most > 10 || d.Least > d.Most:
			return fmt.Errorf("%s: %q takes from 1 to 10 files", DocumentsFile, d.ID)
		case d.When != "" && (d.When != WhenProduct && d.When != WhenSheet && d.When != WhenSupervisor || places[d.When] > 0):
			return fmt.Errorf("%s: when = %q of %q is unknown, or there twice", DocumentsFile, d.When, d.ID)
		}
		seen[d.ID] = true
		places[d.When]++
	}
	for _, when := range []string{"", WhenProduct, WhenSheet, WhenSupervisor} {
		if places[when] == 0 {
			return fmt.Errorf("%s: there is no document with when = %q", DocumentsFile, when)
		}
	}
	return nil
}

// Documents are those asked for at one place: "", WhenProduct, WhenSheet, WhenSupervisor.
func (r *Rules) Documents(when string) []Document {
	var list []Document
	for _, d := range r.Papers {
		if d.When == when {
			list = append(list, d)
		}
	}
	return list
}

// Document is the document of that id.
func (r *Rules) Document(id string) (Document, bool) {
	i := slices.IndexFunc(r.Papers, func(d Document) bool { return d.ID == id })
	if i < 0 {
		return Document{}, false
	}
	return r.Papers[i], true
}

// Texts are the words of the documents, by the keys a flow says them under.
func (r *Rules) Texts() map[string]string {
	texts := map[string]string{}
	for _, d := range r.Papers {
		path := "halal." + d.ID
		if d.When == WhenProduct {
			path = "halal.products." + d.ID
		}
		texts[path], texts[path+".label"], texts[path+".why"], texts[path+".invalid"] = d.Ask, d.Title, d.Why, d.Ask
	}
	return texts
}
