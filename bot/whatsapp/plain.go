package whatsapp

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// twins look like the marks that WhatsApp formats with, and are none. There is no other way to write such a mark: WhatsApp has
// nothing that escapes it.
var twins = map[rune]rune{'*': '∗', '_': '＿', '~': '∼', '`': '‘'}

// plain is a text that WhatsApp shows as it stands: what people typed, a name above all, turns no word bold and nothing into a
// quotation. A mark that formats nothing is left: one alone on its line, and one inside a word, as in an address of email.
func plain(text string) string {
	if !strings.ContainsAny(text, "*_~`>") {
		return text
	}
	var b strings.Builder
	for line := range strings.Lines(text) {
		if rest, quoted := strings.CutPrefix(line, "> "); quoted {
			b.WriteString("› ")
			line = rest
		}
		b.WriteString(unmarked(line, strings.Count(text, "`") > 1))
	}
	return b.String()
}

// unmarked replaces the marks of one line that would format it. Code may go over several lines.
func unmarked(line string, code bool) string {
	var b strings.Builder
	before := ' '
	for at, r := range line {
		after, _ := utf8.DecodeRuneInString(line[at+utf8.RuneLen(r):])
		twin, mark := twins[r]
		if mark && (strings.Count(line, string(r)) > 1 || r == '`' && code) && !(inWord(before) && inWord(after)) {
			b.WriteRune(twin)
		} else {
			b.WriteRune(r)
		}
		before = r
	}
	return b.String()
}

func inWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
