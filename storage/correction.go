package storage

import (
	"slices"
	"strings"
)

// Correction is one answer of a dossier that staff wrote. What stood empty is theirs to add, and another officer accepts
// it; what an owner wrote is changed only once the owner says that it is right.
type Correction struct {
	ID     string
	Field  string // a path within the dossier: "applicant.email", "materials.gula.halal"
	Before string
	After  string
}

// FieldKBLI is the only answer that is staff's own: owners are never asked for it.
const FieldKBLI = "applicant.kbli"

// Fields are the paths of a section that staff may write, in the order in which they are read. A NIK and an NIB are not
// among them: they say who holds a place, so they are sent back to the owner.
func (d *Dossier) Fields(section string) (paths []string) {
	switch section {
	case SectionBusiness:
		return []string{"applicant.name", "applicant.email", "applicant.business", "applicant.address", FieldKBLI}
	case SectionSupervisor:
		return []string{"supervisor.name"}
	case SectionFactory:
		return []string{"factory.address", "outlet.address"}
	case SectionMaterials:
		for _, m := range d.Materials {
			for _, leaf := range []string{"name", "brand", "producer", "halal"} {
				paths = append(paths, "materials."+m.ID+"."+leaf)
			}
		}
	case SectionProducts:
		for _, p := range d.Products {
			paths = append(paths, "products."+p.ID+".name", "products."+p.ID+".brand")
		}
	case SectionProcess:
		for _, step := range d.Process {
			paths = append(paths, "process."+step.Step)
		}
	}
	return paths
}

// SectionOf is the section a path belongs to; empty for none.
func (d *Dossier) SectionOf(path string) string {
	for _, section := range []string{SectionBusiness, SectionSupervisor, SectionFactory, SectionMaterials, SectionProducts, SectionProcess} {
		if slices.Contains(d.Fields(section), path) {
			return section
		}
	}
	return ""
}

// Field is what stands at a path; false when staff may not write there.
func (d *Dossier) Field(path string) (value string, ok bool) {
	at := d.at(path)
	if at == nil || d.SectionOf(path) == "" {
		return "", false
	}
	return *at, true
}

// Apply writes a correction into the dossier, if what it corrects still stands there.
func (d *Dossier) Apply(c Correction) (applied bool) {
	at := d.at(c.Field)
	if at == nil || *at != c.Before {
		return false
	}
	*at = c.After
	if id, leaf, ok := strings.Cut(strings.TrimPrefix(c.Field, "materials."), "."); ok && leaf == "halal" {
		for i := range d.Materials {
			if d.Materials[i].ID == id {
				d.Materials[i].Open = "" // its number is known now
			}
		}
	}
	return true
}

// at is where a path leads.
func (d *Dossier) at(path string) *string {
	parts := strings.Split(path, ".")
	switch {
	case len(parts) == 2 && parts[0] == "process":
		for i := range d.Process {
			if d.Process[i].Step == parts[1] {
				return &d.Process[i].Text
			}
		}
	case len(parts) == 2:
		return map[string]*string{
			"applicant.name": &d.Applicant.Name, "applicant.email": &d.Applicant.Email, "applicant.business": &d.Applicant.Business,
			"applicant.address": &d.Applicant.Address, FieldKBLI: &d.Applicant.KBLI, "supervisor.name": &d.Supervisor.Name,
			"factory.address": &d.Factory.Address, "outlet.address": &d.Outlet.Address,
		}[path]
	case len(parts) == 3 && parts[0] == "materials":
		for i := range d.Materials {
			if m := &d.Materials[i]; m.ID == parts[1] {
				return map[string]*string{"name": &m.Name, "brand": &m.Brand, "producer": &m.Producer, "halal": &m.Halal}[parts[2]]
			}
		}
	case len(parts) == 3 && parts[0] == "products":
		for i := range d.Products {
			if p := &d.Products[i]; p.ID == parts[1] {
				return map[string]*string{"name": &p.Name, "brand": &p.Brand}[parts[2]]
			}
		}
	}
	return nil
}

// Adds puts the files that staff added for a document in place of the owner's.
func (d *Dossier) Adds(item string, title string, files []FileID) {
	for i := range d.Documents {
		if d.Documents[i].Item == item {
			d.Documents[i].Files = files
			return
		}
	}
	d.Documents = append(d.Documents, DossierDocument{Item: item, Title: title, Files: files})
}
