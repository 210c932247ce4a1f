package flows

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"titian/flows/answer"
	"titian/flows/flow"
	"titian/flows/rules"
	"titian/storage"
)

// Opening is what a halal file begins with: what registration told already is not asked again.
func (b *Book) Opening(r storage.Registration) (facts, answers map[string]string) {
	facts = map[string]string{
		"owner": string(r.Owner), "number": r.Number, "sector": r.Sector, "name": r.Name, "business": r.Business,
		"phone": r.Phone.E164(), "address": r.Address, "kecamatan": r.Kecamatan, "kelurahan": r.Kelurahan, "typed_by": string(r.TypedBy),
	}
	answers = map[string]string{}
	if r.NIK != "" {
		answers[nik.Key] = r.NIK.Digits()
	}
	if r.NIB != "" {
		answers[hasNIB.Key], answers[nib.Key] = "yes", string(r.NIB)
	} else if r.HasNIB != nil && *r.HasNIB {
		answers[hasNIB.Key] = "yes"
	}
	if r.Turnover != nil {
		facts["revenue"] = strconv.FormatInt(int64(*r.Turnover), 10)
		answers["yearly"] = b.Rules.yearlyOf(*r.Turnover)
	}
	b.openProducts(r.Products, answers)
	return facts, answers
}

// openProducts takes the products over, if all are of one kind: one file is for one.
func (b *Book) openProducts(products []string, answers map[string]string) {
	kinds := map[string]bool{}
	var numbers []string
	for i, name := range products {
		k, known := b.Rules.now().KindOf(name)
		if !known || k.Reguler {
			return
		}
		kinds[k.ID] = true
		n := strconv.Itoa(i + 1)
		numbers = append(numbers, n)
		if _, err := answer.ParseBusiness(name); err != nil || len(kinds) > 1 || len(numbers) > b.Rules.now().ProductsMost {
			return
		}
	}
	for kind := range kinds {
		answers["kind"], answers["products"], answers["products.more"] = kind, strings.Join(numbers, ","), flow.OptionDone
		for i, name := range products {
			answers["products."+numbers[i]+"."+productName.Key] = name
		}
	}
}

// GoOn prepares the answers of a parked file: the one that stood in the way is asked again.
func GoOn(answers map[string]string, reason string) map[string]string {
	kept := map[string]string{}
	for id, value := range answers {
		if id != blocking[reason] {
			kept[id] = value
		}
	}
	return kept
}

// Repair opens a filed application again: what was sent back is asked anew, with the old answer at hand unless it is a document, and nothing else.
// sent are the keys of the items; one that is not asked for any more is left out.
func (b *Book) Repair(s flow.State, sent []string) flow.State {
	var again []string
	for id, a := range s.Answers {
		if repairs(id, a.Value, sent) {
			again = append(again, id)
		}
	}
	slices.Sort(again)
	s = b.Halal().TakeBack(s, again...)
	s.Answers, s.Was = maps.Clone(s.Answers), maps.Clone(s.Was)
	maps.DeleteFunc(s.Was, func(id string, _ flow.Answer) bool { // what was refused is not offered to be sent again
		_, document := b.Rules.now().Document(id[strings.LastIndexByte(id, '.')+1:])
		return document && slices.Contains(again, id)
	})
	if _, told := s.Answers[email.Key]; !told {
		s.Answers[email.Key] = flow.Answer{Skipped: true} // a task for staff by now
	}
	for list, section := range map[string]string{"products.more": storage.SectionProducts, "others.more": storage.SectionMaterials} {
		if slices.Contains(sent, section) {
			delete(s.Answers, list)
		}
	}
	for _, d := range b.Rules.now().Documents("") {
		if !slices.Contains(sent, d.ID) {
			continue
		}
		s.Wanted = d.ID
		if d.Optional {
			delete(s.Answers, "documents")
		}
	}
	return s
}

// Several says whether any of these items is a document of more than one file.
func (b *Book) Several(sent []string) bool {
	return slices.ContainsFunc(sent, func(key string) bool {
		d, ok := b.Rules.now().Document(key)
		return ok && (d.Most > 1 || d.When == rules.WhenProduct)
	})
}

// sections are the questions of each section; the lists of bahan and products are opened beside them.
var sections = map[string][]string{
	storage.SectionBusiness:   {nik.Key, nib.Key, "yearly"},
	storage.SectionSupervisor: {supervisor.Key},
	storage.SectionFactory:    {factory.Key, outlet.Key},
	storage.SectionMaterials:  {"ingredients", "cleaning", "packaging"},
	storage.SectionProducts:   {label.Key},
	storage.SectionProcess:    {"process"},
}

// repairs says whether an answer is asked again.
func repairs(id, value string, sent []string) bool {
	key := id[strings.LastIndexByte(id, '.')+1:]
	if slices.Contains(sent, key) { // a document, of each product too
		return true
	}
	if slices.Contains(sent, nibSheet) && (id == rightNIB.Key || id == rightName.Key) {
		return true
	}
	for _, section := range sent {
		if slices.Contains(sections[section], id) {
			return true
		}
	}
	confirmed := strings.HasPrefix(value, "b") && value != "bulk"
	return key == "brand" && slices.Contains(sent, storage.SectionMaterials) && !confirmed
}
