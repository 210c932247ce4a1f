package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"titian/flows/answer"
	"titian/locales"
	"titian/storage/roster"
	"titian/storage/sheet"
)

// importCommand is `titian import owners`.
type importCommand struct {
	File   string `arg:"" help:"The dinas's own list: xlsx, or csv in UTF-8."`
	DryRun bool   `help:"Say what would happen, and store nothing."`
	Source string `placeholder:"NAME" help:"What the list is called from now on; default: the name of the file. The same list again must have the same name."`
	Binaan bool   `help:"Everyone in the list is in the dinas's guidance, whatever its column says."`
}

// Run reads the list, says of each row what is wrong with it, and stores the others. Nobody is written to.
func (i *importCommand) Run(ctx context.Context, c *settings, s streams) error {
	if err := c.settle(); err != nil {
		return err
	}
	city, err := locales.City(c.in("locales"), answer.ReadCity)
	if err != nil {
		return complain("kendari.csv: %v", err)
	}
	source := strings.TrimSpace(i.Source)
	if source == "" {
		source = filepath.Base(i.File)
	}
	if len(source) > 100 {
		return complain("--source must be a name of at most 100 letters")
	}
	list, err := roster.Read(i.File, roster.Options{City: city, Today: time.Now().In(locales.WITA), Binaan: i.Binaan})
	switch {
	case errors.Is(err, sheet.ErrTooLarge):
		return complain("%s is too large: at most %d rows and %d MB", i.File, sheet.MaxRows, sheet.MaxBytes>>20)
	case err != nil:
		return complain("%s cannot be read: %v", i.File, err)
	}
	for _, each := range []struct {
		what    string
		remarks []roster.Remark
	}{{"SALAH", list.Bad}, {"GANDA", list.Doubles}, {"PERHATIAN", list.Open}} {
		for _, r := range each.remarks {
			fmt.Fprintf(s.out, "%-9s  baris %d: %s\n", each.what, r.Row, r.Says)
		}
	}
	if len(list.Unknown) > 0 {
		fmt.Fprintf(s.out, "kolom yang tidak dipakai: %s\n", strings.Join(list.Unknown, ", "))
	}
	return c.withResults(ctx, s, func(opened *stores) error {
		n, err := opened.db.ImportOwners(ctx, source, actor(), i.DryRun, list.Owners)
		if err != nil {
			return err
		}
		fmt.Fprintf(s.out, "%d baris: %d baru, %d diperbarui, %d sama, %d dari daftar lain, %d sudah mendaftar sendiri, %d ganda, %d salah\n",
			list.Rows, n.New, n.Changed, n.Same, n.Others, n.Claimed, len(list.Doubles), len(list.Bad))
		if n.Deleted > 0 {
			fmt.Fprintf(s.out, "%d baris tidak dimuat, karena pemiliknya sudah meminta datanya dihapus\n", n.Deleted)
		}
		if i.DryRun {
			fmt.Fprintln(s.out, "hanya percobaan: tidak ada yang disimpan")
		}
		return nil
	})
}
