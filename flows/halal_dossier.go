package flows

import (
	"strconv"

	"titian/flows/answer"
	"titian/flows/flow"
	"titian/flows/rules"
	"titian/storage"
)

// dossier is everything the owner told, in SiHalal's order, and what is left for staff to find out.
func (q *halalQuestions) dossier(v flow.View) (storage.Dossier, []storage.Task) {
	d := storage.Dossier{
		Applicant: applicantOf(v), Eligibility: map[string]string{}, Supervisor: supervisorOf(v),
		Process: q.processOf(v),
	}
	for _, key := range []string{"kind", hasNIB.Key, "yearly", checks.Key, animal.Key, slaughter.Key, grinding.Key} {
		if value := v.Get(key); value != "" {
			d.Eligibility[key] = value
		}
	}
	d.Factory, d.Outlet = q.sitesOf(v)
	var tasks []storage.Task
	if d.Applicant.Email == "" {
		tasks = append(tasks, storage.Task{Kind: "email", Subject: d.Applicant.Name})
	}
	if !d.Supervisor.Self && d.Supervisor.Agreed == "" {
		tasks = append(tasks, storage.Task{Kind: "supervisor_consent", Subject: d.Supervisor.Name})
	}
	d.Materials = q.materialsOf(v)
	for _, m := range d.Materials {
		if kind := open(m); kind != "" {
			tasks = append(tasks, storage.Task{Kind: kind, Subject: called(m)})
		}
	}
	d.Products = q.productsOf(v, d.Materials)
	for _, p := range d.Products {
		if p.Doubtful != "" {
			tasks = append(tasks, storage.Task{Kind: "name", Subject: p.Name})
		}
	}
	for _, paper := range q.rules.now().Papers {
		if files, asked := q.given(v, paper); asked && len(files) > 0 {
			d.Documents = append(d.Documents, storage.DossierDocument{Item: paper.ID, Title: paper.Title, Files: fileIDs(files)})
		}
	}
	d.Statement = statementOf(v)
	return d, tasks
}

func applicantOf(v flow.View) storage.Applicant {
	a := storage.Applicant{
		Name: v.Fact("name"), NIK: answer.NIK(v.Get(nik.Key)), Phone: answer.Phone(v.Fact("phone")), Email: v.Get(email.Key),
		Business: v.Fact("business"), Address: v.Fact("address"), Kecamatan: v.Fact("kecamatan"), Kelurahan: v.Fact("kelurahan"),
		NIB: nibOf(v), KBLI: v.Fact("kbli"), Scale: v.Get("yearly"),
	}
	if month, err := strconv.ParseInt(v.Fact("revenue"), 10, 64); err == nil {
		amount := answer.Rupiah(month)
		a.Turnover = &amount
	}
	return a
}

func supervisorOf(v flow.View) storage.Supervisor {
	if v.Get(supervisor.Key) != "other" {
		return storage.Supervisor{Self: true, Name: v.Fact("name"), NIK: answer.NIK(v.Get(nik.Key)), Phone: answer.Phone(v.Fact("phone")), Agreed: "self"}
	}
	s := storage.Supervisor{
		Name: v.Get(supervisorName.Key), NIK: answer.NIK(v.Get(supervisorNIK.Key)), Phone: answer.Phone(v.Get(supervisorPhone.Key)),
	}
	if v.Get(agrees.Key) == "sheet" {
		s.Agreed = "sheet"
	} // who agreed by a word is known to the store
	return s
}

func (q *halalQuestions) sitesOf(v flow.View) (factory_, outlet_ storage.Site) {
	made := storage.Site{
		Name: v.Fact("business"), Address: v.Fact("address"), Kecamatan: v.Fact("kecamatan"), Kelurahan: v.Fact("kelurahan"),
		Ownership: v.Get(factory.Key),
	}
	if v.Get(factory.Key) == "elsewhere" {
		made.Address, made.Kecamatan, made.Kelurahan = v.Get(address.Key), v.Get("kecamatan"), v.Get("kelurahan")
		made.Ownership = v.Get(ownership.Key)
	}
	switch v.Get(outlet.Key) {
	case "same":
		return made, made
	case "elsewhere":
		return made, storage.Site{Name: v.Fact("business"), Address: v.Get(outletAddress.Key)}
	}
	return made, storage.Site{}
}

// materialsOf are the bahan of all three kinds: those picked, then those the owner named.
func (q *halalQuestions) materialsOf(v flow.View) []storage.Material {
	r := q.rules.now()
	brands := map[string]flow.View{}
	for _, item := range v.Items("brands") {
		brands[item.Item()] = item
	}
	var list []storage.Material
	for _, b := range q.picked(v) {
		m := storage.Material{ID: b.ID, Kind: storage.MaterialKind(b.Kind), Name: b.Label, Exempt: r.Groups[b.Exempt]}
		if item, asked := brands[b.ID]; asked {
			q.brandOfItem(&m, item)
		}
		list = append(list, m)
	}
	for _, item := range v.Items("others") {
		m := storage.Material{ID: "o" + item.Item(), Kind: storage.Ingredient, Name: item.Get(otherName.Key)}
		q.brandOfItem(&m, item)
		list = append(list, m)
	}
	return list
}

// brandOfItem fills in what was answered about a brand.
func (q *halalQuestions) brandOfItem(m *storage.Material, item flow.View) {
	value := item.Get("brand")
	if b, ok := q.brands.find(value, item.Now()); ok {
		m.Brand, m.Producer, m.Halal, m.ExpiresAt = b.Name, b.Producer, b.Halal, b.ExpiresAt
		return
	}
	if name, ok := own(value); ok {
		m.Brand, m.Open = name, "brand"
		return
	}
	m.Open = value
	if value == flow.OptionPhoto {
		if files := item.Files("package"); len(files) > 0 {
			m.Photo = storage.FileID(files[0].ID)
		}
	}
}

// open is the kind of task that a bahan is for staff; empty when it is settled.
func open(m storage.Material) string {
	if m.Open == "" {
		return ""
	}
	return "material_" + m.Open
}

func called(m storage.Material) string {
	if m.Brand != "" {
		return m.Name + " " + m.Brand
	}
	return m.Name
}

func (q *halalQuestions) productsOf(v flow.View, materials []storage.Material) []storage.Product {
	brand := ""
	switch value := v.Get(label.Key); value {
	case "business":
		brand = v.Fact("business")
	default:
		brand, _ = own(value)
	}
	var list []storage.Product
	for _, item := range v.Items("products") {
		p := storage.Product{ID: "p" + item.Item(), Name: productCalled(item), Brand: brand, Materials: item.List("made_of")}
		p.Doubtful, _ = q.rules.now().Doubtful(p.Name)
		if item.Get(uses.Key) == "all" {
			p.Materials = nil
			for _, m := range materials {
				if m.Kind == storage.Ingredient {
					p.Materials = append(p.Materials, m.ID)
				}
			}
		}
		if files := item.Files(q.productPhoto.Key); len(files) > 0 {
			p.Photo = storage.FileID(files[0].ID)
		}
		list = append(list, p)
	}
	return list
}

// processOf is the narration: the draft, with the steps that were rewritten.
func (q *halalQuestions) processOf(v flow.View) []storage.ProcessStep {
	k, _ := q.rules.now().Kind(v.Get("kind"))
	written := map[string]string{}
	for _, item := range v.Items("steps") {
		written[stepOf(item.Item())] = item.Get("step")
	}
	var list []storage.ProcessStep
	for _, key := range rules.StepKeys {
		said := k.Process[key]
		if written[key] != "" {
			said = written[key]
		}
		list = append(list, storage.ProcessStep{Step: key, Text: said})
	}
	return list
}

func statementOf(v flow.View) storage.Consent {
	a, ok := v.Answer(statement.Key)
	if !ok {
		return storage.Consent{}
	}
	return storage.Consent{
		Purpose: "statement", TextVersion: StatementVersion, TextSHA256: v.Fact("consent_sha256.statement"),
		Answer: a.Raw, Given: true, MessageID: a.ID, At: a.At, TypedBy: storage.TypedBy(v.Fact("typed_by")),
	}
}
