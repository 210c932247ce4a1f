package answer

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

var (
	ordinalMark = regexp.MustCompile(`\bke[ -]?(\d+|[a-z]+)\b`)
	pickFillers = set("nomor nomer no nmr pilih pilihan pilihanku pilihannya yang yg saya sa sy opsi angka jawaban jawabannya itu mau ambil urutan " +
		"mi ji mo bu ibu pak bapak pa dong kak mas mbak ya saja aja")
	pickJoiners = set("dan sama serta n dengan & + , ; /")
)

// ParsePick reads one of n numbered choices ("1", "nomor 2", "yang ketiga", "terakhir") and returns its number from 1. Problems:
// "range" (got, max), "two", "unclear".
func ParsePick(s string, n int) (int, error) {
	picks, err := readPicks(s, n)
	switch {
	case err != nil:
		return 0, err
	case len(picks) != 1:
		return 0, problem(ReasonTwo)
	}
	return picks[0], nil
}

// ParsePicks reads several of n numbered choices ("1,3", "1 dan 3", "1 sampai 3", "semua"): ascending, without doubles.
func ParsePicks(s string, n int) ([]int, error) {
	t, p := foldShort(s, 300)
	if p != nil {
		return nil, p
	}
	if ws := words(t); n > 0 && len(ws) > 0 && (ws[0] == "semua" || ws[0] == "semuanya" || ws[0] == "all") && allPolite(ws[1:]) {
		all := make([]int, n)
		for i := range all {
			all[i] = i + 1
		}
		return all, nil
	}
	return readPicks(s, n)
}

func allPolite(ws []string) bool {
	return !slices.ContainsFunc(ws, func(w string) bool { return !polite[w] && w != "nya" && w != "ini" && w != "itu" })
}

func readPicks(s string, n int) ([]int, error) {
	t, p := foldShort(s, 300)
	if p != nil {
		return nil, p
	}
	t = strings.NewReplacer("s/d", " sampai ", "pertama", " 1 ", "terakhir", " "+strconv.Itoa(n)+" ").Replace(t)
	t = ordinalMark.ReplaceAllStringFunc(t, func(m string) string {
		w := strings.Trim(m[2:], " -")
		if _, ok := smallNumber(w); ok {
			return " " + w + " "
		}
		return m
	})
	var picks []int
	span := false
	for _, w := range pickTokens(t) {
		k, isNumber := smallNumber(w)
		switch {
		case isNumber:
			if k < 1 || k > n {
				return nil, problem(ReasonRange).With("got", strconv.Itoa(k)).With("max", strconv.Itoa(n))
			}
			for span && len(picks) > 0 && picks[len(picks)-1] < k-1 {
				picks = append(picks, picks[len(picks)-1]+1)
			}
			picks, span = append(picks, k), false
		case (w == "sampai" || w == "sampe" || w == "hingga") && len(picks) > 0 && !span:
			span = true
		case !pickFillers[w] && !pickJoiners[w]:
			return nil, problem(ReasonUnclear)
		}
	}
	if len(picks) == 0 || span {
		return nil, problem(ReasonUnclear)
	}
	slices.Sort(picks)
	return slices.Compact(picks), nil
}

// smallNumber reads up to four digits, or number words written as one ("duabelas").
func smallNumber(w string) (int, bool) {
	if digitsOnly(w) {
		k, err := strconv.Atoi(w)
		return k, err == nil && len(w) <= 4
	}
	if parts := spell(w); parts != nil {
		return wholeNumber(parts)
	}
	return 0, false
}

// pickTokens are words, numbers and the signs that join them; a dash between numbers is a span and therefore a token of its own.
func pickTokens(t string) []string {
	var out []string
	rs := []rune(t)
	for i := 0; i < len(rs); {
		j := i + 1
		switch {
		case isDigit(rs[i]):
			for j < len(rs) && isDigit(rs[j]) {
				j++
			}
		case unicode.IsLetter(rs[i]):
			for j < len(rs) && unicode.IsLetter(rs[j]) {
				j++
			}
		case unicode.IsSpace(rs[i]) || strings.ContainsRune(".()[]:!#'\"*", rs[i]):
			i++
			continue
		}
		out, i = append(out, string(rs[i:j])), j
	}
	return out
}

// MatchLabel finds the label that was typed, or the one unambiguous close typo of one; -1 and false when there is none or two.
func MatchLabel(s string, labels []string) (int, bool) {
	t, p := foldShort(s, 300)
	if p != nil || len(t) > 200 {
		return -1, false
	}
	typed := labelKey(t)
	if typed == "" {
		return -1, false
	}
	best, at, tie := 3, -1, false
	for i, label := range labels {
		key := labelKey(strings.ToLower(NormaliseText(label)))
		if key == "" {
			continue
		}
		limit := min(len(key)/5, 2)
		d := distance(typed, key, limit)
		switch {
		case d > limit:
		case d < best:
			best, at, tie = d, i, false
		case d == best:
			tie = true
		}
	}
	if at < 0 || tie {
		return -1, false
	}
	return at, true
}

// labelKey is a label without emoji, punctuation, spaces and closing politeness.
func labelKey(t string) string {
	ws := words(t)
	for len(ws) > 1 && polite[ws[len(ws)-1]] {
		ws = ws[:len(ws)-1]
	}
	return strings.Join(ws, "")
}
