package roster

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"titian/flows/answer"
	"titian/locales"
	"titian/storage"
	"titian/storage/sheet"
)

func reads(t *testing.T, path string) List {
	t.Helper()
	city, err := locales.City("", answer.ReadCity)
	if err != nil {
		t.Fatal(err)
	}
	list, err := Read(path, Options{City: city, Today: time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func written(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestAListIsReadByItsHeadingsWhateverTheyAreCalled(t *testing.T) {
	amount := answer.Rupiah(3_000_000)
	want := storage.Imported{Name: "Contoh Satu", NIK: "7471051203850001", Phone: "+6281200000001", Business: "Dapur Contoh", Sector: "food",
		Products: []string{"abon ikan", "stik ikan"}, Kecamatan: "Kambu", Kelurahan: "Lalolara", Address: "Jl. Contoh No. 1", Workers: 3, Turnover: &amount,
		NIB: "1234567890123", Permits: "PIRT", Binaan: true}
	for name, text := range map[string]string{
		"commas.csv": "No,Nama Pemilik,NIK,No. HP/WA (aktif),Nama IKM,Bidang Usaha,Jenis Produk,Kec.,Kel.,Alamat Lengkap,Jml. Tenaga Kerja,Omzet/Bulan (Rp),No. NIB,Perizinan,IKM Binaan,Catatan\n" +
			"1,Contoh Satu,7471051203850001,0812-0000-0001,Dapur Contoh,Pangan,\"abon ikan, stik ikan\",Kambu,Lalolara,Jl. Contoh No. 1,3 orang,3.000.000,1234567890123,PIRT,ya,x\n",
		"semicolons.txt": "\xef\xbb\xbfDAFTAR IKM;;;;;;;;;;;;;\r\n;;;;;;;;;;;;;\r\nNAMA;NIK;WA;USAHA;SEKTOR;PRODUK;KECAMATAN;KELURAHAN;ALAMAT;TENAGA KERJA;OMZET;NIB;IZIN;BINAAN\r\n" +
			"Contoh Satu;7471 0512 0385 0001;81200000001;Dapur Contoh;makanan & minuman;abon ikan, stik ikan;Kec. Kambu;Kel. Lalolara;Jl. Contoh No. 1;3;3 juta;1234567890123;PIRT;v\r\n",
	} {
		list := reads(t, written(t, name, text))
		if len(list.Owners) != 1 || !reflect.DeepEqual(list.Owners[0], want) || len(list.Bad)+len(list.Open)+len(list.Doubles) > 0 {
			t.Errorf("%s: %#v", name, list)
		}
	}
}

func TestABadRowSaysWhyAndRepeatsNothing(t *testing.T) {
	list := reads(t, written(t, "list.csv", "nama,nik,hp,usaha,kecamatan,omzet\n"+
		",7471051203850001,,Dapur,,\n"+
		"Contoh Dua,747105120385000,,Dapur,,\n"+
		"Contoh Tiga,7471053203850001,,Dapur,,\n"+
		"Contoh Empat,,0401-3121234,Dapur,,\n"+
		"Contoh Lima,,,,,\n"+
		"Contoh Enam,,,Dapur Enam,Atlantis,2-3 juta\n"+
		"\n,,,,,\n"+
		"Contoh Tujuh,7.47105120385E+15,,Dapur,,\n"))
	var bad []int
	for _, r := range list.Bad {
		bad = append(bad, r.Row)
		if strings.Contains(r.Says, "Contoh") || strings.Contains(r.Says, "7471") || r.Says == "" {
			t.Errorf("it says %q", r.Says)
		}
	}
	if fmt.Sprint(bad) != "[2 3 4 5 6 10]" || len(list.Owners) != 1 || len(list.Open) != 2 || list.Rows != 7 {
		t.Errorf("%+v", list)
	}
}

func TestANIKThatASpreadsheetRoundedIsNotTakenForOne(t *testing.T) {
	f := excelize.NewFile()
	for at, value := range map[string]any{"A1": "Nama", "B1": "NIK", "A2": "Contoh Satu", "B2": 7471051203850010, "A3": "Contoh Dua", "B3": "7471051203850010"} {
		if err := f.SetCellValue("Sheet1", at, value); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(t.TempDir(), "list.xlsx")
	if err := f.SaveAs(path); err != nil {
		t.Fatal(err)
	}
	list := reads(t, path)
	if len(list.Bad) != 1 || list.Bad[0].Row != 2 || !strings.Contains(list.Bad[0].Says, "teks") || len(list.Owners) != 1 || list.Owners[0].Name != "Contoh Dua" {
		t.Errorf("%+v", list)
	}
}

func TestOnePersonIsReadOnceAndAFamilyWithOneNumberIsNotOnePerson(t *testing.T) {
	list := reads(t, written(t, "list.csv", "nama,nik,hp,usaha\n"+
		"Contoh Satu,7471051203850001,081200000001,Dapur\n"+
		"contoh  satu,7471051203850001,081200000009,Dapur Lain\n"+ // by NIK
		"Contoh Satu,,081200000001,Dapur\n"+ // by number and name
		"Contoh Satu,,,Dapur\n"+ // by name and business
		"Contoh Dua,7471051203850002,081200000001,Dapur\n"+ // a sister
		"Contoh Satu,7471051203850003,081200000002,Dapur\n")) // somebody else of the same name
	if len(list.Owners) != 3 || len(list.Doubles) != 3 {
		t.Errorf("%+v", list)
	}
	for _, r := range list.Doubles {
		if r.Says != "orang yang sama dengan baris 2" {
			t.Errorf("row %d: %s", r.Row, r.Says)
		}
	}
}

func TestWhatIsNoListIsRefused(t *testing.T) {
	for path, want := range map[string]error{
		written(t, "no.csv", "a,b\n1,2\n"):        ErrNoHeadings,
		written(t, "no.xlsx", "PK\x03\x04"):       sheet.ErrNotSheet,
		written(t, "old.xls", "\xd0\xcf\x11\xe0"): sheet.ErrNotSheet,
		filepath.Join(t.TempDir(), "none"):        os.ErrNotExist,
	} {
		if _, err := Read(path, Options{}); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", filepath.Base(path), err, want)
		}
	}
}
