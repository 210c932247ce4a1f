package postgres

import (
	"context"

	"github.com/jmoiron/sqlx"

	"titian/storage"
)

// TellLink tells every admin at once, at any hour, how the link with a network broke: once for each key and time.
func (d *DB) TellLink(ctx context.Context, key, when, says string) error {
	return d.tellCause(ctx, storage.NoticeLink, key+"/"+when, says)
}

// TellCause tells every admin, in plain words, what the set-up needs: once a day for each key, whoever finds it.
func (d *DB) TellCause(ctx context.Context, key, day, says string) error {
	return d.tellCause(ctx, storage.NoticeCause, key+"/"+day, says)
}

func (d *DB) tellCause(ctx context.Context, kind storage.NoticeKind, event, says string) error {
	return d.inTx(ctx, "tell admins of a cause", func(ctx context.Context, tx *sqlx.Tx) error {
		done, err := tx.ExecContext(ctx, `
			INSERT INTO operator_causes (event, says, found_at) VALUES ($1, $2, $3) ON CONFLICT (event) DO NOTHING`,
			event, says, d.at())
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil || n == 0 {
			return err
		}
		return d.tell(ctx, tx, kind, event)
	})
}

func (d *DB) causeEvent(ctx context.Context, event string) (storage.Event, error) {
	var e storage.Event
	err := d.fast.QueryRowContext(ctx, `SELECT says FROM operator_causes WHERE event = $1`, event).Scan(&e.Reason)
	return e, err
}
