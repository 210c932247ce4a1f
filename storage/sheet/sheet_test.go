package sheet

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

var attacks = []string{"=1+1", "+SUM(A1)", "-2+3", "@SUM(1)", "\t=1", "\r=1", "\n=1", "  =cmd|' /C calc'!A0", "＝1+1", "=HYPERLINK(\"http://x.example\")"}

func TestAFormulaIsAWordInBothKindsOfSheet(t *testing.T) {
	var asCSV, asXLSX bytes.Buffer
	c := NewCSV(&asCSV)
	x, err := NewXLSX(&asXLSX, "Pelaku usaha", t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, attack := range attacks {
		if err := c.Write(Text(attack), 7); err != nil {
			t.Fatal(err)
		}
		if err := x.Write(Text(attack), 7); err != nil {
			t.Fatal(err)
		}
	}
	for _, end := range []func() error{c.Close, x.Close} {
		if err := end(); err != nil {
			t.Fatal(err)
		}
	}
	rows, err := csv.NewReader(&asCSV).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&asXLSX)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for i, attack := range attacks {
		if !strings.HasPrefix(rows[i][0], "'") {
			t.Errorf("%q is %q in the csv", attack, rows[i][0])
		}
		at := fmt.Sprint("A", i+1)
		value, err := f.GetCellValue("Pelaku usaha", at)
		if err != nil || !strings.HasPrefix(value, "'") {
			t.Errorf("%q is %q in the xlsx, %v", attack, value, err)
		}
		if formula, err := f.GetCellFormula("Pelaku usaha", at); err != nil || formula != "" {
			t.Errorf("%q is a formula in the xlsx: %q, %v", attack, formula, err)
		}
	}
}

func TestOrdinaryWordsAreLeftAsTheyAre(t *testing.T) {
	for _, s := range []string{"", " ", "Abon Wati", "Jl. Bunga 3 - belakang", "a=b", "'kutip'", "ß", "0852"} {
		if got := Defused(s); got != s {
			t.Errorf("%q became %q", s, got)
		}
		if got := undefused(Defused(s)); got != s {
			t.Errorf("%q came back as %q", s, got)
		}
	}
	for _, s := range attacks {
		if got := undefused(Defused(s)); got != s {
			t.Errorf("%q came back as %q", s, got)
		}
	}
}

func TestANumberStaysANumberAndANIKKeepsItsLastDigit(t *testing.T) {
	var out bytes.Buffer
	x, err := NewXLSX(&out, "x", t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := x.Write("7471014107850001", 3, int64(7654321), -3.977812, true, nil, "akhir"); err != nil {
		t.Fatal(err)
	}
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&out)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for at, want := range map[string]string{"A1": "7471014107850001", "B1": "3", "C1": "7654321", "D1": "-3.977812", "E1": "TRUE", "F1": "", "G1": "akhir"} {
		if got, err := f.GetCellValue("x", at); err != nil || got != want {
			t.Errorf("%s is %q, want %q (%v)", at, got, want, err)
		}
	}
	if kind, err := f.GetCellType("x", "B1"); err != nil || kind == excelize.CellTypeInlineString {
		t.Errorf("B1 is of type %v, %v", kind, err)
	}
}

func TestAHundredThousandRowsTakeBoundedMemoryAndLeaveNothingBehind(t *testing.T) {
	aside := t.TempDir()
	x, err := NewXLSX(io.Discard, "x", aside)
	if err != nil {
		t.Fatal(err)
	}
	var peak uint64
	var m runtime.MemStats
	for n := range 100_000 {
		if err := x.Write("IKM-2026-000001", Text("Wati Binti La Ode"), "7471••••••••0001", "+6281234567890", Text("Abon Wati"), "pangan",
			Text("abon ikan; stik"), "Kadia", "Bende", Text("Jl. Bunga 3"), -3.9778, 122.5151, n, int64(7654321), true, nil); err != nil {
			t.Fatal(err)
		}
		if n%10_000 == 0 {
			runtime.GC()
			runtime.ReadMemStats(&m)
			peak = max(peak, m.HeapAlloc)
		}
	}
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
	if peak > 64<<20 {
		t.Errorf("the heap held %d MiB", peak>>20)
	}
	if left, err := os.ReadDir(aside); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func BenchmarkXLSX(b *testing.B) {
	x, err := NewXLSX(io.Discard, "x", b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for n := 0; b.Loop() && n < 1_000_000; n++ {
		if err := x.Write("IKM-2026-000001", Text("Wati Binti La Ode"), "+6281234567890", -3.9778, 3, true); err != nil {
			b.Fatal(err)
		}
	}
	if err := x.Close(); err != nil {
		b.Fatal(err)
	}
}
