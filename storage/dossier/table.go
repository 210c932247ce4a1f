package dossier

// column is one of a table: its heading and its share of the width between the margins.
type column struct {
	title string
	share float64
	right bool // numbers
}

// cell is what stands in a table; marked ones catch the eye.
type cell struct {
	text   string
	marked bool
	strong bool
}

const (
	cellPad   = 1.3
	cellLines = 14 // a longer cell is cut: it would fill a page
)

// table writes rows below headings, which stand again on every page.
func (p *paper) table(columns []column, rows [][]cell) {
	total := 0.0
	for _, c := range columns {
		total += c.share
	}
	widths := make([]float64, len(columns))
	titles := make([]cell, len(columns))
	for i, c := range columns {
		widths[i] = c.share / total * p.inner()
		titles[i] = cell{text: c.title, strong: true}
	}
	head, headHeight := p.laid(titles, widths)
	heading := func() {
		p.box(margin, p.y, p.inner(), headHeight, pale)
		p.row(columns, titles, head, widths, headHeight)
	}
	for i, cells := range rows {
		lines, height := p.laid(cells, widths)
		if i == 0 {
			p.need(headHeight + height)
			heading()
		} else if !p.room(height) {
			p.page()
			heading()
		}
		p.row(columns, cells, lines, widths, height)
	}
}

// laid wraps the cells of a row and says how high it is.
func (p *paper) laid(cells []cell, widths []float64) ([][]string, float64) {
	most := 1
	lines := make([][]string, len(cells))
	for i, c := range cells {
		p.style(c.strong, sizeSmall, black)
		lines[i] = p.wrap(c.text, widths[i]-2*cellPad)
		if len(lines[i]) > cellLines {
			lines[i] = append(lines[i][:cellLines-1], "…")
		}
		most = max(most, len(lines[i]))
	}
	return lines, float64(most)*p.lineHeight() + 2*cellPad
}

func (p *paper) row(columns []column, cells []cell, lines [][]string, widths []float64, height float64) {
	x := margin
	for i, c := range cells {
		colour := black
		if c.marked {
			colour = amber
		}
		p.style(c.strong, sizeSmall, colour)
		for n, line := range lines[i] {
			at := x + cellPad
			if columns[i].right {
				at = x + widths[i] - cellPad - p.pdf.GetStringWidth(line)
			}
			p.line(at, p.y+cellPad+float64(n)*p.lineHeight(), line)
		}
		x += widths[i]
	}
	p.y += height
	p.across(p.y, rule, 0.2)
}
