package catalogue

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"titian/storage"
	"titian/storage/sheet"
)

var wita = time.FixedZone("WITA", 8*60*60)

func reads(t *testing.T, text string) (List, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "bahan.csv")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return Read(path, options())
}

func options() Options {
	return Options{
		Today: time.Date(2026, 11, 26, 9, 0, 0, 0, wita),
		Material: func(name string) (string, bool) {
			id, ok := map[string]string{"minyak goreng": "minyak_goreng", "kecap": "kecap"}[strings.ToLower(name)]
			return id, ok
		},
	}
}

func TestABrandIsReadByTheHeadingsOfItsColumns(t *testing.T) {
	list, err := reads(t, "DAFTAR MEREK;;;;\nNama Bahan;Merk;Produsen;No. Sertifikat Halal;Berlaku s/d\n"+
		"Minyak goreng;Contoh;PT Contoh;ID 0000 0000 0000 0001;31-12-2027\nkecap;Contoh Manis;PT Contoh;ID00000000000000002;\n")
	want := []storage.Brand{
		{Material: "minyak_goreng", Name: "Contoh", Producer: "PT Contoh", Halal: "ID0000000000000001", ExpiresAt: time.Date(2028, 1, 1, 0, 0, 0, 0, wita)},
		{Material: "kecap", Name: "Contoh Manis", Producer: "PT Contoh", Halal: "ID00000000000000002"},
	}
	if err != nil || len(list.Brands) != 2 || list.Rows != 2 || len(list.Bad)+len(list.Look) > 0 {
		t.Fatalf("%+v, %v", list, err)
	}
	for i, b := range list.Brands {
		if b != want[i] {
			t.Errorf("read %+v\nwant %+v", b, want[i])
		}
	}
	if last := time.Date(2027, 12, 31, 23, 59, 0, 0, wita); !list.Brands[0].Holds(last) || list.Brands[0].Holds(last.Add(time.Minute)) {
		t.Error("the certificate does not end with its last day")
	}
}

func TestADateThatASpreadsheetKeepsAsANumberIsADate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bahan.xlsx")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	x, err := sheet.NewXLSX(f, "Bahan", t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range [][]any{
		{"Bahan", "Merek", "Produsen", "Nomor sertifikat", "Berlaku sampai"},
		{"kecap", "Contoh", "PT Contoh", "ID00000000000000002", 46752}, // 31 December 2027
	} {
		if err := x.Write(row...); err != nil {
			t.Fatal(err)
		}
	}
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
	list, err := Read(path, options())
	if err != nil || len(list.Brands) != 1 || !list.Brands[0].ExpiresAt.Equal(time.Date(2028, 1, 1, 0, 0, 0, 0, wita)) {
		t.Fatalf("%+v, %v", list, err)
	}
}

func TestARowThatWillNotDoIsLeftOutAndSaysWhy(t *testing.T) {
	for name, c := range map[string]struct{ row, says string }{
		"a bahan that is not asked for":      {"emas,Contoh,PT,ID00000000000000002,", `bahan "emas" tidak ada`},
		"no brand":                           {"kecap,,PT,ID00000000000000002,", "merek kosong"},
		"no number":                          {"kecap,Contoh,PT,-,", "nomor sertifikat kosong"},
		"a number that a spreadsheet cut":    {"kecap,Contoh,PT,3.2E+16,", "tersimpan sebagai angka"},
		"a date that is none":                {"kecap,Contoh,PT,ID00000000000000002,segera", "tanggal berlaku"},
		"the same brand as in the row above": {"kecap,contoh pertama,PT,ID00000000000000002,", "baris 2"},
	} {
		list, err := reads(t, "bahan,merek,produsen,nomor sertifikat,berlaku sampai\nkecap,Contoh Pertama,PT,ID00000000000000002,\n"+c.row+"\n")
		if err != nil || len(list.Brands) != 1 || len(list.Bad) != 1 || list.Bad[0].Row != 3 || !strings.Contains(list.Bad[0].Says, c.says) {
			t.Errorf("%s: %+v, %v", name, list, err)
		}
	}
	if _, err := reads(t, "merek,produsen\nContoh,PT\n"); !errors.Is(err, ErrNoHeadings) {
		t.Errorf("a list without its columns: %v", err)
	}
}

func TestWhatStaffShouldLookAtIsSaidAndTaken(t *testing.T) {
	list, err := reads(t, "bahan,merek,nomor sertifikat,kedaluwarsa\nkecap,Contoh,00123,1-1-2026\n")
	if err != nil || len(list.Brands) != 1 || len(list.Look) != 3 {
		t.Fatalf("%+v, %v", list, err)
	}
}
