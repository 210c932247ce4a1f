package dossier

import (
	"io"
	"time"

	"titian/storage"
	"titian/storage/sheet"
)

// ParticipantColumns are the columns of the list of an invitation.
var ParticipantColumns = []string{"rank", "number", "name", "business", "kecamatan", "network", "state", "waiting", "lot", "answered_at", "written_by", "reason", "accept_until"}

// ParticipantCells is a row of it, for a spreadsheet.
func ParticipantCells(p storage.Participant) []any {
	return []any{p.Rank, p.Number, sheet.Text(p.Name), sheet.Text(p.Business), p.Kecamatan, string(p.Network), Standing(p.State), p.Waits,
		p.Lot, whenSet(p.SaidAt), sheet.Text(p.SaidBy), sheet.Text(p.Reason), whenSet(p.Due)}
}

// CallColumns are the columns of the list of whom to telephone.
var CallColumns = []string{"number", "name", "business", "kecamatan", "phone", "state", "sent", "cause"}

// CallCells is a row of it, for a spreadsheet.
func CallCells(p storage.Participant) []any {
	return []any{p.Number, sheet.Text(p.Name), sheet.Text(p.Business), p.Kecamatan, string(p.Phone), Standing(p.State), string(p.Sent), string(p.Cause)}
}

// WriteParticipantsSheet writes the list of an invitation as xlsx; aside is that of sheet.NewXLSX.
func WriteParticipantsSheet(w io.Writer, aside string, rows []storage.Participant) error {
	return writeSheet(w, "Peserta", aside, ParticipantColumns, rows, ParticipantCells)
}

// WriteCallsSheet writes whom to telephone as xlsx, with their numbers.
func WriteCallsSheet(w io.Writer, aside string, rows []storage.Participant) error {
	return writeSheet(w, "Telepon", aside, []string{"number", "name", "business", "kecamatan", "phone", "state", "cause"}, rows, func(p storage.Participant) []any {
		return []any{p.Number, sheet.Text(p.Name), sheet.Text(p.Business), p.Kecamatan, string(p.Phone), Standing(p.State), unheard(p)}
	})
}

// headings are what the columns are called in a file for staff.
var headings = map[string]string{
	"rank": "urutan", "number": "nomor", "name": "nama", "business": "usaha", "kecamatan": "kecamatan", "network": "jaringan", "state": "keadaan",
	"waiting": "nomor tunggu", "lot": "undian", "answered_at": "dijawab", "written_by": "dicatat oleh", "reason": "alasan",
	"accept_until": "tawaran sampai", "phone": "telepon", "cause": "sebab",
}

// unheard says why somebody is to be telephoned.
func unheard(p storage.Participant) string {
	if p.Sent == storage.RecipientSkipped {
		return map[storage.Cause]string{
			storage.CauseNoContact: "tanpa percakapan", storage.CauseOptedOut: "sudah BERHENTI", storage.CauseNoConsent: "belum setuju pengumuman",
			storage.CauseBlocked: "memblokir", storage.CauseSilent: "diam di WhatsApp lebih dari 28 hari",
		}[p.Cause]
	}
	return map[storage.RecipientState]string{
		storage.RecipientUnsure: "belum pasti sampai", storage.RecipientBlocked: "memblokir", storage.RecipientFailed: "tidak bisa dikirim",
	}[p.Sent]
}

func writeSheet(w io.Writer, title, aside string, columns []string, rows []storage.Participant, cells func(storage.Participant) []any) error {
	x, err := sheet.NewXLSX(w, title, aside)
	if err != nil {
		return err
	}
	defer x.Discard()
	head := make([]any, len(columns))
	for i, name := range columns {
		head[i] = headings[name]
	}
	if err := x.Write(head...); err != nil {
		return err
	}
	for _, p := range rows {
		if err := x.Write(cells(p)...); err != nil {
			return err
		}
	}
	return x.Close()
}

// whenSet is a time as a spreadsheet keeps it; nothing for one that was not set.
func whenSet(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.In(wita).Format(time.RFC3339)
}
