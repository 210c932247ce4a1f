package answer

import (
	"flag"
	"fmt"
	"slices"
	"testing"
	"time"
)

// allowed is the budget, five times as much while fuzzing, whose instrumented code is slow.
func allowed() time.Duration {
	if f := flag.Lookup("test.fuzz"); f != nil && f.Value.String() != "" {
		return 5 * budget
	}
	return budget
}

// budget is the most one answer may take. The best of ten tries counts, so that a busy machine does not fail the test.
const budget = time.Millisecond

func quick(t *testing.T, in string, parse func()) {
	t.Helper()
	best := time.Hour
	for range 10 {
		start := time.Now()
		parse()
		best = min(best, time.Since(start))
		if best < allowed() {
			return
		}
	}
	if !raceEnabled {
		t.Errorf("%d bytes took %v: %.80q", len(in), best, in)
	}
}

func seed(f *testing.F, kinds ...string) {
	f.Helper()
	for _, file := range []string{"messy.jsonl", "decisions.jsonl"} {
		for _, row := range messyRows(f, file) {
			if slices.Contains(kinds, row.Type) || len(kinds) == 0 {
				f.Add(row.Input)
			}
		}
	}
	for _, odd := range []string{"", " ", "\x00", "\xff", "?", "،", "🙏", "a\u0301", "1️⃣", "½", "İ", "ﷺ", "ß", "\u202e0812", "-", "((", "))((", "ber", "ber-", "1/2", ",,,", "\n\n", "koma", "setengah"} {
		f.Add(odd)
	}
}

// again parses the print of what was parsed and wants the same value.
func again[T comparable](t *testing.T, in string, parse func(string) (T, error), print func(T) string) {
	t.Helper()
	var value T
	var err error
	quick(t, in, func() { value, err = parse(in) })
	if err != nil {
		return
	}
	if back, err := parse(print(value)); err != nil || back != value {
		t.Errorf("%q became %q, which became %q, %v", in, print(value), print(back), err)
	}
}

func FuzzPhone(f *testing.F) {
	seed(f, "phone", "nik")
	f.Fuzz(func(t *testing.T, in string) {
		again(t, in, ParsePhone, Phone.E164)
		if p, err := ParsePhone(in); err == nil {
			again(t, p.Local(), ParsePhone, Phone.Local)
		}
	})
}

func FuzzRupiah(f *testing.F) {
	seed(f, "money")
	f.Fuzz(func(t *testing.T, in string) {
		again(t, in, ParseRupiah, func(r Rupiah) string { return fmt.Sprint(int64(r)) })
		again(t, in, ParseRupiah, Rupiah.String)
	})
}

func FuzzYesNo(f *testing.F) {
	seed(f, "yesno")
	f.Fuzz(func(t *testing.T, in string) {
		again(t, in, ParseYesNo, func(yes bool) string { return map[bool]string{true: "ya", false: "tidak"}[yes] })
	})
}

func FuzzKecamatan(f *testing.F) {
	seed(f, "kecamatan")
	city := kendari(f)
	f.Fuzz(func(t *testing.T, in string) {
		again(t, in, city.ParseKecamatan, PrintKecamatan)
		kecamatan, kelurahan, err := city.FindArea(in)
		if err == nil && (!slices.Contains(city.Kecamatan(), kecamatan) || kelurahan != "" && !city.has(kecamatan, kelurahan)) {
			t.Errorf("%q: %q in %q is no place", in, kelurahan, kecamatan)
		}
	})
}

func FuzzKelurahan(f *testing.F) {
	seed(f, "kecamatan")
	city := kendari(f)
	f.Fuzz(func(t *testing.T, in string) {
		for _, k := range []string{"Baruga", "Abeli", ""} {
			var got string
			var err error
			quick(t, in, func() { got, err = city.ParseKelurahan(k, in) })
			if err != nil || k == "" {
				continue
			}
			if back, err := city.ParseKelurahan(k, got); back != got {
				t.Errorf("%q became %q, which became %q, %v", in, got, back, err)
			}
		}
	})
}

func FuzzDate(f *testing.F) {
	seed(f, "date")
	f.Fuzz(func(t *testing.T, in string) {
		parse := func(s string) (time.Time, error) { return ParseDate(s, today) }
		again(t, in, parse, PrintDate)
		again(t, in, parse, func(d time.Time) string { return d.Format(time.DateOnly) })
	})
}

func FuzzWorkers(f *testing.F) {
	seed(f, "workers")
	f.Fuzz(func(t *testing.T, in string) {
		again(t, in, ParseWorkers, func(n int) string { return fmt.Sprint(n) })
	})
}

func FuzzProducts(f *testing.F) {
	seed(f, "products")
	f.Fuzz(func(t *testing.T, in string) {
		var list []string
		var err error
		quick(t, in, func() { list, err = ParseProducts(in) })
		if err != nil {
			return
		}
		if len(list) == 0 || slices.Contains(list, "") {
			t.Errorf("%q: an empty product in %q", in, list)
		}
		if !slices.Equal(ReadProducts(PrintProducts(list)), list) {
			t.Errorf("%q: %q is not read back", in, list)
		}
		if back, err := ParseProducts(PrintProducts(list)); !slices.Equal(back, list) {
			t.Errorf("%q became %q, which became %q, %v", in, list, back, err)
		}
	})
}

func FuzzNIK(f *testing.F) {
	seed(f, "nik", "nib", "phone")
	f.Fuzz(func(t *testing.T, in string) {
		again(t, in, func(s string) (NIK, error) { return ParseNIK(s, today) }, NIK.Digits)
		again(t, in, ParseNIB, NIB.Digits)
		again(t, in, ParseNPWP, NPWP.Digits)
		again(t, in, ParsePIRT, PIRT.Digits)
		again(t, in, ParsePIRT, PIRT.Show)
	})
}

func FuzzFreeText(f *testing.F) {
	seed(f)
	f.Add("nama saya nama saya Ani bu pak")
	same := func(s string) string { return s }
	f.Fuzz(func(t *testing.T, in string) {
		again(t, in, ParseName, same)
		again(t, in, ParseBusiness, same)
		again(t, in, ParseAddress, same)
		again(t, in, func(s string) (string, error) { return NormaliseText(s), nil }, same)
	})
}

func FuzzChoices(f *testing.F) {
	seed(f)
	labels := []string{"Mandonga", "Kendari", "Ya, setuju", "Tidak", "Pangan"}
	f.Fuzz(func(t *testing.T, in string) {
		again(t, in, func(s string) (int, error) { return ParsePick(s, 5) }, func(n int) string { return fmt.Sprint(n) })
		quick(t, in, func() {
			picks, err := ParsePicks(in, 5)
			if err == nil && (len(picks) == 0 || picks[0] < 1 || picks[len(picks)-1] > 5) {
				t.Errorf("%q: %v", in, picks)
			}
		})
		quick(t, in, func() {
			if at, ok := MatchLabel(in, labels); ok != (at >= 0) || at >= len(labels) {
				t.Errorf("%q: %d %v", in, at, ok)
			}
		})
		quick(t, in, func() { Navigation(in) })
	})
}
