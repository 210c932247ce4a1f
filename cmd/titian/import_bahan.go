package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"titian/flows/rules"
	"titian/locales"
	"titian/storage/catalogue"
	"titian/storage/sheet"
)

// importBahanCommand is `titian import bahan`.
type importBahanCommand struct {
	File   string `arg:"" help:"Brands whose halal certificate staff looked up: xlsx, or csv in UTF-8."`
	DryRun bool   `help:"Say what would happen, and store nothing."`
}

// Run reads the list, says of each row what is the matter with it, and stores the others: owners may pick them at once.
func (i *importBahanCommand) Run(ctx context.Context, c *settings, s streams) error {
	if err := c.settle(); err != nil {
		return err
	}
	asks, err := rules.Read(locales.Files(c.in("locales")))
	if err != nil {
		return complain("%v", err)
	}
	list, err := catalogue.Read(i.File, catalogue.Options{
		Today:    time.Now().In(locales.WITA),
		Material: func(name string) (string, bool) { b, ok := asks.Branded(name); return b.ID, ok },
	})
	switch {
	case errors.Is(err, sheet.ErrTooLarge):
		return complain("%s is too large: at most %d rows and %d MB", i.File, sheet.MaxRows, sheet.MaxBytes>>20)
	case err != nil:
		return complain("%s cannot be read: %v", i.File, err)
	}
	for _, each := range []struct {
		what    string
		remarks []catalogue.Remark
	}{{"SALAH", list.Bad}, {"PERHATIAN", list.Look}} {
		for _, r := range each.remarks {
			fmt.Fprintf(s.out, "%-9s  baris %d: %s\n", each.what, r.Row, r.Says)
		}
	}
	return c.withResults(ctx, s, func(opened *stores) error {
		n, err := opened.db.ImportBrands(ctx, filepath.Base(i.File), actor(), i.DryRun, list.Brands)
		if err != nil {
			return err
		}
		fmt.Fprintf(s.out, "%d baris: %d merek baru, %d diperbarui, %d sama, %d salah\n", list.Rows, n.New, n.Changed, n.Same, len(list.Bad))
		if i.DryRun {
			fmt.Fprintln(s.out, "hanya percobaan: tidak ada yang disimpan")
		}
		return nil
	})
}
