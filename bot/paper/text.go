package paper

import (
	"bytes"
	"math"
	"strings"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// What is read of a document's text.
const (
	maxText  = 200 << 10 // bytes
	maxDrawn = 8 << 20   // of what draws the pages
	maxForms = 200       // drawings that are used within pages
	apart    = 150       // thousandths of the font's size that are a space
)

// textOf reads what is written on the pages, a line a line. It is meant for
// finding a number or a name, not for reading aloud.
func textOf(doc *model.Context, pages []page) string {
	r := reader{doc: doc, fonts: map[types.Object]*font{}}
	for _, p := range pages {
		r.draw(contents(doc, p.dict["Contents"]), p.resources, 0)
		r.apart("\n")
	}
	return strings.TrimSpace(r.text.String())
}

// contents is what draws a page: one stream or several, which count as one.
func contents(doc *model.Context, o types.Object) []byte {
	if list, err := doc.DereferenceArray(o); err == nil && list != nil {
		var all []byte
		for _, part := range list {
			all = append(append(all, stream(doc, part)...), '\n')
			if len(all) > maxDrawn {
				break
			}
		}
		return all
	}
	return stream(doc, o)
}

// stream unpacks one; what cannot be is nothing.
func stream(doc *model.Context, o types.Object) []byte {
	sd, _, err := doc.DereferenceStreamDict(o)
	if err != nil || sd == nil {
		return nil
	}
	if err := sd.DecodeWithLimit(maxDrawn); err != nil {
		return nil
	}
	content := sd.Content
	sd.Content = nil
	return content
}

type reader struct {
	doc   *model.Context
	fonts map[types.Object]*font // by their references
	text  bytes.Buffer
	drawn int
	forms int
}

// hand is where letters are drawn.
type hand struct {
	font  *font
	y     float64
	last  float64 // where the letter before was
	moved bool
}

func (r *reader) draw(content []byte, resources types.Dict, depth int) {
	if r.drawn += len(content); r.drawn > maxDrawn {
		return
	}
	t := tokens{data: content}
	h := hand{font: &font{}}
	var args []token
	for r.text.Len() < maxText {
		k := t.next()
		switch {
		case k.kind == end:
			return
		case k.kind != operator:
			if len(args) < 4096 {
				args = append(args, k)
			}
			continue
		case k.text == "ID": // a small picture
			if over := bytes.Index(content[t.at:], []byte("EI")); over >= 0 {
				t.at += over
			}
		case k.text == "Do" && len(args) > 0:
			r.form(args[len(args)-1].text, resources, depth)
		default:
			r.operate(k.text, args, resources, &h)
		}
		args = args[:0]
	}
}

// operate follows the operators of text (ISO 32000-2, 9.4).
func (r *reader) operate(op string, args []token, resources types.Dict, h *hand) {
	switch n := len(args); {
	case op == "Tf" && n >= 2:
		h.font = r.font(args[n-2].text, resources)
	case op == "BT":
		h.y, h.moved = 0, true
	case op == "Td" && n >= 2, op == "TD" && n >= 2:
		h.y, h.moved = h.y+args[n-1].num, true
	case op == "Tm" && n >= 6:
		h.y, h.moved = args[n-1].num, true
	case op == "T*":
		h.y, h.moved = h.y-1, true
	case op == "Tj", op == "TJ":
		r.show(args, h)
	case op == "'", op == `"`:
		h.y, h.moved = h.y-1, true
		r.show(args[max(0, n-1):], h)
	}
}

func (r *reader) show(args []token, h *hand) {
	if h.moved {
		r.apart(separator(h.y - h.last))
	}
	h.last, h.moved = h.y, false
	for _, a := range args {
		switch {
		case a.kind == word:
			r.text.WriteString(h.font.read(a.text))
		case a.kind == number && a.num < -apart:
			r.apart(" ")
		}
	}
}

// separator is what stands between letters so far down from each other.
func separator(down float64) string {
	if math.Abs(down) > 0.5 {
		return "\n"
	}
	return " "
}

// apart writes a separator, unless there is one.
func (r *reader) apart(by string) {
	if b := r.text.Bytes(); len(b) > 0 && b[len(b)-1] != ' ' && b[len(b)-1] != '\n' {
		r.text.WriteString(by)
	}
}

func (r *reader) font(called string, resources types.Dict) *font {
	fonts, err := r.doc.DereferenceDict(resources["Font"])
	if err != nil || fonts == nil {
		return &font{}
	}
	ref, ok := fonts[called].(types.IndirectRef)
	if !ok {
		return fontOf(r.doc, fonts[called])
	}
	if r.fonts[ref] == nil {
		r.fonts[ref] = fontOf(r.doc, ref)
	}
	return r.fonts[ref]
}

// form reads a drawing that is used within a page.
func (r *reader) form(called string, resources types.Dict, depth int) {
	drawings, err := r.doc.DereferenceDict(resources["XObject"])
	if r.forms++; err != nil || drawings == nil || depth > 4 || r.forms > maxForms {
		return
	}
	sd, _, err := r.doc.DereferenceStreamDict(drawings[called])
	if err != nil || sd == nil || sd.Dict["Subtype"] != types.Name("Form") {
		return
	}
	if own, err := r.doc.DereferenceDict(sd.Dict["Resources"]); err == nil && own != nil {
		resources = own
	}
	r.draw(stream(r.doc, drawings[called]), resources, depth+1)
}
