package bot_test

import (
	"strings"
	"testing"

	"titian/bot/bottest"
)

func TestWhoAsksWhatItCostsOrWhatForIsAnsweredAndNeverWrittenDown(t *testing.T) {
	p := bottest.New(t, bottest.Options{}).Person("contoh")
	says := func(line, hears string) {
		t.Helper()
		if got := p.Says(line); !strings.Contains(got, hears) {
			t.Errorf("%q is answered %q, want %q", line, got, hears)
		}
	}
	says("halo", "Silakan pilih")
	says("ini gratis kah?", "tidak dipungut biaya")
	says("brp biayanya", "tidak dipungut biaya")
	says("daftar", "Sebelum mulai")
	says("apakah harus bayar pak", "tidak dipungut biaya")
	says("setujumi", "nama lengkap")
	says("kenapa harus nama", "mencatat pemilik usaha")
	says("ini gratis kah", "tidak dipungut biaya")
	says("Contoh Satu", "NIK")
	says("nda ada ktpku disini", "nomor HP")
	says("0812-0000-0001", "nama usahanya")
	says("kapan selesainya?", "Langkah 5")
	says("Dapur Gratis", "bidang")
	for _, line := range registering[7:10] {
		p.Says(line)
	}
	says("untuk apa alamat lengkap", "petugas berkunjung")
	says("Jl. Contoh No 1", "titik lokasi")
	says("nanti sj", "orang yang bekerja")
	says("3", "omzet")
	says("nanti saja", "NIB")
	says("adami, 0000000000017", "izin apa lagi")
	says("nda adapi", "foto produk")
}

func TestANumberIsAYesToHavingANIBAndIsNotAskedForAgain(t *testing.T) {
	h := bottest.New(t, bottest.Options{})
	p := h.Person("contoh")
	for _, line := range registering {
		if line == "belum" {
			line = "0000000000017"
		}
		p.Says(line)
	}
	r, err := h.DB.Registration(t.Context(), h.Owners("contoh")[0].ID)
	if err != nil || r.HasNIB == nil || !*r.HasNIB || string(r.NIB) != "0000000000017" {
		t.Errorf("the NIB is %v, %q (%v)", r.HasNIB, r.NIB, err)
	}
}
