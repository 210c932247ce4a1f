package segment

import (
	"errors"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
)

var kendari = Vocabulary{
	Words: map[Field][]Word{
		Kecamatan: {{"Kambu", []string{"Kambu"}}, {"Kendari Barat", []string{"Kendari Barat"}}, {"Mandonga", []string{"Mandonga"}}},
		Kelurahan: {{"Lalolara", []string{"Lalolara"}}},
		Sector:    {{"food", []string{"Pangan", "makanan"}}, {"chemical", []string{"Kimia & Bahan Bangunan", "kimia"}}},
		Permit:    {{"pirt", []string{"P-IRT"}}},
		Missing:   {{"ktp", []string{"KTP pemilik"}}},
		Numbers:   {{"undangan juni", []string{"undangan juni"}}},
	},
	Saved: map[string]string{"pangan kambu": "kecamatan:Kambu dan sektor:pangan", "a": "segmen:b", "b": "bukan segmen:a"},
}

func TestQueriesAreReadAsStaffWriteThem(t *testing.T) {
	for _, row := range []struct{ query, want string }{
		{"kecamatan:Kambu dan sektor:pangan dan bukan halal:terbit", "kecamatan:Kambu dan sektor:Pangan dan bukan halal:terbit"},
		{"KEC: kambu AND sector:food and NOT halal:issued", "kecamatan:Kambu dan sektor:Pangan dan bukan halal:terbit"},
		{"kecamatan:kendari barat atau kecamatan:Kambu dan binaan:ya", `kecamatan:"Kendari Barat" atau kecamatan:Kambu dan binaan:ya`},
		{"(kecamatan:kambu, mandonga) dan nib:belum", "(kecamatan:Kambu atau kecamatan:Mandonga) dan nib:tidak"},
		{"bukan (halal:belum atau halal:ditarik)", "bukan (halal:belum atau halal:ditarik)"},
		{"sektor:kimia", `sektor:"Kimia & Bahan Bangunan"`},
		{"semua", "semua"},
		{"produk:Abon Ikan dan legalitas:pirt", `produk:"abon ikan" dan legalitas:P-IRT`},
		{"sebelum:1/6/2026 dan sejak:2026-01-05", "sebelum:2026-06-01 dan sejak:2026-01-05"},
		{"menerima:12 dan bukan menjawab:#12", "menerima:12 dan bukan menjawab:12"},
		{"segmen:Pangan Kambu dan kurang:ktp", `kecamatan:Kambu dan sektor:Pangan dan kurang:"KTP pemilik"`},
		{"nomor:undangan juni", `nomor:"undangan juni"`},
		{"bukan bukan binaan:tidak", "bukan (bukan binaan:tidak)"},
	} {
		e, err := kendari.Parse(row.query)
		if err != nil {
			t.Errorf("%s: %v", row.query, err)
		} else if e.String() != row.want {
			t.Errorf("%s reads as %s", row.query, e)
		}
	}
}

func TestWhatCannotBeReadIsSaidWithWhatWasMeant(t *testing.T) {
	for _, row := range []struct {
		query  string
		reason Reason
		meant  string
	}{
		{"", ReasonEmpty, ""},
		{"kecamatan:Kamboe", ReasonValue, "Kambu"},
		{"kecamatan:mandongga", ReasonValue, "Mandonga"},
		{"kecamtan:Kambu", ReasonField, "kecamatan"},
		{"Kambu", ReasonField, "kecamatan:Kambu"},
		{"kecamatan", ReasonNoValue, ""},
		{"kecamatan: dan sektor:pangan", ReasonValue, ""},
		{"kecamatan:Kambu sektor:pangan", ReasonBetween, ""},
		{"(kecamatan:Kambu", ReasonOpen, ""},
		{"kecamatan:Kambu)", ReasonClose, ""},
		{`kecamatan:"Kambu`, ReasonQuote, ""},
		{"kecamatan:Kambu dan", ReasonEmpty, ""},
		{"halal:trbit", ReasonValue, "terbit"},
		{"sejak:kemarin", ReasonDate, ""},
		{"menjawab:semua", ReasonNumber, ""},
		{"segmen:a", ReasonCircle, ""},
		{"segmen:pangan kambo", ReasonValue, "pangan kambu"},
		{strings.Repeat("bukan binaan:ya atau ", 300) + "semua", ReasonTooLong, ""},
		{strings.Repeat("(", 3000), ReasonTooLong, ""},
	} {
		_, err := kendari.Parse(row.query)
		var p *Problem
		if !errors.As(err, &p) || p.Reason != row.reason {
			t.Errorf("%.60s: %v, want %s", row.query, err, row.reason)
			continue
		}
		if row.meant != "" && (len(p.Meant) == 0 || p.Meant[0] != row.meant) {
			t.Errorf("%s: perhaps %q, want %s", row.query, p.Meant, row.meant)
		}
	}
}

func TestWhatIsPrintedReadsAsTheSame(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		e := Random(r, kendari, 4)
		again, err := kendari.Parse(e.String())
		if err != nil {
			t.Fatalf("%s: %v", e, err)
		}
		if again.String() != e.String() {
			t.Fatalf("%s reads as %s (%v)", e, again, reflect.TypeOf(again))
		}
	}
}
