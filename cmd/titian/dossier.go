package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"titian/storage"
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
	missing, err := (&handed{opened.db, opened.vault, conf.in("locales")}).Write(ctx, a, told, clock()(),
		func(name string) (io.WriteCloser, error) { return d.create(name, s) })
	for _, title := range missing {
		fmt.Fprintf(s.err, "missing or altered: %s; `titian doctor --files` says more\n", title)
	}
	return err
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
