package main

import (
	"bytes"
	"database/sql"
	"encoding/csv"
	"encoding/json"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"titian/storage/storagetest"
)

// registration is what an owner types, line by line; the photo is last but two.
const registration = `halo
daftar
SETUJU
Siti Rahma
7471084512900001
0852 4123 4567
Dapur Siti
pangan
abon ikan, keripik pisang
kambu
Lalolara
Jl. Madusila No. 5
/lokasi -3.9985,122.5127
berdua
3 juta
belum
1
/file PHOTO
selesai
tidak
kirim
`

func TestAnOwnerRegistersInTheTerminalAndStandsInTheExport(t *testing.T) {
	database := storagetest.Postgres(t)
	p := servedBy(t, database, storagetest.Redis(t))
	path := filepath.Join(t.TempDir(), "foto.png")
	var photo bytes.Buffer
	if err := png.Encode(&photo, image.NewRGBA(image.Rect(0, 0, 640, 480))); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, photo.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	said := p.prints(strings.Replace(registration, "PHOTO", path, 1), "chat", "--as", "siti")
	for _, want := range []string{"/file PATH", "[1] Daftar", "NIK dicatat: 7471••••••••0001", "Tenaga kerja: 2", "IKM-2"} {
		if !strings.Contains(said, want) {
			t.Fatalf("nobody said %q:\n%s", want, said)
		}
	}

	rows, err := csv.NewReader(strings.NewReader(p.prints("", "export", "owners", "--format", "csv"))).ReadAll()
	if err != nil || len(rows) != 2 {
		t.Fatalf("exported %v, %v", rows, err)
	}
	row := map[string]string{}
	for i, column := range rows[0] {
		row[column] = rows[1][i]
	}
	for column, want := range map[string]string{
		"name": "Siti Rahma", "nik": "7471••••••••0001", "phone": "+6285241234567", "business": "Dapur Siti",
		"products": "abon ikan; keripik pisang", "kecamatan": "Kambu", "kelurahan": "Lalolara", "lat": "-3.998500", "lon": "122.512700",
		"workers": "2", "turnover_month": "3000000", "has_nib": "false", "nib": "", "announcements": "false", "network": "terminal",
	} {
		if row[column] != want {
			t.Errorf("%s is %q, want %q", column, row[column], want)
		}
	}

	file := filepath.Join(t.TempDir(), "owners.json")
	p.prints("", "export", "owners", "--format", "json", "--full", "--out", file)
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var owners []map[string]any
	if err := json.Unmarshal(text, &owners); err != nil || len(owners) != 1 || owners[0]["nik"] != "7471084512900001" {
		t.Errorf("%v: %s", err, text)
	}
	if about, err := os.Stat(file); err != nil || about.Mode().Perm() != 0o600 {
		t.Errorf("the export may be read by others: %v, %v", about.Mode(), err)
	}
	if n := audited(t, database); n != 1 {
		t.Errorf("%d full exports in the audit, want 1", n)
	}
	data := strings.TrimPrefix(p.env[0], "TITIAN_DATA=")
	for _, canary := range []string{"7471084512900001", "85241234567", "Siti Rahma", "\x89PNG", "\xff\xd8\xff"} {
		lookFor(t, data, canary)
	}
}

func audited(t *testing.T, database string) (n int) {
	db, err := sql.Open("postgres", database)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.QueryRow(`SELECT count(*) FROM audit WHERE action = 'export owners in full'`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// lookFor fails when a canary stands anywhere in a folder.
func lookFor(t *testing.T, dir, canary string) {
	t.Helper()
	if err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		text, err := os.ReadFile(path)
		if bytes.Contains(text, []byte(canary)) {
			t.Errorf("%q stands in %s", canary, path)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

func TestTheTerminalWorksFromNothingAndRemembers(t *testing.T) {
	p, data := fromNothing(t)
	said := p.prints("halo\ndaftar\nsetuju\n", "chat")
	if !strings.Contains(said, "Langkah 2") {
		t.Fatalf("the second question was not asked:\n%s", said)
	}
	said = p.prints("Siti Rahma\n", "chat")
	if !strings.Contains(said, "Langkah 3") || strings.Contains(said, "Langkah 2") {
		t.Errorf("the conversation did not go on:\n%s", said)
	}
	for _, name := range []string{"keyset.json", "log/chat.log"} {
		if about, err := os.Stat(filepath.Join(data, name)); err != nil || about.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", name, about, err)
		}
	}
}

func TestTwoNamesAreTwoPeopleAndNoiseStaysInTheLog(t *testing.T) {
	p := servedBy(t, storagetest.Postgres(t), storagetest.Redis(t), "TITIAN_LOG_LEVEL=debug")
	p.prints("daftar\nsetuju\n", "chat", "--as", "siti")
	out, errs, code := p.runs("halo\n", "chat", "--as", "budi")
	if code != 0 || errs != "" || strings.Contains(out, `{"time"`) || strings.Contains(out, "Langkah") {
		t.Errorf("exit %d, %q:\n%s", code, errs, out)
	}
	if out := p.prints("halo\n", "chat", "--as", "cici+blokir"); strings.Contains(out, "Selamat") {
		t.Errorf("who blocked the bot was written to:\n%s", out)
	}
	if out := p.prints("halo\n", "chat", "--as", "dedi+sibuk"); !strings.Contains(out, "[1] Daftar") {
		t.Errorf("who is busy at first was not written to:\n%s", out)
	}
}
