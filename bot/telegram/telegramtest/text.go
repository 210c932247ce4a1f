package telegramtest

import (
	"fmt"
	"sort"
	"strings"
	"unicode/utf8"
)

// Entity marks a part of a text; offset and length are UTF-16 units.
type Entity struct {
	Type     string   `json:"type"`
	Offset   int      `json:"offset"`
	Length   int      `json:"length"`
	URL      string   `json:"url,omitempty"`
	User     *account `json:"user,omitempty"`
	Language string   `json:"language,omitempty"`
	EmojiID  string   `json:"custom_emoji_id,omitempty"`
	UnixTime int64    `json:"unix_time,omitempty"`
	Format   string   `json:"date_time_format,omitempty"`
}

// text reads a text or caption, parses its entities and checks its length. The limit counts code points after parsing.
func (c *call) text(name, entitiesName string, limit int) (string, []Entity, *failure) {
	raw := c.values[name]
	if raw == "" {
		if name == "text" {
			return "", nil, bad("message text is empty")
		}
		return "", nil, nil
	}
	if len(raw) > MaxTextBytes {
		return "", nil, bad("text is too long")
	}
	text, entities, f := c.parse(raw, entitiesName)
	if f != nil {
		return "", nil, f
	}
	text, entities = trim(clean(text), entities)
	switch {
	case text == "" && name == "text":
		return "", nil, bad("message text is empty")
	case utf8.RuneCountInString(text) > limit && name == "caption":
		return "", nil, bad("message caption is too long")
	case utf8.RuneCountInString(text) > limit:
		return "", nil, bad("message is too long")
	}
	return text, detect(text, entities), nil
}

func (c *call) parse(raw, entitiesName string) (string, []Entity, *failure) {
	var (
		text     string
		entities []Entity
		err      error
	)
	switch strings.ToLower(c.values["parse_mode"]) {
	case "", "none":
		var given []Entity
		if _, err := c.decodeStrict(entitiesName, &given); err != nil {
			return "", nil, bad("can't parse MessageEntity: %v", err)
		}
		return raw, given, checkEntities(given, utf16Len(raw))
	case "html":
		text, entities, err = parseHTML(raw)
	case "markdownv2":
		text, entities, err = parseMarkdownV2(raw)
	case "markdown":
		text, entities, err = parseMarkdown(raw)
	default:
		return "", nil, bad("unsupported parse_mode")
	}
	if err != nil {
		return "", nil, bad("can't parse entities: %v", err)
	}
	sort.SliceStable(entities, func(i, j int) bool {
		a, b := entities[i], entities[j]
		return a.Offset < b.Offset || a.Offset == b.Offset && a.Length > b.Length
	})
	return text, entities, nil
}

var entityTypes = map[string]bool{
	"mention": true, "hashtag": true, "cashtag": true, "bot_command": true, "url": true, "email": true, "phone_number": true, "bold": true, "italic": true,
	"underline": true, "strikethrough": true, "spoiler": true, "blockquote": true, "expandable_blockquote": true, "code": true, "pre": true,
	"text_link": true, "text_mention": true, "custom_emoji": true, "date_time": true,
}

func checkEntities(list []Entity, length int) *failure {
	for _, e := range list {
		switch {
		case !entityTypes[e.Type]:
			return bad("can't parse MessageEntity: unsupported type specified")
		case e.Offset < 0:
			return bad("receive an entity with incorrect offset %d", e.Offset)
		case e.Length < 1:
			return bad("receive an entity with incorrect length %d", e.Length)
		case e.Offset+e.Length > length:
			return bad("entity beginning at UTF-16 offset %d ends after the end of the text at UTF-16 offset %d", e.Offset, e.Offset+e.Length)
		}
	}
	return nil
}

func utf16Len(s string) int {
	n := 0
	for _, r := range s {
		n++
		if r > 0xFFFF {
			n++
		}
	}
	return n
}

// clean takes out what no client shows: carriage returns go, other control characters become spaces.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\r':
			return -1
		case r < ' ' && r != '\n' || r >= 0x2028 && r <= 0x202e:
			return ' '
		}
		return r
	}, s)
}

// trim cuts white space off both ends and moves the entities along.
func trim(s string, entities []Entity) (string, []Entity) {
	left := strings.TrimLeft(s, " \n\t")
	cut := utf16Len(s[:len(s)-len(left)])
	s = strings.TrimRight(left, " \n\t")
	end := utf16Len(s)
	var kept []Entity
	for _, e := range entities {
		from, to := max(0, e.Offset-cut), min(end, e.Offset-cut+e.Length)
		if to > from {
			e.Offset, e.Length = from, to-from
			kept = append(kept, e)
		}
	}
	return s, kept
}

// detect adds what every client marks by itself: commands, mentions, hashtags and links, outside of other entities.
func detect(s string, entities []Entity) []Entity {
	if !strings.ContainsAny(s, "/@#") {
		return entities
	}
	found := false
	for at := 0; at < len(s); {
		skip := strings.IndexFunc(s[at:], func(r rune) bool { return r != ' ' && r != '\n' })
		if skip < 0 {
			break
		}
		at += skip
		word := s[at:]
		if end := strings.IndexAny(word, " \n"); end >= 0 {
			word = word[:end]
		}
		if kind, n := kindOf(word); kind != "" {
			e := Entity{Type: kind, Offset: utf16Len(s[:at]), Length: utf16Len(word[:n])}
			if !overlaps(e, entities) {
				entities = append(entities, e)
				found = true
			}
		}
		at += len(word)
	}
	if found {
		sort.SliceStable(entities, func(i, j int) bool { return entities[i].Offset < entities[j].Offset })
	}
	return entities
}

func kindOf(word string) (kind string, n int) {
	name := func(s string, more string) int {
		i := 0
		for i < len(s) && (s[i] == '_' || s[i] >= '0' && s[i] <= '9' || s[i]|0x20 >= 'a' && s[i]|0x20 <= 'z' || strings.IndexByte(more, s[i]) >= 0) {
			i++
		}
		return i
	}
	switch {
	case strings.HasPrefix(word, "https://"), strings.HasPrefix(word, "http://"):
		return "url", len(strings.TrimRight(word, ".,;:!?)"))
	case word[0] == '/':
		if n = name(word[1:], "@"); n > 0 && n <= 64 {
			return "bot_command", n + 1
		}
	case word[0] == '@':
		if n = name(word[1:], ""); n >= 3 {
			return "mention", n + 1
		}
	case word[0] == '#':
		if n = name(word[1:], ""); n > 0 {
			return "hashtag", n + 1
		}
	}
	return "", 0
}

func overlaps(e Entity, list []Entity) bool {
	for _, o := range list {
		if e.Offset < o.Offset+o.Length && o.Offset < e.Offset+e.Length {
			return true
		}
	}
	return false
}

// syntaxError is a parse error in the server's own words.
type syntaxError string

func (e syntaxError) Error() string { return string(e) }

func syntax(format string, a ...any) error { return syntaxError(fmt.Sprintf(format, a...)) }
