package whatsapp

import (
	"strings"
	"testing"

	"titian/bot/chat"
)

func TestWhatPeopleTypedFormatsNothing(t *testing.T) {
	for text, want := range map[string]string{
		"Nama usaha: *Berkah* Jaya":            "Nama usaha: ∗Berkah∗ Jaya",
		"_Dapur_ ~Contoh~":                     "＿Dapur＿ ∼Contoh∼",
		"```Toko```\n`x`":                      "‘‘‘Toko‘‘‘\n‘x‘",
		"`satu\ndua`":                          "‘satu\ndua‘",
		"> katanya":                            "› katanya",
		"**":                                   "∗∗",
		"*Berkah*nya, *Jaya*":                  "∗Berkah*nya, ∗Jaya∗",
		"3*4 cm":                               "3*4 cm",
		"1 * 2":                                "1 * 2",
		"a*b\nc*d":                             "a*b\nc*d",
		"contoh_satu_dua@contoh.id":            "contoh_satu_dua@contoh.id",
		"contoh_satu@contoh.id, dua_x@y.id":    "contoh_satu@contoh.id, dua_x@y.id",
		"• Produk: abon\n1. Ya\n- tidak":       "• Produk: abon\n1. Ya\n- tidak",
		"👍🏽 *é* ":                              "👍🏽 ∗é∗ ",
		"<b>halo</b> &amp; [x](tg://user) > y": "<b>halo</b> &amp; [x](tg://user) > y",
	} {
		if got := plain(text); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
	for _, text := range []string{"*", "*_*_", "\n*\n", "*a", "`", "😀*😀*"} {
		if got := plain(text); strings.Count(got, "\n") != strings.Count(text, "\n") || len([]rune(got)) != len([]rune(text)) {
			t.Errorf("%q becomes %q", text, got)
		}
	}
}

func TestChoicesAreNumberedLinesAndWhatStandsInTheTextIsNotWrittenTwice(t *testing.T) {
	got, err := lines(chat.Outgoing{Text: "1. ⬜ KTP *Contoh* *Satu*", Choices: []chat.Choice{
		{ID: "a", Label: "1. KTP", Written: true}, {ID: "b", Label: "Terima ~semua~"}, {ID: "c", Label: "Lainnya", Key: "0"},
	}})
	if want := "1. ⬜ KTP ∗Contoh∗ ∗Satu∗\n\n2. Terima ∼semua∼\n0. Lainnya"; err != nil || len(got) != 1 || got[0] != want {
		t.Errorf("the lines are %q, %v", got, err)
	}
}

func TestEveryMessageThatAnOutgoingBecomesIsKnownByItsName(t *testing.T) {
	c := &Channel{}
	if !c.Named("kontak.7.0", idAt("kontak.7.0", 0)) || !c.Named("kontak.7.0", idAt("kontak.7.0", 2)) || c.Named("kontak.7.0", idAt("kontak.8.0", 0)) || c.Named("", "") {
		t.Error("a message is known by another's name, or not by its own")
	}
}
