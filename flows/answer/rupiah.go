package answer

import (
	"strconv"
	"strings"
	"unicode"
)

// Rupiah is a sum of money in whole rupiah.
type Rupiah int64

// String is the sum as people write it: Rp2.500.000.
func (r Rupiah) String() string { return "Rp" + dotted(int64(r)) }

// maxRupiah bounds a month's sales; a longer figure is a phone number or a NIB in the wrong place.
const maxRupiah = 100_000_000_000

// ParseRupiah reads a sum, asked as omzet per bulan: dot for thousands, comma for decimals, rb/jt/M, words. Approximations
// ("sekitar", "±", "-an") pass. Problems: "range" ("2-3 juta"), "limit" ("di bawah 5 juta"), "period" (a day, a week, a year),
// "unit" (a bare number under 1,000), "ambiguous" ("2 juta 500", "1.250"), "two", "none", "unclear".
func ParseRupiah(s string) (Rupiah, error) {
	t, p := foldShort(s, 200)
	if p != nil {
		return 0, p
	}
	t = moneySpellings.Replace(" " + t + " ")
	outside, inside, ok := brackets(t)
	if !ok {
		return 0, problem(ReasonUnclear)
	}
	r, err := moneyOf(outside)
	if inside == "" {
		return r.orError(err)
	}
	again, bad := moneyOf(inside)
	if err != nil && err.Reason == ReasonEmpty { // all of it in brackets
		return again.orError(bad)
	}
	if bad != nil && bad.Reason != ReasonEmpty {
		return 0, bad
	}
	if err == nil && bad == nil && again != r { // "2.000.000 (dua juta)"
		return 0, problem(ReasonTwo)
	}
	return r.orError(err)
}

func (r Rupiah) orError(p *Problem) (Rupiah, error) {
	if p == nil {
		return r, nil
	}
	if p.Reason == ReasonEmpty {
		p = problem(ReasonUnclear)
	}
	return 0, p
}

// brackets parts the text in one pair of brackets from the rest.
func brackets(t string) (outside, inside string, ok bool) {
	i, j := strings.IndexByte(t, '('), strings.IndexByte(t, ')')
	if i < 0 && j < 0 {
		return t, "", true
	}
	if i < 0 || j < i || strings.Count(t, "(") != 1 || strings.Count(t, ")") != 1 {
		return "", "", false
	}
	return t[:i] + " " + t[j+1:], t[i+1 : j], true
}

var moneySpellings = strings.NewReplacer("kurang lebih", "sekitar", "plus minus", "sekitar", "lebih kurang", "sekitar", "kurang-lebih", "sekitar", "krg lbh",
	"sekitar", "kira-kira", "sekitar", "kira kira", "sekitar", "kira2", "sekitar", "rata-rata", "sekitar", "rata rata", "sekitar",
	"rata2", "sekitar", "+/-", "sekitar ", "+-", "sekitar ", "±", "sekitar ", "~", "sekitar ", "≈", "sekitar ", ",-", " ", ".-", " ",
	"/ ", "/", " /", "/", "dalam sebulan", "sebulan", "rp.", "rp ", "idr.", "idr ", "-an ", "an ", " an ", "an ", " an/", "an/")

// moneyWord is what a word is to a sum of money.
type moneyWord int

const (
	unknownWord moneyWord = iota
	fillerWord
	monthWord
	otherPeriod
	spanWord
	limitWord
	noneWord
)

var moneyWords = classes(map[moneyWord]string{
	fillerWord: "di rp idr rupiah sekitar sekitaran sekira kisaran kurleb kurlebih skitar sktr krg omzet omset omzetku omsetku omzetnya omsetnya " +
		"penghasilan penghasilanku penghasilannya pendapatan pendapatanku pendapatannya penjualan penjualanku pemasukan hasil hasilnya " +
		"kotor usaha usahaku usahanya saya sa sy sya aku kami itu ini adalah yaitu cuma hanya dapat dapatnya dapatku pas saja biasa " +
		"biasanya  per tiap setiap sebesar senilai total totalnya jumlah jumlahnya " + strings.Join(keys(polite), " "),
	monthWord: "bulan bln bl bulanan sebulan sebln perbulan perbln bulannya sebulannya perbulannya",
	otherPeriod: "hari sehari perhari harian hr perhr harinya minggu seminggu perminggu mingguan mgg pekan sepekan tahun setahun pertahun tahunan thn th perthn setahunnya " +
		"triwulan semester kilo kg perkilo pcs biji bungkus kali sekali produksi panen pesanan order orderan pekannya malam jam",
	spanWord:  "sampai sampe smpai smp sd hingga antara atau ataukah",
	limitWord: "bawah dibawah atas diatas kurang lebih minimal maksimal min max maks paling hampir lewat keatas kebawah up",
	noneWord:  "nol kosong",
})

func keys(m map[string]bool) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	return out
}

var moneyUnits = map[string]int64{
	"rb": 1e3, "rbu": 1e3, "ribu": 1e3, "ribuu": 1e3, "ribuh": 1e3, "rebu": 1e3, "ribuan": 1e3, "rban": 1e3, "rb-an": 1e3, "k": 1e3, "rib": 1e3,
	"jt": 1e6, "jta": 1e6, "juta": 1e6, "jutaa": 1e6, "jutah": 1e6, "jutaan": 1e6, "jtan": 1e6, "jut": 1e6, "jeti": 1e6, "juat": 1e6, "jtaan": 1e6,
	"m": 1e9, "miliar": 1e9, "milyar": 1e9, "milyard": 1e9, "miliyar": 1e9, "miliaran": 1e9, "milyaran": 1e9, "mlyar": 1e9,
}

var oneUnits = map[string]int64{
	"seribu": 1e3, "sribu": 1e3, "seribuan": 1e3, "sejuta": 1e6, "sjuta": 1e6, "sejt": 1e6, "sejutaan": 1e6, "sejeti": 1e6, "semiliar": 1e9, "semilyar": 1e9,
}

// moneyTokens cuts text into numbers ("2.500.000"), words and single signs.
func moneyTokens(t string) []string {
	var out []string
	rs := []rune(t)
	for i := 0; i < len(rs); {
		j := i + 1
		switch {
		case unicode.IsSpace(rs[i]):
			i++
			continue
		case (rs[i] == ',' || rs[i] == '.') && j < len(rs) && isDigit(rs[j]) && (i == 0 || unicode.IsSpace(rs[i-1])): // ",5 juta" lost a digit
			out, i = append(out, "?"), j
			continue
		case isDigit(rs[i]):
			for j < len(rs) && (isDigit(rs[j]) || (rs[j] == '.' || rs[j] == ',') && j+1 < len(rs) && isDigit(rs[j+1])) {
				j++
			}
		case unicode.IsLetter(rs[i]):
			for j < len(rs) && (unicode.IsLetter(rs[j]) || rs[j] == '\'') {
				j++
			}
		}
		word := string(rs[i:j])
		if _, ok := moneyUnits[word]; !ok {
			if _, ok = oneUnits[word]; !ok && unicode.IsLetter(rs[i]) {
				if parts := spell(word); len(parts) > 1 {
					out, i = append(out, parts...), j
					continue
				} else if len(parts) == 1 {
					word = parts[0]
				} else if k := strings.TrimSuffix(word, "mi"); k != word && moneyUnits[k] > 0 {
					word = k
				} else if k := strings.TrimSuffix(word, "ji"); k != word && moneyUnits[k] > 0 {
					word = k
				}
			}
		}
		out, i = append(out, word), j
	}
	return out
}

// number is a literal like "2.500.000" or "1,5" in thousandths.
type number struct {
	milli   int64
	grouped bool // written with thousand separators
	decimal bool
	exact   bool // false: it can be read two ways ("1.250", "1,500")
}

// numeral reads a literal: groups of three after dots, decimals after a comma; English style only with two commas or more.
func numeral(lit string) (number, *Problem) {
	dots, commas := strings.Count(lit, "."), strings.Count(lit, ",")
	n := number{exact: true}
	whole, fraction := lit, ""
	switch {
	case dots == 0 && commas == 0:
	case commas == 1 && dots != 1 || commas == 1 && strings.Index(lit, ".") < strings.Index(lit, ","):
		whole, fraction, _ = strings.Cut(lit, ",")
	case commas >= 2:
		whole = strings.ReplaceAll(lit, ",", "\x00")
		whole = strings.ReplaceAll(strings.ReplaceAll(whole, ".", ","), "\x00", ".")
		whole, fraction, _ = strings.Cut(whole, ",")
	case dots == 1 && commas == 0:
		if a, b, _ := strings.Cut(lit, "."); len(b) != 3 || len(a) > 3 || a == "0" {
			whole, fraction = a, b
		}
	case commas == 1: // "1,500.00"
		return n, problem(ReasonAmbiguous)
	}
	if groups := strings.Split(whole, "."); len(groups) > 1 {
		n.grouped = true
		for i, g := range groups {
			if i == 0 && (len(g) > 3 || g[0] == '0') || i > 0 && len(g) != 3 {
				return n, problem(ReasonAmbiguous)
			}
		}
		n.exact = len(groups) > 2 || len(groups[0]) > 1
	}
	if len(fraction) == 3 { // "1,500": one and a half, or English for fifteen hundred
		n.exact = false
	}
	if n.grouped && strings.Trim(fraction, "0") != "" || len(fraction) > 3 || n.grouped && len(fraction) > 2 {
		return n, problem(ReasonAmbiguous)
	}
	digits := strings.ReplaceAll(whole, ".", "")
	if len(digits) > 13 {
		return n, problem(ReasonRange)
	}
	if len(digits) > 1 && digits[0] == '0' {
		return n, problem(ReasonUnclear) // an identifier, not a sum
	}
	n.decimal = strings.Trim(fraction, "0") != "" || fraction != "" && !n.grouped && digits != "" && len(digits) <= 3
	k, _ := strconv.ParseInt(digits+(fraction + "000")[:3], 10, 64)
	n.milli = k
	return n, nil
}
