package answer

import (
	"strings"
	"testing"
)

// TestTheLongestTextStaysWithinTheBudget feeds every parser texts just under the limit, made of the pieces it works hardest on.
func TestTheLongestTextStaysWithinTheBudget(t *testing.T) {
	city := kendari(t)
	for _, piece := range []string{"dan ", "dan lain", "1. a ", "abon, ", "abon ikan dan ", "a ", "0", "0 ", "o0", "1.000,", "2 juta ", "dua ", "duapuluh", "ya ", "tidak ", "kec ", "mandonga ", "wua2 ",
		"12/6 ", "senin ", "besok ", "saya ", "ber ", "3 orang ", "nama ", "bu ", "(", "((a))", "ﷺ", "é", "x", "0x*", "𝟏", "\n", "a\n", "-", "wa.me/", "jam 8 ", "nol ", "setengah ", "rt 1 "} {
		in := strings.Repeat(piece, maxBytes/len(piece))
		for _, kind := range []string{"phone", "money", "yesno", "kecamatan", "date", "workers", "products", "nik", "nib"} {
			quick(t, kind+" "+in, func() { _, _ = Understand(kind, in, city, today) })
		}
		quick(t, "name "+in, func() { _, _ = ParseName(in) })
		quick(t, "business "+in, func() { _, _ = ParseBusiness(in) })
		quick(t, "address "+in, func() { _, _ = ParseAddress(in) })
		quick(t, "kelurahan "+in, func() { _, _ = city.ParseKelurahan("Baruga", in) })
		quick(t, "picks "+in, func() { _, _ = ParsePicks(in, 9) })
		quick(t, "label "+in, func() { MatchLabel(in, city.Kecamatan()) })
		quick(t, "navigation "+in, func() { Navigation(in) })
	}
}
