package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/jmoiron/sqlx"

	"titian/flows/answer"
	"titian/storage"
)

// Calls is the list Telepon: who is to be telephoned, the longest waiting first.
func (d *DB) Calls(ctx context.Context) ([]storage.Call, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	const doing = "list who is to be telephoned"
	var rows []struct {
		ID          int64                   `db:"id"`
		Application storage.ApplicationID   `db:"application"`
		Number      string                  `db:"number"`
		Name        string                  `db:"name"`
		Owner       storage.OwnerID         `db:"owner"`
		Phone       []byte                  `db:"phone_sealed"`
		About       storage.OwnerNoticeKind `db:"kind"`
		Since       time.Time               `db:"since"`
		Why         storage.CallWhy         `db:"why"`
	}
	if err := d.fast.SelectContext(ctx, &rows, `
		SELECT c.id, n.application, a.number, r.name, r.owner, r.phone_sealed, n.kind, c.since, c.why
		FROM calls c JOIN owner_notices n ON n.id = c.notice JOIN applications a ON a.id = n.application JOIN registrations r ON r.owner = a.owner
		WHERE c.called_at IS NULL AND n.ended_at IS NULL ORDER BY c.since, c.id`); err != nil {
		return nil, wrap(doing, err)
	}
	calls := make([]storage.Call, len(rows))
	for i, r := range rows {
		phone, err := d.openText(r.Phone, registrationAAD("phone", r.Owner))
		if err != nil {
			return nil, wrap(doing, err)
		}
		calls[i] = storage.Call{ID: r.ID, Application: r.Application, Number: r.Number, Name: r.Name, Phone: answer.Phone(phone), About: r.About, Since: r.Since.UTC(), Why: r.Why}
	}
	return calls, nil
}

// SweepClocks finds what time has decided: messages that can cost a place and did not arrive within Clocks.CallAt go to the
// list Telepon, and so do all on WhatsApp while a brake has been on there for that long, and owners whose time for replacing is over lose their rank.
func (d *DB) SweepClocks(ctx context.Context) error {
	return errors.Join(d.inTx(ctx, "sweep who is to be telephoned", d.sweepCalls), d.inTx(ctx, "sweep holidays", d.keepHolidays),
		d.inTx(ctx, "sweep ranks", d.sweepRanks))
}

func (d *DB) sweepCalls(ctx context.Context, tx *sqlx.Tx) error {
	now := d.at()
	_, err := tx.ExecContext(ctx, `
		WITH stopped AS (SELECT EXISTS (SELECT 1 FROM brakes WHERE network = 'whatsapp' AND released_at IS NULL AND pulled_at <= $3) AS long)
		INSERT INTO calls (notice, since, why)
		SELECT n.id, $1, CASE WHEN n.refused_at IS NOT NULL THEN '' WHEN n.sent_at IS NOT NULL THEN 'undelivered'
			WHEN stopped.long AND `+onWhatsApp+` THEN 'brake' ELSE 'late' END
		FROM owner_notices n, stopped
		WHERE n.delivered_at IS NULL AND n.ended_at IS NULL AND (
			n.kind = ANY ($2) AND (n.at <= $3 OR n.refused_at IS NOT NULL)
			OR stopped.long AND n.at <= $3 AND n.sent_at IS NULL AND n.refused_at IS NULL AND `+onWhatsApp+`)
		ON CONFLICT (notice) DO NOTHING`, now, costly, now.Add(-d.clocks.CallAt))
	return err
}

// keepHolidays lets the clocks that run count the calendar as it is now: a holiday that was set since they began gives
// more time. None becomes shorter than what its owner was told.
func (d *DB) keepHolidays(ctx context.Context, tx *sqlx.Tx) error {
	var rows []struct {
		ID    string    `db:"id"`
		Begun time.Time `db:"begun"`
		Due   time.Time `db:"due_at"`
	}
	if err := tx.SelectContext(ctx, &rows, `
		SELECT n.id, n.due_at, least(n.delivered_at, c.called_at) AS begun FROM owner_notices n LEFT JOIN calls c ON c.notice = n.id
		WHERE n.kind = 'fix' AND n.ended_at IS NULL AND n.lapsed_at IS NULL AND n.due_at IS NOT NULL
		  AND coalesce(n.delivered_at, c.called_at) IS NOT NULL`); err != nil {
		return err
	}
	for _, r := range rows {
		due := utc(d.office.WorkingDaysAfter(r.Begun, d.clocks.FixDays))
		if !due.After(r.Due) {
			continue
		}
		if _, err := tx.ExecContext(ctx, `UPDATE owner_notices SET due_at = $2 WHERE id = $1 AND lapsed_at IS NULL`, r.ID, due); err != nil {
			return err
		}
	}
	return nil
}

// sweepRanks tells owners whose time for replacing is over that their rank is lost, once, and those whom a place reaches
// for it.
func (d *DB) sweepRanks(ctx context.Context, tx *sqlx.Tx) error {
	now := d.at()
	const over = `n.kind = 'fix' AND n.ended_at IS NULL AND n.lapsed_at IS NULL AND n.due_at < $1`
	var programmes []storage.ProgrammeID
	if err := tx.SelectContext(ctx, &programmes, `
		SELECT id FROM programmes WHERE id IN (SELECT a.programme FROM owner_notices n JOIN applications a ON a.id = n.application WHERE `+over+`)
		ORDER BY id FOR UPDATE`, now); err != nil || len(programmes) == 0 {
		return err
	}
	var before time.Time
	if err := tx.GetContext(ctx, &before, `SELECT coalesce(min(n.due_at), $1) FROM owner_notices n WHERE `+over, now); err != nil {
		return err
	}
	return d.reaching(ctx, tx, before, now, programmes, func() error {
		var lapsed []storage.ApplicationID
		if err := tx.SelectContext(ctx, &lapsed, `UPDATE owner_notices n SET lapsed_at = $1 WHERE `+over+` RETURNING application`, now); err != nil {
			return err
		}
		for _, id := range lapsed {
			if err := audit(ctx, tx, now, "clock", "rank lapsed", string(id), nil, nil); err != nil {
				return err
			}
			if err := d.tellOwnerAt(ctx, tx, now, id, storage.OwnerLapsed, nil); err != nil {
				return err
			}
		}
		return nil
	})
}
