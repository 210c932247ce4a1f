package postgres

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"titian/bot/chat"
	"titian/storage"
	"titian/storage/segment"
)

// audience is the query of a segment's people, one row a person: number, contact, owner, network and the cause they are left
// out for, empty for none. One person is one NIK, or one owner without it, on the chat that was used last; and a chat that
// speaks for several is one person. A withdrawn consent of any of a person's owners is theirs. On WhatsApp whoever was not
// heard since a time is silent.
func audience(e segment.Expr, former storage.BroadcastID, heardSince time.Time, w *where) (string, error) {
	meant, err := w.condition(e)
	if err != nil {
		return "", err
	}
	silent := w.arg(heardSince)
	had := "false"
	if former != 0 {
		had = `EXISTS (SELECT FROM reached h WHERE h.contact = p.contact OR h.owner = p.owner)`
	}
	return `
	WITH RECURSIVE versions AS (
		SELECT id, former FROM broadcasts WHERE id = ` + w.arg(int64(former)) + `
		UNION ALL SELECT b.id, b.former FROM broadcasts b JOIN versions v ON b.id = v.former),
	reached AS MATERIALIZED (
		SELECT x.contact, x.owner FROM recipients x JOIN versions v ON v.id = x.broadcast
		WHERE x.state IN ('sending', 'sent', 'delivered', 'read', 'unsure')),
	chats AS (
		SELECT c.id AS contact, c.reachable, c.stopped_at IS NOT NULL AS stopped, a.network, greatest(a.used_at, n.heard_at) AS heard_at
		FROM (SELECT DISTINCT ON (contact) contact, network, used_at FROM addresses ORDER BY contact, used_at DESC, network) a
		JOIN contacts c ON c.id = a.contact LEFT JOIN snapshots n ON n.contact = c.id),
	meant AS (
		SELECT r.owner, r.number, coalesce(encode(r.nik_index, 'hex'), r.owner) AS nik, coalesce(r.announcements, false) AS agreed,
		       r.announcements IS FALSE AS refused
		FROM registrations r WHERE ` + meant + `),
	withdrawn AS ( -- by somebody who had agreed: few
		SELECT m.nik FROM meant m WHERE m.refused AND EXISTS (
			SELECT FROM consents k WHERE k.owner = m.owner AND k.purpose = 'announcements' AND k.given)),
	owners AS (
		SELECT DISTINCT ON (m.nik) m.owner, m.number, m.agreed, m.nik IN (SELECT nik FROM withdrawn) AS withdrew,
		       c.contact, c.reachable, c.stopped, c.network, c.heard_at
		FROM meant m LEFT JOIN speaks_for s ON s.owner = m.owner LEFT JOIN chats c ON c.contact = s.contact
		ORDER BY m.nik, c.reachable DESC NULLS LAST, m.agreed DESC, c.heard_at DESC NULLS LAST, m.number, c.contact),
	persons AS (
		SELECT DISTINCT ON (coalesce(contact, 'owner ' || owner)) * FROM owners
		ORDER BY coalesce(contact, 'owner ' || owner), agreed AND NOT withdrew DESC, number)
	SELECT p.number, p.contact, p.owner, coalesce(p.network, '') AS network, CASE
		WHEN p.contact IS NULL THEN 'no_contact'
		WHEN p.withdrew OR p.stopped THEN 'opted_out'
		WHEN NOT p.agreed THEN 'no_consent'
		WHEN ` + had + ` THEN 'had_it'
		WHEN NOT p.reachable THEN 'blocked'
		WHEN p.network = 'whatsapp' AND p.heard_at < ` + silent + ` THEN 'silent'
		ELSE '' END AS cause
	FROM persons p`, nil
}

// PlanBroadcast says who would get a broadcast that started now, and who is left out and why.
func (d *DB) PlanBroadcast(ctx context.Context, e segment.Expr, former storage.BroadcastID) (storage.Plan, error) {
	ctx, cancel := context.WithTimeout(ctx, planTimeout)
	defer cancel()
	p, err := d.plan(ctx, e, former)
	return p, wrap("plan a broadcast", err)
}

func (d *DB) plan(ctx context.Context, e segment.Expr, former storage.BroadcastID) (p storage.Plan, err error) {
	var w where
	people, err := audience(e, former, d.at().Add(-storage.SilentAfter), &w)
	if err != nil {
		return p, err
	}
	var rows []struct {
		Network chat.Network   `db:"network"`
		Cause   storage.Cause  `db:"cause"`
		N       int            `db:"n"`
		First   pq.StringArray `db:"first"`
	}
	tx, err := d.slow.BeginTxx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return p, err
	}
	defer tx.Rollback() //nolint:errcheck // it only reads
	if err := roomy(ctx, tx); err != nil {
		return p, err
	}
	if err := tx.SelectContext(ctx, &rows, `
		WITH a AS MATERIALIZED (SELECT number, network, cause FROM (`+people+`) p)
		SELECT network, cause, count(*) AS n, ARRAY(SELECT number FROM a WHERE cause = '' ORDER BY number LIMIT 3) AS first
		FROM a GROUP BY network, cause ORDER BY network, cause`, w.args...); err != nil {
		return p, err
	}
	if lists := segment.Lists(e); len(lists) > 0 {
		if err := tx.GetContext(ctx, &p.Unknown, `
			SELECT count(DISTINCT l.phone_index) FROM listed_numbers l
			WHERE l.list = ANY ($1) AND NOT EXISTS (SELECT FROM registrations r WHERE r.phone_index = l.phone_index)`, pq.StringArray(lists)); err != nil {
			return p, err
		}
	}
	var first pq.StringArray
	for _, r := range rows {
		state := storage.RecipientSkipped
		if r.Cause == "" {
			state = storage.RecipientPending
		}
		first, p.Counts = r.First, append(p.Counts, storage.Count{Network: r.Network, State: state, Cause: r.Cause, N: r.N})
	}
	var reached []struct {
		Name     string `db:"name"`
		Business string `db:"business"`
	}
	if err := tx.SelectContext(ctx, &reached, `
		SELECT name, business FROM registrations WHERE number = ANY ($1) ORDER BY number`, first); err != nil {
		return p, err
	}
	for _, r := range reached {
		p.First = append(p.First, storage.Reached{Name: r.Name, Business: r.Business})
	}
	return p, nil
}

// roomy lets the rest of a transaction sort a city in memory.
func roomy(ctx context.Context, tx *sqlx.Tx) error {
	_, err := tx.ExecContext(ctx, `SET LOCAL work_mem = '32MB'`)
	return err
}

// freeze fills the ledger of a broadcast with its audience, and says how many will get it.
func (d *DB) freeze(ctx context.Context, tx *sqlx.Tx, b storage.BroadcastID, e segment.Expr, former storage.BroadcastID) (due int, err error) {
	var w where
	now := d.at()
	people, err := audience(e, former, now.Add(-storage.SilentAfter), &w)
	if err != nil {
		return 0, err
	}
	if err := roomy(ctx, tx); err != nil {
		return 0, err
	}
	if _, err := tx.ExecContext(ctx, fmt.Sprintf(`
		INSERT INTO recipients (broadcast, person, contact, owner, network, state, cause, at)
		SELECT %s, row_number() OVER (ORDER BY number), contact, owner, network, CASE cause WHEN '' THEN 'pending' ELSE 'skipped' END, cause, %s::timestamptz
		FROM (%s) a`, w.arg(int64(b)), w.arg(now), people), w.args...); err != nil {
		return 0, err
	}
	// Counted afterwards: handing every row back from the INSERT costs a fifth of it.
	err = tx.GetContext(ctx, &due, `SELECT count(*) FROM recipients WHERE broadcast = $1 AND state = 'pending'`, b)
	return due, err
}
