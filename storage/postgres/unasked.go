package postgres

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/jmoiron/sqlx"

	"titian/bot/chat"
	"titian/storage"
)

// TakeTurn lets decide say, with the network's lane locked against other processes, whether a message has its turn, and writes
// that down, counted, before it returns: a process that dies then has counted one too many, never one too few. A message
// that had its turn before has one row still.
func (d *DB) TakeTurn(ctx context.Context, s storage.Sending, decide func(storage.Standing) storage.Decision) (standing storage.Standing, err error) {
	index, err := d.sendingIndex(s.Network, s.Ref)
	if err != nil {
		return standing, wrap("take a turn", err)
	}
	err = d.inTx(ctx, "take a turn", func(ctx context.Context, tx *sqlx.Tx) error {
		if _, err := tx.ExecContext(ctx, `INSERT INTO lanes (network) VALUES ($1) ON CONFLICT (network) DO NOTHING`, s.Network); err != nil {
			return err
		}
		if standing, err = d.standing(ctx, tx, s.Network, s.Contact, index, `FOR UPDATE`); err != nil {
			return err
		}
		next := decide(standing)
		if next.Pull != nil {
			if err := d.pull(ctx, tx, *next.Pull); err != nil {
				return err
			}
		}
		if next.Lane != standing.Lane {
			if err := d.keepLane(ctx, tx, s.Network, next.Lane); err != nil {
				return err
			}
		}
		if !next.Take || standing.Taken {
			return nil
		}
		_, err := tx.ExecContext(ctx, `
			INSERT INTO sendings (network, ref_index, contact, many, about, taken_at) VALUES ($1, $2, $3, $4, $5, $6)`,
			s.Network, index, s.Contact, s.Many, s.About, d.at())
		return err
	})
	return standing, err
}

// Standing is how an unasked message to a contact would stand now. It changes nothing.
func (d *DB) Standing(ctx context.Context, n chat.Network, c storage.ContactID) (storage.Standing, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	s, err := d.standing(ctx, d.fast, n, c, nil, ``)
	return s, wrap("look how a message would stand", err)
}

func (d *DB) standing(ctx context.Context, from reader, n chat.Network, c storage.ContactID, index []byte, lock string) (s storage.Standing, err error) {
	if s.Lane, err = lane(ctx, from, n, lock); err != nil {
		return s, err
	}
	on, err := brakes(ctx, from, n)
	if err != nil {
		return s, err
	}
	if len(on) > 0 {
		s.Brake = on[0]
	}
	var who struct {
		Reachable bool         `db:"reachable"`
		Heard     sql.NullTime `db:"heard_at"`
	}
	found, err := some(from.GetContext(ctx, &who, `
		SELECT c.reachable, greatest(a.used_at, CASE WHEN a.last THEN s.heard_at END) AS heard_at
		FROM contacts c LEFT JOIN snapshots s ON s.contact = c.id
		LEFT JOIN LATERAL (
			SELECT used_at, NOT EXISTS (SELECT 1 FROM addresses o WHERE o.contact = c.id AND o.used_at > l.used_at) AS last
			FROM addresses l WHERE l.contact = c.id AND l.network = $2 ORDER BY l.used_at DESC LIMIT 1) a ON true
		WHERE c.id = $1`, c, n))
	if err != nil {
		return s, err
	}
	s.Unreachable = found && !who.Reachable
	if found {
		s.Heard = orZero(who.Heard)
	}
	if index != nil {
		var sent bool
		if s.Taken, err = some(from.GetContext(ctx, &sent, `
			SELECT sent_at IS NOT NULL OR delivered_at IS NOT NULL FROM sendings WHERE network = $1 AND ref_index = $2`, n, index)); err != nil {
			return s, err
		}
		s.Sent = s.Taken && sent
	}
	s.Week, err = d.week(ctx, from, n)
	return s, err
}

// lane is a network's; one that nothing went on yet is empty.
func lane(ctx context.Context, from reader, n chat.Network, lock string) (l storage.Lane, err error) {
	var row struct {
		Day      string       `db:"day"`
		Count    int          `db:"count"`
		Run      int          `db:"run"`
		NextAt   sql.NullTime `db:"next_at"`
		NoticeAt sql.NullTime `db:"notice_at"`
		WarmFrom string       `db:"warm_from"`
	}
	_, err = some(from.GetContext(ctx, &row, `
		SELECT day, count, run, next_at, notice_at, warm_from FROM lanes WHERE network = $1 `+lock, n))
	return storage.Lane{Day: row.Day, Count: row.Count, Run: row.Run, NextAt: orZero(row.NextAt), NoticeAt: orZero(row.NoticeAt), WarmFrom: row.WarmFrom}, err
}

func (d *DB) keepLane(ctx context.Context, tx *sqlx.Tx, n chat.Network, l storage.Lane) error {
	_, err := tx.ExecContext(ctx, `
		UPDATE lanes SET day = $2, count = $3, run = $4, next_at = $5, notice_at = $6, warm_from = $7 WHERE network = $1`,
		n, l.Day, l.Count, l.Run, timeOrNull(l.NextAt), timeOrNull(l.NoticeAt), l.WarmFrom)
	return err
}

// How far back the week looks, and after how long a message should have arrived.
const (
	weekBack     = 7 * 24 * time.Hour
	arrivesAfter = 24 * time.Hour
)

// week counts what became of a network's messages. What a person released the brake over is not counted again.
func (d *DB) week(ctx context.Context, from reader, n chat.Network) (w storage.Week, err error) {
	now := d.at()
	var row struct {
		Due         int `db:"due"`
		Undelivered int `db:"undelivered"`
		Written     int `db:"written"`
		Stopped     int `db:"stopped"`
	}
	err = from.GetContext(ctx, &row, `
		WITH lately AS (
			SELECT contact, sent_at, delivered_at FROM sendings
			WHERE network = $1 AND sent_at IS NOT NULL
			  AND taken_at > greatest($2, coalesce((SELECT max(released_at) FROM brakes WHERE network = $1), $2)))
		SELECT count(*) FILTER (WHERE sent_at <= $3) AS due,
		       count(*) FILTER (WHERE sent_at <= $3 AND delivered_at IS NULL) AS undelivered,
		       count(DISTINCT contact) AS written,
		       count(DISTINCT contact) FILTER (WHERE EXISTS (SELECT 1 FROM audit a
				WHERE a.subject = lately.contact AND a.action = 'stop announcements' AND a.at > lately.sent_at)) AS stopped
		FROM lately`, n, now.Add(-weekBack), now.Add(-arrivesAfter))
	return storage.Week(row), err
}

// TurnSent writes down that a network took a message that had its turn.
func (d *DB) TurnSent(ctx context.Context, n chat.Network, ref string) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	const doing = "note that a message was sent"
	index, err := d.sendingIndex(n, ref)
	if err != nil {
		return wrap(doing, err)
	}
	_, err = d.fast.ExecContext(ctx, `
		UPDATE sendings SET sent_at = coalesce(sent_at, $3) WHERE network = $1 AND ref_index = $2`, n, index, d.at())
	return wrap(doing, err)
}

// LinkedAs writes down by which number a network is reached now, as an index. Warming up begins anew with another number, and
// with one that was away for longer than its warmth lasts; so few messages as on the first day may go out then.
func (d *DB) LinkedAs(ctx context.Context, n chat.Network, number string, lasts time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	const doing = "note which number is linked"
	index, err := d.index("lane number", string(n)+"\x00"+number)
	if err != nil {
		return wrap(doing, err)
	}
	_, err = d.fast.ExecContext(ctx, `
		INSERT INTO lanes AS l (network, number_index, linked_at) VALUES ($1, $2, $3)
		ON CONFLICT (network) DO UPDATE SET number_index = $2, linked_at = $3,
			warm_from = CASE WHEN l.number_index <> $2 OR l.linked_at < $4 THEN '' ELSE l.warm_from END`,
		n, index, d.at(), d.at().Add(-lasts))
	return wrap(doing, err)
}

// Lane is how far a network's unasked messages have come.
func (d *DB) Lane(ctx context.Context, n chat.Network) (storage.Lane, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	l, err := lane(ctx, d.fast, n, ``)
	return l, wrap("read how far unasked messages have come", err)
}

func (d *DB) sendingIndex(n chat.Network, ref string) ([]byte, error) {
	if ref == "" {
		return nil, errors.New("a message without a name")
	}
	return d.index("sending", string(n)+"\x00"+ref)
}
