package desk

import (
	"strconv"
	"strings"

	"titian/flows/answer"
	"titian/storage"
)

// section is what an owner told in one section, as an officer reads it. This is the one screen of staff that shows a whole NIK:
// it is compared with the KTP, and reading it stands in the audit.
func (d *Desk) section(key string, t storage.Dossier) string {
	var lines []string
	row := func(name, value string) {
		if value == "" {
			value = d.Texts.Say("desk.none", nil)
		}
		lines = append(lines, "• "+d.Texts.Say("desk.field."+name, nil)+": "+value)
	}
	switch key {
	case storage.SectionBusiness:
		row("name", t.Applicant.Name)
		row("nik", t.Applicant.NIK.Digits())
		row("phone", t.Applicant.Phone.Local())
		row("email", t.Applicant.Email)
		row("business", t.Applicant.Business)
		row("nib", string(t.Applicant.NIB))
		row("address", join(t.Applicant.Address, t.Applicant.Kelurahan, t.Applicant.Kecamatan))
	case storage.SectionSupervisor:
		row("name", t.Supervisor.Name)
		row("nik", t.Supervisor.NIK.Digits())
		row("phone", t.Supervisor.Phone.Local())
		row("agreed", d.Texts.Say("desk.agreed."+orNone(t.Supervisor.Agreed), nil))
	case storage.SectionFactory:
		row("factory", join(t.Factory.Address, t.Factory.Kelurahan, t.Factory.Kecamatan))
		row("outlet", join(t.Outlet.Address, t.Outlet.Kelurahan, t.Outlet.Kecamatan))
	case storage.SectionMaterials:
		for _, m := range t.Materials {
			lines = append(lines, "• "+d.material(m))
		}
	case storage.SectionProducts:
		for _, p := range t.Products {
			lines = append(lines, "• "+d.product(p, t.Materials))
		}
	case storage.SectionProcess:
		for n, step := range t.Process {
			lines = append(lines, strconv.Itoa(n+1)+". "+step.Text)
		}
	}
	return strings.Join(lines, "\n")
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}

func join(parts ...string) string {
	var given []string
	for _, p := range parts {
		if p != "" {
			given = append(given, p)
		}
	}
	return strings.Join(given, ", ")
}

func (d *Desk) material(m storage.Material) string {
	parts := []string{m.Name, m.Brand, m.Producer, m.Halal, m.Exempt}
	if !m.ExpiresAt.IsZero() {
		parts = append(parts, d.Texts.Say("desk.until", map[string]string{"date": answer.PrintDate(m.ExpiresAt)}))
	}
	if m.Open != "" {
		parts = append(parts, d.Texts.Say("desk.task.material_"+m.Open, nil))
	}
	return join(parts...)
}

func (d *Desk) product(p storage.Product, materials []storage.Material) string {
	var names []string
	for _, id := range p.Materials {
		for _, m := range materials {
			if m.ID == id {
				names = append(names, m.Name)
			}
		}
	}
	text := join(p.Name, p.Brand) + " ← " + strings.Join(names, ", ")
	if p.Doubtful != "" {
		text += " (" + d.Texts.Say("desk.doubtful", map[string]string{"word": p.Doubtful}) + ")"
	}
	return text
}
