package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"titian/storage"
	"titian/storage/dossier"
	"titian/storage/postgres"
	"titian/storage/sheet"
)

// exportApplications is `titian export applications`.
type exportApplications struct {
	Format string `required:"" enum:"csv,xlsx,json" help:"csv, xlsx or json."`
	Out    string `placeholder:"FILE" help:"A file, readable by you alone; default: standard output."`
}

// applicationColumns are the columns of csv and xlsx and the keys of the JSON.
var applicationColumns = []string{"number", "registration", "name", "business", "product", "state", "since", "filed_at", "rank_at", "rank",
	"accepted", "to_replace", "open_tasks", "pendamping", "handed_at", "sihalal", "sihalal_code", "certificate", "issued_at"}

// Run writes every application that was filed, without NIK and answers.
func (e *exportApplications) Run(ctx context.Context, c *settings, s streams) error {
	return exportRows(ctx, c, s, e.Format, e.Out, "Halal", applicationColumns, func(db *postgres.DB, row func(...any) error) error {
		return db.ExportApplications(ctx, func(a storage.Application) error { return row(applicationCells(a)...) })
	})
}

func applicationCells(a storage.Application) []any {
	accepted, replace, tasks := 0, 0, 0
	for _, item := range a.Items {
		switch item.Verdict {
		case storage.VerdictAccepted:
			accepted++
		case storage.VerdictFix:
			replace++
		}
	}
	for _, t := range a.Tasks {
		if !t.Done {
			tasks++
		}
	}
	return []any{a.Number, a.Registration, sheet.Text(a.Name), sheet.Text(a.Business), a.Product, string(a.State), when(a.Since), when(a.FiledAt),
		when(a.RankAt), a.Rank, accepted, replace, tasks, sheet.Text(a.HandedTo), whenSet(a.HandedAt), sheet.Text(a.SiHalal), a.SiHalalCode,
		sheet.Text(a.Certificate), whenSet(a.IssuedAt)}
}

// exportQuota is `titian export quota`: the berita acara.
type exportQuota struct {
	Format string `required:"" enum:"csv,xlsx,json,pdf" help:"csv, xlsx, json or pdf."`
	Year   int    `placeholder:"YEAR" help:"Of which year; default: the latest."`
	Name   string `placeholder:"NAME" help:"Of which programme, where a year has several."`
	Out    string `placeholder:"FILE" help:"A file, readable by you alone; default: standard output."`
}

// ledgerColumns are the columns of csv and xlsx and the keys of the JSON.
var ledgerColumns = []string{"position", "rank", "number", "registration", "name", "business", "rank_at", "lot", "state", "granted_at", "granted_by",
	"override", "released_at", "release", "accepted", "sent_back"}

// Run writes who holds a place, who gave one back and who waits.
func (e *exportQuota) Run(ctx context.Context, c *settings, s streams) error {
	if e.Format != "pdf" {
		return exportRows(ctx, c, s, e.Format, e.Out, "Kuota", ledgerColumns, func(db *postgres.DB, row func(...any) error) error {
			_, ledger, err := e.read(ctx, db)
			for _, r := range ledger {
				if err := row(ledgerCells(r)...); err != nil {
					return err
				}
			}
			return err
		})
	}
	return withResults(ctx, c, s, func(db *postgres.DB) error {
		p, ledger, err := e.read(ctx, db)
		if err != nil {
			return err
		}
		return toFile(e.Out, s.out, func(w io.Writer) error { return dossier.WriteLedgerPDF(w, p, ledger, clock()()) })
	})
}

// read finds the programme that is meant.
func (e *exportQuota) read(ctx context.Context, db *postgres.DB) (storage.Programme, []storage.LedgerRow, error) {
	list, err := db.Programmes(ctx)
	if err != nil {
		return storage.Programme{}, nil, err
	}
	for _, p := range list {
		if (e.Year == 0 || p.Year == e.Year) && (e.Name == "" || strings.EqualFold(p.Name, e.Name)) {
			rows, err := db.Ledger(ctx, p.ID)
			return p, rows, err
		}
	}
	return storage.Programme{}, nil, complain("there is no such programme; `titian programme list` shows them")
}

func ledgerCells(r storage.LedgerRow) []any {
	return []any{r.Position, r.Rank, r.Application, r.Registration, sheet.Text(r.Name), sheet.Text(r.Business), when(r.RankAt), r.Lot, string(r.State),
		whenSet(r.GrantedAt), sheet.Text(r.GrantedBy), sheet.Text(r.Override), whenSet(r.ReleasedAt), r.Release, r.Accepted, r.SentBack}
}

// exportRows writes rows of those columns, one at a time, in one format.
func exportRows(ctx context.Context, c *settings, s streams, format, out, title string, columns []string,
	read func(db *postgres.DB, row func(...any) error) error) error {
	n := 0
	err := withResults(ctx, c, s, func(db *postgres.DB) error {
		return toFile(out, s.out, func(w io.Writer) error {
			rows, err := newRows(format, w, title, c.Data, columns)
			if err != nil {
				return err
			}
			defer rows.Discard()
			if err := read(db, func(cells ...any) error { n++; return rows.Write(cells...) }); err != nil {
				return err
			}
			return rows.Close()
		})
	})
	if err == nil && out != "" {
		fmt.Fprintf(s.err, "%d rows written to %s\n", n, out)
	}
	return err
}

// newRows begins a table with its head; aside is a folder closed to others, for rows on their way.
func newRows(format string, w io.Writer, title, aside string, columns []string) (table, error) {
	var rows table
	switch format {
	case "json":
		return &jsonRows{w: w, columns: columns}, nil
	case "csv":
		rows = sheet.NewCSV(w)
	default:
		x, err := sheet.NewXLSX(w, title, aside)
		if err != nil {
			return nil, err
		}
		rows = x
	}
	head := make([]any, len(columns))
	for i, name := range columns {
		head[i] = name
	}
	return rows, rows.Write(head...)
}

// jsonRows writes one array, a row a line, the keys in their order.
type jsonRows struct {
	w       io.Writer
	columns []string
	n       int
}

// Write adds a row.
func (j *jsonRows) Write(cells ...any) error {
	start := ",\n{"
	if j.n == 0 {
		start = "[\n{"
	}
	j.n++
	var b strings.Builder
	b.WriteString(start)
	for i, cell := range cells {
		if text, typed := cell.(sheet.Text); typed {
			cell = string(text)
		}
		value, err := json.Marshal(cell)
		if err != nil {
			return fmt.Errorf("write %s: %w", j.columns[i], err)
		}
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, "%q:%s", j.columns[i], value)
	}
	b.WriteByte('}')
	_, err := io.WriteString(j.w, b.String())
	return err
}

// Close ends the array.
func (j *jsonRows) Close() error {
	end := "\n]\n"
	if j.n == 0 {
		end = "[\n]\n"
	}
	_, err := io.WriteString(j.w, end)
	return err
}

// Discard leaves nothing behind.
func (j *jsonRows) Discard() {}
