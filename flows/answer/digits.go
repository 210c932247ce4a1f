package answer

import (
	"strconv"
	"strings"
	"unicode"
)

// maxNumberText is the longest text in which a number is looked for; more is a letter, not an answer.
const maxNumberText = 300

// run is a stretch of digits in folded text, its separators removed, with the word in front of it.
type run struct {
	digits string // "+" is kept when it stands in front
	groups []string
	before string
	end    int
}

// digitRuns finds the numbers of t. Digits separated by spaces, dots, dashes or brackets are one number; words, commas, slashes and
// line breaks end it. The letter o typed for a zero inside a number counts as one.
func digitRuns(t string) []run {
	rs := []rune(t)
	var out []run
	word := ""
	for i := 0; i < len(rs); {
		switch {
		case startsNumber(rs, i):
			r, next := readRun(rs, i)
			r.before = word
			out, word, i = append(out, r), "", next
		case unicode.IsLetter(rs[i]):
			j := i
			for j < len(rs) && unicode.IsLetter(rs[j]) {
				j++
			}
			word, i = string(rs[i:j]), j
		default:
			i++
		}
	}
	return out
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

// zeroLetter tells that the o at i is a mistyped zero: it touches a digit and no other letter.
func zeroLetter(rs []rune, i int) bool {
	if rs[i] != 'o' {
		return false
	}
	lo, hi := i, i
	for lo > 0 && rs[lo-1] == 'o' {
		lo--
	}
	for hi+1 < len(rs) && rs[hi+1] == 'o' {
		hi++
	}
	left, right := lo > 0 && isDigit(rs[lo-1]), hi+1 < len(rs) && isDigit(rs[hi+1])
	letterLeft, letterRight := lo > 0 && unicode.IsLetter(rs[lo-1]), hi+1 < len(rs) && unicode.IsLetter(rs[hi+1])
	return (left || right) && !letterLeft && !letterRight
}

func startsNumber(rs []rune, i int) bool {
	if isDigit(rs[i]) || zeroLetter(rs, i) {
		return true
	}
	if rs[i] != '+' {
		return false
	}
	j := i + 1
	for j < len(rs) && rs[j] == ' ' {
		j++
	}
	return j < len(rs) && isDigit(rs[j])
}

func readRun(rs []rune, i int) (run, int) {
	var r run
	var all, group strings.Builder
	end := i
	flush := func() {
		if group.Len() > 0 {
			r.groups = append(r.groups, group.String())
			group.Reset()
		}
	}
	for ; i < len(rs); i++ {
		switch {
		case isDigit(rs[i]):
			all.WriteRune(rs[i])
			group.WriteRune(rs[i])
			end = i + 1
		case zeroLetter(rs, i):
			all.WriteByte('0')
			group.WriteByte('0')
			end = i + 1
		case rs[i] == '+' && all.Len() == 0:
			all.WriteByte('+')
			group.WriteByte('+')
		case strings.ContainsRune(" .-()[]_", rs[i]):
			flush()
		default:
			flush()
			r.digits, r.end = all.String(), end
			return r, end
		}
	}
	flush()
	r.digits, r.end = all.String(), end
	return r, end
}

// maskedDigits tells that digits were hidden: "0812xxxx7890", "7471**********01", "0812...7890".
func maskedDigits(t string) bool {
	hidden, digits := 0, 0
	for _, r := range t {
		switch {
		case isDigit(r):
			if digits++; hidden >= 2 && digits > 0 {
				return true
			}
			hidden = 0
		case strings.ContainsRune("x*•#?_●", r):
			if digits > 0 {
				hidden++
			}
		case strings.ContainsRune(" -.", r):
		default:
			hidden, digits = 0, 0
		}
	}
	return hidden >= 2 && digits > 0
}

// denial are words that make a number in the same text doubtful ("bukan 0812…", "yang lama sudah mati").
var denial = set("bukan bkn tidak tdk tdak nda ndak nggak ngga gak ga belum blm belumpi jangan jgn salah keliru lama mati hilang rusak " +
	"hangus ganti diganti lupa mungkin kayaknya sepertinya")

// identifier finds the one number a label asks for. It must have one of the wanted lengths; short other numbers around it (an age,
// a list mark) do not disturb, a second long one does.
func identifier(s string, want ...int) (string, error) {
	t, p := foldShort(s, maxNumberText)
	if p != nil {
		return "", p
	}
	if maskedDigits(t) {
		return "", problem(ReasonMasked)
	}
	for _, w := range words(t) {
		if denial[w] {
			return "", problem(ReasonUnclear)
		}
	}
	found, longest := "", ""
	for _, r := range digitRuns(strings.ReplaceAll(t, "/", " ")) {
		d := strings.TrimPrefix(r.digits, "+")
		if len(d) > len(longest) {
			longest = d
		}
		if len(d) < 6 {
			continue
		}
		if found != "" && d != found {
			return "", problem(ReasonTwo)
		}
		found = d
	}
	if longest == "" {
		return "", problem(ReasonUnclear)
	}
	for _, n := range want {
		if len(longest) == n {
			return longest, nil
		}
	}
	return "", problem(ReasonLength).With("got", strconv.Itoa(len(longest))).With("want", strconv.Itoa(want[0]))
}
