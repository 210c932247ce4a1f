package answer

import (
	"strconv"
	"strings"
	"unicode"
)

// maxWorkers bounds an industri kecil or menengah; a larger figure is another number in the wrong place.
const maxWorkers = 999

// ParseWorkers reads how many people work, the owner included: digits, words, "berdua", "saya + suami", "L 2 P 4". Approximations
// pass. Problems: "range" ("3-4 orang", "dua tiga orang"), "limit", "none" ("tidak ada karyawan", 0), "ambiguous" ("5 karyawan":
// with the owner or without?), "unclear".
func ParseWorkers(s string) (int, error) {
	t, p := foldShort(s, 200)
	if p != nil {
		return 0, p
	}
	if strings.Contains(t, "?") {
		return 0, problem(ReasonUnclear)
	}
	t = workerSpellings.Replace(" " + t + " ")
	outside, inside, ok := brackets(t)
	if !ok {
		return 0, problem(ReasonUnclear)
	}
	n, p := headCount(outside)
	if inside != "" {
		m, bad := headCount(inside)
		switch {
		case p == nil && bad == nil && n != m:
			return 0, problem(ReasonTwo)
		case p != nil || bad != nil: // "5 orang (termasuk saya)"
			n, p = headCount(outside + " " + inside)
		}
	}
	switch {
	case p != nil:
		return 0, p
	case n == 0:
		return 0, problem(ReasonNone)
	case n > maxWorkers:
		return 0, problem(ReasonRange)
	}
	return n, nil
}

var workerSpellings = strings.NewReplacer("kurang lebih", " ", "lebih kurang", " ", "kira-kira", " ", "kira kira", " ", "kira2", " ", "±", " ", "~", " ", "+/-", " ", "+-", " ",
	"terdiri dari", " ", "laki-laki", " lelaki ", "laki laki", " lelaki ", "laki2", " lelaki ", "ibu-ibu", " perempuan ", "ibu2", " perempuan ", "bapak-bapak", " lelaki ", "bapak2", " lelaki ",
	"tidak termasuk", " selain ", "tdk termasuk", " selain ", "nda termasuk", " selain ", "ndak termasuk", " selain ", "belum termasuk", " selain ", "blm termasuk", " selain ",
	"di luar", " selain ", "diluar", " selain ", "s/d", " sampai ", "tenaga kerja", " pekerja ", "seorang diri", " sendiri ", "paruh waktu", " lepas ", "anak buah", " karyawan ",
	"suami-istri", "suami istri", "suami isteri", "suami istri", "saya sendiri", " sendiri ", "sa sendiri", " sendiri ", "sy sendiri", " sendiri ")

// workerWord is what a word is to a head count.
type workerWord int

const (
	workerFill workerWord = iota + 1
	workerMe
	workerOne   // exactly one: suami, istri, ibu
	workerKin   // one or more: anak, adik
	workerStaff // karyawan: does not count the owner
	workerHead  // orang: may count the owner
	workerGroup // tetap, perempuan: part of a sum
	workerAlone
	workerJoin // dan, sama, +
	workerTotal
	workerInclude
	workerExclude
	workerNone
	workerSpan
	workerLimit
	workerOnly   // cuma, hanya
	workerFamily // keluarga, anggota: how many?
)

var workerWords = classes(map[workerWord]string{
	workerFill: "mi pi bu pak bapa pa dong kak mas mbak ya iya iye lah ada adaji sekitar sekitaran sktr kurleb rata itu ini kerja bekerja yang yg dikerjakan masih sudah baru usaha " +
		"usahaku sekarang saat yaitu pas kami kita kitorang nya diri di . ! : tabe",
	workerMe:      "saya sa sy sya aku pemilik pemiliknya owner",
	workerOne:     "suami suamiku suaminya istri istriku isteri isteriku ibu ibuku mama mamaku mamak bapak bapakku ayah ayahku papa paitua maitua mertua mertuaku mertuanya bini laki2ku",
	workerKin:     "anak anakku anaknya adik adikku kakak kakakku saudara saudaraku sepupu ponakan keponakan ipar iparku teman temanku tetangga menantu kerabat cucu",
	workerStaff:   "karyawan karyawati karyawanku karyawannya pegawai pegawaiku pegawainya tukang pembantu asisten buruh",
	workerHead:    "orang org orng orag oran pekerja pekerjaku pekerjanya tk jiwa tenaga",
	workerGroup:   "tetap harian borongan lepas kontrak musiman freelance magang lelaki laki lk cowok pria l perempuan pr cewek wanita p dapur produksi packing kemas pengemasan penjualan penjual jaga toko kurir penenun penjahit pengrajin perajin",
	workerAlone:   "sendiri sendirian seorang sendirinya sorang",
	workerJoin:    "dan sama + & , ; dengan dgn tambah ditambah plus serta n bersama brsama dibantu",
	workerTotal:   "total totalnya jumlah jumlahnya semua semuanya = jadi seluruhnya keseluruhan",
	workerInclude: "termasuk trmasuk termaksud",
	workerExclude: "selain",
	workerNone:    "tidak tdk nda ndak nggak ga gak belum blm tanpa bukan nol kosong",
	workerSpan:    "sampai sampe hingga atau antara - / sd",
	workerLimit:   "lebih kurang minimal maksimal min max maks paling hampir bawah atas dibawah diatas",
	workerFamily:  "keluarga anggota kelompok",
	workerOnly:    "cuma cuman hanya saja aja doang ji",
})

// together are "berdua" to "bersepuluh".
var together = map[string]int{"berdua": 2, "bertiga": 3, "berempat": 4, "berampat": 4, "berlima": 5, "berenam": 6, "bertujuh": 7, "berdelapan": 8, "bersembilan": 9, "bersepuluh": 10,
	"baduwa": 2, "badua": 2, "batiga": 3, "bedua": 2, "betiga": 3, "brdua": 2, "brtiga": 3}

// workerTokens cuts text into numbers, words and signs; "3orang" is two words, "ber-4" one number of people together.
func workerTokens(t string) []string {
	var out []string
	for _, w := range pickTokensWithDots(t) {
		if r := rune(w[0]); r < 0x80 && unicode.IsLetter(r) && workerWords[w] == 0 && together[w] == 0 {
			if parts := spell(w); parts != nil {
				out = append(out, parts...)
				continue
			}
			w = trimWorker(w)
		}
		out = append(out, w)
	}
	return out
}

func trimWorker(w string) string {
	for _, tail := range []string{"mi", "ji", "pi", "nya"} {
		if stem, ok := strings.CutSuffix(w, tail); ok && (workerWords[stem] > 0 || together[stem] > 0 || units[stem] > 0) {
			return stem
		}
	}
	return w
}

// ber reads "ber 4", "ber-4", "ber empat" at ts; used is 0 when there is none.
func ber(ts []string) (n, used int) {
	if len(ts) == 0 {
		return 0, 0
	}
	if n := together[ts[0]]; n > 0 {
		return n, 1
	}
	if ts[0] != "ber" || len(ts) < 2 {
		return 0, 0
	}
	i := 1
	if ts[1] == "-" {
		i = 2
	}
	if i < len(ts) && digitsOnly(ts[i]) && len(ts[i]) <= 2 {
		n, _ = strconv.Atoi(ts[i])
		return n, i + 1
	}
	if n, k := below1000(ts[i:]); k > 0 {
		return n, i + k
	}
	return 0, 0
}
