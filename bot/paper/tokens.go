package paper

import (
	"bytes"
	"strconv"
)

// token is a piece of what draws a page, or of a table of characters.
type token struct {
	kind kind
	text string // bytes of a string, a name without its slash, an operator
	num  float64
}

type kind byte

const (
	end kind = iota
	number
	word // a string, literal or hexadecimal
	name
	operator
	open  // [
	close // ]
)

// tokens reads ISO 32000-2, 7.2 and 7.3, as far as text needs it.
type tokens struct {
	data []byte
	at   int
}

func (t *tokens) next() token {
	t.skip()
	if t.at >= len(t.data) {
		return token{}
	}
	switch c := t.data[t.at]; {
	case c == '(':
		return t.literal()
	case c == '<' && t.peek(1) != '<':
		return t.hex()
	case c == '[':
		t.at++
		return token{kind: open}
	case c == ']':
		t.at++
		return token{kind: close}
	case c == '/':
		t.at++
		return token{kind: name, text: plain(string(t.run()))}
	case delimiter(c):
		t.at++
		return token{kind: operator, text: string(c)}
	}
	run := string(t.run())
	if n, err := strconv.ParseFloat(run, 64); err == nil {
		return token{kind: number, num: n}
	}
	return token{kind: operator, text: run}
}

func (t *tokens) peek(ahead int) byte {
	if t.at+ahead < len(t.data) {
		return t.data[t.at+ahead]
	}
	return 0
}

// skip passes white space and comments.
func (t *tokens) skip() {
	for t.at < len(t.data) {
		switch c := t.data[t.at]; {
		case space(c):
			t.at++
		case c == '%':
			line := bytes.IndexAny(t.data[t.at:], "\r\n")
			if line < 0 {
				t.at = len(t.data)
				return
			}
			t.at += line
		default:
			return
		}
	}
}

// run takes what has no space or delimiter in it.
func (t *tokens) run() []byte {
	from := t.at
	for t.at < len(t.data) && !space(t.data[t.at]) && !delimiter(t.data[t.at]) {
		t.at++
	}
	return t.data[from:t.at]
}

func space(c byte) bool {
	return c == 0 || c == '\t' || c == '\n' || c == '\f' || c == '\r' || c == ' '
}

func delimiter(c byte) bool { return bytes.IndexByte([]byte("()<>[]{}/%"), c) >= 0 }

func (t *tokens) literal() token {
	var b []byte
	depth := 0
	for ; t.at < len(t.data); t.at++ {
		switch c := t.data[t.at]; c {
		case '(':
			if depth++; depth > 1 {
				b = append(b, c)
			}
		case ')':
			if depth--; depth == 0 {
				t.at++
				return token{kind: word, text: string(b)}
			}
			b = append(b, c)
		case '\\':
			t.at++
			b = t.escaped(b)
		default:
			b = append(b, c)
		}
	}
	return token{kind: word, text: string(b)}
}

// escaped adds what stands behind a backslash.
func (t *tokens) escaped(b []byte) []byte {
	c := t.peek(0)
	if at := bytes.IndexByte([]byte("nrtbf"), c); at >= 0 && c != 0 {
		return append(b, "\n\r\t\b\f"[at])
	}
	if c == '\r' && t.peek(1) == '\n' {
		t.at++
		return b
	}
	if c == '\r' || c == '\n' {
		return b
	}
	if c < '0' || c > '7' {
		return append(b, c)
	}
	v := 0
	for n := 0; n < 3 && t.peek(n) >= '0' && t.peek(n) <= '7'; n++ {
		v = v*8 + int(t.peek(n)-'0')
	}
	for n := 1; n < 3 && t.peek(1) >= '0' && t.peek(1) <= '7'; n++ {
		t.at++
	}
	return append(b, byte(v))
}

func (t *tokens) hex() token {
	t.at++
	var b []byte
	high, half := byte(0), false
	for ; t.at < len(t.data) && t.data[t.at] != '>'; t.at++ {
		v, ok := digit(t.data[t.at])
		switch {
		case !ok:
		case half:
			b, half = append(b, high<<4|v), false
		default:
			high, half = v, true
		}
	}
	if half {
		b = append(b, high<<4)
	}
	t.at++
	return token{kind: word, text: string(b)}
}

func digit(c byte) (byte, bool) {
	switch {
	case c >= '0' && c <= '9':
		return c - '0', true
	case c >= 'a' && c <= 'f':
		return c - 'a' + 10, true
	case c >= 'A' && c <= 'F':
		return c - 'A' + 10, true
	}
	return 0, false
}
