package main

import (
	"context"
	"fmt"
	"text/tabwriter"
	"time"

	"titian/locales"
	"titian/storage"
	"titian/storage/postgres"
)

// programmeCommand is `titian programme`.
type programmeCommand struct {
	Set  programmeSet  `cmd:"" help:"Make or change a year's halal facilitation: how many places, and between which days."`
	List programmeList `cmd:"" help:"Show the programmes, with the places that are taken."`
}

type programmeSet struct {
	Name   string `required:"" placeholder:"NAME" help:"What it is called; with the year it names one."`
	Year   int    `required:"" placeholder:"YEAR" help:"The year."`
	Quota  int    `required:"" placeholder:"N" help:"How many places there are; never fewer than are held."`
	Opens  string `placeholder:"DAY" help:"The first day that applications are taken, like 2026-03-07; default: now, or the year's first."`
	Closes string `placeholder:"DAY" help:"The last day; default: it stays open."`
}

// Run sets the programme; it stands in the audit.
func (c *programmeSet) Run(ctx context.Context, conf *settings, s streams) error {
	p := storage.Programme{Name: c.Name, Year: c.Year, Quota: c.Quota}
	var err error
	if p.Opens, err = dayOf("--opens", c.Opens); err != nil {
		return err
	}
	if p.Closes, err = dayOf("--closes", c.Closes); err != nil {
		return err
	}
	if !p.Closes.IsZero() {
		p.Closes = p.Closes.AddDate(0, 0, 1) // the last day counts
	}
	return withResults(ctx, conf, s, func(db *postgres.DB) error {
		refused, err := db.SetProgramme(ctx, p)
		if err != nil {
			return err
		}
		switch refused {
		case storage.RefusedNothing:
			fmt.Fprintf(s.out, "%s %d: %d places\n", p.Name, p.Year, p.Quota)
			return nil
		case storage.RefusedFull:
			return complain("more places than %d are held already, and none is ever taken back", p.Quota)
		}
		return complain("a programme has a name, a quota that is not negative, and a first day before its last")
	})
}

// dayOf reads a day of a flag, which begins at midnight in WITA; none is the zero time.
func dayOf(flag, day string) (time.Time, error) {
	if day == "" {
		return time.Time{}, nil
	}
	t, err := time.ParseInLocation(time.DateOnly, day, locales.WITA)
	if err != nil {
		return t, complain("%s is a day like 2026-03-07", flag)
	}
	return t, nil
}

type programmeList struct{}

// Run prints a line a programme.
func (*programmeList) Run(ctx context.Context, conf *settings, s streams) error {
	return withResults(ctx, conf, s, func(db *postgres.DB) error {
		list, err := db.Programmes(ctx)
		if err != nil {
			return err
		}
		if len(list) == 0 {
			fmt.Fprintln(s.err, "none yet: `titian programme set --name NAME --year YEAR --quota N`")
		}
		w := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
		for _, p := range list {
			fmt.Fprintf(w, "%s\t%d\t%d of %d taken\t%d wait\t%s – %s\n", p.Name, p.Year, p.Taken, p.Quota, p.Queued, firstDay(p.Opens), lastDay(p.Closes))
		}
		return w.Flush()
	})
}

func firstDay(t time.Time) string {
	if t.IsZero() {
		return "open"
	}
	return t.In(locales.WITA).Format(time.DateOnly)
}

func lastDay(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(locales.WITA).Add(-time.Second).Format(time.DateOnly)
}
