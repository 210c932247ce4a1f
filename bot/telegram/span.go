package telegram

import (
	"bytes"
	"encoding/json"
)

// span is the length of the JSON value that b begins with; 0: it does not end. What is inside is not looked at.
func span(b []byte) int {
	depth := 0
	for i := 0; i < len(b); i++ {
		switch b[i] {
		case '"':
			for i++; ; i++ {
				next := bytes.IndexByte(b[min(i, len(b)):], '"')
				if next < 0 {
					return 0
				}
				i += next
				escapes := 0
				for b[i-1-escapes] == '\\' {
					escapes++
				}
				if escapes%2 == 0 {
					break
				}
			}
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth < 0 {
				return i
			}
		case ',':
			if depth == 0 {
				return i
			}
		default:
			continue
		}
		if depth == 0 {
			return i + 1
		}
	}
	return 0
}

// elements cuts a JSON array into its elements, without looking inside; false: it is none.
func elements(list []byte) ([]json.RawMessage, bool) {
	var all []json.RawMessage
	rest, ok := bytes.CutPrefix(space(list), []byte{'['})
	if rest = space(rest); ok && len(rest) > 0 && rest[0] == ']' {
		return nil, len(space(rest[1:])) == 0
	}
	for ok {
		n := span(rest)
		if n == 0 {
			break
		}
		all = append(all, json.RawMessage(rest[:n]))
		rest = space(rest[n:])
		if len(rest) == 0 {
			break
		}
		switch rest[0] {
		case ',':
			rest = space(rest[1:])
		case ']':
			return all, len(space(rest[1:])) == 0
		default:
			return nil, false
		}
	}
	return nil, false
}

func space(b []byte) []byte { return bytes.TrimLeft(b, " \t\r\n") }
