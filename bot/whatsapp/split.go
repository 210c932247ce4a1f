package whatsapp

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// split cuts a text into parts of at most limit code points, none of them blank: at the last line end that fits, else at
// the last space, else between two characters that do not belong together.
func split(text string, limit int) (parts []string) {
	for text = strings.TrimSpace(text); text != ""; text = strings.TrimSpace(text) {
		head := first(text, limit)
		if head != text {
			if at := strings.LastIndexByte(head, '\n'); at > 0 {
				head = head[:at]
			} else if at := strings.LastIndexFunc(head, unicode.IsSpace); at > len(head)/2 {
				head = head[:at]
			}
		}
		parts = append(parts, strings.TrimSpace(head))
		text = text[len(head):]
	}
	return parts
}

// first is the beginning of a text, of at most limit code points; an emoji of several is not torn apart.
func first(text string, limit int) string {
	end, n := 0, 0
	for end < len(text) && n < limit {
		_, size := utf8.DecodeRuneInString(text[end:])
		end, n = end+size, n+1
	}
	if end == len(text) {
		return text
	}
	for cut, steps := end, 0; cut > 0 && steps < 16; steps++ {
		next, _ := utf8.DecodeRuneInString(text[cut:])
		last, size := utf8.DecodeLastRuneInString(text[:cut])
		if next != '\u200d' && last != '\u200d' && !unicode.Is(unicode.M, next) && (next < 0x1F3FB || next > 0x1F3FF) {
			return text[:cut]
		}
		cut -= size
	}
	return text[:end]
}
