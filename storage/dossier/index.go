package dossier

import (
	"fmt"
	"strings"

	"titian/storage"
)

// index writes which documents there are, what they are called in the ZIP, and what staff said of them.
func (p *paper) index(c Case, f *folder) {
	p.section("Daftar dokumen")
	entries := plan(c, f)
	rows := make([][]cell, len(entries))
	for i, e := range entries {
		name := cell{text: e.name}
		if len(e.absent) > 0 {
			name = cell{text: "berkas hilang atau berubah", marked: true}
		}
		said := verdictOf(c.Application.Items, e.item)
		rows[i] = []cell{{text: fmt.Sprint(i + 1)}, {text: e.title, strong: true}, name, said}
	}
	if len(rows) == 0 {
		p.style(false, sizeText, amber)
		p.text("Belum ada dokumen.")
	} else {
		p.table([]column{{"No.", 9, true}, {"Dokumen", 52, false}, {"Nama berkas di dalam ZIP", 78, false}, {"Pemeriksaan", 35, false}}, rows)
	}
	p.checked(c.Application.Items)
}

// checked writes what staff said of the sections of answers.
func (p *paper) checked(items []storage.Item) {
	var rows [][]cell
	for _, i := range items {
		if i.Kind == storage.ItemSection {
			title := i.Title
			if title == "" {
				title = word(sections, i.Key)
			}
			rows = append(rows, []cell{{text: title, strong: true}, verdictOf(items, i.Key), {text: moment(i.VerdictAt)}})
		}
	}
	if rows == nil {
		return
	}
	p.heading("Pemeriksaan isian oleh petugas")
	p.table([]column{{"Bagian", 60, false}, {"Pemeriksaan", 50, false}, {"Waktu", 64, false}}, rows)
}

// verdictOf is what staff said of an item; nothing for what is no item of its own.
func verdictOf(items []storage.Item, key string) cell {
	for _, i := range items {
		if i.Key != key {
			continue
		}
		said := word(verdicts, i.Verdict)
		if i.Verdict == storage.VerdictFix && i.Words != "" {
			said += ": " + i.Words
		}
		return cell{text: strings.TrimSpace(said), marked: i.Verdict != storage.VerdictAccepted}
	}
	return cell{}
}
