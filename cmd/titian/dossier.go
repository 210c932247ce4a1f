package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"titian/locales"
	"titian/storage"
	"titian/storage/dossier"
	"titian/storage/postgres"
	"titian/storage/vault"
)

// dossierCommand is `titian dossier NUMBER`.
type dossierCommand struct {
	Number string `arg:"" placeholder:"HAL-2026-000001" help:"The application."`
	Out    string `required:"" placeholder:"DIR" help:"A folder, made if it is not there; what is written is readable by you alone."`
	Force  bool   `help:"Write over files of the same name."`
}

// Run writes the PDF of one application and its ZIP. That it was taken stands in the audit before anything is read.
func (d *dossierCommand) Run(ctx context.Context, conf *settings, s streams) error {
	if err := conf.settle(); err != nil {
		return err
	}
	opened, err := openResults(ctx, conf, newLog(s.err, conf.LogLevel))
	if err != nil {
		return err
	}
	defer opened.close()
	if opened.vault, err = conf.openVault(opened.keys); err != nil {
		return err
	}
	a, told, err := opened.db.HandOver(ctx, d.Number, actor())
	if errors.Is(err, storage.ErrNotFound) {
		return complain("there is no application %s; `titian export applications --format csv` lists them", d.Number)
	}
	if err != nil {
		return err
	}
	if err := os.MkdirAll(d.Out, 0o700); err != nil {
		return complain("the folder cannot be made: %v", err)
	}
	asked, err := questionnaire(conf.in("locales"))
	if err != nil {
		return err
	}
	c := dossier.Case{Application: a, Dossier: told, Questions: asked, At: clock()()}
	files := handed{opened.db, opened.vault}
	if err := d.write(a.Number+".pdf", s, func(w io.Writer) error { return dossier.WritePDF(ctx, w, c, files) }); err != nil {
		return err
	}
	report, err := dossier.WriteZIP(ctx, c, files, nil, func(n int) (io.WriteCloser, error) {
		return d.create(fmt.Sprintf("%s-%d.zip", a.Number, n), s)
	})
	for _, title := range report.Missing {
		fmt.Fprintf(s.err, "missing or altered: %s; `titian doctor --files` says more\n", title)
	}
	return err
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

// write makes one file whole.
func (d *dossierCommand) write(name string, s streams, fill func(io.Writer) error) error {
	f, err := d.create(name, s)
	if err != nil {
		return err
	}
	return errors.Join(fill(f), f.Close())
}

// create opens a file that is not there yet.
func (d *dossierCommand) create(name string, s streams) (io.WriteCloser, error) {
	path := filepath.Join(d.Out, name)
	how := os.O_WRONLY | os.O_CREATE | os.O_EXCL
	if d.Force {
		how = os.O_WRONLY | os.O_CREATE | os.O_TRUNC
	}
	f, err := os.OpenFile(path, how, 0o600)
	if errors.Is(err, os.ErrExist) {
		return nil, complain("%s is there already: move it away, or add --force", path)
	}
	if err != nil {
		return nil, complain("%s cannot be written: %v", path, err)
	}
	fmt.Fprintln(s.out, path)
	return f, nil
}

// handed are the files of applications, as the database knows them and the vault keeps them.
type handed struct {
	db    *postgres.DB
	vault *vault.Vault
}

// Look tells of the files among ids that are there.
func (h handed) Look(ctx context.Context, a storage.ApplicationID, ids []storage.FileID) ([]dossier.File, error) {
	rows, err := h.db.FilesSeenFrom(ctx, a, ids)
	files := make([]dossier.File, len(rows))
	for i, r := range rows {
		files[i] = dossier.File{ID: r.ID, Application: r.Application, MIME: r.MIME, SizeBytes: r.SizeBytes, SHA256: r.SHA256}
	}
	return files, err
}

// Open reads one from its start.
func (h handed) Open(ctx context.Context, id storage.FileID) (io.ReadCloser, error) {
	return h.vault.Get(ctx, string(id))
}
