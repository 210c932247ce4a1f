package answer

import "testing"

func TestWhoComesSaysSoInManyWays(t *testing.T) {
	for _, tt := range []struct {
		text   string
		number int64
		coming bool
		ok     bool
	}{
		{"ikut", 0, true, true},
		{"Ikut 7", 7, true, true},
		{"saya mau ikut, pak", 0, true, true},
		{"iya ikutmi", 0, true, true},
		{"IKUT nomor 12", 12, true, true},
		{"terima 7", 7, true, true},
		{"tidak ikut", 0, false, true},
		{"nda ikut ka 7", 7, false, true},
		{"batal ikut", 0, false, true},
		{"Batal ikut 7 🙏", 7, false, true},
		{"tidak 7", 7, false, true},
		{"mundur 7", 7, false, true},
		{"ikutt", 0, true, true},
		{"ikuuut bu", 0, true, true},
		{"ikut1", 1, true, true},
		{"tidak1", 1, false, true},
		{"hadir", 0, true, true},
		{"bisa hadir bu", 0, true, true},
		{"insya allah sy hadir", 0, true, true},
		{"tdk bisa hadir", 0, false, true},
		{"gajadi ikut", 0, false, true},
		{"ga jadi ikut 7", 7, false, true},
		{"maaf berhalangan hadir", 0, false, true},
		{"hadir7 8", 0, false, false},
		{"tidak", 0, false, false},
		{"batal", 0, false, false},
		{"mundur", 0, false, false},
		{"7", 0, false, false},
		{"ya", 0, false, false},
		{"ikut 7 8", 0, false, false},
		{"ikut pelatihan PIRT", 0, false, false},
		{"Toko Ikut Rasa", 0, false, false},
		{"boleh ikut?", 0, false, false},
		{"bisa ikut?", 0, false, false},
		{"", 0, false, false},
	} {
		number, coming, ok := Coming(tt.text)
		if ok != tt.ok || ok && (number != tt.number || coming != tt.coming) {
			t.Errorf("%q is read as %d %v %v", tt.text, number, coming, ok)
		}
	}
	for text, want := range map[string]string{"1": "yes", "2.": "no", "ya": "yes", "tdk": "no", "ikut": "yes", "batal ikut": "no", "jam berapa?": "", "3": ""} {
		coming, ok := ComingReply(text)
		if said := map[bool]string{true: "yes", false: "no"}[coming]; ok != (want != "") || ok && said != want {
			t.Errorf("as a reply %q is read as %v %v", text, coming, ok)
		}
	}
	for _, coming := range []bool{true, false} {
		if n, said, ok := ComingPressed(ComingButton(7, coming)); n != 7 || said != coming || !ok {
			t.Errorf("the button is read as %d %v %v", n, said, ok)
		}
	}
	if _, _, ok := ComingPressed("7|ikut|ya"); ok {
		t.Error("a button of a flow is taken for an invitation's")
	}
}

func TestWhoAsksAboutAnInvitationIsToldFromWhoAnswers(t *testing.T) {
	for text, want := range map[string]bool{
		"kapan?": true, "kpn acaranya": true, "dimana tempatnya": true, "di mana lokasinya bu": true, "masih bisa ikut?": true, "sy nomor urut berapa": true, "jam brp mulainya": true,
		"ikut": false, "mau bu": false, "kapan terbit sertifikatnya": false, "berapa biayanya": false, "jam 8": false, "dapur contoh": false, "?": false, "": false,
	} {
		if got := AsksInvited(text); got != want {
			t.Errorf("%q asks: %v", text, got)
		}
	}
}
