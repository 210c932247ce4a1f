package dossier

import (
	"fmt"
	"io"
	"strings"
	"time"

	"titian/storage"
)

// ruleOfRank is how the places were given, as an auditor reads it.
var ruleOfRank = []string{
	"Urutan adalah waktu pesan yang membawa butir wajib terakhir, menurut jaringan pengirim (Telegram atau WhatsApp), bukan waktu petugas membuka berkas.",
	"Bila waktunya sama, yang menentukan ialah undian tetap yang dihitung dari program dan NIK; urutan kedatangan atau petugas tidak dapat mengubahnya.",
	"Berkas yang dikembalikan mempertahankan urutannya bila diganti dalam batas hari kerja sejak pemberitahuannya sampai.",
	"Tempat diberikan kepada berkas lengkap bila tempat terpakai ditambah berkas berurutan lebih awal yang belum diputuskan masih kurang dari kuota; " +
		"di luar urutan hanya oleh admin dengan alasan tertulis. Satu tempat untuk satu NIK dan satu NIB.",
}

// WriteLedgerPDF writes the berita acara of a programme: who holds a place and why, which places were given back, who waits. Times
// are to the second, in WITA. Rows keep their order; names of people who had their data deleted are said to be deleted.
func WriteLedgerPDF(w io.Writer, programme storage.Programme, rows []storage.LedgerRow, at time.Time) error {
	p := newPaper(true, "Berita acara "+programme.Name, at)
	p.head = fmt.Sprintf("Berita acara pembagian tempat – %s %d", programme.Name, programme.Year)
	p.foot = formFooter + " · dicetak " + moment(at)
	holding, released, waiting := sorted(rows)
	p.opening(programme, len(holding), len(released), len(waiting), at)
	p.holding(holding)
	p.released(released)
	p.waiting(waiting)
	p.signatures()
	return p.write(w)
}

// sorted are the rows that hold a place, gave one back, and wait.
func sorted(rows []storage.LedgerRow) (holding, released, waiting []storage.LedgerRow) {
	for _, r := range rows {
		switch {
		case !r.ReleasedAt.IsZero():
			released = append(released, r)
		case !r.GrantedAt.IsZero():
			holding = append(holding, r)
		default:
			waiting = append(waiting, r)
		}
	}
	return holding, released, waiting
}

func (p *paper) opening(programme storage.Programme, holding, released, waiting int, at time.Time) {
	p.style(true, 18, green)
	p.line(margin, p.y, "BERITA ACARA PEMBAGIAN TEMPAT")
	p.y += 10
	p.style(true, 12, black)
	p.line(margin, p.y, p.shorten(fmt.Sprintf("%s – tahun %d", programme.Name, programme.Year), p.inner()))
	p.y += 8
	p.field("Masa pendaftaran", period(programme))
	p.field("Kuota", fmt.Sprintf("%d tempat", programme.Quota))
	p.field("Terpakai", fmt.Sprintf("%d tempat, sisa %d", holding, max(0, programme.Quota-holding)))
	p.field("Dilepas", fmt.Sprintf("%d tempat", released))
	p.field("Daftar tunggu", fmt.Sprintf("%d berkas", waiting))
	p.field("Keadaan per", moment(at))
	p.heading("Aturan urutan")
	p.bullets(ruleOfRank)
}

func period(programme storage.Programme) string {
	from, to := day(programme.Opens), day(programme.Closes)
	switch {
	case from == "" && to == "":
		return "tidak dibatasi"
	case to == "":
		return "sejak " + from
	case from == "":
		return "sampai " + to
	}
	return from + " sampai " + to
}

func (p *paper) holding(rows []storage.LedgerRow) {
	p.section("A. Pemegang tempat")
	var cells [][]cell
	for n, r := range rows {
		note := cell{}
		if r.Override != "" {
			note = cell{text: "Di luar urutan: " + r.Override, marked: true}
		}
		cells = append(cells, []cell{{text: fmt.Sprint(n + 1)}, {text: fmt.Sprint(r.Rank)}, numbers(r), person(r), rankTime(r),
			{text: said(r)}, {text: given(r)}, {text: word(states, r.State)}, note})
	}
	p.ledger(cells, []column{{"No.", 9, true}, {"Urutan", 13, true}, {"Nomor", 33, false}, {"Pemilik dan usaha", 48, false},
		{"Lengkap diterima", 31, false}, {"Putusan", 25, false}, {"Diberikan", 36, false}, {"Keadaan", 26, false}, {"Di luar urutan", 40, false}},
		"Belum ada tempat yang diberikan.")
}

func (p *paper) released(rows []storage.LedgerRow) {
	p.section("B. Tempat yang dilepas")
	var cells [][]cell
	for n, r := range rows {
		why := r.Release
		if r.Override != "" {
			why += ". Diberikan di luar urutan: " + r.Override
		}
		cells = append(cells, []cell{{text: fmt.Sprint(n + 1)}, {text: fmt.Sprint(r.Rank)}, numbers(r), person(r), rankTime(r),
			{text: given(r)}, {text: seconds(r.ReleasedAt)}, {text: why}})
	}
	p.ledger(cells, []column{{"No.", 9, true}, {"Urutan", 13, true}, {"Nomor", 33, false}, {"Pemilik dan usaha", 50, false},
		{"Lengkap diterima", 31, false}, {"Diberikan", 36, false}, {"Dilepas", 31, false}, {"Sebab", 58, false}},
		"Tidak ada tempat yang dilepas.")
}

func (p *paper) waiting(rows []storage.LedgerRow) {
	p.section("C. Daftar tunggu")
	var cells [][]cell
	for _, r := range rows {
		cells = append(cells, []cell{{text: fmt.Sprint(r.Rank)}, numbers(r), person(r), rankTime(r), {text: word(states, r.State)}, {text: said(r)}})
	}
	p.ledger(cells, []column{{"Urutan", 14, true}, {"Nomor", 36, false}, {"Pemilik dan usaha", 68, false}, {"Lengkap diterima", 58, false},
		{"Keadaan", 40, false}, {"Putusan", 45, false}}, "Tidak ada yang menunggu.")
}

func (p *paper) ledger(rows [][]cell, columns []column, none string) {
	if len(rows) == 0 {
		p.style(false, sizeText, grey)
		p.text(none)
		return
	}
	p.table(columns, rows)
}

func numbers(r storage.LedgerRow) cell {
	return cell{text: strings.TrimSpace(r.Application + " " + r.Registration)}
}

func person(r storage.LedgerRow) cell {
	if r.Name == "" {
		return cell{text: "(data dihapus atas permintaan pemilik)"}
	}
	return cell{text: named(r.Name, r.Business)}
}

// rankTime is the time that decides, with the beginning of the lot that decides between equals.
func rankTime(r storage.LedgerRow) cell {
	return cell{text: strings.TrimSuffix(seconds(r.RankAt)+" undian "+r.Lot[:min(len(r.Lot), 8)], " undian ")}
}

// said counts the verdicts.
func said(r storage.LedgerRow) string {
	return fmt.Sprintf("%d diterima, %d dikembalikan", r.Accepted, r.SentBack)
}

func given(r storage.LedgerRow) string {
	return strings.TrimSuffix(seconds(r.GrantedAt)+" oleh "+r.GrantedBy, " oleh ")
}

// seconds is "12-06-2024 09.04.05".
func seconds(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(wita).Format("02-01-2006 15.04.05")
}

func (p *paper) signatures() {
	const height = 46.0
	p.gap(8)
	p.need(height)
	width := p.inner() / 3
	p.style(false, sizeText, black)
	p.line(margin, p.y, "Tempat dan tanggal: ............................................................")
	p.gap(9)
	for n, role := range []string{"Dibuat oleh petugas,", "Diperiksa oleh admin,", "Mengetahui, Kepala Dinas"} {
		x := margin + float64(n)*width
		p.line(x, p.y, role)
		p.line(x, p.y+24, "............................................")
		p.line(x, p.y+29, "NIP")
	}
	p.gap(height - 9)
}
