package postgres_test

import (
	"testing"
	"time"

	"titian/storage"
)

func TestAConfirmedBrandKeepsItsIDHoweverOftenTheListIsGiven(t *testing.T) {
	f := setup(t)
	until := time.Date(2027, 12, 31, 16, 0, 0, 0, time.UTC)
	oil := storage.Brand{Material: "minyak_goreng", Name: "Contoh", Producer: "PT Contoh", Halal: "ID00000000000000001", ExpiresAt: until}
	soy := storage.Brand{Material: "kecap", Name: "Contoh", Producer: "PT Contoh", Halal: "ID00000000000000002"}
	imports := func(dry bool, list ...storage.Brand) storage.BrandCount {
		t.Helper()
		n, err := f.ImportBrands(t.Context(), "bahan.csv", "test", dry, list)
		f.must(err)
		return n
	}
	if n := imports(true, oil, soy); n != (storage.BrandCount{New: 2}) || f.count(`SELECT count(*) FROM brands`) != 0 {
		t.Fatalf("a dry run counts %+v, or stores", n)
	}
	imports(false, oil, soy)
	first, err := f.Brands(t.Context())
	f.must(err)
	if len(first) != 2 || !first[0].ExpiresAt.Equal(until) && !first[1].ExpiresAt.Equal(until) {
		t.Fatalf("stored %+v", first)
	}
	renewed := oil
	renewed.Name, renewed.Halal = "CONTOH", "ID00000000000000009"
	if n := imports(false, renewed, soy); n != (storage.BrandCount{Changed: 1, Same: 1}) {
		t.Fatalf("the same list again: %+v", n)
	}
	now, err := f.Brands(t.Context())
	f.must(err)
	for i, b := range now {
		if b.ID != first[i].ID {
			t.Errorf("%s of %s has another id", b.Name, b.Material)
		}
		if b.Material == "minyak_goreng" && (b.Halal != renewed.Halal || b.Name != "CONTOH") {
			t.Errorf("the renewed brand is %+v", b)
		}
	}
	if n := f.count(`SELECT count(*) FROM audit WHERE action = 'import brands'`); n != 2 {
		t.Errorf("%d audit rows, want 2", n)
	}
}
