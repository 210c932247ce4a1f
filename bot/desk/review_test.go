package desk_test

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"strings"
	"sync"
	"testing"
	"time"

	"codeberg.org/go-pdf/fpdf"

	"titian/bot/bottest"
	"titian/bot/chat"
	"titian/storage"
)

var pictures sync.Map // of []byte, by seed

// picture is a photo that is another for another seed, sharp and bright enough.
func picture(t *testing.T, seed byte) []byte {
	t.Helper()
	if p, ok := pictures.Load(seed); ok {
		return p.([]byte)
	}
	img := image.NewRGBA(image.Rect(0, 0, 1000, 700))
	for y := range 700 {
		for x := range 1000 {
			v := uint8(90 + (x/25+y/25+int(seed))%2*120)
			img.Set(x, y, color.RGBA{v, v - seed%40, v, 255})
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	pictures.Store(seed, b.Bytes())
	return b.Bytes()
}

// filing is what an owner types for a halal file; + sends a photo, ++ an album of two.
var filing = []string{
	"halal", "tidak ada", "tidak", "lewati", "saya sendiri", "milik sendiri", "online", "ikan, garam, minyak goreng", "1", "1", "Cap Contoh", "Cap Sabun",
	"1", "+", "ya", "sama", "+", "KTP pemilik", "+", "Lembar NIB", "+", "Foto tempat produksi", "++", "Foto saat membuat", "selesai", "kirim", "setuju",
}

// files lets a name register and bring a whole halal file; nik makes them another person.
func files(t *testing.T, h *bottest.House, name, nik, nib string) *bottest.Person {
	t.Helper()
	registers(h, name, map[int]string{4: nik, 8: "abon ikan", 14: "sudah", 15: nib, 16: "lewati", 17: "lewati", 18: "tidak"})
	p := h.Person(name)
	said := p.Says("kirim")
	has(t, said, "IKM-")
	for i, line := range filing {
		switch line {
		case "+":
			said = p.Gives(h.Network.Photo(name, picture(t, byte(i)+nik[15]), ""))
		case "++":
			p.Gives(h.Network.Photo(name, picture(t, byte(i)+nik[15]), "bersama"))
			said = p.Gives(h.Network.Photo(name, picture(t, byte(i)+nik[15]+1), "bersama"))
		default:
			said = p.Says(line)
		}
	}
	has(t, said, "HAL-")
	return p
}

func opens(t *testing.T, h *bottest.House, quota int) {
	t.Helper()
	refused, err := h.DB.SetProgramme(t.Context(), storage.Programme{Name: "Fasilitasi Halal", Year: h.Clock.Now().Year(), Quota: quota})
	if err != nil || refused != "" {
		t.Fatal(refused, err)
	}
}

func TestAFileIsReviewedSentBackReplacedAndGoesTheWholeWayToItsCertificate(t *testing.T) {
	h := setup(t)
	opens(t, h, 120)
	ani := h.Invite("Ani", storage.RoleOfficer)
	owner := files(t, h, "contoh", "7471051203850001", "0000000000017")
	hears(t, h, "Ani", 0, "Berkas halal lengkap HAL-2026-000001")

	ani.Hears()
	has(t, ani.Says("/berkas"), "HAL-2026-000001 Contoh Satu", "menunggu diperiksa")
	has(t, ani.Taps("Berikutnya"), "Dipegang: Ani", "1. ⬜ Data usaha")
	has(t, ani.Taps("1. Data usaha"), "NIK: 7471051203850001", "NIB: 0000000000017")
	has(t, ani.Taps("Terima"), "✅ Data usaha")
	before := len(h.Network.Sent("Ani"))
	has(t, ani.Taps("7. KTP pemilik"), "terlihat 10 menit")
	shown := awaitFile(t, h, "Ani", before)
	if !shown.Protect || shown.Attachment.MIME != "image/jpeg" {
		t.Errorf("the KTP is shown as %+v", shown)
	}
	ani.Hears()
	has(t, ani.Taps("Perbaiki: buram"), "↩️ KTP pemilik: fotonya buram.")
	has(t, ani.Taps("Terima sisanya"), "✅ Cara membuat")
	told := len(h.Network.Sent("contoh"))
	has(t, ani.Taps("Selesai memeriksa"), "pemilik diberi tahu", "menunggu perbaikan pemilik")
	fix := hears(t, h, "contoh", told, "Yang perlu dikirim ulang")
	has(t, fix, "KTP pemilik: fotonya buram", "Ketik HALAL")
	hasNot(t, fix, "Lembar NIB")

	owner.Hears()
	has(t, owner.Says("status"), "perlu perbaikan", "KTP pemilik: fotonya buram")
	said := owner.Says("halal")
	has(t, said, "KTP pemilik: fotonya buram", "Mohon kirim foto KTP")
	hasNot(t, said, "Lembar NIB", "merek")
	has(t, owner.Gives(h.Network.Photo("contoh", picture(t, 200), "")), "perbaikan HAL-2026-000001 sudah kami terima")
	hears(t, h, "Ani", 0, "sudah diperbaiki: KTP pemilik")

	ani.Hears()
	has(t, ani.Says("/berkas"), "menunggu diperiksa")
	ani.Taps("Berikutnya")
	ani.Taps("Terima sisanya")
	told = len(h.Network.Sent("contoh"))
	has(t, ani.Taps("Selesai memeriksa"), "lengkap, belum mendapat tempat")
	hears(t, h, "contoh", told, "sudah lengkap")
	has(t, ani.Taps("Beri tempat"), "mendapat tempat")
	hears(t, h, "contoh", told, "mendapat tempat gratis")
	has(t, ani.Taps("Serahkan ke pendamping"), "Ketik nama pendamping")
	has(t, ani.Says("Contoh Tiga"), "Tanggal berapa")
	has(t, ani.Says("besok"), "sampai hari ini")
	has(t, ani.Taps("Hari ini"), "Pendamping: Contoh Tiga", "pada pendamping")
	hears(t, h, "contoh", told, "diserahkan ke pendamping Contoh Tiga")
	ani.Taps("Sudah diajukan di SiHalal")
	has(t, ani.Says("SH2026-1-000001"), "Nomor SiHalal: SH2026-1-000001")
	hears(t, h, "contoh", told, "SH2026-1-000001")
	ani.Taps("Status SiHalal")
	has(t, ani.Taps("OF74: menunggu sidang Komite Fatwa."), "menunggu sidang")
	hears(t, h, "contoh", told, "menunggu sidang")
	has(t, ani.Taps("Sertifikat terbit"), "nomor sertifikat")
	has(t, ani.Says("SH2026-1-000001"), "diawali ID")
	has(t, ani.Says("id 00000000000000000"), "Kirim PDF")
	has(t, ani.Gives(h.Network.Document("Ani", "sertifikat.pdf", certificatePDF(t, "ID11111111111111111"))), "ID00000000000000000 tidak ditemukan")
	ani.Taps("Ketik ulang nomor")
	has(t, ani.Says("ID11111111111111111"), "sertifikat terbit", "ID11111111111111111")
	certificate := awaitFile(t, h, "contoh", told)
	has(t, certificate.Text, "sudah terbit")
	if certificate.Attachment.Vault == "" {
		t.Errorf("the certificate comes as %+v", certificate.Attachment)
	}
	owner.Hears()
	has(t, owner.Says("sertifikat"), "ID11111111111111111")
}

// certificatePDF is a sheet with a number in its text.
func certificatePDF(t *testing.T, number string) []byte {
	t.Helper()
	pdf := fpdf.New("P", "mm", "A4", "")
	pdf.AddPage()
	pdf.SetFont("Helvetica", "", 12)
	pdf.MultiCell(160, 8, "SERTIFIKAT HALAL\nNomor Sertifikat "+number+"\nNama Pelaku Usaha: Contoh Satu, Dapur Contoh, Kota Kendari", "", "L", false)
	var b bytes.Buffer
	if err := pdf.Output(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// awaitFile waits for the next message with a file.
func awaitFile(t *testing.T, h *bottest.House, name string, from int) chat.Outgoing {
	t.Helper()
	for n := from + 1; ; n++ {
		if m := h.Network.Await(t, name, n)[n-1]; m.Attachment != nil {
			return m
		}
	}
}

func TestOfTwoOfficersOneHoldsAFileAndTheOtherIsToldWho(t *testing.T) {
	h := setup(t)
	opens(t, h, 120)
	ani, budi := h.Invite("Ani", storage.RoleOfficer), h.Invite("Budi", storage.RoleOfficer)
	files(t, h, "contoh", "7471051203850001", "0000000000017")
	ani.Says("/berkas")
	budi.Says("/berkas")
	has(t, ani.Taps("Berikutnya"), "Dipegang: Ani")
	has(t, budi.Taps("HAL-2026-000001 Contoh Satu"), "Dipegang: Ani")
	has(t, budi.Taps("Ambil"), "sedang dipegang Ani")
	h.Clock.Move(31 * time.Minute)
	has(t, budi.Taps("Ambil"), "Dipegang: Budi")
	has(t, ani.Taps("Terima sisanya"), "sedang dipegang Budi")
}

func TestAButtonOfTheDeskDoesNothingForWhoeverIsNotStaff(t *testing.T) {
	h := setup(t)
	opens(t, h, 120)
	ani := h.Invite("Ani", storage.RoleOfficer)
	files(t, h, "contoh", "7471051203850001", "0000000000017")
	ani.Says("/berkas")
	taps := func(name string) string {
		m := h.Network.Message(name, chat.Tap, "")
		m.Choice = "d:n"
		return h.Person(name).Gives(m)
	}
	if said := taps("contoh"); said != "" {
		t.Errorf("an owner is answered %q", said)
	}
	if said := taps("orang"); said != "" {
		t.Errorf("a stranger is answered %q", said)
	}
	hears(t, h, "Ani", 0, "Pendaftaran baru")
	hears(t, h, "Ani", 0, "Berkas halal lengkap")
	ani.Hears()
	if out, err := h.DB.RemoveStaff(t.Context(), "Ani"); err != nil || out.Refused != "" {
		t.Fatal(out, err)
	}
	if said := ani.Taps("Berikutnya"); said != "" {
		t.Errorf("an officer who was removed is answered %q", said)
	}
}

func TestAPlaceOutOfOrderIsAnAdminsWithAReason(t *testing.T) {
	h := setup(t)
	opens(t, h, 2)
	ani, admin := h.Invite("Ani", storage.RoleOfficer), h.Invite("Kepala", storage.RoleAdmin)
	files(t, h, "satu", "7471051203850001", "0000000000017")
	h.Clock.Move(time.Minute)
	files(t, h, "dua", "7471051203860002", "0000000000025")
	has(t, admin.Says("/kuota 2026 1 Fasilitasi Halal"), "1 tempat")
	ani.Says("/berkas")
	ani.Taps("HAL-2026-000002 Contoh Satu")
	ani.Taps("Ambil")
	ani.Taps("Terima sisanya")
	ani.Taps("Selesai memeriksa")
	has(t, ani.Taps("Beri tempat"), "Masih ada 1 berkas berurutan lebih awal")
	admin.Says("/berkas")
	admin.Taps("HAL-2026-000002 Contoh Satu")
	has(t, admin.Taps("Beri tempat"), "Masih ada 1 berkas")
	has(t, admin.Taps("Beri di luar urutan"), "alasan tertulis")
	has(t, admin.Says("surat kepala dinas"), "mendapat tempat")
	has(t, admin.Says("/kuota"), "1 dari 1 tempat")
	ledger, err := h.DB.Ledger(t.Context(), current(t, h).ID)
	if err != nil || len(ledger) != 2 || ledger[0].Override != "surat kepala dinas" {
		t.Errorf("the ledger is %+v, %v", ledger, err)
	}
}

func current(t *testing.T, h *bottest.House) storage.Programme {
	t.Helper()
	p, err := h.DB.CurrentProgramme(t.Context(), h.Clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestACleanFileOfElevenItemsTakesAtMostSixTaps(t *testing.T) {
	h := setup(t)
	opens(t, h, 120)
	ani := h.Invite("Ani", storage.RoleOfficer)
	files(t, h, "contoh", "7471051203850001", "0000000000017")
	ani.Says("/berkas")
	taps := 0
	last := ""
	for _, label := range []string{"Berikutnya", "Terima sisanya", "Selesai memeriksa"} {
		last = ani.Taps(label)
		taps++
	}
	if taps > 6 || !strings.Contains(last, "lengkap, belum mendapat tempat") || strings.Count(last, "✅") < 10 {
		t.Errorf("after %d taps it says %q", taps, last)
	}
}
