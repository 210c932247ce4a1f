package postgres

import (
	"context"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"titian/bot/chat"
	"titian/storage"
)

// Ticked writes down what networks tell of unasked messages; of any other nothing is kept. It only moves forward: what
// arrived stays so, at the earliest time told. An owner's clock that begins with an arrival begins.
func (d *DB) Ticked(ctx context.Context, ticks []chat.Tick) error {
	const doing = "note what arrived"
	networks, indexes := make(pq.StringArray, len(ticks)), make(pq.ByteaArray, len(ticks))
	read, times := make(pq.BoolArray, len(ticks)), make([]string, len(ticks))
	for i, t := range ticks {
		index, err := d.sendingIndex(t.Network, t.Ref)
		if err != nil {
			return wrap(doing, err)
		}
		networks[i], indexes[i], read[i], times[i] = string(t.Network), index, t.Read, utc(t.At).Format(time.RFC3339Nano)
	}
	return d.inTx(ctx, doing, func(ctx context.Context, tx *sqlx.Tx) error {
		var arrived []struct {
			About string    `db:"about"`
			At    time.Time `db:"delivered_at"`
			Read  bool      `db:"read"`
		}
		if err := tx.SelectContext(ctx, &arrived, `
			WITH told AS (
				SELECT network, ref_index, min(at) AS delivered, min(at) FILTER (WHERE read) AS read
				FROM unnest($1::text[], $2::bytea[], $3::bool[], $4::timestamptz[]) AS t (network, ref_index, read, at)
				GROUP BY network, ref_index)
			UPDATE sendings s SET delivered_at = least(s.delivered_at, t.delivered), read_at = least(s.read_at, t.read),
				sent_at = coalesce(s.sent_at, t.delivered)
			FROM told t WHERE s.network = t.network AND s.ref_index = t.ref_index
			RETURNING s.about, s.delivered_at, s.read_at IS NOT NULL AS read`, networks, indexes, read, pq.StringArray(times)); err != nil {
			return err
		}
		for _, a := range arrived {
			if event, ok := strings.CutPrefix(a.About, storage.AboutOwner); ok {
				if err := d.arrived(ctx, tx, event, a.At.UTC()); err != nil {
					return err
				}
			}
			if id, person, ok := storage.RecipientOf(a.About); ok {
				if err := announced(ctx, tx, id, person, a.At.UTC(), a.Read); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// announced writes into the ledger of a broadcast that its message to one person arrived, or was read: it is not sent again,
// whatever its process knew of it.
func announced(ctx context.Context, tx *sqlx.Tx, id storage.BroadcastID, person int, at time.Time, read bool) error {
	_, err := tx.ExecContext(ctx, `
		UPDATE recipients SET state = CASE WHEN $4 THEN 'read' ELSE 'delivered' END, cause = '', at = $3, sent_at = coalesce(sent_at, $3)
		WHERE broadcast = $1 AND person = $2 AND (state IN ('pending', 'sending', 'sent', 'unsure') OR state = 'delivered' AND $4)`, id, person, at, read)
	return err
}
