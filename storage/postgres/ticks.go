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
		}
		if err := tx.SelectContext(ctx, &arrived, `
			WITH told AS (
				SELECT network, ref_index, min(at) AS delivered, min(at) FILTER (WHERE read) AS read
				FROM unnest($1::text[], $2::bytea[], $3::bool[], $4::timestamptz[]) AS t (network, ref_index, read, at)
				GROUP BY network, ref_index)
			UPDATE sendings s SET delivered_at = least(s.delivered_at, t.delivered), read_at = least(s.read_at, t.read),
				sent_at = coalesce(s.sent_at, t.delivered)
			FROM told t WHERE s.network = t.network AND s.ref_index = t.ref_index
			RETURNING s.about, s.delivered_at`, networks, indexes, read, pq.StringArray(times)); err != nil {
			return err
		}
		for _, a := range arrived {
			if event, ok := strings.CutPrefix(a.About, storage.AboutOwner); ok {
				if err := d.arrived(ctx, tx, event, a.At.UTC()); err != nil {
					return err
				}
			}
		}
		return nil
	})
}
