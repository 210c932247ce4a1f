package postgres

import (
	"context"
	"database/sql"
	"time"

	"titian/storage"
)

// Ledger is the berita acara of a programme: every place that was ever given, in order, then the waiting list by rank.
func (d *DB) Ledger(ctx context.Context, programme storage.ProgrammeID) ([]storage.LedgerRow, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	doing := "read the ledger of programme " + string(programme)
	var rows []struct {
		Waits        bool                     `db:"waits"`
		Rank         int                      `db:"rank"`
		Application  string                   `db:"number"`
		Registration string                   `db:"registration"`
		Name         string                   `db:"name"`
		Business     string                   `db:"business"`
		RankAt       time.Time                `db:"rank_at"`
		Lot          string                   `db:"lot"`
		State        storage.ApplicationState `db:"state"`
		GrantedAt    sql.NullTime             `db:"granted_at"`
		GrantedBy    string                   `db:"granted_by"`
		Override     string                   `db:"override"`
		ReleasedAt   sql.NullTime             `db:"released_at"`
		Release      string                   `db:"release"`
		Accepted     int                      `db:"accepted"`
		SentBack     int                      `db:"sent_back"`
	}
	if err := d.fast.SelectContext(ctx, &rows, `
		WITH said AS (SELECT application, count(*) FILTER (WHERE verdict = 'accepted') AS accepted, count(*) FILTER (WHERE verdict = 'fix') AS sent_back
			FROM verdicts WHERE undone_at IS NULL GROUP BY application)
		SELECT false AS waits, p.rank, p.number, p.registration, coalesce(r.name, '') AS name, coalesce(r.business, '') AS business, p.rank_at, p.lot,
		       CASE WHEN p.released_at IS NULL THEN coalesce(a.state, p.state) ELSE p.state END AS state, p.granted_at, s.name AS granted_by,
		       p.override, p.released_at, p.release, coalesce(v.accepted, p.accepted) AS accepted, coalesce(v.sent_back, p.sent_back) AS sent_back
		FROM places p JOIN staff s ON s.id = p.granted_by
		LEFT JOIN applications a ON a.id = p.application LEFT JOIN registrations r ON r.owner = a.owner LEFT JOIN said v ON v.application = p.application
		WHERE p.programme = $2
		UNION ALL
		SELECT true, row_number() OVER (ORDER BY a.rank_at, a.lot, a.number), a.number, r.number, r.name, r.business, a.rank_at, a.lot,
		       a.state, NULL, '', '', NULL, '', coalesce(v.accepted, 0), coalesce(v.sent_back, 0)
		FROM applications a JOIN registrations r ON r.owner = a.owner LEFT JOIN said v ON v.application = a.id
		WHERE a.programme = $2 AND `+ranked+`
		ORDER BY waits, granted_at, rank, number`, d.at(), programme); err != nil {
		return nil, wrap(doing, err)
	}
	ledger := make([]storage.LedgerRow, len(rows))
	for i, r := range rows {
		ledger[i] = storage.LedgerRow{Position: i + 1, Rank: r.Rank, Application: r.Application, Registration: r.Registration, Name: r.Name,
			Business: r.Business, RankAt: r.RankAt.UTC(), Lot: r.Lot, State: r.State, GrantedAt: orZero(r.GrantedAt), GrantedBy: r.GrantedBy,
			Override: r.Override, ReleasedAt: orZero(r.ReleasedAt), Release: r.Release, Accepted: r.Accepted, SentBack: r.SentBack}
	}
	return ledger, nil
}
