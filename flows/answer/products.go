package answer

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxProducts bounds one answer.
const maxProducts = 40

// ParseProducts reads a list of products: lower case, in order, without doubles, lead-ins ("kami jual") and tails ("dll"). Split at
// commas, semicolons, slashes, bullets, numbers, line breaks, "dan", "serta", "sama", "n", never at "dengan". Problems: "generic"
// ("makanan", "aneka kue"), "elliptic" ("abon marlin, cakalang"; "rasa coklat dan keju"), "none", "command", "unclear" (a sentence).
func ParseProducts(s string) ([]string, error) {
	t, p := foldShort(s, 1200)
	if p != nil {
		return nil, p
	}
	if _, ok := Navigation(t); ok {
		return nil, problem(ReasonCommand)
	}
	if _, err := ParseYesNo(t); err == nil {
		return nil, problem(ReasonUnclear)
	}
	if strings.Contains(t, "?") {
		return nil, problem(ReasonUnclear)
	}
	items, p := productItems(strings.ReplaceAll(t, `"`, ""))
	for range 3 { // a list must read back as itself, so that it can be stored
		if p != nil {
			return nil, p
		}
		var again []string
		if again, p = productItems(PrintProducts(items)); slices.Equal(again, items) {
			break
		}
		items = again
	}
	if len(items) == 0 {
		return nil, problem(ReasonUnclear)
	}
	if len(items) > maxProducts {
		return nil, problem(ReasonLong)
	}
	if p := elliptic(items); p != nil {
		return nil, p
	}
	var out []string
	for _, item := range items {
		if !slices.Contains(out, item) {
			out = append(out, item)
		}
	}
	return out, nil
}

// PrintProducts is the form to store: one product a line. ReadProducts reads it back without judging it again.
func PrintProducts(list []string) string { return strings.Join(list, "\n") }

// ReadProducts reads what PrintProducts wrote.
func ReadProducts(stored string) []string {
	var out []string
	for line := range strings.SplitSeq(stored, "\n") {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}

var (
	numberMark = regexp.MustCompile(`(^|[\s,;])\(?(?:\d{1,2}[.)-]|[a-e][.)]) *([^\d\s.,])`)
	bareMark   = regexp.MustCompile(`(^| )([1-9]) `)
	lineMark   = regexp.MustCompile(`(?m)^[-*>#~_=]+ *`)
	etcetera   = regexp.MustCompile(`(?:[,.]| dan| dn| &)? *\b(?:dll|dsb|dst|etc|dkk|dan lain[ -]?lain(?:nya)?|dan lain2|lain-lain|lain lain|lain2|lain lainnya|dan lainnya|dan lain sebagainya|lain sebagainya|dan sebagainya|sebagainya|dan seterusnya|dan sejenisnya|` +
		`dan masih banyak(?: lagi| lainnya)?|masih banyak lagi|dan banyak lagi|dan yang lain(?:nya)?|dan yg lain(?:nya)?)\b[. ]*`)
	reverse     = strings.NewReplacer("•", ",", "·", ",", "●", ",", "▪", ",", "◦", ",", "★", ",", "→", ",", ";", ",", "/", ",", "|", ",", "+", ",", "&", ",", "\n", ",")
	spacedMarks = strings.NewReplacer(" - ", ",", " -- ", ",", " * ", ",", " . ", ",", ". ", ",", "ulang tahun", "ulang\x00tahun")
	fraction12  = regexp.MustCompile(`\d/\d`)
)

// productItems cuts text into cleaned items; a part that is no product is a Problem for all.
func productItems(t string) ([]string, *Problem) {
	t = strings.Map(func(r rune) rune {
		if r > 0x2100 && (unicode.Is(unicode.So, r) || unicode.Is(unicode.Sk, r)) && !strings.ContainsRune("●▪◦★", r) {
			return '\n'
		}
		return r
	}, t)
	if strings.HasPrefix(t, "sama ") || fraction12.MatchString(t) {
		return nil, problem(ReasonUnclear)
	}
	t = lineMark.ReplaceAllString(t, "")
	if strings.ContainsAny(t, ".)0123456789") {
		t = numberMark.ReplaceAllString(t, "$1\n$2")
		t = numberMark.ReplaceAllString(t, "$1\n$2")
		t = sequence(t)
	}
	if tailed(t) {
		t = etcetera.ReplaceAllString(t, ", ")
	}
	t = spacedMarks.Replace(t)
	if inner := bracketed.FindString(t); strings.ContainsAny(inner, ",;/&+\n") || joined(inner) != inner {
		return nil, problem(ReasonElliptic)
	}
	t = reverse.Replace(t)
	t = joined(t)
	var items []string
	for part := range strings.SplitSeq(t, ",") {
		item, p := productItem(part)
		item = strings.ReplaceAll(item, "\x00", " ")
		if p != nil {
			return nil, p
		}
		if item != "" {
			items = append(items, item)
		}
		if len(items) > maxProducts {
			return nil, problem(ReasonLong)
		}
	}
	return items, nil
}

// joins are the words between two products.
var joins = set("dan dn and serta sama sm n plus juga ada")

// joined puts a comma in the place of every joining word.
func joined(t string) string {
	ws := strings.Split(t, " ")
	found := false
	for i, w := range ws {
		if joins[w] {
			ws[i], found = ",", true
		}
	}
	if !found {
		return t
	}
	return strings.Join(ws, " ")
}

// tailed tells that t may end in "dll", "dan lain-lain" or the like.
func tailed(t string) bool {
	for _, some := range []string{"dll", "dsb", "dst", "etc", "dkk", "lain", "banyak", "nya"} {
		if strings.Contains(t, some) {
			return true
		}
	}
	return false
}

var bracketed = regexp.MustCompile(`\([^)]*\)`)

// sequence turns "1 abon 2 keripik 3 sambal" into lines: numbers that count up from 1 are list marks.
func sequence(t string) string {
	marks := bareMark.FindAllStringSubmatch(t, -1)
	if len(marks) < 2 || !strings.HasPrefix(t, "1 ") {
		return t
	}
	for i, m := range marks {
		if m[2] != string(rune('1'+i)) {
			return t
		}
	}
	return bareMark.ReplaceAllString(t, "\n")
}

var (
	leadIns = set("saya sa sy sya aku kami kita produk produknya produkku produkta produksi produksiku produksinya memproduksi jual jualan jualanku menjual jualannya bikin buat bkin membuat " +
		"membikin usaha usahaku usahanya ada adaji adami juga yaitu yakni adalah ialah antara lain berupa olah mengolah mengerjakan menghasilkan usahakan utama utamanya nama namanya itu sekarang ini hanya cuma kerja " +
		"usaha: bergerak bidang di meliputi terdiri dari mempunyai jenis jenisnya buatan buatanku")
	tails     = set("ji mi bu ibu pak bapak ya saja aja itu semua semuanya kak mas mbak lah dong juga begitu toh nah mo dan serta sama sekarang trims makasih")
	sentences = set("tidak tdk nda ndak nggak ga gak belum blm bukan lupa nanti seperti kayak kemarin banyak macam macam-macam bermacam bermacam-macam macam2 jenis sesuai tergantung pesanan pesan " +
		"orderan campur campuran apa apapun apa-apa apa2 tapi tetapi karena krn kalau kalo klo supaya sudah sdh mau ingin bisa masih lagi bagaimana siapa kapan dimana mengapa kenapa rupa-rupa rupa2 serba " +
		"atau terserah bebas lain lainnya lain-lain semua segala hari minggu bulan tahun orang kadang kadang-kadang biasa biasanya mungkin berbagai beragam aneka bervariasi variasi yang yg rp rb ribu juta jt " +
		"harga per sama persis ikut daftar sebelumnya tadi tersebut dulu lebih bingung rahasia kah rencana rencananya request campur-campur ganti-ganti musiman terima menerima mulai coba coba-coba baru bungkus pcs dos lusin toples botol buah-buahan produk barang jualan usaha dagangan")
)

// itemEdges are the signs that may stand around an item.
const itemEdges = " .!:;-*_\"'~=>#"

func bareWord(w string) string { return strings.Trim(w, itemEdges) }

// productItem cleans one part; "" when nothing but lead-ins is left.
func productItem(part string) (string, *Problem) {
	part = strings.Trim(part, itemEdges)
	ws := strings.Fields(strings.ReplaceAll(part, ":", " : "))
	if i := slices.Index(ws, ":"); i >= 0 { // "produk: abon"
		if slices.ContainsFunc(ws[:i], func(w string) bool { return !leadIns[w] }) {
			return "", problem(ReasonElliptic)
		}
		ws = ws[i+1:]
	}
	for len(ws) > 0 && (leadIns[bareWord(ws[0])] || joins[bareWord(ws[0])]) {
		ws = ws[1:]
	}
	for len(ws) > 0 && (tails[bareWord(ws[len(ws)-1])] || joins[bareWord(ws[len(ws)-1])]) && !(len(ws) > 1 && noodle(ws)) {
		ws = ws[:len(ws)-1]
	}
	if len(ws) == 0 {
		return "", nil
	}
	ws[len(ws)-1] = trimProduct(ws[len(ws)-1])
	item := strings.Trim(strings.Join(ws, " "), itemEdges)
	ws = strings.Fields(item)
	switch n := utf8.RuneCountInString(item); {
	case item == "":
		return "", nil
	case n < 2 || n > 60 || len(ws) > 8:
		return "", problem(ReasonUnclear)
	case !strings.ContainsFunc(item, unicode.IsLetter), digitsOnly(ws[0]), len(ws) > 1 && digitsOnly(ws[len(ws)-1]): // "50 dos", "stik 2"
		return "", problem(ReasonUnclear)
	case strings.ContainsAny(item, "@<>{}[]=%$\\^"):
		return "", problem(ReasonUnclear)
	}
	if nonsense[ws[0]] || strings.Contains(item, "http") || strings.Contains(item, "www.") {
		return "", problem(ReasonUnclear)
	}
	for _, w := range ws {
		w = strings.Trim(w, ".!'\"()")
		if stem := strings.TrimSuffix(strings.TrimSuffix(w, "mi"), "ji"); len(stem) > 3 {
			w = stem
		}
		if sentences[w] || priced.MatchString(w) {
			return "", problem(ReasonUnclear)
		}
	}
	if vague(ws) {
		return "", problem(ReasonGeneric)
	}
	if _, ok := Navigation(item); ok {
		return "", problem(ReasonCommand)
	}
	if _, err := ParseYesNo(item); err == nil {
		return "", problem(ReasonUnclear)
	}
	return item, nil
}

var priced = regexp.MustCompile(`^(?:rp\.?)?(?:\d+(?:[.,]\d+)*(?:rb|ribu|k|jt|juta)|\d{1,3}(?:\.\d{3})+)$`)

// nonsense are first words that begin no product: papers, pictures, laughter.
var nonsense = set("halal nib npwp pirt bpom sertifikat izin ijin foto gambar video lihat hehe hehehe haha hahaha hihi wkwk wkwkwk hmm ragu lokal rumahan kecil-kecilan rasa varian ukuran warna topping toping")

// noodle tells that a closing "mi" is the noodle ("kerupuk mi") and no particle.
func noodle(ws []string) bool {
	return ws[len(ws)-1] == "mi" && (strings.HasPrefix(ws[len(ws)-2], "kerupuk") || ws[len(ws)-2] == "krupuk" || ws[len(ws)-2] == "martabak")
}

// trimProduct cuts a particle written together with a known product ("abonji").
func trimProduct(w string) string {
	for _, tail := range []string{"ji", "mi"} {
		if stem, ok := strings.CutSuffix(w, tail); ok && products[stem] {
			return stem
		}
	}
	return w
}
