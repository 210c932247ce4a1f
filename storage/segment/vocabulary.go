package segment

import (
	"slices"
	"strings"
	"unicode"
)

// Word is a value that a closed field may have: what is stored, and how people write it, the name to print first.
type Word struct {
	ID    string
	Names []string
}

// Vocabulary is what a query may speak of, as the data files and the database have it now.
type Vocabulary struct {
	Words map[Field][]Word  // of Kecamatan, Kelurahan, Sector, Permit, Missing and Numbers; the others are built in
	Saved map[string]string // the query of a stored segment, by its name
}

// names are how each field is called; the first is that of its constant.
var names = map[Field][]string{
	Everyone:  {"semua", "all", "everyone", "semuanya"},
	Kecamatan: {"kecamatan", "kec", "district"},
	Kelurahan: {"kelurahan", "kel", "village"},
	Sector:    {"sektor", "bidang", "sector"},
	Product:   {"produk", "product"},
	NIB:       {"nib", "punya-nib"},
	Permit:    {"legalitas", "izin", "permit"},
	Binaan:    {"binaan"},
	Halal:     {"halal"},
	Missing:   {"kurang", "missing", "dokumen-kurang"},
	Before:    {"sebelum", "before", "terdaftar-sebelum"},
	Since:     {"sejak", "since", "terdaftar-sejak"},
	Received:  {"menerima", "received"},
	Answered:  {"menjawab", "answered"},
	Numbers:   {"nomor", "numbers", "daftar-nomor"},
	Saved:     {"segmen", "segment"},
}

var yesNo = []Word{
	{Yes, []string{"ya", "ada", "sudah", "punya", "yes", "true"}},
	{No, []string{"tidak", "belum", "no", "false", "tidak ada", "belum ada", "bukan"}},
}

// builtIn are the values of the fields that no data file changes.
var builtIn = map[Field][]Word{
	NIB:    yesNo,
	Binaan: yesNo,
	Halal: {
		{HalalNone, []string{"belum", "none", "belum ada"}},
		{"parked", []string{"tertunda", "parked"}},
		{"submitted", []string{"diajukan", "dikirim", "submitted"}},
		{"fixing", []string{"perbaikan", "fixing"}},
		{"complete", []string{"lengkap", "complete"}},
		{"placed", []string{"tempat", "dapat tempat", "placed"}},
		{"handed", []string{"pendamping", "handed"}},
		{"applied", []string{"sihalal", "applied"}},
		{"returned", []string{"dikembalikan", "returned"}},
		{"issued", []string{"terbit", "issued"}},
		{"refused", []string{"ditolak", "refused"}},
		{"withdrawn", []string{"ditarik", "withdrawn"}},
	},
}

// words are the values of a closed field.
func (v Vocabulary) words(f Field) []Word {
	if f == Saved {
		var list []Word
		for name := range v.Saved {
			list = append(list, Word{name, []string{name}})
		}
		return list
	}
	if list, ok := builtIn[f]; ok {
		return list
	}
	return v.Words[f]
}

// find is the word of a closed field that is written so.
func (v Vocabulary) find(f Field, written string) (Word, bool) {
	key := folded(written)
	for _, w := range v.words(f) {
		if folded(w.ID) == key || slices.ContainsFunc(w.Names, func(n string) bool { return folded(n) == key }) {
			return w, true
		}
	}
	return Word{}, false
}

// folded is a name without what people write differently: case, spaces and punctuation.
func folded(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}

func field(written string) (Field, bool) {
	key := folded(written)
	for f, list := range names {
		if slices.ContainsFunc(list, func(n string) bool { return folded(n) == key }) {
			return f, true
		}
	}
	return "", false
}
