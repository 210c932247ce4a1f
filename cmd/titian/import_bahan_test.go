package main

import (
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"titian/storage/storagetest"
)

func TestBrandsThatStaffLookedUpAreImported(t *testing.T) {
	url := storagetest.Postgres(t)
	p := servedBy(t, url, "redis://127.0.0.1:1")
	rows, err := sql.Open("postgres", url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { rows.Close() })
	file := filepath.Join(t.TempDir(), "bahan.csv")
	list := "Bahan,Merek,Produsen,Nomor sertifikat,Berlaku sampai\nMinyak goreng,Contoh,PT Contoh,ID00000000000000001,31-12-2030\n" +
		"kecap,Contoh Manis,PT Contoh,ID00000000000000002,\ngaram,Contoh,PT Contoh,ID00000000000000003,\n"
	if err := os.WriteFile(file, []byte(list), 0o600); err != nil {
		t.Fatal(err)
	}
	count := func() (n int) {
		t.Helper()
		if err := rows.QueryRow(`SELECT count(*) FROM brands`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	out := p.prints("", "import", "bahan", file, "--dry-run")
	if !strings.Contains(out, "3 baris: 2 merek baru, 0 diperbarui, 0 sama, 1 salah") || !strings.Contains(out, "baris 4: bahan \"garam\"") || count() != 0 {
		t.Errorf("the dry run stored %d and says %s", count(), out)
	}
	if out = p.prints("", "import", "bahan", file); !strings.Contains(out, "2 merek baru") || count() != 2 {
		t.Errorf("it stored %d and says %s", count(), out)
	}
	if out = p.prints("", "import", "bahan", file); !strings.Contains(out, "0 merek baru, 0 diperbarui, 2 sama") {
		t.Errorf("the second time it says %s", out)
	}
	if _, errs, code := p.runs("", "import", "bahan", "import_test.go"); code != exitComplaint || !strings.Contains(errs, "import_test.go") {
		t.Errorf("what is no list: exit %d: %s", code, errs)
	}
}
