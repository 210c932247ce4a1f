package door

import (
	"context"
	"errors"

	"titian/bot"
	"titian/bot/paper"
	"titian/flows/flow"
)

const mimePDF = "application/pdf"

// paper notes what a PDF says of what the owner said; it decides nothing by that.
func (d *Door) paper(ctx context.Context, want flow.Wanted, data []byte) ([]byte, flow.FileAnswer, error) {
	p, err := d.papers.Clean(ctx, data)
	var r *paper.Refused
	if errors.As(err, &r) {
		return nil, flow.FileAnswer{}, &bot.Refusal{Reason: r.Reason, Args: r.Args}
	}
	if err != nil {
		return nil, flow.FileAnswer{}, err
	}
	kept := flow.FileAnswer{MIME: mimePDF}
	compare(&kept, p.Text, want.Words)
	return p.PDF, kept, nil
}
