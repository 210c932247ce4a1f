package telegram

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxText is the longest text of one message: 4,096 code points, Telegram's limit.
const MaxText = 4096

// split cuts text into parts of at most limit code points, none of them blank:
// at the last line end that fits, else at the last space, else where no
// character is torn apart. The white space cut at is not kept: Telegram trims it.
func split(text string, limit int) []string {
	var parts []string
	for text = strings.TrimSpace(text); text != ""; text = strings.TrimLeftFunc(text, unicode.IsSpace) {
		cut := cutAt(text, limit)
		parts = append(parts, strings.TrimRightFunc(text[:cut], unicode.IsSpace))
		text = text[cut:]
	}
	return parts
}

// cutAt is the byte at which the first part of text ends.
func cutAt(text string, limit int) int {
	end, count := 0, 0
	for end < len(text) && count < limit {
		_, size := utf8.DecodeRuneInString(text[end:])
		end += size
		count++
	}
	if end == len(text) {
		return end
	}
	head := text[:end]
	if line := strings.LastIndexByte(head, '\n'); line > 0 {
		return line
	}
	if space := strings.LastIndexFunc(head, unicode.IsSpace); space > end/2 {
		return space
	}
	return whole(text, end)
}

// whole moves a cut back to where it does not part a letter from its marks or
// an emoji from its joiners.
func whole(text string, cut int) int {
	const joiner = '\u200d'
	for at := cut; at > cut-64 && at > 0; {
		next, _ := utf8.DecodeRuneInString(text[at:])
		last, size := utf8.DecodeLastRuneInString(text[:at])
		joined := next == joiner || last == joiner || unicode.Is(unicode.M, next) ||
			next >= 0x1F3FB && next <= 0x1F3FF || // skin tones
			regional(last) && regional(next)
		if !joined {
			return at
		}
		at -= size
	}
	return cut
}

func regional(r rune) bool { return r >= 0x1F1E6 && r <= 0x1F1FF }
