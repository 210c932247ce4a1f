package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"

	"titian/flows/answer"
	"titian/storage/postgres"
)

// segmentCommand is `titian segment`.
type segmentCommand struct {
	Save    segmentSave    `cmd:"" help:"Give a query a name, to be used as segmen:NAME."`
	Count   segmentCount   `cmd:"" help:"Say how many owners a query means."`
	Numbers segmentNumbers `cmd:"" help:"Store a list of telephone numbers, one a line, to be used as nomor:NAME."`
	List    segmentList    `cmd:"" help:"Show the named queries and lists."`
}

type segmentSave struct {
	Name  string `arg:"" placeholder:"NAME" help:"What it is called."`
	Query string `arg:"" placeholder:"QUERY" help:"Like 'kecamatan:Kambu dan sektor:pangan dan bukan halal:terbit'."`
}

// Run saves it as it was read; it stands in the audit.
func (s *segmentSave) Run(ctx context.Context, c *settings, to streams) error {
	return c.withWords(ctx, to, func(w *lexicon) error {
		e, err := w.read(s.Query)
		if err != nil {
			return err
		}
		name := strings.ToLower(strings.Join(strings.Fields(s.Name), " "))
		if name == "" || strings.ContainsAny(name, `"“”`) {
			return complain("a segment needs a name without quotes")
		}
		fmt.Fprintf(to.out, "segmen:%q = %s\n", name, e)
		return w.db.SaveSegment(ctx, name, e.String(), actor())
	})
}

type segmentCount struct {
	Query string `arg:"" placeholder:"QUERY" help:"Whom to count."`
}

// Run prints how the query was read and how many owners it means.
func (s *segmentCount) Run(ctx context.Context, c *settings, to streams) error {
	return c.withWords(ctx, to, func(w *lexicon) error {
		e, err := w.read(s.Query)
		if err != nil {
			return err
		}
		meant, err := w.db.Meant(ctx, e)
		if err == nil {
			fmt.Fprintf(to.out, "%s: %d\n", e, len(meant))
		}
		return err
	})
}

type segmentNumbers struct {
	Name string `arg:"" placeholder:"NAME" help:"What the list is called."`
	File string `arg:"" type:"existingfile" placeholder:"FILE" help:"One telephone number a line; what is no number is named and left out."`
}

// Run stores the numbers by their keyed index alone.
func (s *segmentNumbers) Run(ctx context.Context, c *settings, to streams) error {
	data, err := os.ReadFile(s.File)
	if err != nil {
		return complain("%s cannot be read: %v", s.File, err)
	}
	var phones []answer.Phone
	for i, line := range strings.Split(string(data), "\n") {
		phone, err := answer.ParsePhone(line)
		switch {
		case err == nil:
			phones = append(phones, phone)
		case strings.TrimSpace(line) != "":
			fmt.Fprintf(to.err, "line %d holds no telephone number that can be read\n", i+1)
		}
	}
	if len(phones) == 0 {
		return complain("%s holds no telephone number", s.File)
	}
	return withResults(ctx, c, to, func(db *postgres.DB) error {
		known, err := db.SaveNumbers(ctx, strings.ToLower(strings.Join(strings.Fields(s.Name), " ")), phones, actor())
		if err == nil {
			fmt.Fprintf(to.out, "%d numbers stored, %d of them registered\n", len(phones), known)
		}
		return err
	})
}

type segmentList struct{}

// Run prints a line each.
func (*segmentList) Run(ctx context.Context, c *settings, to streams) error {
	return withResults(ctx, c, to, func(db *postgres.DB) error {
		saved, numbers, err := db.Segments(ctx)
		if err != nil {
			return err
		}
		var lines []string
		for name, query := range saved {
			lines = append(lines, fmt.Sprintf("segmen:%q = %s", name, query))
		}
		for _, w := range numbers {
			lines = append(lines, fmt.Sprintf("nomor:%q", w.ID))
		}
		slices.Sort(lines)
		for _, line := range lines {
			fmt.Fprintln(to.out, line)
		}
		return nil
	})
}
