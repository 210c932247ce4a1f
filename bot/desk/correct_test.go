package desk_test

import (
	"testing"

	"titian/bot/bottest"
	"titian/storage"
)

func dossier(t *testing.T, h *bottest.House, number string) (storage.Application, storage.Dossier) {
	t.Helper()
	a, err := h.DB.Application(t.Context(), number)
	if err != nil {
		t.Fatal(err)
	}
	d, err := h.DB.Dossier(t.Context(), a.ID)
	if err != nil {
		t.Fatal(err)
	}
	return a, d
}

const first = "HAL-2026-000001"

func TestWhatAnOwnerWroteIsCorrectedOnlyOnceTheySayYes(t *testing.T) {
	h := setup(t)
	opens(t, h, 120)
	ani := h.Invite("Ani", storage.RoleOfficer)
	owner := files(t, h, "contoh", "7471051203850001", "0000000000017")
	write := func(value string) {
		t.Helper()
		ani.Says("/berkas " + first)
		ani.Taps("Ambil")
		ani.Taps("5. Produk")
		ani.Taps("Isi atau betulkan")
		_, d := dossier(t, h, first)
		has(t, ani.Taps("abon ikan, nama: "+d.Products[0].Name), "Ketik isi yang benar", "Sekarang: abon ikan")
		has(t, ani.Says(value), "Pemilik ditanya dulu")
	}
	told := len(h.Network.Sent("contoh"))
	write("Abon Ikan Contoh")
	hears(t, h, "contoh", told, "“abon ikan” menjadi “Abon Ikan Contoh”")
	if _, d := dossier(t, h, first); d.Products[0].Name != "abon ikan" {
		t.Fatalf("it is %q before the owner was asked", d.Products[0].Name)
	}
	owner.Hears()
	has(t, owner.Says("status"), "Ketik HALAL untuk menjawabnya")
	has(t, owner.Says("halal"), "Tertulis: abon ikan", "Usul: Abon Ikan Contoh")
	has(t, owner.Says("bukan"), "tetap seperti semula")
	hasNot(t, owner.Says("status"), "usul perbaikan")
	write("Abon Ikan Kendari")
	owner.Hears()
	owner.Says("halal")
	has(t, owner.Says("iye"), "sudah diganti")
	a, d := dossier(t, h, first)
	if d.Products[0].Name != "Abon Ikan Kendari" || a.Items[4].Revision != 1 {
		t.Errorf("the product is %q, its section at revision %d", d.Products[0].Name, a.Items[4].Revision)
	}
}

func TestWhatStoodEmptyIsWrittenAtOnceAndAcceptedByAnotherOfficer(t *testing.T) {
	h := setup(t)
	opens(t, h, 120)
	ani, budi := h.Invite("Ani", storage.RoleOfficer), h.Invite("Budi", storage.RoleOfficer)
	files(t, h, "contoh", "7471051203850001", "0000000000017")
	ani.Says("/berkas " + first)
	ani.Taps("Ambil")
	ani.Taps("Terima sisanya")
	ani.Taps("1. Data usaha")
	ani.Taps("Isi atau betulkan")
	ani.Taps("email: belum ada")
	has(t, ani.Says("contoh@example.com"), "Sudah ditulis", "1. ⬜ Data usaha")
	ani.Taps("1. Data usaha")
	has(t, ani.Taps("Terima"), "diterima oleh petugas lain")
	has(t, ani.Taps("Selesai memeriksa"), "belum diputuskan")
	ani.Taps("Lepas")
	budi.Says("/berkas " + first)
	budi.Taps("Ambil")
	has(t, budi.Taps("1. Data usaha"), "Email: contoh@example.com")
	has(t, budi.Taps("Terima"), "1. ✅ Data usaha")
	if _, d := dossier(t, h, first); d.Applicant.Email != "contoh@example.com" {
		t.Errorf("the email is %q", d.Applicant.Email)
	}
}

func TestStaffPickTheKBLIWithoutAskingAnyone(t *testing.T) {
	h := setup(t)
	opens(t, h, 120)
	ani := h.Invite("Ani", storage.RoleOfficer)
	files(t, h, "contoh", "7471051203850001", "0000000000017")
	ani.Says("/berkas " + first)
	ani.Taps("Ambil")
	ani.Taps("1. Data usaha")
	ani.Taps("Isi atau betulkan")
	has(t, ani.Taps("KBLI 10219 Pengolahan dan pengawetan lainnya untuk ikan"), "Sudah ditulis")
	if a, d := dossier(t, h, first); d.Applicant.KBLI != "10219" || a.Items[0].Revision != 1 {
		t.Errorf("KBLI %q, revision %d", d.Applicant.KBLI, a.Items[0].Revision)
	}
}

func TestADocumentBroughtToTheCounterBringsTheFileBackToReview(t *testing.T) {
	h := setup(t)
	opens(t, h, 120)
	ani, budi := h.Invite("Ani", storage.RoleOfficer), h.Invite("Budi", storage.RoleOfficer)
	owner := files(t, h, "contoh", "7471051203850001", "0000000000017")
	before, _ := dossier(t, h, first)
	ani.Says("/berkas " + first)
	ani.Taps("Ambil")
	ani.Taps("7. KTP pemilik")
	ani.Taps("Perbaiki: buram")
	ani.Taps("Terima sisanya")
	ani.Taps("Selesai memeriksa")
	has(t, ani.Says("/dokumen"), "/dokumen HAL-2026-000001")
	has(t, ani.Says("/dokumen "+first), "Dokumen mana")
	has(t, ani.Taps("KTP pemilik"), "Kirim foto atau PDF")
	has(t, ani.Gives(h.Network.Photo("Ani", picture(t, 99), "")), "Sudah semua?")
	has(t, ani.Taps("Simpan"), "menunggu diperiksa", "7. ⬜ KTP pemilik")
	a, d := dossier(t, h, first)
	if a.Items[6].Files[0] == before.Items[6].Files[0] || d.Documents[0].Files[0] != a.Items[6].Files[0] {
		t.Errorf("the KTP is %v, the dossier's %v", a.Items[6].Files, d.Documents[0].Files)
	}
	if a.Rank != 1 || !a.RankAt.Equal(before.RankAt) {
		t.Errorf("the rank went from %v to %v", before.RankAt, a.RankAt)
	}
	hasNot(t, owner.Says("status"), "perlu perbaikan")
	ani.Says("/berkas " + first)
	ani.Taps("Ambil")
	ani.Taps("7. KTP pemilik")
	has(t, ani.Taps("Terima"), "diterima oleh petugas lain")
	ani.Taps("Lepas")
	budi.Says("/berkas " + first)
	budi.Taps("Ambil")
	budi.Taps("Terima sisanya")
	has(t, budi.Taps("Selesai memeriksa"), "lengkap, belum mendapat tempat")
}
