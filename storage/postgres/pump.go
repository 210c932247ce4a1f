package postgres

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
	"github.com/riverqueue/river"

	"titian/bot/chat"
	"titian/storage"
)

// pumpsEach is how many jobs send a broadcast on one network, so that two replicas share the work.
const pumpsEach = 2

// pumpTimeout is of a job: a slice of a pump, and the longest send.
const pumpTimeout = 90 * time.Second

// leaseLost is after how long a lease of a process that lives counts as forgotten.
const leaseLost = 20 * time.Minute

// PumpBroadcast is the job that sends a broadcast on one network for a while: ids only.
type PumpBroadcast struct {
	Broadcast storage.BroadcastID `json:"id"`
	Network   chat.Network        `json:"network"`
}

// Kind names the job.
func (PumpBroadcast) Kind() string { return "pump_broadcast" }

// Pumper sends what is pending of a broadcast on a network. A wait asks to be called again after it; so does an error.
type Pumper interface {
	Pump(ctx context.Context, b storage.BroadcastID, n chat.Network) (wait time.Duration, err error)
}

type pumpWorker struct {
	river.WorkerDefaults[PumpBroadcast]
	by Pumper
}

// Timeout leaves the last send of a slice its time.
func (w *pumpWorker) Timeout(*river.Job[PumpBroadcast]) time.Duration { return pumpTimeout }

func (w *pumpWorker) Work(ctx context.Context, job *river.Job[PumpBroadcast]) error {
	wait, err := w.by.Pump(ctx, job.Args.Broadcast, job.Args.Network)
	if err == nil && wait > 0 {
		return river.JobSnooze(wait)
	}
	return err
}

// Lease gives up to most recipients of a running broadcast on a network to a process, and nobody else. Who said BERHENTI, blocked
// the bot or was deleted since the start is left out here, and the ledger says so; none are given, and left is false, when
// nothing is pending.
func (d *DB) Lease(ctx context.Context, b storage.BroadcastID, n chat.Network, worker string, most int) (leased []storage.Leased, left bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	doing := "lease recipients of " + subject(b)
	var rows []struct {
		Person   int                    `db:"person"`
		State    storage.RecipientState `db:"state"`
		Contact  storage.ContactID      `db:"contact"`
		Tries    int                    `db:"tries"`
		Index    []byte                 `db:"key_index"`
		Sealed   []byte                 `db:"key_sealed"`
		Name     string                 `db:"name"`
		Business string                 `db:"business"`
	}
	if err := d.fast.SelectContext(ctx, &rows, `
		WITH due AS (
			SELECT x.person, coalesce(m.merged_into, x.contact) AS contact, x.owner, m.merged_into IS NOT NULL
				AND EXISTS (SELECT FROM recipients o WHERE o.broadcast = x.broadcast AND o.contact = m.merged_into AND o.state <> 'skipped')
				OR EXISTS (
					SELECT FROM contacts k JOIN recipients o ON o.contact = k.id AND o.broadcast = x.broadcast
					WHERE k.merged_into = coalesce(m.merged_into, x.contact) AND k.id <> x.contact
					  AND (o.state IN ('sending', 'sent', 'delivered', 'read', 'unsure') OR o.state = 'pending' AND m.merged_into IS NOT NULL AND o.person < x.person)) AS twin, coalesce(i.deadline <= $5, false) AS late
			FROM recipients x JOIN broadcasts b ON b.id = x.broadcast LEFT JOIN contacts m ON m.id = x.contact
			LEFT JOIN invitations i ON i.broadcast = x.broadcast
			WHERE x.broadcast = $1 AND x.network = $2 AND x.state = 'pending' AND b.state = 'running'
			ORDER BY x.person LIMIT $3 FOR UPDATE OF x SKIP LOCKED),
		looked AS MATERIALIZED (
			SELECT u.person, u.contact, a.key_index, a.key_sealed, r.name, r.business, CASE
				WHEN u.late THEN 'late'
				WHEN u.twin THEN 'had_it'
				WHEN u.contact IS NULL OR c.id IS NULL OR a.key_index IS NULL THEN 'deleted'
				WHEN c.stopped_at IS NOT NULL OR r.owner IS NULL THEN 'opted_out'
				WHEN NOT c.reachable THEN 'blocked'
				ELSE '' END AS cause
			FROM due u LEFT JOIN contacts c ON c.id = u.contact AND c.deleted_at IS NULL
			LEFT JOIN LATERAL (SELECT key_index, key_sealed FROM addresses a WHERE a.contact = u.contact AND a.network = $2 ORDER BY a.kind = 'lid' DESC, a.used_at DESC LIMIT 1) a ON true
			LEFT JOIN LATERAL (
				SELECT r.owner, r.name, r.business FROM speaks_for s JOIN registrations r ON r.owner = s.owner
				WHERE s.contact = u.contact AND r.announcements ORDER BY r.owner = u.owner DESC, r.number LIMIT 1) r ON true)
		UPDATE recipients x SET state = CASE l.cause WHEN '' THEN 'sending' ELSE 'skipped' END, cause = l.cause, leased_by = $4,
			tries = x.tries + CASE l.cause WHEN '' THEN 1 ELSE 0 END, at = $5
		FROM looked l WHERE x.broadcast = $1 AND x.person = l.person
		RETURNING x.person, x.state, coalesce(l.contact, '') AS contact, x.tries - 1 AS tries, l.key_index, l.key_sealed,
			coalesce(l.name, '') AS name, coalesce(l.business, '') AS business`, b, n, most, worker, d.at()); err != nil {
		return nil, false, wrap(doing, err)
	}
	for _, r := range rows {
		if r.State != storage.RecipientSending {
			continue
		}
		key, err := d.openText(r.Sealed, addressAAD(n, r.Index))
		if err != nil {
			return nil, false, wrap(doing, err)
		}
		leased = append(leased, storage.Leased{Person: r.Person, Contact: r.Contact, To: chat.Address{Network: n, Key: key},
			Reached: storage.Reached{Name: r.Name, Business: r.Business}, Tries: r.Tries})
	}
	return leased, len(rows) > 0, nil
}

// Settle writes down what became of leased recipients. A row that meanwhile counts as unsure, because this process seemed to
// be dead, is told the truth; one that was answered for already keeps what it says. Whom a cancelled version was not sent to gets
// the version after it.
func (d *DB) Settle(ctx context.Context, b storage.BroadcastID, worker string, fates []storage.Fate) error {
	persons, states, causes, refs := make(pq.Int64Array, len(fates)), make([]storage.RecipientState, len(fates)), make([]storage.Cause, len(fates)), make(pq.StringArray, len(fates))
	for i, f := range fates {
		persons[i], states[i], causes[i], refs[i] = int64(f.Person), f.State, f.Cause, f.Ref
	}
	return d.inTx(ctx, "settle recipients of "+subject(b), func(ctx context.Context, tx *sqlx.Tx) error {
		if _, err := tx.ExecContext(ctx, `
		WITH b AS (SELECT state = 'cancelled' AS cancelled FROM broadcasts WHERE id = $1 FOR SHARE)
		UPDATE recipients x SET at = $7, ref = f.ref, tries = x.tries - CASE WHEN f.state = 'pending' AND f.cause = '' THEN 1 ELSE 0 END, sent_at = CASE f.state WHEN 'sent' THEN $7 ELSE x.sent_at END,
			state = CASE WHEN b.cancelled AND f.state = 'pending' THEN 'skipped' ELSE f.state END,
			cause = CASE WHEN f.state <> 'pending' THEN f.cause WHEN b.cancelled THEN 'cancelled' ELSE '' END
		FROM b, unnest($3::int[], $4::text[], $5::text[], $6::text[]) f (person, state, cause, ref)
		WHERE x.broadcast = $1 AND x.person = f.person AND x.leased_by = $2
		  AND (x.state = 'sending' OR x.state = 'unsure' AND f.state = 'sent')`,
			b, worker, persons, list(states), list(causes), refs, d.at()); err != nil || !slices.Contains(states, storage.RecipientPending) {
			return err
		}
		_, err := tx.ExecContext(ctx, handBack, b, persons, worker, d.at())
		return err
	})
}

// handBack gives people to the next version who counted as reached while the one before had them on their way, and were not.
const handBack = `
	WITH back AS (
		SELECT x.contact, x.owner FROM recipients x JOIN broadcasts b ON b.id = x.broadcast
		WHERE x.broadcast = $1 AND x.person = ANY ($2) AND x.leased_by = $3 AND b.state = 'cancelled' AND x.state = 'skipped' AND x.cause = 'cancelled'),
	again AS (
		UPDATE recipients n SET state = 'pending', cause = '', at = $4 FROM back, broadcasts v
		WHERE v.former = $1 AND v.state IN ('running', 'paused', 'done') AND n.broadcast = v.id AND n.state = 'skipped' AND n.cause = 'had_it'
		  AND (n.contact = back.contact OR n.owner = back.owner)
		RETURNING n.broadcast)
	UPDATE broadcasts SET state = 'running', ended_at = NULL WHERE state = 'done' AND id IN (SELECT broadcast FROM again)`

// EndBroadcast marks a running broadcast done when nothing of it is left to send, and says in which state it is.
func (d *DB) EndBroadcast(ctx context.Context, b storage.BroadcastID) (state storage.BroadcastState, err error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	err = d.fast.GetContext(ctx, &state, `
		WITH ended AS (
			UPDATE broadcasts SET state = 'done', ended_at = $2
			WHERE id = $1 AND state = 'running'
			  AND NOT EXISTS (SELECT FROM recipients x WHERE x.broadcast = $1 AND x.state IN ('pending', 'sending'))
			RETURNING state)
		SELECT coalesce((SELECT state FROM ended), (SELECT state FROM broadcasts WHERE id = $1), 'cancelled')`, b, d.at())
	return state, wrap("end "+subject(b), err)
}

// Running says whether a broadcast is being sent now: neither paused nor ended.
func (d *DB) Running(ctx context.Context, b storage.BroadcastID) (running bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	err = d.fast.GetContext(ctx, &running, `SELECT EXISTS (SELECT FROM broadcasts WHERE id = $1 AND state = 'running')`, b)
	return running, wrap("look at "+subject(b), err)
}

// TakeOver settles what dead processes left on their way, and has pumps begin for the running broadcasts that have none. A
// process that begins says so: what stands under its own name is of the one before it. On WhatsApp, which knows a message
// by its id, what was on its way is sent again; elsewhere it is unsure.
func (d *DB) TakeOver(ctx context.Context, worker string, begins bool) error {
	ctx, cancel := context.WithTimeout(ctx, planTimeout)
	defer cancel()
	const doing = "take over broadcasts"
	now := d.at()
	if _, err := d.slow.ExecContext(ctx, `
		UPDATE recipients x SET at = $3,
			state = CASE WHEN x.network = 'whatsapp' AND b.state <> 'cancelled' THEN 'pending' ELSE 'unsure' END,
			cause = CASE WHEN x.network = 'whatsapp' AND b.state <> 'cancelled' THEN '' ELSE 'died' END
		FROM broadcasts b
		WHERE b.id = x.broadcast AND b.state IN ('running', 'paused', 'cancelled') AND x.state = 'sending'
		  AND (x.leased_by = $1 AND $2::boolean
		    OR x.at < $5 -- longer than any send takes: what its process knew is lost
		    OR NOT EXISTS (SELECT FROM processes p WHERE p.id = x.leased_by AND p.stopped_at IS NULL AND p.beat_at >= $4))`,
		worker, begins, now, now.Add(-silentFor), now.Add(-leaseLost)); err != nil {
		return wrap(doing, err)
	}
	var idle []storage.BroadcastID
	err := d.inTx(ctx, doing, func(ctx context.Context, tx *sqlx.Tx) error {
		var err error
		idle, err = d.pumpAgain(ctx, tx, begins)
		return err
	})
	for _, b := range idle {
		if _, ended := d.EndBroadcast(ctx, b); ended != nil {
			err = errors.Join(err, ended)
		}
	}
	return err
}

// pumpAgain inserts the jobs of running broadcasts that have none, or of all: the job of a killed process is held for a minute.
func (d *DB) pumpAgain(ctx context.Context, tx *sqlx.Tx, all bool) ([]storage.BroadcastID, error) {
	var idle []struct {
		ID     storage.BroadcastID `db:"id"`
		SendAt sql.NullTime        `db:"send_at"`
	}
	if err := tx.SelectContext(ctx, &idle, `
		SELECT b.id, b.send_at FROM broadcasts b
		WHERE b.state = 'running' AND ($1 OR NOT EXISTS (
			SELECT FROM river_job j WHERE j.kind = 'pump_broadcast' AND j.args @> jsonb_build_object('id', b.id)
			  AND j.state IN ('available', 'pending', 'retryable', 'scheduled', 'running')))
		FOR UPDATE OF b SKIP LOCKED`, all); err != nil {
		return nil, err
	}
	ids := make([]storage.BroadcastID, len(idle))
	for i, b := range idle {
		if err := d.pump(ctx, tx, b.ID, orZero(b.SendAt)); err != nil {
			return nil, err
		}
		ids[i] = b.ID
	}
	return ids, nil
}
