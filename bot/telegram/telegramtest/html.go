package telegramtest

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// htmlTypes are the tags parse_mode HTML knows, with the entity they make.
var htmlTypes = map[string]string{
	"b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline", "s": "strikethrough", "strike": "strikethrough",
	"del": "strikethrough", "span": "spoiler", "tg-spoiler": "spoiler", "a": "text_link", "code": "code", "pre": "pre", "blockquote": "blockquote",
	"tg-emoji": "custom_emoji", "tg-time": "date_time",
}

type openTag struct {
	name, argument string
	offset, start  int // UTF-16 units; bytes of the result
}

// htmlParser walks a text once. Offsets in errors are bytes of the source.
type htmlParser struct {
	src      string
	at       int
	out      strings.Builder
	units    int
	open     []openTag
	entities []Entity
}

func parseHTML(src string) (string, []Entity, error) {
	p := &htmlParser{src: src}
	for p.at < len(src) {
		switch c := src[p.at]; {
		case c == '&':
			p.reference()
		case c != '<':
			r, n := utf8.DecodeRuneInString(src[p.at:])
			p.put(r)
			p.at += n
		case p.peek(1) == '/':
			if err := p.endTag(); err != nil {
				return "", nil, err
			}
		default:
			if err := p.startTag(); err != nil {
				return "", nil, err
			}
		}
	}
	if len(p.open) > 0 {
		return "", nil, syntax("Can't find end tag corresponding to start tag %q", p.open[len(p.open)-1].name)
	}
	return p.out.String(), p.entities, nil
}

func (p *htmlParser) put(r rune) {
	p.out.WriteRune(r)
	p.units++
	if r > 0xFFFF {
		p.units++
	}
}

func (p *htmlParser) peek(n int) byte {
	if p.at+n < len(p.src) {
		return p.src[p.at+n]
	}
	return 0
}

// reference puts &lt; &gt; &amp; &quot; or a numeric reference; anything else stays as it is.
func (p *htmlParser) reference() {
	if r, n := htmlReference(p.src[p.at:]); n > 0 {
		p.put(r)
		p.at += n
		return
	}
	p.put('&')
	p.at++
}

func htmlReference(s string) (rune, int) {
	for name, r := range map[string]rune{"&lt": '<', "&gt": '>', "&amp": '&', "&quot": '"'} {
		if strings.HasPrefix(s, name) {
			return r, len(name) + semicolon(s[len(name):])
		}
	}
	if !strings.HasPrefix(s, "&#") {
		return 0, 0
	}
	digits, base := s[2:], 10
	if strings.HasPrefix(digits, "x") {
		digits, base = digits[1:], 16
	}
	n := 0
	for n < len(digits) && strings.IndexByte("0123456789abcdefABCDEF"[:map[int]int{10: 10, 16: 22}[base]], digits[n]) >= 0 {
		n++
	}
	code, err := strconv.ParseUint(digits[:n], base, 32)
	if err != nil || code == 0 || code > utf8.MaxRune {
		return 0, 0
	}
	used := len(s) - len(digits) + n
	return rune(code), used + semicolon(s[used:])
}

func semicolon(s string) int {
	if strings.HasPrefix(s, ";") {
		return 1
	}
	return 0
}

func space(c byte) bool {
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\v' || c == 0
}

func (p *htmlParser) skipSpace() {
	for p.at < len(p.src) && space(p.src[p.at]) {
		p.at++
	}
}

// name reads up to white space or one of the bytes in ends.
func (p *htmlParser) name(ends string) string {
	from := p.at
	for p.at < len(p.src) && !space(p.src[p.at]) && strings.IndexByte(ends, p.src[p.at]) < 0 {
		p.at++
	}
	return p.src[from:p.at]
}

func (p *htmlParser) startTag() error {
	begin := p.at
	p.at++
	tag := openTag{name: strings.ToLower(p.name(">")), offset: p.units, start: p.out.Len()}
	if p.at >= len(p.src) {
		return syntax("Unclosed start tag at byte offset %d", begin)
	}
	if htmlTypes[tag.name] == "" {
		return syntax("Unsupported start tag %q at byte offset %d", tag.name, begin)
	}
	for {
		p.skipSpace()
		if p.at >= len(p.src) {
			return syntax("Unclosed start tag %q at byte offset %d", tag.name, begin)
		}
		if p.src[p.at] == '>' {
			p.at++
			break
		}
		if err := p.attribute(&tag, begin); err != nil {
			return err
		}
	}
	if tag.name == "span" && tag.argument != "tg-spoiler" {
		return syntax("Tag \"span\" must have class \"tg-spoiler\" at byte offset %d", begin)
	}
	p.open = append(p.open, tag)
	return nil
}

func (p *htmlParser) attribute(tag *openTag, begin int) error {
	name := strings.ToLower(p.name("=>/\"'"))
	if name == "" {
		return syntax("Empty attribute name in the tag %q at byte offset %d", tag.name, begin)
	}
	p.skipSpace()
	if p.peek(0) != '=' {
		if tag.name == "blockquote" && name == "expandable" && p.at < len(p.src) {
			tag.argument = "expandable"
			return nil
		}
		return syntax("Expected equal sign in declaration of an attribute of the tag %q at byte offset %d", tag.name, begin)
	}
	p.at++
	p.skipSpace()
	value, err := p.value()
	if err != nil {
		return err
	}
	if p.at >= len(p.src) {
		return syntax("Unclosed start tag %q at byte offset %d", tag.name, begin)
	}
	switch {
	case tag.name == "a" && name == "href", tag.name == "span" && name == "class", tag.name == "tg-emoji" && name == "emoji-id":
		tag.argument = value
	case tag.name == "code" && name == "class" && strings.HasPrefix(value, "language-"):
		tag.argument = strings.TrimPrefix(value, "language-")
	}
	return nil
}

func (p *htmlParser) value() (string, error) {
	begin := p.at
	end := p.peek(0)
	if end != '"' && end != '\'' {
		v := p.name(">")
		if strings.Trim(strings.ToLower(v), "abcdefghijklmnopqrstuvwxyz0123456789.-") != "" {
			return "", syntax("Unexpected end of name token at byte offset %d", begin)
		}
		return strings.ToLower(v), nil
	}
	var v strings.Builder
	for p.at++; p.at < len(p.src) && p.src[p.at] != end; {
		if r, n := htmlReference(p.src[p.at:]); p.src[p.at] == '&' && n > 0 {
			v.WriteRune(r)
			p.at += n
			continue
		}
		v.WriteByte(p.src[p.at])
		p.at++
	}
	if p.at < len(p.src) {
		p.at++
	}
	return v.String(), nil
}

func (p *htmlParser) endTag() error {
	begin := p.at
	if len(p.open) == 0 {
		return syntax("Unexpected end tag at byte offset %d", begin)
	}
	p.at += 2
	name := strings.ToLower(p.name(">"))
	p.skipSpace()
	if p.peek(0) != '>' {
		return syntax("Unclosed end tag at byte offset %d", begin)
	}
	p.at++
	tag := p.open[len(p.open)-1]
	if name != "" && name != tag.name {
		return syntax("Unmatched end tag at byte offset %d, expected \"</%s>\", found \"</%s>\"", begin, tag.name, name)
	}
	p.open = p.open[:len(p.open)-1]
	if p.units > tag.offset {
		p.close(tag)
	}
	return nil
}

func (p *htmlParser) close(tag openTag) {
	e := Entity{Type: htmlTypes[tag.name], Offset: tag.offset, Length: p.units - tag.offset}
	switch tag.name {
	case "a":
		if e.URL = tag.argument; e.URL == "" {
			e.URL = p.out.String()[tag.start:]
		}
		if !linkable(e.URL) {
			return
		}
	case "code":
		e.Language = "" // only <pre><code class=…> has one
		if n := len(p.open); n > 0 && p.open[n-1].name == "pre" && tag.argument != "" {
			p.open[n-1].argument = tag.argument
			return
		}
	case "pre":
		e.Language = tag.argument
	case "blockquote":
		if tag.argument == "expandable" {
			e.Type = "expandable_blockquote"
		}
	case "tg-emoji":
		e.EmojiID = tag.argument
	}
	p.entities = append(p.entities, e)
}

// linkable tells whether a text link's address is one; a client shows plain text otherwise.
func linkable(url string) bool {
	return strings.Contains(url, ".") || strings.Contains(url, "://") || strings.HasPrefix(url, "tg:")
}
