package answer

import (
	"regexp"
	"strings"
	"unicode"
)

const byName = `(?is)^\s*/?(?:(?:pak|bu|bapak|ibu|kak|halo|tanya|untuk)\s+)?petugas\s*`

// What is said to an officer begins with their name and a pause, or goes on with a word that no name of a usaha has.
var toOfficer = []*regexp.Regexp{
	regexp.MustCompile(byName + `(?:[,:;]|\s-\s)\s*(.+)$`),
	regexp.MustCompile(byName + `\s((?:tolong|mohon|saya|sa|sy|bisa|apakah|apa|kapan|bagaimana|gimana|mau|kenapa|minta|tanya|berapa|di mana|dimana|maaf)\b.*)$`),
}

// ToOfficer takes apart what is said to an officer by name: "petugas, tolong cek NIB saya" is "tolong cek NIB saya". A bare
// "petugas", or a name that has the word in it, is not.
func ToOfficer(s string) (words string, ok bool) {
	if _, is := Navigation(s); is || len(s) > maxBytes {
		return "", false
	}
	for _, shape := range toOfficer {
		if part := shape.FindStringSubmatch(s); part != nil {
			words = strings.TrimSpace(part[1])
			return words, strings.ContainsFunc(words, unicode.IsLetter)
		}
	}
	return "", false
}

// Sentence says whether a text is something said rather than a mistyped answer: three words of letters at least.
func Sentence(s string) bool {
	n := 0
	for _, w := range strings.Fields(s) {
		if len(w) > 1 && !strings.ContainsFunc(w, func(r rune) bool { return unicode.IsDigit(r) }) && strings.ContainsFunc(w, unicode.IsLetter) {
			n++
		}
	}
	return n >= 3 && len(s) <= maxBytes
}
