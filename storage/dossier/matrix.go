package dossier

import (
	"fmt"
	"slices"

	"titian/storage"
)

const (
	matrixAcross = 14  // products side by side
	matrixColumn = 7.5 // mm of each
	matrixRow    = 5.2
)

// matrix writes which product is made of what: products across, numbered as in the list of products, bahan down. So many products
// that they do not fit side by side stand in several blocks.
func (p *paper) matrix(products []storage.Product, materials []storage.Material) {
	for from := 0; from < len(products); from += matrixAcross {
		p.block(products, materials, from, min(from+matrixAcross, len(products)))
	}
}

func (p *paper) block(products []storage.Product, materials []storage.Material, from, to int) {
	names := p.inner() - float64(to-from)*matrixColumn
	heading := func() {
		p.box(margin, p.y, p.inner(), matrixRow, pale)
		p.style(true, sizeSmall, black)
		p.line(margin+cellPad, p.y+1, "Bahan")
		for n := from; n < to; n++ {
			p.centred(names, n-from, fmt.Sprintf("P%d", n+1))
		}
		p.y += matrixRow
		p.across(p.y, rule, 0.2)
	}
	p.need(5 * matrixRow)
	heading()
	for i, m := range materials {
		if !p.room(matrixRow) {
			p.page()
			heading()
		}
		p.style(false, sizeSmall, black)
		p.line(margin+cellPad, p.y+1, p.shorten(fmt.Sprintf("%s. %s", numbered(materials, i), named(m.Name, m.Brand)), names-2*cellPad))
		for n := from; n < to; n++ {
			if slices.Contains(products[n].Materials, m.ID) {
				p.style(true, sizeSmall+1, green)
				p.centred(names, n-from, "●")
			}
		}
		p.y += matrixRow
		p.across(p.y, rule, 0.2)
	}
	p.gap(4)
}

// centred writes a sign in the middle of a column of the matrix.
func (p *paper) centred(names float64, n int, sign string) {
	x := margin + names + (float64(n)+0.5)*matrixColumn
	p.line(x-p.pdf.GetStringWidth(sign)/2, p.y+1, sign)
}

// numbered is the number of a bahan among all: "B3" of the ingredients, "C1" of the cleaning agents, "K2" of the packages.
func numbered(materials []storage.Material, i int) string {
	letter := map[storage.MaterialKind]string{storage.Ingredient: "B", storage.Cleaning: "C", storage.Packaging: "K"}[materials[i].Kind]
	n := 1
	for _, m := range materials[:i] {
		if m.Kind == materials[i].Kind {
			n++
		}
	}
	return fmt.Sprintf("%s%d", letter, n)
}

// named is a name with its brand.
func named(name, brand string) string {
	if brand == "" {
		return name
	}
	return name + " – " + brand
}
