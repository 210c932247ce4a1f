package main

import (
	"context"
	"io"
	"time"

	"titian/bot/paper"
	"titian/locales"
	"titian/storage"
	"titian/storage/dossier"
	"titian/storage/postgres"
	"titian/storage/vault"
)

// handed makes dossiers of what the database knows and the vault keeps: for the command line and for the desk.
type handed struct {
	db    *postgres.DB
	vault *vault.Vault
	texts string // the folder of texts
}

// Write makes the PDF and the ZIP of an application.
func (h *handed) Write(ctx context.Context, a storage.Application, told storage.Dossier, at time.Time,
	create func(name string) (io.WriteCloser, error),
) (missing []string, err error) {
	asked, err := questionnaire(h.texts)
	if err != nil {
		return nil, err
	}
	report, err := dossier.Write(ctx, dossier.Case{Application: a, Dossier: told, Questions: asked, At: at}, h, bind, create)
	return report.Missing, err
}

// bind makes one PDF of the photos of one document, as small as SiHalal takes it.
func bind(ctx context.Context, photos [][]byte) ([]byte, error) {
	return paper.FromPhotos(ctx, photos, dossier.MaxFile)
}

// lists writes those of invitations.
type lists struct {
	aside string // a folder closed to others, for rows on their way
}

// ParticipantsPDF writes who answered, to print.
func (lists) ParticipantsPDF(w io.Writer, i storage.Invitation, rows []storage.Participant, at time.Time) error {
	return dossier.WriteParticipantsPDF(w, i, rows, at)
}

// ParticipantsSheet writes them for a spreadsheet.
func (l lists) ParticipantsSheet(w io.Writer, rows []storage.Participant) error {
	return dossier.WriteParticipantsSheet(w, l.aside, rows)
}

// CallsSheet writes whom to telephone.
func (l lists) CallsSheet(w io.Writer, rows []storage.Participant) error {
	return dossier.WriteCallsSheet(w, l.aside, rows)
}

// Look tells of the files among ids that are there.
func (h *handed) Look(ctx context.Context, a storage.ApplicationID, ids []storage.FileID) ([]dossier.File, error) {
	rows, err := h.db.FilesSeenFrom(ctx, a, ids)
	files := make([]dossier.File, len(rows))
	for i, r := range rows {
		files[i] = dossier.File{ID: r.ID, Application: r.Application, MIME: r.MIME, SizeBytes: r.SizeBytes, SHA256: r.SHA256}
	}
	return files, err
}

// Open reads one from its start.
func (h *handed) Open(ctx context.Context, id storage.FileID) (io.ReadCloser, error) {
	return h.vault.Get(ctx, string(id))
}

// questionnaire is the questions of the eligibility questionnaire, in their order and by their names.
func questionnaire(texts string) ([]dossier.Question, error) {
	catalog, err := locales.Texts(texts)
	if err != nil {
		return nil, complain("%v", err)
	}
	var list []dossier.Question
	for _, key := range []string{"kind", "has_nib", "yearly", "checks", "animal", "slaughter", "grinding"} {
		label := "halal." + key + ".label"
		if !catalog.Has(label) {
			label = "registration." + key + ".label"
		}
		list = append(list, dossier.Question{Key: key, Text: catalog.Say(label, nil)})
	}
	return list, nil
}
