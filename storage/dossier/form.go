package dossier

import (
	"time"

	"titian/flows/answer"
	"titian/storage"
)

// The words of the form.
const (
	formOpen   = "belum ada"
	formFooter = "Dokumen kerja – bukan sertifikat halal"
	formSecret = "RAHASIA: memuat NIK, hanya untuk keperluan halal"
)

// wita is the time of Kendari: every time on paper is one of there.
var wita = time.FixedZone("WITA", 8*60*60)

// day is "12 Juni 2024"; empty for no time.
func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return answer.PrintDate(t.In(wita))
}

// moment is "12 Juni 2024 pukul 09.04.05 WITA"; empty for no time.
func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return day(t) + " pukul " + t.In(wita).Format("15.04.05") + " WITA"
}

// word is what a key is called on the form; a key without a word stands as it is.
func word[K ~string](words map[K]string, key K) string {
	if w, ok := words[key]; ok {
		return w
	}
	return string(key)
}

var states = map[storage.ApplicationState]string{
	storage.StateParked: "tertunda", storage.StateSubmitted: "diperiksa petugas", storage.StateFixing: "perlu perbaikan",
	storage.StateComplete: "lengkap", storage.StatePlaced: "lengkap, mendapat tempat",
	storage.StateHanded: "diserahkan ke pendamping", storage.StateApplied: "diajukan di SiHalal",
	storage.StateReturned: "dikembalikan oleh SiHalal", storage.StateIssued: "sertifikat terbit",
	storage.StateRefused: "ditolak", storage.StateWithdrawn: "ditarik pemilik",
}

var scales = map[string]string{"micro": "Mikro", "small": "Kecil"}

var ownerships = map[string]string{"own": "Milik sendiri", "rent": "Sewa", "lent": "Pinjam pakai"}

var agreements = map[string]string{
	"self": "pemilik sendiri", "word": "setuju lewat percakapannya sendiri", "sheet": "setuju, lembar bertanda tangan difoto",
}

var kinds = []struct {
	kind  storage.MaterialKind
	title string
	none  string
}{
	{storage.Ingredient, "Bahan", "Belum ada bahan."},
	{storage.Cleaning, "Cleaning agent (bahan pembersih)", "Belum ada bahan pembersih. SiHalal memintanya sebelum produk dapat diisi."},
	{storage.Packaging, "Kemasan", "Belum ada kemasan. SiHalal memintanya sebelum produk dapat diisi."},
}

// openings say why a bahan is not settled.
var openings = map[string]string{
	"bulk": "TERBUKA: curah atau tanpa merek", "unknown": "TERBUKA: merek belum diketahui", "photo": "TERBUKA: baca dari foto kemasan",
	"brand": "TERBUKA: cari nomor sertifikat halalnya", "fresh": "segar, tanpa merek",
}

var steps = map[string]string{
	"buy": "Pembelian bahan", "receive": "Penerimaan bahan", "store": "Penyimpanan bahan", "process": "Pengolahan",
	"pack": "Pengemasan", "keep": "Penyimpanan produk", "send": "Distribusi",
}

var verdicts = map[storage.Verdict]string{
	storage.VerdictNone: "belum diperiksa", storage.VerdictAccepted: "diterima", storage.VerdictFix: "perlu perbaikan",
}

var tasks = map[string]string{
	"material_bulk": "Bahan curah atau tanpa merek", "material_unknown": "Merek bahan belum diketahui",
	"material_brand": "Cari nomor sertifikat halal", "material_fresh": "Bahan segar tanpa merek, periksa kelompoknya",
	"material_photo": "Baca bahan dari foto kemasan", "email": "Pemilik belum punya email untuk akun SiHalal",
	"supervisor_consent": "Persetujuan penyelia halal belum ada", "name": "Nama produk perlu dilihat", "outlet": "Outlet perlu dilihat",
}

var sections = map[string]string{
	storage.SectionBusiness: "Pelaku usaha", storage.SectionSupervisor: "Penyelia halal", storage.SectionFactory: "Pabrik dan outlet",
	storage.SectionMaterials: "Bahan", storage.SectionProducts: "Produk", storage.SectionProcess: "Proses produk halal",
}

var answers = map[string]string{"yes": "ya", "no": "tidak", "ya": "ya", "tidak": "tidak", "none": "tidak ada", "micro": "batas mikro", "small": "batas kecil",
	"whole": "tidak digiling", "own": "digiling sendiri", "certified": "penggilingan bersertifikat"}
