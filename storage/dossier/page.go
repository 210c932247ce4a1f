package dossier

import (
	"fmt"
	"io"
	"strings"
	"time"

	"codeberg.org/go-pdf/fpdf"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
)

// Measures are millimetres, sizes of letters points.
const (
	margin    = 18.0
	bottom    = 20.0
	lineRatio = 0.475 // height of a line in mm for each point of the letters

	sizeText  = 9.5
	sizeSmall = 8.0
	sizeHead  = 13.0
)

// ink is a colour.
type ink struct{ r, g, b int }

var (
	black = ink{34, 38, 42}
	grey  = ink{108, 116, 122}
	green = ink{24, 92, 70}
	amber = ink{160, 84, 0}
	pale  = ink{236, 242, 239}
	rule  = ink{203, 212, 208}
)

// paper is a PDF being written from top to bottom.
type paper struct {
	pdf           *fpdf.Fpdf
	width, height float64      // of a page
	y             float64      // where the next line begins
	head          string       // top right of every page but the first
	foot          string       // bottom left of every page
	widths        map[int]bool // of the photos so far, in pixels
}

// newPaper begins an A4 document; upright or lying.
func newPaper(lying bool, title string, at time.Time) *paper {
	orientation, w, h := "P", 210.0, 297.0
	if lying {
		orientation, w, h = "L", 297.0, 210.0
	}
	pdf := fpdf.New(orientation, "mm", "A4", "")
	pdf.SetMargins(margin, margin, margin)
	pdf.SetAutoPageBreak(false, 0)
	pdf.SetCatalogSort(true)
	pdf.SetCreationDate(at.UTC())
	pdf.SetModificationDate(at.UTC())
	pdf.SetProducer("Titian", true)
	pdf.SetTitle(printable(title), true)
	pdf.SetLang("id-ID")
	pdf.AddUTF8FontFromBytes("go", "", goregular.TTF)
	pdf.AddUTF8FontFromBytes("go", "B", gobold.TTF)
	p := &paper{pdf: pdf, width: w, height: h, widths: make(map[int]bool)}
	p.page()
	return p
}

func (p *paper) page() {
	p.pdf.AddPage()
	p.y = margin
	if p.pdf.PageNo() > 1 {
		p.y += 6
	}
}

// inner is the width between the margins.
func (p *paper) inner() float64 { return p.width - 2*margin }

// room says whether so much height is left on the page.
func (p *paper) room(height float64) bool { return p.y+height <= p.height-bottom }

// need begins a new page unless so much height is left.
func (p *paper) need(height float64) {
	if !p.room(height) {
		p.page()
	}
}

// style sets the letters to come.
func (p *paper) style(bold bool, size float64, colour ink) {
	weight := ""
	if bold {
		weight = "B"
	}
	p.pdf.SetFont("go", weight, size)
	p.pdf.SetTextColor(colour.r, colour.g, colour.b)
}

// line writes one line, its top at y.
func (p *paper) line(x, y float64, s string) {
	_, size := p.pdf.GetFontSize()
	p.pdf.Text(x, y+size*1.02, s)
}

// lineHeight is that of the letters that are set.
func (p *paper) lineHeight() float64 {
	points, _ := p.pdf.GetFontSize()
	return points * lineRatio
}

// wrap breaks a text into lines of at most so many millimetres, in the letters that are set. Words that are longer are cut.
func (p *paper) wrap(s string, width float64) []string {
	var lines []string
	line, used := "", 0.0
	space := p.pdf.GetStringWidth(" ")
	for _, word := range strings.Fields(printable(s)) {
		wide := p.pdf.GetStringWidth(word)
		if line != "" && used+space+wide <= width {
			line, used = line+" "+word, used+space+wide
			continue
		}
		if line != "" {
			lines = append(lines, line)
		}
		for wide > width {
			head := p.fitting(word, width)
			lines = append(lines, head)
			word = word[len(head):]
			wide = p.pdf.GetStringWidth(word)
		}
		line, used = word, wide
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}

// fitting is the longest beginning of a word that fits, at least one letter. It ends behind a hyphen or a slash, where there is one
// in its second half.
func (p *paper) fitting(word string, width float64) string {
	used, end := 0.0, 0
	for i, r := range word {
		used += p.pdf.GetStringWidth(string(r))
		if used > width && i > 0 {
			break
		}
		end = i + len(string(r))
	}
	if end < len(word) {
		if at := strings.LastIndexAny(word[:end], "-/_.@"); at >= end/2 {
			return word[:at+1]
		}
	}
	return word[:end]
}

// shorten cuts a text to one line of so many millimetres.
func (p *paper) shorten(s string, width float64) string {
	s = printable(s)
	if p.pdf.GetStringWidth(s) <= width {
		return s
	}
	used, end := p.pdf.GetStringWidth("…"), 0
	for i, r := range s {
		if used += p.pdf.GetStringWidth(string(r)); used > width {
			break
		}
		end = i + len(string(r))
	}
	return strings.TrimRight(s[:end], " ") + "…"
}

// text writes a paragraph of the letters that are set.
func (p *paper) text(s string) {
	for _, line := range p.wrap(s, p.inner()) {
		p.need(p.lineHeight())
		p.line(margin, p.y, line)
		p.y += p.lineHeight()
	}
}

// gap leaves some height free.
func (p *paper) gap(height float64) { p.y += height }

// section begins a part of the document; something of it follows on the same page.
func (p *paper) section(title string) {
	p.gap(5)
	p.need(42)
	p.style(true, sizeHead, green)
	p.line(margin, p.y, printable(title))
	p.y += 7
	p.across(p.y, green, 0.35)
	p.y += 3
}

// heading begins a smaller part.
func (p *paper) heading(title string) {
	p.gap(2.5)
	p.need(20)
	p.style(true, 10.5, black)
	p.line(margin, p.y, p.shorten(title, p.inner()))
	p.y += 6
}

// across draws a line from margin to margin.
func (p *paper) across(y float64, colour ink, thick float64) {
	p.pdf.SetDrawColor(colour.r, colour.g, colour.b)
	p.pdf.SetLineWidth(thick)
	p.pdf.Line(margin, y, p.width-margin, y)
}

// box fills a rectangle.
func (p *paper) box(x, y, w, h float64, colour ink) {
	p.pdf.SetFillColor(colour.r, colour.g, colour.b)
	p.pdf.Rect(x, y, w, h, "F")
}

// field writes a label and its value; an empty value is said to be open.
func (p *paper) field(label, value string) {
	const labels = 54.0
	p.style(false, sizeText, grey)
	names := p.wrap(label, labels-3)
	p.style(false, sizeText, black)
	lines := p.wrap(value, p.inner()-labels)
	open := len(lines) == 0
	if open {
		lines = []string{formOpen}
	}
	h := p.lineHeight()
	for i := range max(len(names), len(lines)) {
		p.need(h)
		if i < len(names) {
			p.style(false, sizeText, grey)
			p.line(margin, p.y, names[i])
		}
		if i < len(lines) {
			colour := black
			if open {
				colour = amber
			}
			p.style(false, sizeText, colour)
			p.line(margin+labels, p.y, lines[i])
		}
		p.y += h
	}
	p.gap(1.1)
}

// write numbers the pages and writes the document.
func (p *paper) write(w io.Writer) error {
	pages := p.pdf.PageCount()
	for n := 1; n <= pages; n++ {
		p.pdf.SetPage(n)
		p.pdf.SetFontSize(sizeSmall + 1) // SetFont says nothing when it believes that nothing changed
		p.across(p.height-14.5, rule, 0.2)
		p.style(false, 7.5, grey)
		p.line(margin, p.height-13, p.shorten(p.foot, p.inner()-25))
		number := fmt.Sprintf("%d / %d", n, pages)
		p.line(p.width-margin-p.pdf.GetStringWidth(number), p.height-13, number)
		if n > 1 {
			p.line(margin, 12, p.shorten(p.head, p.inner()))
		}
	}
	if err := p.pdf.Output(w); err != nil {
		return fmt.Errorf("write PDF: %w", err)
	}
	return nil
}
