package roster

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"titian/storage/sheet"
)

// headings are the words a column may be headed by, as the lists of a dinas have them.
var headings = []struct {
	name  string
	words []string
}{
	{"name", []string{"nama", "nama pemilik", "nama lengkap", "nama pengusaha", "nama pelaku usaha", "nama pemilik usaha", "nama pimpinan", "nama penanggung jawab", "pemilik", "pelaku usaha"}},
	{"nik", []string{"nik", "no nik", "nomor nik", "nik pemilik", "ktp", "no ktp", "nomor ktp", "nik ktp", "no ktp nik", "nomor induk kependudukan"}},
	{"phone", []string{"hp", "no hp", "nomor hp", "wa", "no wa", "nomor wa", "whatsapp", "no whatsapp", "nomor whatsapp", "telepon", "no telepon", "nomor telepon", "telp", "no telp",
		"no hp wa", "nomor hp wa", "hp wa", "no telp hp", "no hp telp", "handphone", "no handphone", "kontak", "no kontak"}},
	{"business", []string{"usaha", "nama usaha", "nama ikm", "ikm", "nama perusahaan", "nama toko", "nama industri", "merek", "merk", "nama merek", "nama usaha ikm", "nama brand"}},
	{"sector", []string{"sektor", "sektor usaha", "bidang", "bidang usaha", "jenis usaha", "jenis industri", "cabang industri", "kelompok industri", "jenis ikm"}},
	{"products", []string{"produk", "jenis produk", "nama produk", "produk utama", "produk yang dihasilkan", "hasil produksi", "komoditi", "komoditas"}},
	{"kecamatan", []string{"kecamatan", "kec", "kecamatan usaha"}},
	{"kelurahan", []string{"kelurahan", "kel", "desa", "kelurahan desa", "desa kelurahan", "kelurahan usaha"}},
	{"address", []string{"alamat", "alamat usaha", "alamat lengkap", "alamat ikm", "jalan", "alamat perusahaan", "alamat produksi"}},
	{"workers", []string{"tenaga kerja", "jumlah tenaga kerja", "jml tenaga kerja", "tk", "jumlah tk", "jml tk", "karyawan", "jumlah karyawan", "pekerja", "jumlah pekerja"}},
	{"turnover", []string{"omzet", "omset", "omzet bulan", "omset bulan", "omzet per bulan", "omset per bulan", "omzet perbulan", "omset perbulan", "omzet sebulan"}},
	{"nib", []string{"nib", "no nib", "nomor nib", "nomor induk berusaha"}},
	{"permits", []string{"izin", "ijin", "perizinan", "izin usaha", "izin yang dimiliki", "legalitas", "sertifikat", "legalitas usaha"}},
	{"binaan", []string{"binaan", "ikm binaan", "status binaan", "binaan dinas", "pembinaan"}},
}

var inBrackets = regexp.MustCompile(`\([^)]*\)`)

// headings looks for the columns in a row; it takes a row that names a person and one thing more to know them by.
func (r *reader) headings(cells []sheet.Cell) {
	found, unknown := map[string]int{}, []string{}
	for i, c := range cells {
		said := folded(c.Text)
		if said == "" || said == "no" || said == "nomor" {
			continue
		}
		name := ""
		for _, h := range headings {
			if slices.Contains(h.words, said) {
				name = h.name
			}
		}
		if _, twice := found[name]; name == "" || twice {
			unknown = append(unknown, clipped(strings.TrimSpace(c.Text), 40))
			continue
		}
		found[name] = i
	}
	_, person := found["name"]
	_, byNIK := found["nik"]
	_, byPhone := found["phone"]
	_, byBusiness := found["business"]
	if !person || !byNIK && !byPhone && !byBusiness {
		return
	}
	r.columns, r.Unknown = found, unknown
	for _, h := range headings {
		if _, ok := found[h.name]; ok {
			r.Columns = append(r.Columns, h.name)
		}
	}
}

// folded is a heading without its case, signs and what stands in brackets: "No. HP/WA (aktif)" is "no hp wa".
func folded(s string) string {
	s = inBrackets.ReplaceAllString(strings.ToLower(s), " ")
	return strings.Join(strings.FieldsFunc(s, func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsDigit(c) }), " ")
}

// sectors are words by which the sector of a row is known; the options are those of registration.sector.
var sectors = []struct{ option, words string }{
	{"food", "pangan makanan minuman kuliner kue roti"}, {"textile", "sandang tekstil konveksi tenun garmen busana fashion jahit"},
	{"chemical", "kimia"}, {"metal", "logam elektronika bengkel las"}, {"furniture", "mebel meubel furnitur furniture perabot"},
	{"craft", "kerajinan kriya anyaman"}, {"trade", "dagang perdagangan pedagang"},
}

// sector is an option of registration.sector, or nothing when the words name none or two.
func sector(s string) string {
	found := ""
	for _, word := range strings.Fields(folded(s)) {
		for _, each := range sectors {
			if !slices.Contains(strings.Fields(each.words), word) || each.option == found {
				continue
			}
			if found != "" {
				return ""
			}
			found = each.option
		}
	}
	return found
}
