package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/user"
	"path/filepath"
	"strings"
	"time"

	"titian/locales"
	"titian/storage/postgres"
	"titian/storage/sheet"
)

// exportCommand is `titian export owners`.
type exportCommand struct {
	Format string `required:"" enum:"csv,xlsx,json" help:"csv, xlsx or json."`
	Out    string `placeholder:"FILE" help:"A file, readable by you alone; default: standard output."`
	Full   bool   `help:"Whole NIKs instead of masked ones. This is written into the audit under your name."`
}

// Run writes what Postgres holds.
func (e *exportCommand) Run(ctx context.Context, c *settings, s streams) error {
	if err := c.settle(); err != nil {
		return err
	}
	opened, err := openResults(ctx, c, newLog(s.err, c.LogLevel))
	if err != nil {
		return err
	}
	defer opened.close()
	n := 0
	err = toFile(e.Out, s.out, func(w io.Writer) error {
		rows, err := newOwnerWriter(e.Format, w, c.Data)
		if err != nil {
			return err
		}
		defer rows.drop()
		if err := rows.begin(); err != nil {
			return err
		}
		if err := opened.db.ExportOwners(ctx, e.Full, actor(), func(o postgres.OwnerRow) error {
			n++
			return rows.write(o)
		}); err != nil {
			return err
		}
		return rows.end()
	})
	if err == nil && e.Out != "" {
		fmt.Fprintf(s.err, "%d owners written to %s\n", n, e.Out)
	}
	return err
}

// actor is who stands in the audit: the account of this machine, also behind sudo.
func actor() string {
	name := os.Getenv("SUDO_USER")
	if name == "" {
		if u, err := user.Current(); err == nil {
			name = u.Username
		}
	}
	host, err := os.Hostname()
	if err != nil {
		host = "?"
	}
	return "command line: " + name + "@" + host
}

// toFile writes to standard output, or to a file that is whole or absent.
func toFile(path string, out io.Writer, write func(io.Writer) error) error {
	if path == "" {
		w := bufio.NewWriter(out)
		if err := write(w); err != nil {
			return err
		}
		return w.Flush()
	}
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*") // mode 0600
	if err != nil {
		return complain("%s cannot be written: %v", path, err)
	}
	defer os.Remove(f.Name()) // nothing, once it is renamed
	defer f.Close()
	w := bufio.NewWriter(f)
	if err := write(w); err != nil {
		return err
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	if err := f.Sync(); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return os.Rename(f.Name(), path)
}

// ownerWriter writes rows in one format.
type ownerWriter interface {
	begin() error
	write(postgres.OwnerRow) error
	end() error
	drop() // what is not ended leaves nothing behind
}

// newOwnerWriter writes to w; aside is a folder closed to others, for rows on their way.
func newOwnerWriter(format string, w io.Writer, aside string) (ownerWriter, error) {
	switch format {
	case "csv":
		return &tableOwners{sheet.NewCSV(w)}, nil
	case "xlsx":
		x, err := sheet.NewXLSX(w, "IKM", aside)
		if err != nil {
			return nil, err
		}
		return &tableOwners{x}, nil
	}
	return &jsonOwners{w: w}, nil
}

// ownerColumns are the columns of csv and xlsx and the keys of the JSON.
var ownerColumns = []string{"number", "filed_at", "name", "nik", "phone", "business", "sector", "products",
	"kecamatan", "kelurahan", "address", "lat", "lon", "workers", "turnover_month", "has_nib", "nib", "permits",
	"announcements", "network", "binaan", "source"}

// table is a csv or an xlsx.
type table interface {
	Write(cells ...any) error
	Close() error
	Discard()
}

// tableOwners writes lists as "a; b" and what was left open as nothing.
type tableOwners struct{ table table }

func (t *tableOwners) begin() error {
	head := make([]any, len(ownerColumns))
	for i, name := range ownerColumns {
		head[i] = name
	}
	return t.table.Write(head...)
}

func (t *tableOwners) write(o postgres.OwnerRow) error {
	return t.table.Write(o.Number, when(o.FiledAt), sheet.Text(o.Name), o.NIK, o.Phone, sheet.Text(o.Business), o.Sector,
		sheet.Text(strings.Join(o.Products, "; ")), o.Kecamatan, o.Kelurahan, sheet.Text(o.Address), maybe(o.Latitude),
		maybe(o.Longitude), o.Workers, maybe(o.TurnoverMonth), maybe(o.HasNIB), o.NIB, strings.Join(o.Permits, "; "),
		o.Announcements, o.Network, o.Binaan, sheet.Text(o.List))
}

func (t *tableOwners) end() error { return t.table.Close() }
func (t *tableOwners) drop()      { t.table.Discard() }

func when(t time.Time) string { return t.In(locales.WITA).Format(time.RFC3339) }

// whenSet is nothing for a time that was not set.
func whenSet(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return when(t)
}

// maybe is the value, or nothing.
func maybe[T any](v *T) any {
	if v == nil {
		return nil
	}
	return *v
}

// jsonOwners writes one array, a row a line.
type jsonOwners struct {
	w io.Writer
	n int
}

type jsonOwner struct {
	Number        string   `json:"number"`
	FiledAt       string   `json:"filed_at"`
	Name          string   `json:"name"`
	NIK           string   `json:"nik"`
	Phone         string   `json:"phone"`
	Business      string   `json:"business"`
	Sector        string   `json:"sector"`
	Products      []string `json:"products"`
	Kecamatan     string   `json:"kecamatan"`
	Kelurahan     string   `json:"kelurahan"`
	Address       string   `json:"address"`
	Latitude      *float64 `json:"lat"`
	Longitude     *float64 `json:"lon"`
	Workers       int      `json:"workers"`
	Turnover      *int64   `json:"turnover_month"`
	HasNIB        *bool    `json:"has_nib"`
	NIB           string   `json:"nib"`
	Permits       []string `json:"permits"`
	Announcements bool     `json:"announcements"`
	Network       string   `json:"network"`
	Binaan        bool     `json:"binaan"`
	Source        string   `json:"source"`
}

func (j *jsonOwners) drop() {}

func (j *jsonOwners) begin() error {
	_, err := io.WriteString(j.w, "[")
	return err
}

func (j *jsonOwners) write(o postgres.OwnerRow) error {
	row, err := json.Marshal(jsonOwner{o.Number, when(o.FiledAt), o.Name, o.NIK, o.Phone, o.Business, o.Sector,
		append([]string{}, o.Products...), o.Kecamatan, o.Kelurahan, o.Address, o.Latitude, o.Longitude, o.Workers,
		o.TurnoverMonth, o.HasNIB, o.NIB, append([]string{}, o.Permits...), o.Announcements, o.Network, o.Binaan, o.List})
	if err != nil {
		return fmt.Errorf("write owner %s: %w", o.Number, err)
	}
	start := ",\n"
	if j.n == 0 {
		start = "\n"
	}
	j.n++
	_, err = fmt.Fprintf(j.w, "%s%s", start, row)
	return err
}

func (j *jsonOwners) end() error {
	_, err := io.WriteString(j.w, "\n]\n")
	return err
}
