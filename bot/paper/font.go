package paper

import (
	"unicode/utf16"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
	"golang.org/x/text/encoding/charmap"
)

// font says which characters the codes of a string are.
type font struct {
	wide  bool              // codes of two bytes
	chars map[uint32]string // from the table ToUnicode, or Differences
}

// maxChars is how many characters of one font are kept: all that two bytes can name.
const maxChars = 1 << 16

func fontOf(doc *model.Context, o types.Object) *font {
	d, err := doc.DereferenceDict(o)
	if err != nil || d == nil {
		return &font{}
	}
	f := &font{chars: map[uint32]string{}}
	if subtype, ok := d["Subtype"].(types.Name); ok {
		f.wide = subtype == "Type0"
	}
	if encoding, err := doc.DereferenceDict(d["Encoding"]); err == nil && encoding != nil {
		f.differences(doc, encoding)
	}
	if table := stream(doc, d["ToUnicode"]); table != nil {
		f.table(table)
	}
	return f
}

// differences reads names of single characters, where a font has no better table.
func (f *font) differences(doc *model.Context, encoding types.Dict) {
	list, err := doc.DereferenceArray(encoding["Differences"])
	if err != nil {
		return
	}
	code := uint32(0)
	for _, o := range list {
		switch o := o.(type) {
		case types.Integer:
			code = uint32(o)
		case types.Name:
			if char := glyph(plain(string(o))); char != "" {
				f.put(code, char)
			}
			code++
		}
	}
}

// glyph knows the names that numbers and names of people are written with.
func glyph(name string) string {
	if len(name) == 1 {
		return name
	}
	return map[string]string{
		"space": " ", "zero": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7",
		"eight": "8", "nine": "9", "period": ".", "comma": ",", "hyphen": "-", "slash": "/", "colon": ":", "quotesingle": "'",
	}[name]
}

func (f *font) put(code uint32, char string) {
	if len(f.chars) < maxChars {
		f.chars[code] = char
	}
}

// table reads a ToUnicode CMap (Adobe technical note 5411).
func (f *font) table(data []byte) {
	t := tokens{data: data}
	var words []token
	for {
		switch k := t.next(); {
		case k.kind == end:
			return
		case k.kind == operator:
			switch k.text {
			case "endcodespacerange":
				f.wide = len(words) > 0 && len(words[0].text) > 1
			case "endbfchar":
				for i := 0; i+1 < len(words); i += 2 {
					f.put(code(words[i].text), characters(words[i+1].text))
				}
			case "endbfrange":
				f.ranges(words)
			}
			words = words[:0]
		case k.kind == name:
			words = words[:0]
		case len(words) < maxChars:
			words = append(words, k)
		}
	}
}

// ranges reads <from> <to> <first>, or <from> <to> [<one> <by> <one>].
func (f *font) ranges(words []token) {
	for i := 0; i+2 < len(words); {
		from, to := code(words[i].text), code(words[i+1].text)
		if words[i+2].kind == open {
			for i += 3; i < len(words) && words[i].kind != close; i++ {
				f.put(from, characters(words[i].text))
				from++
			}
			i++
			continue
		}
		first := []rune(characters(words[i+2].text))
		for n := uint32(0); len(first) > 0 && from <= to && n <= to-from && n < maxChars; n++ {
			last := len(first) - 1
			f.put(from+n, string(first[:last])+string(first[last]+rune(n)))
		}
		i += 3
	}
}

func code(s string) (v uint32) {
	for i := range min(len(s), 4) {
		v = v<<8 | uint32(s[i])
	}
	return v
}

// characters reads UTF-16, big end first.
func characters(s string) string {
	units := make([]uint16, 0, len(s)/2)
	for i := 0; i+1 < len(s); i += 2 {
		units = append(units, uint16(s[i])<<8|uint16(s[i+1]))
	}
	return string(utf16.Decode(units))
}

// read says what a string of this font spells.
func (f *font) read(s string) string {
	out := make([]byte, 0, len(s))
	step := 1
	if f.wide {
		step = 2
	}
	for i := 0; i+step <= len(s); i += step {
		if char, ok := f.chars[code(s[i:i+step])]; ok {
			out = append(out, char...)
		} else if !f.wide {
			out = append(out, string(charmap.Windows1252.DecodeByte(s[i]))...)
		}
	}
	return string(out)
}
