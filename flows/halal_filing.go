package flows

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"time"

	"titian/flows/flow"
	"titian/flows/rules"
	"titian/storage"
)

// file turns the answers into the application that staff review.
func (q *halalQuestions) file(v flow.View) any {
	d, tasks := q.dossier(v)
	kind, _ := q.rules.now().Kind(v.Get("kind"))
	f := storage.FileApplication{
		Application: storage.ApplicationID(v.Fact("application")), Owner: storage.OwnerID(v.Fact("owner")),
		Programme: storage.ProgrammeID(v.Fact("programme")), Product: kind.Label,
		Dossier: d, Items: q.items(v, d), Tasks: tasks, CompletedAt: completedAt(v),
		FlowVersion: halalVersion, ListVersion: q.version, Answers: v.Answers(),
	}
	if d.Statement.MessageID != "" { // carried over into a repair: it was said, and stored, before
		f.Consents = []storage.Consent{d.Statement}
	}
	return f
}

// completedAt is the network's time of the message that brought the last required item: the akad, and of a repair the
// newest message of all.
func completedAt(v flow.View) time.Time {
	if a, ok := v.Answer(statement.Key); ok && a.ID != "" {
		return a.At
	}
	return v.GivenAt()
}

// items are what staff say a verdict on: the sections in SiHalal's order, then the documents.
func (q *halalQuestions) items(v flow.View, d storage.Dossier) []storage.Item {
	r := q.rules.now()
	applicant := d.Applicant
	applicant.KBLI = "" // staff pick it: it makes no other section of it
	var items []storage.Item
	for _, s := range []struct {
		key     string
		content any
	}{
		{storage.SectionBusiness, []any{applicant, d.Eligibility}},
		{storage.SectionSupervisor, []any{d.Supervisor.Self, d.Supervisor.Name, d.Supervisor.NIK, d.Supervisor.Phone}},
		{storage.SectionFactory, []any{d.Factory, d.Outlet}},
		{storage.SectionMaterials, d.Materials},
		{storage.SectionProducts, withoutPhotos(d.Products)},
		{storage.SectionProcess, d.Process},
	} {
		items = append(items, storage.Item{
			Key: s.key, Kind: storage.ItemSection, Title: r.Sections[s.key], Required: true, Digest: digest(s.content),
		})
	}
	for _, paper := range r.Papers {
		files, asked := q.given(v, paper)
		if asked {
			item := document(paper, files)
			if paper.ID == nibSheet {
				item.Marks = append(item.Marks, sheetMarks(v)...)
			}
			items = append(items, item)
		}
	}
	return items
}

// given are the files of a document, and whether it belongs to this file at all.
func (q *halalQuestions) given(v flow.View, d rules.Document) (files []flow.FileAnswer, asked bool) {
	switch d.When {
	case rules.WhenProduct:
		for _, product := range v.Items("products") {
			files = append(files, product.Files(d.ID)...)
		}
		return files, true
	case rules.WhenSheet:
		return v.Files(d.ID), v.Get(agrees.Key) == "sheet"
	case rules.WhenSupervisor:
		return v.Files(d.ID), v.Get(supervisor.Key) == "other"
	}
	files = v.Files(d.ID)
	return files, len(files) > 0 || !d.Optional
}

func document(d rules.Document, files []flow.FileAnswer) storage.Item {
	item := storage.Item{
		Key: d.ID, Kind: storage.ItemDocument, Title: d.Title, Required: !d.Optional && d.When != rules.WhenSheet, Files: fileIDs(files),
	}
	if len(files) < d.Least {
		item.Marks = append(item.Marks, "few")
	}
	var content []string
	for _, f := range files {
		content = append(content, f.SHA256, f.ID)
		for _, mark := range f.Marks {
			if !slices.Contains(item.Marks, mark) {
				item.Marks = append(item.Marks, mark)
			}
		}
	}
	item.Digest = digest(content)
	return item
}

func withoutPhotos(products []storage.Product) []storage.Product {
	products = slices.Clone(products)
	for i := range products {
		products[i].Photo = ""
	}
	return products
}

// digest is the same for the same content.
func digest(content any) string {
	b, err := json.Marshal(content)
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
