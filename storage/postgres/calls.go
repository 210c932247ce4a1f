package postgres

import (
	"context"
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
	}
	if err := d.fast.SelectContext(ctx, &rows, `
		SELECT c.id, n.application, a.number, r.name, r.owner, r.phone_sealed, n.kind, c.since
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
		calls[i] = storage.Call{ID: r.ID, Application: r.Application, Number: r.Number, Name: r.Name, Phone: answer.Phone(phone), About: r.About, Since: r.Since.UTC()}
	}
	return calls, nil
}

// SweepClocks finds what time has decided: messages that can cost a place and did not arrive within Clocks.CallAt go to the
// list Telepon, and owners whose time for replacing is over are told that their rank is lost, once.
func (d *DB) SweepClocks(ctx context.Context) error {
	return d.inTx(ctx, "sweep clocks", func(ctx context.Context, tx *sqlx.Tx) error {
		now := d.at()
		if _, err := tx.ExecContext(ctx, `
			INSERT INTO calls (notice, since)
			SELECT id, $1 FROM owner_notices
			WHERE kind = ANY ($2) AND delivered_at IS NULL AND ended_at IS NULL AND (at <= $3 OR refused_at IS NOT NULL)
			ON CONFLICT (notice) DO NOTHING`, now, costly, now.Add(-d.clocks.CallAt)); err != nil {
			return err
		}
		var lapsed []storage.ApplicationID
		if err := tx.SelectContext(ctx, &lapsed, `
			UPDATE owner_notices SET lapsed_at = $1
			WHERE kind = 'fix' AND ended_at IS NULL AND lapsed_at IS NULL AND due_at < $1 RETURNING application`, now); err != nil {
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
