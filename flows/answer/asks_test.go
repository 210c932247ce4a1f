package answer

import "testing"

func TestAQuestionOfThePriceIsHeardAndAnAnswerWithSuchWordsIsNot(t *testing.T) {
	for in, want := range map[string]bool{
		"ini gratis kah?": true, "ini gratiskah": true, "brp biayanya": true, "apakah bayar": true, "ada biayanya pak?": true, "gratis toh": true,
		"urus halal bayar atau gratis?": true, "harus bayar kah": true, "gratis?": true, "berapa ongkosnya kalau urus sertifikat halal": true,
		"Dapur Gratis": false, "gratis": false, "bayar": false, "saya sudah bayar": false, "2 juta": false, "harga pasar": false, "iye gratis": false, "": false,
	} {
		if got := AsksPrice(in); got != want {
			t.Errorf("AsksPrice(%q) is %v", in, got)
		}
	}
}

func TestAQuestionWhatForIsHeardAndAnAnswerIsNot(t *testing.T) {
	for in, want := range map[string]bool{
		"kenapa harus nama": true, "untuk apa alamat lengkap": true, "buat apa nomor hp": true, "pak kenapa tanya omzet?": true, "knp perlu NIK": true,
		"Untuk Apa Saja": true, "buat kue": false, "untuk oleh-oleh": false, "Jl. Kenapa Tidak": false, "": false,
	} {
		if got := AsksWhy(in); got != want {
			t.Errorf("AsksWhy(%q) is %v", in, got)
		}
	}
}
