package answer

import (
	"cmp"
	"slices"
	"strings"
)

// Word is a navigation word: a whole message that steers instead of answering.
type Word string

// The words that always work. Start, Greeting and Register differ so that "assalamualaikum" can be greeted back and "daftar" can
// begin at once.
const (
	WordStart       Word = "start"
	WordGreeting    Word = "greeting"
	WordRegister    Word = "register"
	WordMenu        Word = "menu"
	WordHelp        Word = "help"
	WordCancel      Word = "cancel"
	WordBack        Word = "back"
	WordRepeat      Word = "repeat"
	WordSkip        Word = "skip"
	WordDone        Word = "done"
	WordEnough      Word = "enough"
	WordStop        Word = "stop"
	WordRejoin      Word = "rejoin"
	WordStatus      Word = "status"
	WordOfficer     Word = "officer"
	WordMyData      Word = "my_data"
	WordDeleteData  Word = "delete_data"
	WordEdit        Word = "edit"
	WordComplete    Word = "complete"
	WordContinue    Word = "continue"
	WordWhy         Word = "why"
	WordReport      Word = "report"
	WordHalal       Word = "halal"
	WordCertificate Word = "certificate"
	WordWithdraw    Word = "withdraw"
)

var navigation = phrases(map[Word]string{
	WordStart: "mulai|start|mulai lagi|mulai dari awal|mulai baru|mulaikan",
	WordGreeting: "halo|hallo|helo|hello|alo|hai|hi|hay|hei|hey|assalamualaikum|assalamu alaikum|asalamualaikum|assalamualaikum wr wb|" +
		"assalamu alaikum wr wb|assalamualaikum warahmatullahi wabarakatuh|assalamualaikum warahmatullah wabarakatuh|asalamu alaikum|assalamuaikum|" +
		"aslmkm|askum|samlekum|salam|salam sejahtera|shalom|om swastiastu|selamat pagi|selamat siang|selamat sore|selamat malam|met pagi|met siang|" +
		"met sore|met malam|pagi|siang|sore|malam|permisi|tabe|tabek|ping|test|tes|p",
	WordRegister: "daftar|mendaftar|register|registrasi|pendaftaran|mau daftar|mau mendaftar|saya mau daftar|sa mau daftar|sy mau daftar|" +
		"saya ingin daftar|saya ingin mendaftar|saya mau mendaftar|ingin daftar|ingin mendaftar|daftar ikm|mau daftar ikm|sa mau daftar ikm|" +
		"saya mau daftar ikm|daftar binaan|daftar ikm binaan|daftar baru|daftar sekarang",
	WordMenu:   "menu|menu utama|ke menu|ke menu utama|kembali ke menu|kembali ke menu utama|main menu|pilihan menu|lihat menu|daftar menu",
	WordHelp:   "bantuan|help|tolong|tolong bantu|bantu|bantu saya|minta bantuan|butuh bantuan|minta tolong|?|??|???|cara|panduan|petunjuk",
	WordCancel: "batal|cancel|batalkan|batalkan saja|dibatalkan|saya batal|tidak jadi|nda jadi|ndak jadi|tdk jadi|gak jadi|ga jadi|nggak jadi",
	WordBack:   "kembali|balik|mundur|back|kembali sebelumnya|sebelumnya|balik lagi|mundur lagi|ke sebelumnya|kembali ke sebelumnya",
	WordRepeat: "ulang|ulangi|repeat|ulang lagi|ulangi lagi|ulangi pertanyaan|ulangi pertanyaannya|ulangi dulu|ulangi dulu pertanyaanta|tolong ulangi|diulang",
	WordSkip:   "lewati|skip|lompat|lompati|lewat|lewatkan|nanti|nanti saja|nanti dulu|menyusul|nyusul|lewati dulu|lewati saja|skip dulu|dilewati|nanti menyusul",
	WordDone:   "selesai|sudah|done|beres|sudah selesai|udah|sdh|slesai|sudah semua|sudah beres|finish",
	WordEnough: "cukup|sudah cukup|cukup sudah|cukup itu|itu saja|itu ji|itu aja|cukup sekian|tidak ada lagi|nda ada lagi|ndak ada lagi|tdk ada lagi|sudah itu",
	WordStop: "berhenti|stop|unsubscribe|berhenti langganan|berhenti berlangganan|stop kirim|stop pesan|jangan kirim lagi|jangan kirim pesan lagi|stop pengumuman|berhenti pengumuman|" +
		"hentikan pengumuman|jangan kirim pengumuman|jangan kirim pengumuman lagi|tidak mau pengumuman|tidak mau pengumuman lagi|stop siaran|stop broadcast",
	WordRejoin: "ikut lagi|mau ikut lagi|saya mau ikut lagi|sa mau ikut lagi|ikut pengumuman|mau pengumuman|mau pengumuman lagi|" +
		"mau terima pengumuman|terima pengumuman lagi|mulai pengumuman|aktifkan pengumuman|kirim pengumuman lagi|langganan lagi",
	WordStatus:     "status|cek|cek status|status saya|lihat status|statusku|cek status saya|status pendaftaran|status permohonan|sampai mana|sampai dimana|sampai di mana|sudah sampai mana|sudah sampai dimana|sudah sampai di mana|kapan selesai|kapan selesainya|kapan jadi|kapan jadinya|kapan keluar|kapan terbit|berapa lama|berapa lama lagi",
	WordOfficer:    "petugas|admin|orang|manusia|cs|operator|bicara dengan petugas|bicara petugas|hubungi petugas|chat petugas|ke petugas|panggil petugas|mau bicara petugas|staf|staff|minta petugas|bicara dengan orang|hubungi admin",
	WordMyData:     "data saya|dataku|data sa|lihat data saya|lihat data|datasaya|data sy|cek data saya",
	WordDeleteData: "hapus data|hapus data saya|hapusdata|hapus dataku|delete data|hapus semua data|hapus semua data saya|hapus akun|hapus data sa",
	WordEdit:       "ubah|edit|perbaiki|ganti|koreksi|ubah data|edit data|perbaiki data|mau ubah|mau edit|rubah|ralat|ganti data|ubah jawaban",
	WordComplete:   "lengkapi|lengkapi data|lengkapi berkas|melengkapi|mau lengkapi",
	WordContinue:   "lanjut|lanjutkan|continue|next|teruskan|terus|lanjut saja|lanjutkan saja|lanjut lagi|lnjut|berikutnya",
	WordWhy:        "kenapa|mengapa|untuk apa|buat apa|knp|kenapa begitu|kenapa ditanya|kenapa perlu|untuk apa itu|buat apa itu|kenapa harus|untuk apa ini|buat apa ini|mengapa begitu",
	WordReport:     "lapor|laporkan|melapor|mau lapor|pengaduan|aduan|laporan",
	WordHalal: "halal|berkas halal|sertifikat halal|sertifikasi halal|urus halal|mengurus halal|mau urus halal|sa mau urus halal|saya mau urus halal|" +
		"daftar halal|mau daftar halal|sa mau daftar halal|saya mau daftar halal|ajukan halal|pengajuan halal|urus sertifikat halal|mau sertifikat halal|" +
		"lanjut halal|perbaiki berkas|kirim ulang berkas",
	WordCertificate: "sertifikat|sertifikatku|sertifikat saya|kirim sertifikat|minta sertifikat|lihat sertifikat|sertifikat halal saya",
	WordWithdraw:    "tarik permohonan|tarik berkas|tarik permohonan halal|tarik berkas halal|mundur dari halal|batal halal|mundur halal",
})

func phrases(lists map[Word]string) map[string]Word {
	m := map[string]Word{}
	for word, list := range lists {
		for _, phrase := range strings.Split(list, "|") {
			if _, twice := m[phrase]; twice {
				panic("answer: two meanings for " + phrase)
			}
			m[phrase] = word
		}
	}
	return m
}

// AsksWhy tells whether a message asks what a question is for ("untuk apa alamat lengkap", "kenapa harus NIK"): in no
// conversation of a form is that an answer. The single words are of Navigation.
func AsksWhy(s string) bool {
	t, p := foldShort(s, 80)
	if p != nil || strings.ContainsFunc(t, isDigit) {
		return false
	}
	ws := words(t)
	for len(ws) > 0 && polite[ws[0]] {
		ws = ws[1:]
	}
	if len(ws) == 0 || len(ws) > 8 {
		return false
	}
	switch ws[0] {
	case "kenapa", "mengapa", "knp", "kenapakah":
		return true
	case "untuk", "utk", "untk", "buat":
		return len(ws) > 1 && (ws[1] == "apa" || ws[1] == "apakah")
	}
	return false
}

var (
	priceWords = set("gratis bayar berbayar membayar dibayar biaya biayanya berbiaya ongkos ongkosnya tarif tarifnya harga harganya pungutan")
	priceTalk  = set("ini itu apa apakah apaka ada adakah berapa brp brapa kah tidak nda ndak tdk gak ga kena kenakah harus mesti perlu pakai pake betul betulan " +
		"benar beneran memang semua semuanya layanan layanannya halal sertifikat sertifikatnya urus mengurus urusnya daftar mendaftar daftarnya pendaftaran pendaftarannya " +
		"mau untuk buat kalau bisa di sini disini dari dinas saya sa sy juga nya atau dan uang total totalnya gratiskah bayarkah toh kan")
	priceAsks = set("apakah adakah kah berapa brp brapa apa ada harus mesti perlu kena atau toh kan gratiskah bayarkah betulan beneran")
)

// AsksPrice tells whether a message asks what this costs ("ini gratis kah?", "brp biayanya"), and says nothing else.
func AsksPrice(s string) bool {
	t, p := foldShort(s, 100)
	if p != nil || strings.ContainsFunc(t, isDigit) {
		return false
	}
	price, asks := false, strings.Contains(t, "?")
	for _, w := range words(t) {
		stem := strings.TrimSuffix(w, "kah")
		asks = asks || stem != w || priceAsks[w]
		switch {
		case priceWords[w] || priceWords[stem]:
			price = true
		case !priceTalk[w] && !priceTalk[stem] && !polite[w]:
			return false
		}
	}
	return price && asks
}

// Navigation tells whether the whole message is one navigation word, in any case, with or without "/", closing punctuation,
// politeness and particles ("batalmi", "menu pak", "bantuan dong"). A command inside a longer answer ("usaha Menu Sehat",
// "Batal Food") is never one.
func Navigation(s string) (Word, bool) {
	if len(s) > 120 {
		return "", false
	}
	t, p := fold(s)
	if p != nil {
		return "", false
	}
	t = strings.ReplaceAll(strings.TrimPrefix(t, "/"), "_", " ")
	if w, ok := navigation[t]; ok {
		return w, true
	}
	ws := words(t)
	for n := 0; len(ws) > 0 && n < 4; n++ {
		if w, ok := command(ws); ok {
			return w, true
		}
		switch {
		case polite[ws[len(ws)-1]] || ws[len(ws)-1] == "pi":
			ws = ws[:len(ws)-1]
		case polite[ws[0]]:
			ws = ws[1:]
		default:
			return "", false
		}
	}
	return "", false
}

// shortened are words of a command as they are written in haste.
var shortened = map[string]string{
	"jgn": "jangan", "jngn": "jangan", "jgan": "jangan", "jang": "jangan", "lg": "lagi", "lgi": "lagi", "krm": "kirim", "krim": "kirim", "kirimi": "kirim",
	"kirim2": "kirim", "psn": "pesan", "tdk": "tidak", "nda": "tidak", "ndak": "tidak", "gak": "tidak", "ga": "tidak", "mw": "mau", "maw": "mau",
}

func command(ws []string) (Word, bool) {
	if len(ws) > 6 {
		return "", false
	}
	t := strings.Join(ws, " ")
	if w, ok := navigation[t]; ok {
		return w, true
	}
	if w, ok := navigation[squeeze(t)]; ok {
		return w, true
	}
	whole := slices.Clone(ws)
	for n, w := range whole {
		whole[n] = cmp.Or(shortened[w], w)
	}
	if w, ok := navigation[strings.Join(whole, " ")]; ok {
		return w, true
	}
	for _, tail := range []string{"mi", "ji", "pi", "mo", "lah", "kah", "ki"} {
		if stem, ok := strings.CutSuffix(t, tail); ok && len(stem) >= 4 {
			if w, ok := navigation[stem]; ok {
				return w, true
			}
		}
	}
	return "", false
}
