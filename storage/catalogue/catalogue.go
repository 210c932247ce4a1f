// Package catalogue reads the dinas's own list of brands whose halal certificate staff looked up, as it stands in a
// spreadsheet, into records that may be stored. It finds the columns by their headings and says of each row that will not
// do why, by its number. It stores nothing.
package catalogue

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"titian/flows/answer"
	"titian/storage"
	"titian/storage/sheet"
)

// Options say how a list is read.
type Options struct {
	// Material is the id of the bahan that is called so; false when none is, or its brand does not matter.
	Material func(name string) (id string, ok bool)
	Today    time.Time // in the zone in which a certificate ends with the day
}

// List is what was read of a file.
type List struct {
	Brands []storage.Brand
	Rows   int      // below the headings, with something in them
	Bad    []Remark // rows that were left out
	Look   []Remark // rows that were taken, with something to look at
}

// Remark is what is the matter with a row.
type Remark struct {
	Row  int // as the spreadsheet counts
	Says string
}

// ErrNoHeadings is returned when no row of the first thirty has the columns that are needed.
var ErrNoHeadings = errors.New("no row of headings was found: at least the columns \"bahan\", \"merek\" and \"nomor sertifikat\"")

const headRows = 30 // how far down the headings may stand

// headings are the words a column may be headed by.
var headings = map[string][]string{
	"material": {"bahan", "nama bahan", "jenis bahan"},
	"name":     {"merek", "merk", "nama merek", "brand", "produk"},
	"producer": {"produsen", "pabrik", "nama produsen", "perusahaan", "pelaku usaha"},
	"halal":    {"nomor sertifikat", "no sertifikat", "sertifikat", "nomor sertifikat halal", "no sertifikat halal", "sertifikat halal", "nomor halal", "no halal"},
	"until":    {"berlaku sampai", "berlaku s d", "masa berlaku", "kedaluwarsa", "kadaluarsa", "sampai", "tanggal berakhir", "berakhir"},
}

// Read reads a file. Errors are ErrNoHeadings and those of sheet.Read.
func Read(path string, o Options) (List, error) {
	r := reader{Options: o, seen: map[string]int{}}
	err := sheet.Read(path, r.row)
	if err == nil && r.columns == nil {
		err = ErrNoHeadings
	}
	return r.List, err
}

type reader struct {
	Options
	List
	columns map[string]int // by name; nil: the headings were not met yet
	seen    map[string]int // the row of each brand of a bahan
}

func (r *reader) row(n int, cells []sheet.Cell) error {
	if r.columns == nil {
		if r.head(cells); r.columns == nil && n > headRows {
			return ErrNoHeadings
		}
		return nil
	}
	if !slices.ContainsFunc(cells, func(c sheet.Cell) bool { return strings.TrimSpace(c.Text) != "" }) {
		return nil
	}
	r.Rows++
	b, bad := r.brand(cells)
	key := b.Material + "\x00" + strings.ToLower(b.Name)
	if first := r.seen[key]; bad == "" && first > 0 {
		bad = fmt.Sprintf("merek yang sama dengan baris %d", first)
	}
	if bad != "" {
		r.Bad = append(r.Bad, Remark{n, bad})
		return nil
	}
	r.seen[key] = n
	r.Brands = append(r.Brands, b)
	for _, says := range r.look(b) {
		r.Look = append(r.Look, Remark{n, says})
	}
	return nil
}

func (r *reader) head(cells []sheet.Cell) {
	found := map[string]int{}
	for i, c := range cells {
		said := folded(c.Text)
		for name, words := range headings {
			if _, twice := found[name]; !twice && slices.Contains(words, said) {
				found[name] = i
			}
		}
	}
	for _, needed := range []string{"material", "name", "halal"} {
		if _, ok := found[needed]; !ok {
			return
		}
	}
	r.columns = found
}

func folded(s string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(s), func(c rune) bool {
		return (c < 'a' || c > 'z') && (c < '0' || c > '9')
	}), " ")
}

func (r *reader) cell(cells []sheet.Cell, name string) sheet.Cell {
	at, ok := r.columns[name]
	if !ok || at >= len(cells) {
		return sheet.Cell{}
	}
	c := cells[at]
	if c.Text = answer.NormaliseText(c.Text); strings.Trim(c.Text, "-–— ") == "" {
		return sheet.Cell{}
	}
	return c
}

// brand reads one row; bad says why it will not do.
func (r *reader) brand(cells []sheet.Cell) (b storage.Brand, bad string) {
	var ok bool
	var err error
	material := r.cell(cells, "material").Text
	if b.Material, ok = r.Material(material); !ok {
		return b, fmt.Sprintf("bahan %q tidak ada di bahan.toml, atau mereknya tidak ditanyakan", clipped(material))
	}
	if b.Name, err = answer.ParseBusiness(r.cell(cells, "name").Text); err != nil {
		return b, "merek kosong atau tidak terbaca"
	}
	b.Producer = clipped(r.cell(cells, "producer").Text)
	number := r.cell(cells, "halal")
	b.Halal = strings.ToUpper(strings.Join(strings.Fields(number.Text), ""))
	switch {
	case number.Rounded:
		return b, "nomor sertifikat tersimpan sebagai angka, sehingga angka terakhirnya hilang: jadikan kolom itu teks, lalu isi lagi"
	case b.Halal == "" || len(b.Halal) > 40:
		return b, "nomor sertifikat kosong atau terlalu panjang"
	}
	if until := r.cell(cells, "until").Text; until != "" {
		day, ok := dayOf(until, r.Today)
		if !ok {
			return b, "tanggal berlaku tidak terbaca, contoh: 31-12-2027"
		}
		b.ExpiresAt = time.Date(day.Year(), day.Month(), day.Day()+1, 0, 0, 0, 0, r.Today.Location())
	}
	return b, ""
}

// certificate is how a number usually looks: "ID" and digits, or the fourteen digits of MUI.
var certificate = regexp.MustCompile(`^(ID\d{11,20}|\d{14})$`)

func (r *reader) look(b storage.Brand) (says []string) {
	if !certificate.MatchString(b.Halal) {
		says = append(says, "nomor tidak seperti nomor sertifikat halal (“ID” dan angka); tetap dimuat")
	}
	if b.Producer == "" {
		says = append(says, "produsen kosong; SiHalal menanyakannya")
	}
	if !b.Holds(r.Today) {
		says = append(says, "sertifikatnya sudah lewat; tidak ditawarkan kepada pemilik")
	}
	return says
}

// dayOf reads a date, or the number of days by which a spreadsheet keeps one.
func dayOf(text string, today time.Time) (time.Time, bool) {
	if days, err := strconv.ParseFloat(text, 64); err == nil && days > 30_000 && days < 80_000 {
		return time.Date(1899, 12, 30+int(days), 0, 0, 0, 0, time.UTC), true
	}
	day, err := answer.ParseDate(text, today)
	return day, err == nil
}

func clipped(text string) string {
	if runes := []rune(text); len(runes) > 100 {
		return string(runes[:100])
	}
	return text
}
