package dossier

import (
	"cmp"
	"slices"
	"time"

	"titian/storage"
)

// materials writes the bahan of the three kinds, in SiHalal's order, with what is open marked.
func (p *paper) materials(c Case) {
	p.section("4. Bahan")
	for _, k := range kinds {
		p.heading(k.title)
		var rows [][]cell
		for i, m := range c.Dossier.Materials {
			if m.Kind == k.kind {
				rows = append(rows, materialRow(numbered(c.Dossier.Materials, i), m, c.At))
			}
		}
		if rows == nil {
			p.style(false, sizeText, amber)
			p.text(k.none)
			continue
		}
		p.table([]column{
			{"No.", 9, false}, {"Nama", 32, false}, {"Merek", 23, false}, {"Produsen", 29, false},
			{"No. sertifikat halal", 34, false}, {"Berlaku s.d.", 19, false}, {"Catatan", 28, false},
		}, rows)
	}
}

// inOrder are the bahan by kind, in the order of the form; within a kind as they were told.
func inOrder(materials []storage.Material) []storage.Material {
	place := func(m storage.Material) int {
		for i, k := range kinds {
			if k.kind == m.Kind {
				return i
			}
		}
		return len(kinds)
	}
	return slices.SortedStableFunc(slices.Values(materials), func(a, b storage.Material) int { return place(a) - place(b) })
}

func materialRow(number string, m storage.Material, now time.Time) []cell {
	until := cell{text: shortDay(m.ExpiresAt)}
	note := cell{}
	switch {
	case m.Open != "":
		note = cell{text: word(openings, m.Open), marked: true}
	case !m.ExpiresAt.IsZero() && m.ExpiresAt.Before(now):
		until.marked = true
		note = cell{text: "TERBUKA: sertifikat kedaluwarsa", marked: true}
	case m.Exempt != "":
		note = cell{text: "Tidak wajib sertifikat: " + m.Exempt}
	case m.Halal == "" && m.Kind == storage.Ingredient:
		note = cell{text: "TERBUKA: nomor sertifikat belum ada", marked: true}
	}
	return []cell{{text: number}, {text: m.Name, strong: true}, {text: cmp.Or(m.Brand, "–")}, {text: cmp.Or(m.Producer, "–")},
		{text: cmp.Or(m.Halal, "–")}, until, note}
}

// shortDay is "12-06-2024"; empty for no time.
func shortDay(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(wita).Format("02-01-2006")
}
