package answer

import (
	"regexp"
	"slices"
	"strings"
)

// places is typed text cut at "kec." and "kel." and at commas, each part a list of words.
type places struct {
	plain, kecamatan, kelurahan [][]string
}

var (
	doubled     = regexp.MustCompile(`\b([a-z]{2,}) ?2\b`)
	houseNumber = regexp.MustCompile(`\b(?:rt|rw)[ ./]*\d{1,3}(?:[ ./]*(?:rt|rw)?[ ./]*\d{1,3})?\b|\b93[12]\d\d\b`)
	nearWord    = regexp.MustCompile(`[ ,]+(?:dekat|depan|didepan|samping|disamping|belakang|dibelakang|sebelah)\b.*$`)
	placeLabels = map[string]int{"kec": labelKecamatan, "kecamatan": labelKecamatan, "kecamtan": labelKecamatan, "kecmatan": labelKecamatan,
		"kcmtn": labelKecamatan, "kecamatannya": labelKecamatan, "kcmatan": labelKecamatan,
		"kel": labelKelurahan, "kelurahan": labelKelurahan, "klurahan": labelKelurahan, "kelurhan": labelKelurahan, "kelurahannya": labelKelurahan}
	placeFillers = set("di d saya sa sy sya aku kami kita tinggal usaha usahaku usahanya lokasi lokasinya lokasiku tempat tempatnya tempatku alamat alamatnya alamatku daerah " +
		"wilayah area masuk itu nya yang ada nama namanya untuk rumah rumahku disini berada bertempat beralamat mi ji mo bu ibu pak bapak pa dong " +
		"kak mas mbak ya nah lah iya iye tabe halo bagian termasuk produksi sini dari ikm")
	cityWords   = set("kendari kota sultra sulawesi tenggara indonesia kdi")
	placeDenial = set("atau tapi tetapi bukan tidak nda ndak belum antara sekitar sekitaran dan sama kah apa mana lupa dulu sekarang pindah perbatasan batas")
)

const (
	labelNone = iota
	labelKecamatan
	labelKelurahan
)

// placeLabel knows the words in front of a name, with a typo or two in the long ones.
func placeLabel(w string) int {
	if l, ok := placeLabels[w]; ok || len(w) < 7 {
		return l
	}
	for name, l := range map[string]int{"kecamatan": labelKecamatan, "kelurahan": labelKelurahan} {
		if distance(w, name, 2) <= 2 {
			return l
		}
	}
	return labelNone
}

// streets begin a part of an address that names no kecamatan, whatever its own name is ("jl. Mandonga").
var streets = set("jl jln jalan jlan lorong lrg lr gang gg blok perumahan perum btn komp kompleks komplek ruko no pasar")

func readPlaces(s string) (places, *Problem) {
	var out places
	t, p := foldShort(s, 300)
	if p != nil {
		return out, p
	}
	if strings.Contains(t, "?") {
		return out, problem(ReasonUnclear)
	}
	t = houseNumber.ReplaceAllString(doubled.ReplaceAllString(t, "$1 $1"), " ")
	if head := nearWord.ReplaceAllString(t, ""); head != "" {
		t = head
	}
	alternatives := strings.Contains(t, "/")
	for _, part := range strings.FieldsFunc(t, func(r rune) bool { return strings.ContainsRune(",;\n/()|", r) }) {
		label := labelNone
		var ws []string
		flush := func() {
			ws = slices.DeleteFunc(ws, func(w string) bool { return placeFillers[w] })
			switch {
			case len(ws) == 0 || label == labelNone && streets[ws[0]]:
			case label == labelKecamatan:
				out.kecamatan = append(out.kecamatan, ws)
			case label == labelKelurahan:
				out.kelurahan = append(out.kelurahan, ws)
			default:
				out.plain = append(out.plain, ws)
			}
			ws = nil
		}
		for _, w := range words(part) {
			if placeDenial[w] {
				return out, problem(ReasonUnclear)
			}
			for _, long := range []string{"kecamatan", "kelurahan"} {
				if rest, ok := strings.CutPrefix(w, long); ok && len(rest) > 3 {
					flush()
					label, w = placeLabels[long], rest
				}
			}
			if l := placeLabel(w); l != 0 {
				flush()
				label = l
				continue
			}
			ws = append(ws, w)
		}
		flush()
	}
	if len(out.plain)+len(out.kecamatan)+len(out.kelurahan) == 0 {
		return out, problem(ReasonUnclear)
	}
	if alternatives && len(out.plain) > 1 && slices.ContainsFunc(out.plain, isCity) { // "kendari / kendari barat"
		return out, problem(ReasonTwo)
	}
	return out, nil
}
