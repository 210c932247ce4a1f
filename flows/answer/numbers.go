package answer

import (
	"strconv"
	"strings"
)

// units are the number words below ten as they are typed, with the spellings of Kendari.
var units = map[string]int{
	"nol": 0, "kosong": 0, "satu": 1, "stu": 1, "sat": 1, "dua": 2, "duwa": 2, "tiga": 3, "tga": 3, "empat": 4, "ampat": 4, "mpat": 4,
	"lima": 5, "lma": 5, "enam": 6, "anam": 6, "nam": 6, "tujuh": 7, "tuju": 7, "tjuh": 7, "delapan": 8, "dlapan": 8, "lapan": 8,
	"delapang": 8, "sembilan": 9, "smbilan": 9, "sembilang": 9,
}

// scales are the words that multiply or complete the number in front of them; se… holds its own one.
var scales = map[string]string{
	"belas": "belas", "blas": "belas", "bls": "belas", "puluh": "puluh", "pulu": "puluh", "plh": "puluh", "ratus": "ratus",
	"rtus": "ratus", "rts": "ratus", "sepuluh": "sepuluh", "sepulu": "sepuluh", "spuluh": "sepuluh", "sebelas": "sebelas",
	"sblas": "sebelas", "seblas": "sebelas", "seratus": "seratus", "sratus": "seratus", "seribu": "seribu", "ribu": "ribu",
	"juta": "juta", "sejuta": "sejuta", "setengah": "setengah",
}

// spell cuts a word of number words written together ("duapuluh", "limaratusribu") and mends their spelling; nil if it is none.
func spell(w string) []string {
	if len(w) > 60 {
		return nil
	}
	var out []string
	for w != "" {
		n, found := 0, ""
		for k := len(w); k >= 2; k-- {
			if s, ok := scales[w[:k]]; ok {
				n, found = k, s
				break
			}
			if u, ok := units[w[:k]]; ok && (k > 3 || k == len(w) || w[:k] == "dua" || w[:k] == "nol") {
				n, found = k, unitWords[u]
				break
			}
		}
		if n == 0 {
			return nil
		}
		out, w = append(out, found), w[n:]
	}
	return out
}

var unitWords = [...]string{"nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan"}

// unit is the value of one number word below ten, or of one or two typed digits in front of ratus, puluh or belas.
func unit(w string) (int, bool) {
	if n, ok := units[w]; ok {
		return n, true
	}
	if len(w) == 1 && w[0] >= '0' && w[0] <= '9' {
		return int(w[0] - '0'), true
	}
	return 0, false
}

// below1000 reads the longest number word phrase under a thousand at the start of ts ("dua ratus lima puluh", "5 ratus") and says
// how many words it took; none when the first word is no number word.
func below1000(ts []string) (n, used int) {
	at := func(i int) string {
		if i < len(ts) {
			return ts[i]
		}
		return ""
	}
	scaled := func(i int, scale string) (int, bool) {
		u, ok := unit(at(i))
		return u, ok && u > 0 && at(i+1) == scale
	}
	i := 0
	if at(0) == "seratus" {
		n, i = 100, 1
	} else if u, ok := scaled(0, "ratus"); ok {
		n, i = u*100, 2
	}
	if at(i) == "sepuluh" || at(i) == "sebelas" {
		return n + map[string]int{"sepuluh": 10, "sebelas": 11}[at(i)], i + 1
	}
	if u, ok := scaled(i, "belas"); ok {
		return n + 10 + u, i + 2
	}
	if u, ok := scaled(i, "puluh"); ok {
		n, i = n+u*10, i+2
	}
	u, ok := units[at(i)]
	next := at(i + 1)
	if ok && next != "ratus" && next != "puluh" && next != "belas" && (u > 0 || i == 0) {
		return n + u, i + 1
	}
	return n, i
}

// wholeNumber reads all of ts as one number below a million: digits ("25") or words ("dua ribu dua puluh empat").
func wholeNumber(ts []string) (int, bool) {
	if len(ts) == 1 && digitsOnly(ts[0]) && len(ts[0]) <= 6 {
		n, err := strconv.Atoi(ts[0])
		return n, err == nil
	}
	n := 0
	if len(ts) > 0 && ts[0] == "seribu" {
		n, ts = 1000, ts[1:]
	} else if k, used := below1000(ts); used > 0 && used < len(ts) && ts[used] == "ribu" {
		n, ts = k*1000, ts[used+1:]
	}
	if n > 0 && len(ts) == 0 {
		return n, true
	}
	k, used := below1000(ts)
	return n + k, used > 0 && used == len(ts)
}

func digitsOnly(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// dotted writes n with a dot for every thousand, as Indonesian does.
func dotted(n int64) string {
	s := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, s = "-", s[1:]
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "." + s[i:]
	}
	return sign + s
}
