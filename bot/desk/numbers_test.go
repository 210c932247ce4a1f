package desk_test

import (
	"testing"

	"titian/bot/bottest"
	"titian/bot/chat"
	"titian/storage"
)

// numbered is a house on a network without buttons.
func numbered(t *testing.T) *bottest.House {
	t.Helper()
	return bottest.New(t, bottest.Options{Staff: true, Lines: -1})
}

func TestStaffWithoutButtonsReviewAFileByNumberLabelAndSynonym(t *testing.T) {
	h := numbered(t)
	opens(t, h, 120)
	ani := h.Invite("Ani", storage.RoleOfficer)
	owner := files(t, h, "contoh", "7471051203850001", "0000000000017")
	hears(t, h, "Ani", 0, "Berkas halal lengkap HAL-2026-000001")
	ani.Hears()

	has(t, ani.Says("/berkas"), "[1] Berikutnya", "[2] HAL-2026-000001 Contoh Satu")
	has(t, ani.Says("1"), "Dipegang: Ani", "1. ⬜ Data usaha")
	has(t, ani.Says("1"), "NIK: 7471051203850001", "[1] Terima")
	has(t, ani.Says("diterima"), "✅ Data usaha")
	before := len(h.Network.Sent("Ani"))
	has(t, ani.Says("ktp pemilik"), "terlihat 10 menit")
	awaitFile(t, h, "Ani", before)
	ani.Hears()
	has(t, ani.Says("buram"), "↩️ KTP pemilik: fotonya buram.")
	has(t, ani.Says("8"), "HAL-2026-000001 · ")
	has(t, ani.Says("Perbaiki: alasan sendiri"), "tulis")
	has(t, ani.Says("nomornya tertutup jari"), "nomornya tertutup jari")
	has(t, ani.Says("terima semua"), "✅ Cara membuat")
	told := len(h.Network.Sent("contoh"))
	has(t, ani.Says("selesai"), "pemilik diberi tahu", "menunggu perbaikan pemilik")
	has(t, hears(t, h, "contoh", told, "Yang perlu dikirim ulang"), "KTP pemilik: fotonya buram", "nomornya tertutup jari")

	h = h.Reopen() // what was shown last is remembered
	ani = ani.At(h)
	owner.At(h)
	has(t, ani.Says("/berkas HAL-2026-000001"), "menunggu perbaikan pemilik")
}

func TestANumberOfAnOlderCardDoesNothing(t *testing.T) {
	h := numbered(t)
	opens(t, h, 120)
	ani := h.Invite("Ani", storage.RoleOfficer)
	files(t, h, "contoh", "7471051203850001", "0000000000017")
	files(t, h, "contoh dua", "7471051203850002", "0000000000025")
	idle(t, h) // of both files Ani has heard
	ani.Hears()
	ani.Says("/berkas")
	ani.Says("HAL-2026-000001")
	first := ani.Says("ambil")
	has(t, first, "HAL-2026-000001", "Dipegang: Ani")
	ani.Says("/berkas HAL-2026-000002")
	has(t, ani.Says("ambil"), "HAL-2026-000002", "Dipegang: Ani")
	has(t, ani.Says("1"), "HAL-2026-000002 · Data usaha")

	has(t, ani.Says("Terima sisanya"), "sudah tidak berlaku", "HAL-2026-000002 · Data usaha", "[1] Terima")
	has(t, ani.Replies("menunggu diperiksa", "99"), "tidak berlaku")

	other := h.Reopen() // another process knows what was shown
	ani = ani.At(other)
	has(t, ani.Replies("📁 HAL-2026-000001", "1"), "HAL-2026-000001 · Data usaha")
	has(t, ani.Says("terima"), "HAL-2026-000001", "✅ Data usaha")

	var outcomes []<-chan error // sent twice on a bad line: both arrive before the answer
	seen := len(other.Network.Sent("Ani"))
	for range 2 {
		outcomes = append(outcomes, other.Bot.Receive(t.Context(), other.Network.Message("Ani", chat.Text, "2")))
	}
	for _, o := range outcomes {
		if err := bottest.Wait(t, o); err != nil {
			t.Fatal(err)
		}
	}
	sent := other.Network.Await(t, "Ani", seen+2)
	has(t, sent[seen].Text, "HAL-2026-000001 · Penyelia halal")
	has(t, sent[seen+1].Text, "sudah tidak berlaku", "HAL-2026-000001 · Penyelia halal")
}

func TestStaffWithoutButtonsAnswerPeopleByQuotingAndByNumber(t *testing.T) {
	h := numbered(t)
	ani := h.Invite("Ani", storage.RoleOfficer)
	p := h.Person("contoh")
	for _, line := range registering[:4] {
		p.Says(line)
	}
	from := len(h.Network.Sent("Ani"))
	p.Says("petugas, apakah NIK wajib?")
	asked := hears(t, h, "Ani", from, "apakah NIK wajib?")
	has(t, asked, "kutip pesan ini")
	hasNot(t, asked, "[1]") // it came unasked: a number may be meant for the answer before it
	idle(t, h)
	ani.Hears()

	has(t, ani.Says("/tunggu"), "[1] Balas 1")
	has(t, ani.Says("1"), "Ketik jawabannya")
	before := len(h.Network.Sent("contoh"))
	has(t, ani.Says("Boleh menyusul."), "Sedang dikirim", "[1] Balas", "[2] Selesai", "[3] Serahkan")
	hears(t, h, "contoh", before, "Boleh menyusul.")
	p.Hears()
	from = len(h.Network.Sent("Ani"))
	p.Says("baik, lalu fotonya?")
	hears(t, h, "Ani", from, "lalu fotonya?")
	idle(t, h)
	ani.Hears()
	has(t, ani.Replies("lalu fotonya?", "balas"), "Ketik jawabannya")
	ani.Says("Nanti ditanyakan.")
	has(t, ani.Replies("lalu fotonya?", "serahkan"), "diserahkan kepada petugas lain")
}
