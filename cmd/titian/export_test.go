package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"titian/storage/postgres"
)

func TestAnExportHoldsWhatWasTypedAndNoFormula(t *testing.T) {
	yes := true
	owner := postgres.OwnerRow{Number: "IKM-2026-000001", FiledAt: time.Date(2026, 11, 23, 18, 30, 0, 0, time.UTC),
		Name: "=cmd|' /C calc'!A0", Phone: "+6285241234567", Business: "Toko \"Ani\", Kendari", Products: []string{"abon", "stik"},
		Address: "@SUM(1)", HasNIB: &yes, Workers: 3}
	var out bytes.Buffer
	w, err := newOwnerWriter("csv", &out, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := w.begin(); err != nil {
		t.Fatal(err)
	}
	if err := w.write(owner); err != nil {
		t.Fatal(err)
	}
	if err := w.end(); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&out).ReadAll()
	if err != nil || len(rows) != 2 || len(rows[0]) != 22 {
		t.Fatalf("%v, %v", rows, err)
	}
	for i, want := range map[int]string{1: "2026-11-24T02:30:00+08:00", 2: "'=cmd|' /C calc'!A0", 4: "+6285241234567",
		5: `Toko "Ani", Kendari`, 7: "abon; stik", 10: "'@SUM(1)", 11: "", 13: "3", 14: "", 15: "true"} {
		if rows[1][i] != want {
			t.Errorf("%s is %q, want %q", rows[0][i], rows[1][i], want)
		}
	}
}

func TestAnExportIsASpreadsheetToo(t *testing.T) {
	far, much := -3.977812, int64(7654321)
	var out bytes.Buffer
	w, err := newOwnerWriter("xlsx", &out, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{w.begin(), w.write(postgres.OwnerRow{Number: "IKM-2026-000001", Name: "=1+1", NIK: "7471014107850001",
		Phone: "+6285241234567", Latitude: &far, Workers: 3, TurnoverMonth: &much}), w.end()} {
		if err != nil {
			t.Fatal(err)
		}
	}
	f, err := excelize.OpenReader(&out)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := f.GetRows("IKM")
	if err != nil || len(rows) != 2 || len(rows[0]) != 22 {
		t.Fatalf("%v, %v", rows, err)
	}
	for i, want := range map[int]string{2: "'=1+1", 3: "7471014107850001", 4: "+6285241234567", 11: "-3.977812", 12: "", 13: "3", 14: "7654321"} {
		if rows[1][i] != want {
			t.Errorf("%s is %q, want %q", rows[0][i], rows[1][i], want)
		}
	}
}

func TestAnExportOfNobodyIsStillAnExport(t *testing.T) {
	for format, rows := range map[string]int{"csv": 1, "json": 0} {
		var out bytes.Buffer
		w, err := newOwnerWriter(format, &out, t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		if err := w.begin(); err != nil {
			t.Fatal(err)
		}
		if err := w.end(); err != nil {
			t.Fatal(err)
		}
		n := 0
		if format == "csv" {
			lines, err := csv.NewReader(&out).ReadAll()
			if err != nil {
				t.Fatal(err)
			}
			n = len(lines)
		} else {
			var list []any
			if err := json.Unmarshal(out.Bytes(), &list); err != nil || list == nil {
				t.Fatalf("%v: %s", err, out.String())
			}
		}
		if n != rows {
			t.Errorf("%s has %d lines", format, n)
		}
	}
}
