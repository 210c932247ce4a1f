package main

import (
	"context"

	"titian/storage"
	"titian/storage/postgres"
	"titian/storage/sheet"
)

// recipientColumns are the columns of csv and xlsx and the keys of the JSON.
var recipientColumns = []string{"broadcast", "person", "number", "name", "business", "kecamatan", "network", "state", "cause", "since", "sent_at", "answered_at", "stands"}

type broadcastReport struct {
	ID     int64  `arg:"" placeholder:"ID" help:"The broadcast."`
	Format string `required:"" enum:"csv,xlsx,json" help:"csv, xlsx or json."`
	Out    string `placeholder:"FILE" help:"A file, readable by you alone; default: standard output."`
}

// Run writes one row a person of the audience, also those who were left out.
func (r *broadcastReport) Run(ctx context.Context, c *settings, s streams) error {
	return exportPeople(ctx, c, s, r.Format, r.Out, storage.BroadcastID(r.ID))
}

// exportRecipients is `titian export recipients`.
type exportRecipients struct {
	Format string `required:"" enum:"csv,xlsx,json" help:"csv, xlsx or json."`
	Out    string `placeholder:"FILE" help:"A file, readable by you alone; default: standard output."`
}

// Run writes the ledgers of all broadcasts.
func (e *exportRecipients) Run(ctx context.Context, c *settings, s streams) error {
	return exportPeople(ctx, c, s, e.Format, e.Out, 0)
}

func exportPeople(ctx context.Context, c *settings, s streams, format, out string, id storage.BroadcastID) error {
	return exportRows(ctx, c, s, format, out, "Siaran", recipientColumns, func(db *postgres.DB, row func(...any) error) error {
		return db.ExportRecipients(ctx, id, func(r storage.BroadcastRow) error {
			return row(int64(r.Broadcast), r.Person, r.Number, sheet.Text(r.Name), sheet.Text(r.Business), r.Kecamatan, string(r.Network), string(r.State),
				string(r.Cause), when(r.At), whenSet(r.SentAt), whenSet(r.AnsweredAt), string(r.Stands))
		})
	})
}
