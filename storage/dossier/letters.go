package dossier

import (
	"strings"
	"sync"
	"unicode"

	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/text/unicode/norm"
)

// printable is s as the font can print it, on one line: look-alike letters become plain ones ("𝗔𝗯𝗼𝗻" is Abon), signs without a
// shape (emoji, controls) go, a word in a script the font has not becomes one "?".
func printable(s string) string {
	var b strings.Builder
	unknown := false
	for _, r := range norm.NFC.String(strings.ToValidUTF8(s, "")) {
		switch {
		case unicode.IsSpace(r):
			b.WriteByte(' ')
		case drawable(r):
			b.WriteRune(r)
		case plain(r) != "":
			b.WriteString(plain(r))
		case unicode.IsLetter(r) || unicode.IsNumber(r):
			if !unknown {
				b.WriteByte('?')
			}
			unknown = true
			continue
		case unicode.IsMark(r):
			continue
		}
		unknown = false
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// plain is the compatible form of a rune, as far as the font has it.
func plain(r rune) string {
	var b strings.Builder
	for _, part := range norm.NFKD.String(string(r)) {
		if part != r && drawable(part) {
			b.WriteRune(part)
		}
	}
	return b.String()
}

// drawable says whether the font has a shape for r that is more than a hint to the reader.
func drawable(r rune) bool {
	return r <= 0xffff && r != unicode.ReplacementChar && unicode.IsGraphic(r) && !unicode.In(r, unicode.Co, unicode.Mn) && shapes()[r]
}

// shapes are the letters of the font.
var shapes = sync.OnceValue(func() map[rune]bool {
	known := make(map[rune]bool)
	f, err := sfnt.Parse(goregular.TTF)
	if err != nil {
		return known // the font is built in: TestTheFontHasEveryLetterOfIndonesian
	}
	var buffer sfnt.Buffer
	for r := rune(0x20); r <= 0xffff; r++ {
		if i, err := f.GlyphIndex(&buffer, r); err == nil && i != 0 {
			known[r] = true
		}
	}
	return known
})
