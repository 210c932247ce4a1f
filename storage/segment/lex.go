package segment

import (
	"strings"
	"unicode"
)

// kind says what a token is.
type kind int

const (
	word  kind = iota
	name       // a field before its colon
	value      // what stood in quotes
	comma
	open
	shut
	and
	or
	not
)

type token struct {
	kind kind
	text string
}

var operators = map[string]kind{"dan": and, "and": and, "&&": and, "atau": or, "or": or, "||": or, "bukan": not, "not": not, "tidak": not}

// lex cuts a query into tokens. A field is a word with a colon behind it; "tidak" is an operator only where no value is due.
func lex(query string) ([]token, *Problem) {
	var all []token
	rs := []rune(query)
	for i := 0; i < len(rs); {
		switch r := rs[i]; {
		case unicode.IsSpace(r):
			i++
		case r == '(' || r == ')' || r == ',' || r == ';':
			all = append(all, token{map[rune]kind{'(': open, ')': shut, ',': comma, ';': comma}[r], string(r)})
			i++
		case r == '"' || r == '“' || r == '”':
			end := i + 1
			for end < len(rs) && rs[end] != '"' && rs[end] != '“' && rs[end] != '”' {
				end++
			}
			if end == len(rs) {
				return nil, &Problem{Reason: ReasonQuote, Word: string(rs[i:])}
			}
			all = append(all, token{value, strings.TrimSpace(string(rs[i+1 : end]))})
			i = end + 1
		default:
			start := i
			for i < len(rs) && !unicode.IsSpace(rs[i]) && !strings.ContainsRune(`(),;:"“”`, rs[i]) {
				i++
			}
			text := string(rs[start:i])
			after := i
			for after < len(rs) && rs[after] == ' ' {
				after++
			}
			if after < len(rs) && rs[after] == ':' {
				all, i = append(all, token{name, text}), after+1
				continue
			}
			all = append(all, operator(text, all))
		}
	}
	return all, nil
}

func operator(text string, before []token) token {
	k, is := operators[strings.ToLower(text)]
	due := len(before) > 0 && (before[len(before)-1].kind == name || before[len(before)-1].kind == comma)
	if !is || due {
		return token{word, text}
	}
	return token{k, text}
}
