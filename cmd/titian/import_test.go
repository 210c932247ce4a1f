package main

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"titian/storage/sheet"
	"titian/storage/storagetest"
)

// dinasList is a list of 1,000 rows below a title, 50 of them bad and 30 of someone who stands further up.
func dinasList(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "ikm-2026.xlsx")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	x, err := sheet.NewXLSX(f, "IKM", t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	write := func(cells ...any) {
		t.Helper()
		if err := x.Write(cells...); err != nil {
			t.Fatal(err)
		}
	}
	write("DATA IKM KOTA")
	write("Nama Pemilik", "NIK", "No. HP", "Nama Usaha", "Bidang Usaha", "Kecamatan", "Tenaga Kerja", "Binaan", "Catatan")
	row := func(i int, nik string) {
		write(sheet.Text("Contoh "+asName(i)), nik, fmt.Sprintf("0812%07d", i), sheet.Text("Usaha "+asName(i)), "pangan", "Kambu", 3, map[bool]string{true: "ya", false: "tidak"}[i%3 == 0], "x")
	}
	for i := range 920 {
		row(i, fmt.Sprintf("747105120385%04d", i+1))
	}
	for i := range 50 {
		row(2000+i, "74710512038500")
	}
	for i := range 30 {
		row(i*7, fmt.Sprintf("747105120385%04d", i*7+1))
	}
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// asName is a number as a name.
func asName(n int) string {
	name := ""
	for ; n > 0 || name == ""; n /= 26 {
		name += string(rune('a' + n%26))
	}
	return "Orang" + name
}

func TestTheDinassListIsImportedOnceHoweverOftenItIsGiven(t *testing.T) {
	url := storagetest.Postgres(t)
	p := servedBy(t, url, "redis://127.0.0.1:1")
	rows, err := sql.Open("postgres", url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { rows.Close() })
	count := func(where string) (n int) {
		t.Helper()
		if err := rows.QueryRow(`SELECT count(*) FROM imported_owners WHERE ` + where).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	file := dinasList(t)
	out := p.prints("", "import", "owners", file, "--dry-run")
	if !strings.Contains(out, "1000 baris: 920 baru, 0 diperbarui, 0 sama, 0 dari daftar lain, 0 sudah mendaftar sendiri, 30 ganda, 50 salah") || count("true") != 0 {
		t.Errorf("the dry run stored %d and says %s", count("true"), out)
	}
	out = p.prints("", "import", "owners", file)
	if !strings.Contains(out, "920 baru") || strings.Count(out, "SALAH  ") != 50 || strings.Count(out, "GANDA  ") != 30 || !strings.Contains(out, "baris 923: NIK berisi 14 angka, seharusnya 16") {
		t.Errorf("it says %s", out)
	}
	if strings.Contains(out, "74710512") || strings.Contains(out, "Contoh") {
		t.Errorf("the report names people: %s", out)
	}
	if count("true") != 920 || count("binaan") != 307 || count("source = 'ikm-2026.xlsx'") != 920 || count("claimed_by IS NOT NULL") != 0 {
		t.Errorf("stored %d, of them %d binaan", count("true"), count("binaan"))
	}
	if out = p.prints("", "import", "owners", file); !strings.Contains(out, "0 baru, 0 diperbarui, 920 sama") || count("true") != 920 {
		t.Errorf("the second time it stored %d and says %s", count("true"), out)
	}
	if out = p.prints("", "import", "owners", file, "--binaan"); !strings.Contains(out, "613 diperbarui, 307 sama") || count("binaan") != 920 {
		t.Errorf("with everyone in the binaan it says %s", out)
	}
	if out = p.prints("", "import", "owners", file, "--source", "lain"); !strings.Contains(out, "920 dari daftar lain") || count("source = 'lain'") != 0 {
		t.Errorf("under another name it says %s", out)
	}
	var told int
	if err := rows.QueryRow(`SELECT (SELECT count(*) FROM contacts) + (SELECT count(*) FROM consents) + (SELECT count(*) FROM river_job)`).Scan(&told); err != nil || told != 0 {
		t.Errorf("an import made %d contacts, consents and jobs, %v", told, err)
	}
	var clear int
	if err := rows.QueryRow(`SELECT count(*) FROM imported_owners i WHERE to_jsonb(i)::text ~ '747105120385|62812000'`).Scan(&clear); err != nil || clear != 0 {
		t.Errorf("%d rows show a NIK or a number, %v", clear, err)
	}
	var audited int
	if err := rows.QueryRow(`SELECT count(*) FROM audit WHERE action = 'import owners' AND actor LIKE 'command line:%'`).Scan(&audited); err != nil || audited != 4 {
		t.Errorf("%d rows of the audit tell of it, %v", audited, err)
	}
}

func TestWhatIsNoListIsAComplaint(t *testing.T) {
	p := servedBy(t, storagetest.Postgres(t), "redis://127.0.0.1:1")
	for _, file := range []string{"nowhere.xlsx", "import_test.go"} {
		if _, errs, code := p.runs("", "import", "owners", file); code != exitComplaint || !strings.Contains(errs, file) {
			t.Errorf("%s: exit %d: %s", file, code, errs)
		}
	}
}
