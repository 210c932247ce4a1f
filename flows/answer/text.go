package answer

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// maxBytes is the most any parser looks at; a longer text is ReasonLong at once.
const maxBytes = 2000

// NormaliseText is the cleanup every parser starts from: NFKC, digits of any script to 0-9, odd spaces, dashes and quotes to the
// plain ones, zero-width and control characters out, runs of spaces to one, lines trimmed, at most 2,000 bytes. Case and line
// breaks are kept. It is idempotent.
func NormaliseText(s string) string {
	s = cut(s, maxBytes)
	if plain(s) {
		return s
	}
	for range 4 {
		t := cut(tidy(norm.NFKC.String(tidy(s))), maxBytes)
		if t == s {
			break
		}
		s = t
	}
	return s
}

// plain tells that s is printable ASCII without doubled or outer spaces, so that there is nothing to do.
func plain(s string) bool {
	last := byte(' ')
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' || s[i] == ' ' && last == ' ' || s[i] == '`' {
			return false
		}
		last = s[i]
	}
	return last != ' ' || s == ""
}

func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return strings.TrimRightFunc(s[:n], unicode.IsSpace)
}

func tidy(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	space, line := true, true // at the start, spaces are dropped
	pending := ' '
	for _, r := range s {
		r = tidyRune(r)
		switch {
		case r < 0:
			continue
		case r == ' ':
			space = true
			continue
		case r == '\n':
			space, pending = true, '\n'
			continue
		}
		if space && !line {
			b.WriteRune(pending)
		}
		space, line, pending = false, false, ' '
		if half, ok := fractions[r]; ok {
			b.WriteString(half)
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// fractions are spelled out before NFKC would glue them to the number in front ("2½" is not "21/2").
var fractions = map[rune]string{'½': " 1/2", '¼': " 1/4", '¾': " 3/4"}

// tidyRune maps one rune to its plain form, or to -1 when it must go.
func tidyRune(r rune) rune {
	switch {
	case r == '\n' || r == '\u2028' || r == '\u2029' || r == '\u0085' || r == '\v' || r == '\f':
		return '\n'
	case r == '\t' || r == '\r' || unicode.Is(unicode.Zs, r):
		return ' '
	case r < ' ' || r == 0x7f || r == utf8.RuneError:
		return -1
	case r < 0x80:
		if r == '`' {
			return '\''
		}
		return r
	case r < 0x0600 && unicode.IsLetter(r):
		return r
	case unicode.Is(unicode.Pd, r) || r == '\u2212' || r == '\u2043':
		return '-'
	case strings.ContainsRune("‘’‚‛´ʼʻʹ′＇", r):
		return '\''
	case strings.ContainsRune("“”„‟«»″", r):
		return '"'
	case r == '\u2044' || r == '\u2215':
		return '/'
	case unicode.Is(unicode.Cf, r), unicode.Is(unicode.Cc, r), unicode.Is(unicode.Co, r), unicode.Is(unicode.Cs, r),
		r >= 0xfe00 && r <= 0xfe0f, r == 0x20e3, r == 0x034f, r == 0x3164, r == 0xfdfa, r == 0xfdfb, // the last two would become a whole sentence
		r == 0x115f, r == 0x1160, r == 0xffa0:
		return -1
	case unicode.Is(unicode.Nd, r):
		return '0' + digitOf(r)
	}
	return r
}

// digitOf is the value of a decimal digit of any script: Unicode keeps each script's ten digits together and in order.
func digitOf(r rune) rune {
	for _, span := range unicode.Nd.R16 {
		if rune(span.Lo) <= r && r <= rune(span.Hi) {
			return (r - rune(span.Lo)) % 10
		}
	}
	for _, span := range unicode.Nd.R32 {
		if rune(span.Lo) <= r && r <= rune(span.Hi) {
			return (r - rune(span.Lo)) % 10
		}
	}
	return 0
}

// fold is the normalised, lower-case text a parser compares; a text too long or empty is a Problem.
func fold(s string) (string, *Problem) {
	if len(s) > maxBytes {
		return "", problem(ReasonLong)
	}
	t := NormaliseText(strings.ToLower(NormaliseText(s)))
	if i := strings.IndexByte(t, '"'); i > 1 && strings.Count(t, `"`) == 1 && t[i-1] >= 'a' && t[i-1] <= 'z' {
		t = t[:i] + "2" + t[i+1:] // kira" is kira2 is kira-kira
	}
	if t == "" {
		return "", problem(ReasonEmpty)
	}
	return t, nil
}

// foldShort is fold for an answer of at most that many bytes; a longer text is a letter, and judged at once.
func foldShort(s string, most int) (string, *Problem) {
	if len(s) > 2*most { // odd spaces and zero-width characters may still vanish
		return "", problem(ReasonLong)
	}
	t, p := fold(s)
	if p == nil && len(t) > most {
		return "", problem(ReasonLong)
	}
	return t, p
}

// words are the runs of letters and digits of folded text; apostrophes inside a word vanish ("jum'at" is jumat).
func words(t string) []string {
	return strings.FieldsFunc(strings.ReplaceAll(t, "'", ""), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
}

// squeeze makes one letter of a run of the same ("iyaaa" is iya).
func squeeze(w string) string {
	var b strings.Builder
	var last rune
	for _, r := range w {
		if r != last || unicode.IsDigit(r) {
			b.WriteRune(r)
		}
		last = r
	}
	return b.String()
}

// polite are the words and particles of Kendari and of chat that carry no answer, wherever they stand at an end.
var polite = set("mi ji pi mo bu ibu pak bapak pa bapa ya yah yaa nah dong kah deh kak kaka mas mbak mba bang om tante mimin tabe " +
	"tabek tabea makasih terimakasih trims thx sih kok lah loh toh maaf mohon saja aja sj aj sja")

func set(list string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(list) {
		m[w] = true
	}
	return m
}

// classes turns lists of words into a lookup. A word in two lists would mean two things, so that stops the program at its first run.
func classes[K comparable](lists map[K]string) map[string]K {
	m := map[string]K{}
	for k, list := range lists {
		for _, w := range strings.Fields(list) {
			if had, twice := m[w]; twice && had != k {
				panic("answer: two meanings for " + w)
			}
			m[w] = k
		}
	}
	return m
}
