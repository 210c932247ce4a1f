package dossier

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"titian/storage"
)

// entry is one file of the ZIP: a file as it was kept, or several photos of one document.
type entry struct {
	name   string // "KTP-pemilik_Contoh-Satu.jpg"
	item   string // the key of its document; empty: it is none of the list
	title  string
	ids    []storage.FileID
	absent []storage.FileID // of those, the ones that the records do not know
}

// plan says which files a dossier holds, and what each is called: letters and digits that every system and SiHalal takes, no name
// twice, in the order of the form. The same Case always has the same names.
func plan(c Case, f *folder) []entry {
	p := planner{owner: slug(cmp.Or(c.Application.Name, c.Dossier.Applicant.Name), "pemilik"), folder: f, taken: make(map[string]bool)}
	for _, product := range c.Dossier.Products {
		if product.Photo != "" {
			p.used = append(p.used, product.Photo)
		}
	}
	for _, d := range c.documents() {
		p.document(d)
	}
	p.used = nil
	for i, product := range c.Dossier.Products {
		p.single(fmt.Sprintf("Foto-produk-P%d", i+1), slug(product.Name, "produk"),
			fmt.Sprintf("Foto produk P%d: %s", i+1, product.Name), product.Photo)
	}
	for i, m := range c.Dossier.Materials {
		number := numbered(c.Dossier.Materials, i)
		p.single("Kemasan-"+number, slug(m.Name, "bahan"), fmt.Sprintf("Foto kemasan %s: %s", number, m.Name), m.Photo)
	}
	return p.entries
}

type planner struct {
	owner   string
	folder  *folder
	entries []entry
	taken   map[string]bool  // names, in small letters
	used    []storage.FileID // have an entry of their own elsewhere
}

// document adds the files of one document: photos that follow each other become one entry, each PDF is one.
func (p *planner) document(d storage.DossierDocument) {
	var together []storage.FileID
	flush := func() {
		if len(together) > 0 {
			p.add(slug(d.Title, "Dokumen"), p.owner, d.Item, d.Title, together)
		}
		together = nil
	}
	for _, id := range d.Files {
		if slices.Contains(p.used, id) {
			continue
		}
		if p.folder.known[id].MIME != mimeJPEG {
			flush()
			p.add(slug(d.Title, "Dokumen"), p.owner, d.Item, d.Title, []storage.FileID{id})
			continue
		}
		together = append(together, id)
	}
	flush()
}

func (p *planner) single(label, about, title string, id storage.FileID) {
	if id != "" {
		p.add(label, about, "", title, []storage.FileID{id})
	}
}

func (p *planner) add(label, about, item, title string, ids []storage.FileID) {
	e := entry{item: item, title: title, ids: ids}
	for _, id := range ids {
		if _, ok := p.folder.known[id]; !ok {
			e.absent = append(e.absent, id)
		}
	}
	extension := ".jpg"
	if len(ids) > 1 || p.folder.known[ids[0]].MIME == mimePDF {
		extension = ".pdf"
	}
	stem := label + "_" + about
	for n := 2; p.taken[strings.ToLower(stem+extension)]; n++ {
		stem = fmt.Sprintf("%s_%s_%d", label, about, n)
	}
	e.name = stem + extension
	p.taken[strings.ToLower(e.name)] = true
	p.entries = append(p.entries, e)
}

// maxSlug keeps a name within what old systems take.
const maxSlug = 40

// slug is a text in letters, digits and single hyphens, at most maxSlug of them; without any, what is said instead.
func slug(s, instead string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(s) {
		switch {
		case r < 0x80 && (unicode.IsLetter(r) || unicode.IsDigit(r)):
			b.WriteRune(r)
		case unicode.IsMark(r) || r == '\'' || r == '’':
		default:
			b.WriteByte(' ')
		}
		if b.Len() >= 4*maxSlug {
			break
		}
	}
	out := strings.Join(strings.Fields(b.String()), "-")
	out = strings.TrimRight(out[:min(len(out), maxSlug)], "-")
	return cmp.Or(out, instead)
}
