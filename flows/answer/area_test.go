package answer

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

func TestAKendariTieNamesItsCandidates(t *testing.T) {
	city := kendari(t)
	for in, want := range map[string][]string{
		"kambo": {"Kambu", "Nambo"}, "Kendari": {"Kendari", "Kendari Barat"}, "kelurahan poasia": {"Abeli", "Poasia"}, "kadai": {"Kadia", "Kandai"}, "anawoi": {"Anaiwoi", "Anawai"},
	} {
		_, err := city.ParseKecamatan(in)
		var p *Problem
		if !errors.As(err, &p) || p.Reason != ReasonAmbiguous {
			t.Errorf("%s: %v", in, err)
			continue
		}
		got := slices.Clone(p.Options)
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%s: options %v, want %v", in, got, want)
		}
	}
}

func TestAKelurahanAnswersTwoQuestions(t *testing.T) {
	city := kendari(t)
	for in, want := range map[string][2]string{
		"lepo2": {"Baruga", "Lepo Lepo"}, "kec. baruga": {"Baruga", ""}, "anduonohu": {"Poasia", "Andonohu"}, "kel poasia kec abeli": {"Abeli", "Poasia"},
		"mandonga": {"Mandonga", ""}, "kel. mandonga": {"Mandonga", "Mandonga"}, "kemaraya, kendari barat": {"Kendari Barat", "Kemaraya"}, "abeli dalam": {"Puuwatu", "Abeli Dalam"},
	} {
		kecamatan, kelurahan, err := city.FindArea(in)
		if err != nil || kecamatan != want[0] || kelurahan != want[1] {
			t.Errorf("%s: %q %q %v", in, kecamatan, kelurahan, err)
		}
	}
}

func TestAKelurahanIsReadInsideItsKecamatan(t *testing.T) {
	city := kendari(t)
	for _, row := range []struct{ kecamatan, in, want, reason string }{
		{"Baruga", "lepo lepo", "Lepo Lepo", ""},
		{"Baruga", "kel. lepo2", "Lepo Lepo", ""},
		{"Baruga", "Lepo-Lepo, Baruga", "Lepo Lepo", ""},
		{"Abeli", "poasia", "Poasia", ""},
		{"Kadia", "kadai", "Kadia", ""},
		{"Kadia", "anawoi", "Anaiwoi", ""},
		{"Poasia", "anduonohu", "Andonohu", ""},
		{"Baruga", "anduonohu", "", ReasonElsewhere},
		{"Baruga", "ranomeeto", "", ReasonOutside},
		{"Baruga", "tidak tahu", "", ReasonUnclear},
		{"", "kemaraya", "Kemaraya", ""},
	} {
		got, err := city.ParseKelurahan(row.kecamatan, row.in)
		if got != row.want || row.reason != "" && reason(err) != row.reason || row.reason == "" && err != nil {
			t.Errorf("%s %q: %q, %v", row.kecamatan, row.in, got, err)
		}
	}
}

func TestTheCityIsElevenKecamatanAndSixtyFiveKelurahan(t *testing.T) {
	city := kendari(t)
	if len(city.Kecamatan()) != 11 || len(city.Areas()) != 65 || len(city.Kelurahan("Kendari")) != 9 {
		t.Fatalf("%d %d", len(city.Kecamatan()), len(city.Areas()))
	}
	for _, k := range city.Kecamatan() {
		if got, err := city.ParseKecamatan(PrintKecamatan(k)); got != k {
			t.Errorf("%s: %q %v", PrintKecamatan(k), got, err)
		}
		for _, l := range city.Kelurahan(k) {
			if got, err := city.ParseKelurahan(k, l); got != l {
				t.Errorf("%s, %s: %q %v", k, l, got, err)
			}
		}
	}
	for _, bad := range []string{"", "a,b\n1,2", "kode,kecamatan,kelurahan\n1,,x"} {
		if _, err := ReadCity(strings.NewReader(bad)); err == nil {
			t.Errorf("%q read as a city", bad)
		}
	}
}
