package postgres

import (
	"context"
	"database/sql"
	"time"

	"github.com/lib/pq"

	"titian/storage"
)

// Stands are where the applications of a contact's owners stand, the one that changed last at the front.
func (d *DB) Stands(ctx context.Context, contact storage.ContactID) ([]storage.Stand, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	doing := "say where the applications of contact " + string(contact) + " stand"
	list, err := d.applications(ctx, d.fast, d.at(), `
		WHERE a.owner IN (SELECT owner FROM speaks_for WHERE contact = $2) ORDER BY a.since DESC, a.id`, contact)
	if err != nil {
		return nil, wrap(doing, err)
	}
	for i := range list {
		if list[i].State != storage.StateFixing && list[i].State != storage.StateReturned {
			continue
		}
		if list[i].Items, err = d.items(ctx, d.fast, list[i].ID); err != nil {
			return nil, wrap(doing, err)
		}
	}
	stands, err := d.stands(ctx, d.fast, list)
	return stands, wrap(doing, err)
}

// stands are where applications stand, whose items were read where something is to be replaced.
func (d *DB) stands(ctx context.Context, from reader, list []storage.Application) ([]storage.Stand, error) {
	programmes, err := programmes(ctx, from, d.at())
	if err != nil {
		return nil, err
	}
	until, err := deadlines(ctx, from, list)
	if err != nil {
		return nil, err
	}
	asked, err := d.asked(ctx, from, list)
	if err != nil {
		return nil, err
	}
	stands := make([]storage.Stand, len(list))
	for i, a := range list {
		s := storage.Stand{Application: a.ID, Owner: a.Owner, Number: a.Number, Product: a.Product, State: a.State, Since: a.Since, Reason: a.Reason, Rank: a.Rank,
			Until: until[a.ID], HandedTo: a.HandedTo, HandedAt: a.HandedAt, SiHalal: a.SiHalal, SiHalalCode: a.SiHalalCode,
			Certificate: a.Certificate, IssuedAt: a.IssuedAt, CertificateFile: a.CertificateFile, CertificateMIME: a.CertificateMIME,
			Corrections: asked[a.ID]}
		for _, p := range programmes {
			if p.ID == a.Programme {
				s.Programme, s.Left = p.Name, p.Left()
			}
		}
		for _, item := range a.Items {
			if item.Verdict == storage.VerdictFix {
				s.Missing = append(s.Missing, item)
			}
		}
		stands[i] = s
	}
	return stands, nil
}

// deadlines are until when those that were sent back keep their rank, where the clock has begun.
func deadlines(ctx context.Context, from reader, list []storage.Application) (map[storage.ApplicationID]time.Time, error) {
	var fixing pq.StringArray
	for _, a := range list {
		if a.State == storage.StateFixing {
			fixing = append(fixing, string(a.ID))
		}
	}
	until := map[storage.ApplicationID]time.Time{}
	if len(fixing) == 0 {
		return until, nil
	}
	var rows []struct {
		ID  storage.ApplicationID `db:"application"`
		Due sql.NullTime          `db:"due_at"`
	}
	if err := from.SelectContext(ctx, &rows, `
		SELECT application, due_at FROM owner_notices WHERE application = ANY ($1) AND kind = 'fix' AND ended_at IS NULL`, fixing); err != nil {
		return nil, err
	}
	for _, r := range rows {
		until[r.ID] = orZero(r.Due)
	}
	return until, nil
}

// applications reads applications without their items; where may use $2 and so on.
func (d *DB) applications(ctx context.Context, from reader, at time.Time, where string, args ...any) ([]storage.Application, error) {
	var rows []applicationRow
	if err := from.SelectContext(ctx, &rows, applicationsSelected+where, append([]any{at}, args...)...); err != nil {
		return nil, err
	}
	list := make([]storage.Application, len(rows))
	var err error
	for i, row := range rows {
		if list[i], err = d.openRow(row); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// Queue are the undecided applications of a programme by rank, without their items; those that lost theirs come last.
func (d *DB) Queue(ctx context.Context, programme storage.ProgrammeID) ([]storage.Application, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	list, err := d.applications(ctx, d.fast, d.at(), `
		WHERE a.programme = $2 AND a.state IN ('submitted', 'fixing', 'complete') ORDER BY k.rank NULLS LAST, a.rank_at, a.lot`, programme)
	return list, wrap("list who waits in programme "+string(programme), err)
}
