package dossier

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"titian/storage"
)

// WritePDF writes one application as a document of A4 pages: a cover, the data in SiHalal's order, the photos, an index of the
// files. What is missing is said on it; a file that is gone or altered is named in its place. ErrForeign: nothing was written.
func WritePDF(ctx context.Context, w io.Writer, c Case, files Files) error {
	f, err := open(ctx, c, files)
	if err != nil {
		return err
	}
	return writePDF(ctx, w, c, f)
}

func writePDF(ctx context.Context, w io.Writer, c Case, f *folder) error {
	c.Dossier.Materials = inOrder(c.Dossier.Materials)
	p := newPaper(false, "Berkas halal "+c.Application.Number, c.At)
	p.head = c.Application.Number + " – " + named(c.Application.Name, c.Application.Business)
	p.foot = formFooter + " · " + formSecret
	p.cover(c)
	p.toDo(c)
	p.page()
	p.applicant(c.Dossier.Applicant)
	p.supervisor(c.Dossier.Supervisor)
	p.sites(c.Dossier)
	p.materials(c)
	p.products(c.Dossier)
	p.process(c.Dossier)
	p.statement(c)
	p.eligibility(c)
	if err := p.photos(ctx, c, f); err != nil {
		return fmt.Errorf("dossier of %s: %w", c.Application.Number, err)
	}
	p.index(c, f)
	return p.write(w)
}

func (p *paper) cover(c Case) {
	a := c.Application
	p.box(0, 0, p.width, 62, green)
	p.style(false, 11, ink{214, 232, 224})
	p.line(margin, 20, "BERKAS SERTIFIKASI HALAL – PERNYATAAN PELAKU USAHA (SELF-DECLARE)")
	p.style(true, 26, ink{255, 255, 255})
	p.line(margin, 29, p.shorten(a.Number, p.inner()))
	p.style(false, 12, ink{214, 232, 224})
	p.line(margin, 43, p.shorten(c.Programme, p.inner()))
	p.y = 74
	p.big("Pemilik", cmp.Or(a.Name, c.Dossier.Applicant.Name))
	p.big("Usaha", cmp.Or(a.Business, c.Dossier.Applicant.Business))
	p.big("Jenis produk", a.Product)
	p.gap(3)
	p.across(p.y, rule, 0.3)
	p.gap(5)
	p.field("Nomor binaan", a.Registration)
	p.field("Keadaan", strings.TrimSuffix(word(states, a.State)+", sejak "+day(a.Since), ", sejak "))
	if a.Rank > 0 {
		p.field("Urutan antrean", fmt.Sprint(a.Rank))
	}
	p.field("Berkas lengkap diterima", moment(a.RankAt))
	p.field("Pertama diajukan", moment(a.FiledAt))
	if a.HandedTo != "" {
		p.field("Pendamping PPH", strings.TrimSuffix(a.HandedTo+", "+day(a.HandedAt), ", "))
	}
	if a.SiHalal != "" {
		p.field("Nomor daftar SiHalal", strings.TrimSuffix(a.SiHalal+" ("+a.SiHalalCode+")", " ()"))
	}
	if a.Certificate != "" {
		p.field("Nomor sertifikat", strings.TrimSuffix(a.Certificate+", "+day(a.IssuedAt), ", "))
	}
	p.field("Berkas ini dibuat", moment(c.At))
	p.gap(3)
	p.style(false, sizeSmall, grey)
	p.text("Isi di bawah ini urut seperti formulir SiHalal: Pelaku Usaha, Penyelia Halal, Pabrik & Outlet, Bahan, Produk, Proses Produk Halal, " +
		"Pernyataan. Dokumen ini memuat data pribadi. Simpan di tempat tertutup dan hapus setelah selesai dipakai.")
}

// big is a field of the cover.
func (p *paper) big(label, value string) {
	p.style(false, sizeText, grey)
	p.line(margin, p.y, label)
	p.y += 4.8
	colour := black
	if value == "" {
		value, colour = formOpen, amber
	}
	p.style(true, 15, colour)
	lines := p.wrap(value, p.inner())
	if len(lines) > 3 {
		lines = append(lines[:2], p.shorten(lines[2]+lines[3], p.inner()))
	}
	for _, line := range lines {
		p.line(margin, p.y, line)
		p.y += p.lineHeight()
	}
	p.gap(3.5)
}

// toDo lists what somebody still has to find out.
func (p *paper) toDo(c Case) {
	var open []string
	for _, t := range c.Application.Tasks {
		if !t.Done {
			open = append(open, strings.TrimSuffix(word(tasks, t.Kind)+": "+t.Subject, ": "))
		}
	}
	for _, i := range c.Application.Items {
		if i.Verdict == storage.VerdictFix {
			open = append(open, "Perlu diganti pemilik: "+i.Title)
		}
	}
	if len(open) == 0 {
		return
	}
	p.section("Yang masih harus dilengkapi")
	p.bullets(open)
}

// bullets writes lines with a point before each.
func (p *paper) bullets(lines []string) {
	p.style(false, sizeText, black)
	for _, s := range lines {
		for n, line := range p.wrap(s, p.inner()-5) {
			p.need(p.lineHeight())
			if n == 0 {
				p.line(margin, p.y, "•")
			}
			p.line(margin+5, p.y, line)
			p.y += p.lineHeight()
		}
		p.gap(0.8)
	}
}

func (p *paper) applicant(a storage.Applicant) {
	p.section("1. Pelaku Usaha")
	p.field("Nama penanggung jawab", a.Name)
	p.field("No. KTP (NIK)", a.NIK.Digits())
	p.field("Nomor HP aktif", a.Phone.Local())
	p.field("Email", a.Email)
	p.field("Nama usaha", a.Business)
	p.field("NIB", a.NIB.Digits())
	p.field("KBLI", a.KBLI)
	p.field("Skala usaha", word(scales, a.Scale))
	turnover := ""
	if a.Turnover != nil {
		turnover = a.Turnover.String() + " per bulan"
	}
	p.field("Omzet", turnover)
	p.field("Alamat", a.Address)
	p.field("Kelurahan", a.Kelurahan)
	p.field("Kecamatan", a.Kecamatan)
}

func (p *paper) supervisor(s storage.Supervisor) {
	p.section("2. Penyelia Halal")
	p.field("Nama", s.Name)
	p.field("No. KTP (NIK)", s.NIK.Digits())
	p.field("Kontak", s.Phone.Local())
	p.field("Hubungan", map[bool]string{true: "pemilik sendiri", false: "orang lain"}[s.Self])
	p.field("Persetujuan", word(agreements, s.Agreed))
}

func (p *paper) sites(d storage.Dossier) {
	p.section("3. Pabrik & Outlet")
	p.site("Pabrik (tempat produksi)", d.Factory)
	p.site("Outlet (tempat jualan)", d.Outlet)
}

func (p *paper) site(title string, s storage.Site) {
	p.heading(title)
	p.field("Nama", s.Name)
	p.field("Alamat", s.Address)
	p.field("Kelurahan", s.Kelurahan)
	p.field("Kecamatan", s.Kecamatan)
	p.field("Status tempat", word(ownerships, s.Ownership))
	if s.Latitude != nil && s.Longitude != nil {
		p.field("Titik lokasi", fmt.Sprintf("%.6f, %.6f", *s.Latitude, *s.Longitude))
	}
}

func (p *paper) products(d storage.Dossier) {
	p.section("5. Produk")
	if len(d.Products) == 0 {
		p.style(false, sizeText, amber)
		p.text("Belum ada produk.")
		return
	}
	rows := make([][]cell, len(d.Products))
	for i, product := range d.Products {
		name := cell{text: product.Name, strong: true}
		note := cell{}
		switch {
		case product.Doubtful != "":
			note = cell{text: "Nama memuat “" + product.Doubtful + "”", marked: true}
		case product.Photo == "":
			note = cell{text: "foto " + formOpen, marked: true}
		case len(product.Materials) == 0:
			note = cell{text: "bahan belum dipilih", marked: true}
		}
		rows[i] = []cell{{text: fmt.Sprintf("P%d", i+1)}, name, {text: product.Brand}, {text: used(d.Materials, product)}, note}
	}
	p.table([]column{{"No.", 9, false}, {"Nama produk", 50, false}, {"Merek", 33, false}, {"Bahan", 44, false}, {"Catatan", 38, false}}, rows)
	if len(d.Materials) > 0 {
		p.heading("Matriks produk × bahan")
		p.matrix(d.Products, d.Materials)
	}
}

// used is the numbers of the bahan of a product.
func used(materials []storage.Material, product storage.Product) string {
	var numbers []string
	for i, m := range materials {
		if slices.Contains(product.Materials, m.ID) {
			numbers = append(numbers, numbered(materials, i))
		}
	}
	return strings.Join(numbers, ", ")
}

func (p *paper) process(d storage.Dossier) {
	p.section("6. Proses Produk Halal")
	if len(d.Process) == 0 {
		p.style(false, sizeText, amber)
		p.text("Narasi proses " + formOpen + ".")
		return
	}
	for i, s := range d.Process {
		p.need(10)
		p.style(true, sizeText, black)
		p.line(margin, p.y, fmt.Sprintf("%d.", i+1))
		p.line(margin+7, p.y, p.shorten(word(steps, s.Step), p.inner()-7))
		p.y += p.lineHeight()
		p.style(false, sizeText, black)
		for _, line := range p.wrap(cmp.Or(s.Text, formOpen), p.inner()-7) {
			p.need(p.lineHeight())
			p.line(margin+7, p.y, line)
			p.y += p.lineHeight()
		}
		p.gap(1.6)
	}
}

func (p *paper) statement(c Case) {
	s := c.Dossier.Statement
	p.section("7. Pernyataan")
	given := ""
	if s.Given {
		given = "disetujui, " + moment(s.At)
	}
	p.field("Pernyataan pelaku usaha", given)
	if s.Given {
		p.field("Kata yang diketik", "“"+s.Answer+"”")
		p.field("Versi teks", s.TextVersion)
	}
}

func (p *paper) eligibility(c Case) {
	if len(c.Dossier.Eligibility) == 0 {
		return
	}
	p.section("Lampiran A. Syarat self-declare, menurut pemilik")
	said := maps.Clone(c.Dossier.Eligibility)
	for _, q := range c.Questions {
		if value, ok := said[q.Key]; ok {
			p.field(q.Text, word(answers, value))
			delete(said, q.Key)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(said)) {
		p.field(key, word(answers, said[key]))
	}
}
