package telegramtest

import (
	"strings"
	"unicode/utf8"
)

type openMark struct {
	name     string // as Telegram's errors call it
	kind     string
	offset   int // UTF-16 units
	begin    int // bytes of the source
	start    int // bytes of the result
	argument string
}

type markdownParser struct {
	src      string
	at       int
	out      strings.Builder
	units    int
	open     []openMark
	quote    int // UTF-16 offset of an open block quotation, -1 when none is
	newLine  bool
	entities []Entity
}

func parseMarkdownV2(src string) (string, []Entity, error) {
	p := &markdownParser{src: src, quote: -1, newLine: true}
	for p.at < len(src) {
		c := src[p.at]
		switch {
		case c == '\\' && p.at+1 < len(src) && src[p.at+1] <= 126:
			p.at++
			p.put()
		case c == '\n' && !p.inCode():
			p.line()
		case !p.reserved(c):
			p.put()
		case p.ends(c):
			if err := p.closeMark(); err != nil {
				return "", nil, err
			}
		default:
			if err := p.openMark(c); err != nil {
				return "", nil, err
			}
		}
	}
	p.endQuote()
	if n := len(p.open); n > 0 {
		return "", nil, syntax("Can't find end of %s entity at byte offset %d", p.open[n-1].name, p.open[n-1].begin)
	}
	return p.out.String(), p.entities, nil
}

// put moves one character over.
func (p *markdownParser) put() {
	r, n := utf8.DecodeRuneInString(p.src[p.at:])
	p.out.WriteString(p.src[p.at : p.at+n])
	p.at += n
	p.units++
	if r > 0xFFFF {
		p.units++
	}
	p.newLine = false
}

// line puts a line's end and closes a quotation the next line does not go on with.
func (p *markdownParser) line() {
	if p.quote >= 0 && !strings.HasPrefix(p.src[p.at+1:], ">") {
		p.endQuote()
	}
	p.put()
	p.newLine = true
}

func (p *markdownParser) endQuote() {
	if p.quote >= 0 && p.units > p.quote {
		p.entities = append(p.entities, Entity{Type: "blockquote", Offset: p.quote, Length: p.units - p.quote})
	}
	p.quote = -1
}

func (p *markdownParser) top() string {
	if len(p.open) == 0 {
		return ""
	}
	return p.open[len(p.open)-1].name
}

func (p *markdownParser) inCode() bool {
	switch p.top() {
	case "Code", "Pre", "PreCode":
		return true
	}
	return false
}

func (p *markdownParser) reserved(c byte) bool {
	if p.inCode() {
		return c == '`'
	}
	return strings.IndexByte("_*[]()~`>#+-=|{}.!", c) >= 0
}

func (p *markdownParser) follows(s string) bool { return strings.HasPrefix(p.src[p.at:], s) }

// ends tells whether the character here closes the innermost mark.
func (p *markdownParser) ends(c byte) bool {
	switch p.top() {
	case "Bold":
		return c == '*'
	case "Italic":
		return c == '_' && !p.follows("__")
	case "Underline":
		return p.follows("__")
	case "Strikethrough":
		return c == '~'
	case "Spoiler":
		return p.follows("||")
	case "Code":
		return c == '`'
	case "Pre", "PreCode":
		return p.follows("```")
	case "TextUrl", "CustomEmoji":
		return c == ']'
	}
	return false
}

func (p *markdownParser) openMark(c byte) error {
	m := openMark{offset: p.units, begin: p.at, start: p.out.Len()}
	width := 1
	switch {
	case p.follows("__"):
		m.name, m.kind, width = "Underline", "underline", 2
	case c == '_':
		m.name, m.kind = "Italic", "italic"
	case c == '*':
		m.name, m.kind = "Bold", "bold"
	case c == '~':
		m.name, m.kind = "Strikethrough", "strikethrough"
	case p.follows("||"):
		m.name, m.kind, width = "Spoiler", "spoiler", 2
	case c == '[':
		m.name, m.kind = "TextUrl", "text_link"
	case p.follows("!["):
		m.name, m.kind, width = "CustomEmoji", "custom_emoji", 2
	case p.follows("```"):
		m.name, m.kind, width = "Pre", "pre", 3
		if word := p.src[p.at+3:]; strings.IndexAny(word, " \n`") > 0 && word[strings.IndexAny(word, " \n`")] != '`' {
			m.name, m.argument = "PreCode", word[:strings.IndexAny(word, " \n`")]
			width += len(m.argument)
		}
		if strings.HasPrefix(p.src[p.at+width:], "\n") {
			width++
		}
	case c == '`':
		m.name, m.kind = "Code", "code"
	case c == '>' && p.newLine:
		if p.quote < 0 {
			p.quote = p.units
		}
		p.at++
		p.newLine = false
		return nil
	default:
		return syntax("Character '%c' is reserved and must be escaped with the preceding '\\'", c)
	}
	p.at += width
	p.newLine = false
	p.open = append(p.open, m)
	return nil
}

func (p *markdownParser) closeMark() error {
	m := p.open[len(p.open)-1]
	p.open = p.open[:len(p.open)-1]
	e := Entity{Type: m.kind, Offset: m.offset, Length: p.units - m.offset, Language: m.argument}
	switch m.name {
	case "Underline", "Spoiler":
		p.at += 2
	case "Pre", "PreCode":
		p.at += 3
	case "TextUrl", "CustomEmoji":
		p.at++
		url, err := p.address(p.out.String()[m.start:])
		if err != nil {
			return err
		}
		if m.name == "CustomEmoji" {
			_, e.EmojiID, _ = strings.Cut(url, "id=")
		} else if e.URL = url; !linkable(url) {
			return nil
		}
	default:
		p.at++
	}
	if e.Length > 0 {
		p.entities = append(p.entities, e)
	}
	return nil
}

// address reads (…) after a link's text; without it the text itself is the address.
func (p *markdownParser) address(text string) (string, error) {
	if !p.follows("(") {
		return text, nil
	}
	p.at++
	begin := p.at
	var url strings.Builder
	for p.at < len(p.src) && p.src[p.at] != ')' {
		if p.src[p.at] == '\\' && p.at+1 < len(p.src) {
			p.at++
		}
		url.WriteByte(p.src[p.at])
		p.at++
	}
	if p.at >= len(p.src) {
		return "", syntax("Can't find end of a URL at byte offset %d", begin)
	}
	p.at++
	return url.String(), nil
}

// parseMarkdown reads the old Markdown mode: no nesting, one kind of error.
func parseMarkdown(src string) (string, []Entity, error) {
	p := &markdownParser{src: src}
	kinds := map[byte]string{'*': "bold", '_': "italic", '`': "code", '[': "text_link"}
	for p.at < len(src) {
		c := src[p.at]
		if c == '\\' && p.at+1 < len(src) && strings.IndexByte("_*`[", src[p.at+1]) >= 0 {
			p.at++
			p.put()
			continue
		}
		kind := kinds[c]
		if kind == "" {
			p.put()
			continue
		}
		end, begin := string(c), p.at
		if c == '[' {
			end = "]"
		} else if p.follows("```") {
			kind, end = "pre", "```"
		}
		p.at += len(end)
		n := strings.Index(src[p.at:], end)
		if n < 0 {
			return "", nil, syntax("Can't find end of the entity starting at byte offset %d", begin)
		}
		e := Entity{Type: kind, Offset: p.units}
		for stop := p.at + n; p.at < stop; {
			p.put()
		}
		e.Length = p.units - e.Offset
		text := src[p.at-n : p.at]
		p.at += len(end)
		if kind == "text_link" {
			url, err := p.address(text)
			if err != nil {
				return "", nil, err
			}
			if e.URL = url; !linkable(url) {
				continue
			}
		}
		if e.Length > 0 {
			p.entities = append(p.entities, e)
		}
	}
	return p.out.String(), p.entities, nil
}
