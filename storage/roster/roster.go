// Package roster reads the dinas's own list of owners, as it stands in a spreadsheet, into records that may be stored.
// It finds the columns by their headings, reads each cell the way an answer in a chat is read, and says of each row that
// will not do why, by its number and without repeating what stands in it. It stores nothing and writes to nobody.
package roster

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"titian/flows/answer"
	"titian/storage"
	"titian/storage/sheet"
)

// Options say how a list is read.
type Options struct {
	City   answer.City
	Today  time.Time
	Binaan bool // everyone in the list is in the dinas's guidance, whatever its column says
}

// List is what was read of a file.
type List struct {
	Owners  []storage.Imported
	Rows    int      // below the headings, with something in them
	Bad     []Remark // rows that were left out
	Doubles []Remark // rows of someone who stands further up
	Open    []Remark // cells that could not be read and were left open
	Columns []string // what was found, as this program calls it
	Unknown []string // headings that were not understood
}

// Remark is what is wrong with a row. It names no person and no number.
type Remark struct {
	Row  int    `json:"row"` // as the spreadsheet counts
	Says string `json:"says"`
}

// ErrNoHeadings is returned when no row of the first thirty names a person and something to know them by.
var ErrNoHeadings = errors.New("no row of headings was found: at least a column \"nama\" and one of \"nik\", \"hp\", \"usaha\"")

// headRows is how far down the headings may stand.
const headRows = 30

// Read reads a file. Errors are ErrNoHeadings and those of sheet.Read.
func Read(path string, o Options) (List, error) {
	r := reader{Options: o, seen: map[string]stood{}}
	err := sheet.Read(path, r.row)
	if err == nil && r.columns == nil {
		err = ErrNoHeadings
	}
	return r.List, err
}

type reader struct {
	Options
	List
	columns map[string]int   // by name; nil: the headings were not met yet
	seen    map[string]stood // who stood in which row
}

func (r *reader) row(n int, cells []sheet.Cell) error {
	if r.columns == nil {
		if r.headings(cells); r.columns == nil && n > headRows {
			return ErrNoHeadings
		}
		return nil
	}
	filled := false
	for _, name := range r.Columns {
		text, _ := r.cell(cells, name)
		filled = filled || text != ""
	}
	if !filled {
		return nil
	}
	r.Rows++
	owner, open, bad := r.owner(cells)
	if bad != "" {
		r.Bad = append(r.Bad, Remark{n, bad})
		return nil
	}
	if first, ok := r.double(owner, n); ok {
		r.Doubles = append(r.Doubles, Remark{n, fmt.Sprintf("orang yang sama dengan baris %d", first)})
		return nil
	}
	for _, says := range open {
		r.Open = append(r.Open, Remark{n, says})
	}
	r.Owners = append(r.Owners, owner)
	return nil
}

// cell is what stands under a heading, and nothing where people write that there is nothing.
func (r *reader) cell(cells []sheet.Cell, name string) (text string, rounded bool) {
	at, ok := r.columns[name]
	if !ok || at >= len(cells) {
		return "", false
	}
	text = answer.NormaliseText(cells[at].Text)
	switch strings.ToLower(text) {
	case "-", "--", "–", "—", ".", "0", "tidak ada", "tdk ada", "belum ada", "blm ada", "belum", "kosong", "null", "nihil", "n/a", "#n/a", "#ref!", "#value!":
		return "", false
	}
	return text, cells[at].Rounded
}

// owner reads one row. A name, NIK or number that cannot be read makes the row a bad one; anything else is left open, to
// be asked of the owner.
func (r *reader) owner(cells []sheet.Cell) (o storage.Imported, open []string, bad string) {
	text := func(name string) string { s, _ := r.cell(cells, name); return s }
	if text("name") == "" {
		return o, nil, "nama kosong"
	}
	var err error
	if o.Name, err = answer.ParseName(text("name")); err != nil {
		return o, nil, "nama " + reason(err)
	}
	if s, rounded := r.cell(cells, "nik"); s != "" {
		if rounded {
			return o, nil, "NIK tersimpan sebagai angka, sehingga angka terakhirnya hilang: jadikan kolom itu teks, lalu isi lagi"
		}
		if o.NIK, err = answer.ParseNIK(s, r.Today); err != nil {
			return o, nil, "NIK " + reason(err)
		}
	}
	if s := text("phone"); s != "" {
		if o.Phone, err = answer.ParsePhone(s); err != nil {
			return o, nil, "nomor HP " + reason(err)
		}
	}
	leave := func(name string, err error) {
		if err != nil {
			open = append(open, name+" "+reason(err)+", dikosongkan")
		}
	}
	if s := text("business"); s != "" {
		o.Business, err = answer.ParseBusiness(s)
		leave("nama usaha", err)
	}
	if o.NIK == "" && o.Phone == "" && o.Business == "" {
		return o, nil, "tidak ada NIK, nomor HP, maupun nama usaha"
	}
	if s := text("sector"); s != "" {
		if o.Sector = sector(s); o.Sector == "" {
			open = append(open, "sektor tidak dikenal, dikosongkan")
		}
	}
	if s := text("products"); s != "" {
		o.Products, err = answer.ParseProducts(s)
		leave("produk", err)
	}
	r.place(&o, text, leave)
	if s := text("workers"); s != "" {
		o.Workers, err = answer.ParseWorkers(s)
		leave("tenaga kerja", err)
	}
	if s := text("turnover"); s != "" {
		amount, err := answer.ParseRupiah(s)
		if leave("omzet", err); err == nil {
			o.Turnover = &amount
		}
	}
	if s, rounded := r.cell(cells, "nib"); s != "" && !rounded {
		o.NIB, err = answer.ParseNIB(s)
		leave("NIB", err)
	}
	o.Permits = clipped(text("permits"), 200)
	o.Binaan = r.Binaan || marked(text("binaan"))
	return o, open, ""
}

func (r *reader) place(o *storage.Imported, text func(string) string, leave func(string, error)) {
	var err error
	if s := text("kecamatan"); s != "" {
		var kelurahan string
		o.Kecamatan, kelurahan, err = r.City.FindArea("kec. " + strings.TrimPrefix(strings.ToLower(s), "kecamatan "))
		leave("kecamatan", err)
		o.Kelurahan = kelurahan
	}
	if s := text("kelurahan"); s != "" && (o.Kecamatan != "" || text("kecamatan") == "") {
		kelurahan, err := r.City.ParseKelurahan(o.Kecamatan, s)
		leave("kelurahan", err)
		if err == nil {
			o.Kelurahan = kelurahan
		}
	}
	if s := text("address"); s != "" {
		o.Address, err = answer.ParseAddress(s)
		leave("alamat", err)
	}
}

// stood is what is known of someone further up.
type stood struct {
	row        int
	nik, phone bool
}

// double says whether the person stood in an earlier row, by the rule of the database: by NIK; by number and name, and by
// name, business and kecamatan, where what both have does not tell them apart.
func (r *reader) double(o storage.Imported, n int) (first int, ok bool) {
	name := strings.ToLower(strings.Join(strings.Fields(o.Name), " "))
	now := stood{n, o.NIK != "", o.Phone != ""}
	nik, person := "nik\x00"+string(o.NIK), "person\x00"+string(o.Phone)+"\x00"+name
	line := "line\x00" + name + "\x00" + strings.ToLower(o.Business) + "\x00" + o.Kecamatan
	for _, each := range []struct {
		key  string
		same func(stood) bool
	}{
		{nik, func(stood) bool { return now.nik }},
		{person, func(s stood) bool { return now.phone && !(s.nik && now.nik) }},
		{line, func(s stood) bool { return !(s.nik && now.nik) && !(s.phone && now.phone) }},
	} {
		if s, met := r.seen[each.key]; met && each.same(s) {
			return s.row, true
		}
	}
	for _, key := range []string{nik, person, line} {
		if _, taken := r.seen[key]; !taken {
			r.seen[key] = now
		}
	}
	return 0, false
}

// marked says whether a cell of the column "binaan" says yes.
func marked(s string) bool {
	yes, err := answer.ParseYesNo(s)
	switch strings.ToLower(s) {
	case "v", "√", "✓", "✔", "x", "1", "y", "binaan", "ikm binaan", "true":
		return true
	}
	return err == nil && yes
}

func clipped(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most])
	}
	return s
}
