package bot_test

import (
	"strings"
	"testing"

	"titian/bot/bottest"
)

func TestALongListComesInPartsAndANumberMeansTheSameInAllOfThem(t *testing.T) {
	h := bottest.New(t, bottest.Options{Lines: 5})
	p := h.Person("contoh")
	asked := ""
	for _, line := range []string{"halo", "daftar", "setuju", "Contoh Satu", "7471051203850001", "081200000001", "Dapur Contoh", "pangan", "abon ikan marlin"} {
		asked = p.Says(line)
	}
	for _, turn := range []struct{ typed, has, lacks string }{
		{"", "Di kecamatan mana [1] Mandonga [5] Kendari Barat [0] Pilihan lainnya", "Abeli"},
		{"0", "Pilihan 6 sampai 10 dari 12: [6] Abeli [10] Kambu [0] Pilihan lainnya", "Mandonga"},
		{"Pilihan lainnya", "Pilihan 11 sampai 12 dari 12: [11] Nambo [0] Dari awal lagi", "Kambu"},
		{"0", "Pilihan 1 sampai 5 dari 12: [1] Mandonga", "Abeli"},
		{"10", "Kecamatan Kambu", "[0]"}, // two lines more than a part are not cut
		{"kembali", "[1] Mandonga [0] Pilihan lainnya", "Abeli"},
		{"0", "[6] Abeli", "Mandonga"},
		{"2", "Kecamatan Kendari", "Wua-Wua"},
		{"kembali", "[1] Mandonga", ""},
		{"nambo", "Kecamatan Nambo", ""},
		{"0", "belum menemukan kelurahan itu", ""}, // nothing more to show: an answer like any other
	} {
		if turn.typed != "" {
			asked = p.Says(turn.typed)
		}
		rest := asked
		for _, word := range strings.Split(strings.ReplaceAll(turn.has, " [", "|["), "|") {
			_, after, found := strings.Cut(rest, word)
			if !found {
				t.Errorf("%q is answered with %q, without %q", turn.typed, asked, word)
			}
			rest = after
		}
		if turn.lacks != "" && strings.Contains(asked, turn.lacks) {
			t.Errorf("%q is answered with %q, which says %q", turn.typed, asked, turn.lacks)
		}
	}
	other := p.At(h.Reopen()) // which part was shown is remembered
	p.Says("kembali")
	if said := other.Says("0"); !strings.Contains(said, "[6] Abeli") {
		t.Errorf("another process shows %q", said)
	}
}
