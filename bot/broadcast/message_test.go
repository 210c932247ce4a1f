package broadcast

import "testing"

func TestATextWhoseBracesAreNotWholeIsAskedAgain(t *testing.T) {
	for text, want := range map[string]string{
		"Yth. {nama}, besok pelatihan untuk {usaha}.":    "",
		"Yth. Bapak/Ibu, bawa nama usaha (nama di KTP).": "",
		"Yth. {nama, besok ada pelatihan":                "{nama",
		"Yth. [nama], besok ada pelatihan":               "[nama]",
		"Yth. (Usaha) dan {nama}":                        "(Usaha)",
		"Yth. nama}, besok ada pelatihan":                "nama}",
		"Yth. {nma}, besok ada pelatihan":                "{nma}",
	} {
		said := ""
		if err := Check(text, false); err != nil {
			reason, args, _ := err.(*Fault).Problem()
			if said = args["word"]; reason != "meant" || args["meant"] != "{nama}" && args["meant"] != "{usaha}" {
				t.Errorf("%q: %s %v", text, reason, args)
			}
		}
		if said != want {
			t.Errorf("%q: %q is wrong in it, want %q", text, said, want)
		}
	}
}
