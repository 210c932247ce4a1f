package bot_test

import (
	"strings"
	"testing"

	"titian/bot/bottest"
)

func TestLanjutNeverThrowsADraftAwayNorClaimsANIB(t *testing.T) {
	for _, c := range []struct{ says, hears string }{
		{"lanjut", "ita lanjutkan"}, {"lanjutmi", "ita lanjutkan"}, {"lanjutkan pak", "ita lanjutkan"}, {"oke lanjut", "ya atau tidak"},
		{"iya lanjut", "ya atau tidak"}, {"batal", "ya atau tidak"}, {"batalkan", "sudah dihapus"}, {"iye", "sudah dihapus"},
	} {
		t.Run(c.says, func(t *testing.T) {
			t.Parallel()
			p := bottest.New(t, bottest.Options{}).Person("contoh")
			for _, line := range registering[:6] {
				p.Says(line)
			}
			p.Says("batal")
			if got := p.Says(c.says); !strings.Contains(got, c.hears) {
				t.Errorf("%q is answered %q, want %q", c.says, got, c.hears)
			}
		})
	}
	p := bottest.New(t, bottest.Options{}).Person("contoh")
	for _, line := range registering[:14] {
		p.Says(line)
	}
	for _, line := range []string{"lanjut", "oke lanjut"} {
		if got := p.Says(line); !strings.Contains(got, "sudah punya NIB") {
			t.Errorf("%q at the question of the NIB is answered %q, want the question again", line, got)
		}
	}
}
