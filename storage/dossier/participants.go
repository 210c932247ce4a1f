package dossier

import (
	"fmt"
	"io"
	"strings"
	"time"

	"titian/storage"
)

// ruleOfPlaces is how the places of an invitation are given, as it was fixed before it was sent.
var ruleOfPlaces = map[storage.Rule]string{
	storage.RuleLot:      "Undian: tiap orang menarik nomor SHA-256 dari \"BIBIT:NOMOR PENDAFTARAN\"; yang terkecil lebih dahulu.",
	storage.RuleRegister: "Tanggal pendaftaran: yang lebih dahulu terdaftar lebih dahulu mendapat tempat.",
	storage.RuleFirst: "Siapa lebih dahulu menjawab sesudah pembukaan. Yang menjawab sebelumnya dianggap bersamaan; di antara mereka berlaku undian " +
		"SHA-256 dari \"BIBIT:NOMOR PENDAFTARAN\", yang terkecil lebih dahulu.",
	storage.RuleStaff: "Dipilih petugas, masing-masing dengan alasan tertulis.",
}

var participantStates = map[storage.ParticipantState]string{
	storage.ParticipantSilent: "belum menjawab", storage.ParticipantComing: "ingin ikut", storage.ParticipantDeclined: "tidak ikut",
	storage.ParticipantHeld: "mendapat tempat", storage.ParticipantOffered: "ditawari tempat", storage.ParticipantWaiting: "menunggu",
	storage.ParticipantUnchosen: "belum terpilih", storage.ParticipantWithdrawn: "batal", storage.ParticipantLapsed: "tawaran lewat",
	storage.ParticipantAttended: "hadir",
}

// Standing is a state of a participant in words.
func Standing(s storage.ParticipantState) string { return participantStates[s] }

// WriteParticipantsPDF writes the list of an invitation: who has a place, with a column to sign in, who waits, and by which rule. The
// seed of the lot stands on it once the places are filled; before, only its SHA-256. Rows keep their order.
func WriteParticipantsPDF(w io.Writer, i storage.Invitation, rows []storage.Participant, at time.Time) error {
	p := newPaper(true, "Daftar peserta "+i.Event, at)
	p.head = "Daftar peserta – " + i.Event
	p.foot = "Dicetak " + moment(at)
	p.promise(i, rows, at)
	p.section("A. Peserta")
	p.ledger(participants(rows, true), []column{{"No.", 10, true}, {"Nomor", 36, false}, {"Nama dan usaha", 78, false}, {"Kecamatan", 32, false},
		{"Keadaan", 34, false}, {"Tanda tangan", 71, false}}, "Belum ada yang mendapat tempat.")
	p.section("B. Daftar tunggu")
	p.ledger(participants(rows, false), []column{{"No.", 10, true}, {"Nomor", 36, false}, {"Nama dan usaha", 100, false}, {"Kecamatan", 40, false},
		{"Undian", 75, false}}, "Tidak ada yang menunggu.")
	p.signatures()
	return p.write(w)
}

func (p *paper) promise(i storage.Invitation, rows []storage.Participant, at time.Time) {
	held := 0
	for _, r := range rows {
		if seated(r.State) {
			held++
		}
	}
	p.style(true, 18, green)
	p.line(margin, p.y, "DAFTAR PESERTA")
	p.y += 10
	p.style(true, 12, black)
	p.line(margin, p.y, p.shorten(i.Event, p.inner()))
	p.y += 8
	p.field("Undangan", fmt.Sprintf("nomor %s", i.Broadcast))
	p.field("Acara", moment(i.Day))
	p.field("Tempat", fmt.Sprintf("%d, terisi %d", i.Places, held))
	p.field("Batas jawaban", moment(i.Deadline))
	p.field("Aturan", ruleOfPlaces[i.Rule])
	p.field("Bibit undian", seedOf(i))
	p.field("SHA-256 bibit", i.Commitment())
	p.field("Keadaan per", moment(at))
}

// seedOf is the seed of the lot, which nobody is told before the places are filled.
func seedOf(i storage.Invitation) string {
	switch {
	case i.Rule != storage.RuleLot && i.Rule != storage.RuleFirst:
		return "tidak dipakai"
	case i.FilledAt.IsZero():
		return "diumumkan setelah tempat dibagi"
	}
	return i.Seed + ", dibagi " + seconds(i.FilledAt)
}

func seated(s storage.ParticipantState) bool {
	return s == storage.ParticipantHeld || s == storage.ParticipantOffered || s == storage.ParticipantAttended
}

// participants are the rows of those with a place, or of those who wait.
func participants(rows []storage.Participant, seats bool) (cells [][]cell) {
	for _, r := range rows {
		name := person(storage.LedgerRow{Name: r.Name, Business: r.Business})
		switch {
		case seats && seated(r.State):
			state := Standing(r.State)
			if r.Reason != "" {
				state += ": " + r.Reason
			}
			cells = append(cells, []cell{{text: fmt.Sprint(len(cells) + 1)}, {text: r.Number}, name, {text: r.Kecamatan}, {text: state}, {text: ""}})
		case !seats && r.State == storage.ParticipantWaiting:
			cells = append(cells, []cell{{text: fmt.Sprint(r.Waits)}, {text: r.Number}, name, {text: r.Kecamatan}, {text: strings.TrimSpace(r.Lot[:min(len(r.Lot), 24)])}})
		}
	}
	return cells
}
