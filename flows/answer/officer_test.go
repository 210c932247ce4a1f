package answer

import "testing"

func TestWhatIsSaidToAnOfficerByName(t *testing.T) {
	for said, want := range map[string]string{
		"petugas, tolong cek NIB saya":       "tolong cek NIB saya",
		"Petugas: kapan buka?":               "kapan buka?",
		"petugas tolong cek NIB saya":        "tolong cek NIB saya",
		"pak petugas, sa mau tanya":          "sa mau tanya",
		"PETUGAS apakah abon perlu PIRT?":    "apakah abon perlu PIRT?",
		"petugas di mana kantornya":          "di mana kantornya",
		"petugas,\nini alamat saya\nJl. A 1": "ini alamat saya\nJl. A 1",
		"petugas":                            "",
		"petugas!":                           "",
		"bicara dengan petugas":              "",
		"mau bicara petugas":                 "",
		"Petugas Kebersihan Maju":            "",
		"usaha petugas, kebersihan":          "",
		"petugas,":                           "",
	} {
		words, ok := ToOfficer(said)
		if ok != (want != "") || words != want {
			t.Errorf("%q is said to an officer as %q, %v; want %q", said, words, ok, want)
		}
	}
}

func TestASentenceIsNoMistypedAnswer(t *testing.T) {
	for said, want := range map[string]bool{
		"sa tidak punya NIB pak": true, "bagaimana caranya dulu": true, "7471 0512 0385 0001": false, "74710512038500x1": false,
		"abon ikan": false, "0812 0000 0001": false, "5jt per bln": false,
	} {
		if Sentence(said) != want {
			t.Errorf("%q is a sentence: %v, want %v", said, !want, want)
		}
	}
}
