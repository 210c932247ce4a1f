package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
	"github.com/riverqueue/river"

	"titian/storage"
)

// tendEvery is how often it is looked whether places are to be filled, or an offer is over.
const tendEvery = time.Minute

// tend is the job that does what time decides about invitations.
type tend struct{}

func (tend) Kind() string { return "tend_invitations" }

func (tend) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: upkeepQueue, UniqueOpts: river.UniqueOpts{ByPeriod: tendEvery}}
}

type tendWorker struct {
	river.WorkerDefaults[tend]
	db *DB
}

func (w *tendWorker) Work(ctx context.Context, _ *river.Job[tend]) error {
	return w.db.TendInvitations(ctx)
}

// TendInvitations does what time decides: it fills the places of invitations whose moment has come, offers on what was not accepted
// in time, and reminds. Any process may, at any time and as often as it likes: each thing is done once.
func (d *DB) TendInvitations(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, planTimeout)
	defer cancel()
	const doing = "tend invitations"
	var ids []storage.BroadcastID
	if err := d.slow.SelectContext(ctx, &ids, `
		SELECT i.broadcast FROM invitations i JOIN broadcasts b ON b.id = i.broadcast
		WHERE b.started_at IS NOT NULL AND b.state <> 'cancelled' AND i.day > $1 ORDER BY i.broadcast`, d.at().Add(-24*time.Hour)); err != nil {
		return wrap(doing, err)
	}
	var failed []error
	for _, id := range ids {
		failed = append(failed, wrap(doing+" of "+subject(id), d.tend(ctx, id)))
	}
	return errors.Join(failed...)
}

func (d *DB) tend(ctx context.Context, id storage.BroadcastID) error {
	tx, err := d.slow.BeginTxx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // after Commit it does nothing
	h, found, err := d.host(ctx, tx, d.at(), "clock", id)
	if err != nil || !found {
		return err
	}
	if !h.inv.Attempted.IsZero() {
		if _, err := tx.ExecContext(ctx, `
			UPDATE invitations SET attempted_at = coalesce(attempted_at, $2) WHERE broadcast = $1`, id, h.inv.Attempted); err != nil {
			return err
		}
	}
	for _, do := range []func(context.Context) error{h.fillIfDue, h.lapse, h.remind, h.eve} {
		if err := do(ctx); err != nil {
			return err
		}
	}
	return tx.Commit()
}

func (h *host) fillIfDue(ctx context.Context) error {
	if at, known := h.inv.FillAt(h.clocks); !known && h.at.Before(h.inv.Deadline) || h.at.Before(at) || !h.inv.FilledAt.IsZero() || h.inv.Rule == storage.RuleStaff {
		return nil
	}
	return h.fill(ctx)
}

// fill gives the places by the rule, and everybody else a number on the waiting list.
func (h *host) fill(ctx context.Context) error {
	var rows []struct {
		Person     int       `db:"person"`
		Number     string    `db:"number"`
		Registered time.Time `db:"filed_at"`
		Said       time.Time `db:"said_at"`
	}
	if err := h.tx.SelectContext(ctx, &rows, `
		SELECT p.person, r.number, r.filed_at, p.said_at
		FROM participants p JOIN recipients x ON x.broadcast = p.broadcast AND x.person = p.person JOIN registrations r ON r.owner = x.owner
		WHERE p.broadcast = $1 AND p.state = 'coming'`, h.inv.Broadcast); err != nil {
		return err
	}
	candidates := make([]storage.Candidate, len(rows))
	for i, r := range rows {
		candidates[i] = storage.Candidate(r)
	}
	at, _ := h.inv.FillAt(h.clocks)
	var persons pq.Int64Array
	for _, c := range h.inv.InOrder(candidates, at) {
		persons = append(persons, int64(c.Person))
	}
	if _, err := h.tx.ExecContext(ctx, `
		UPDATE participants p SET rank = n.rank, at = $4,
			state = CASE WHEN n.rank <= $3 THEN 'held' ELSE 'waiting' END, place = CASE WHEN n.rank <= $3 THEN n.rank END
		FROM unnest($2::int[]) WITH ORDINALITY n (person, rank) WHERE p.broadcast = $1 AND p.person = n.person`,
		h.inv.Broadcast, persons, h.inv.Places, h.at); err != nil {
		return err
	}
	if err := h.filled(ctx, "fill places", len(persons)); err != nil {
		return err
	}
	won := min(len(persons), h.inv.Places)
	return errors.Join(h.tell(ctx, storage.InvitedPlace, ints(persons[:won])...), h.tell(ctx, storage.InvitedWaiting, ints(persons[won:])...))
}

func (h *host) filled(ctx context.Context, act string, people int) error {
	if _, err := h.tx.ExecContext(ctx, `UPDATE invitations SET filled_at = $2 WHERE broadcast = $1`, h.inv.Broadcast, h.at); err != nil {
		return err
	}
	h.inv.FilledAt = h.at
	return audit(ctx, h.tx, h.at, h.actor, act, subject(h.inv.Broadcast), nil, map[string]any{"people": people, "places": h.inv.Places, "rule": h.inv.Rule})
}

func ints(from pq.Int64Array) []int {
	to := make([]int, len(from))
	for i, n := range from {
		to[i] = int(n)
	}
	return to
}

// CloseChoice ends the choosing of staff: those whom they did not choose are told so. More may still be chosen when a place comes free.
func (d *DB) CloseChoice(ctx context.Context, id storage.BroadcastID, by string) (refused storage.InvitationRefusal, err error) {
	err = d.inTx(ctx, "close the choice of "+subject(id), func(ctx context.Context, tx *sqlx.Tx) error {
		refused, err = d.ends(ctx, tx, d.at(), by, id)
		return err
	})
	return refused, err
}

func (t *turn) closesChoice(ctx context.Context, e storage.CloseChoice) error {
	c, may, err := t.asStaff(ctx, storage.RoleOfficer, storage.RoleAdmin)
	if !may {
		return err
	}
	t.out.Invitation.Refused, err = t.ends(ctx, t.tx, t.at, c.actor, e.Broadcast)
	return err
}

// ends closes the choice of an invitation, or says why not.
func (d *DB) ends(ctx context.Context, tx *sqlx.Tx, at time.Time, by string, id storage.BroadcastID) (storage.InvitationRefusal, error) {
	h, found, err := d.host(ctx, tx, at, by, id)
	switch {
	case err != nil:
		return "", err
	case !found:
		return storage.InvitationUnknown, nil
	case h.inv.Rule != storage.RuleStaff:
		return storage.InvitationNotRule, nil
	case h.inv.State == storage.BroadcastCancelled || !h.inv.FilledAt.IsZero():
		return storage.InvitationClosed, nil
	case h.tooSoon():
		return storage.InvitationTooSoon, nil
	}
	return "", h.closeChoice(ctx)
}

func (h *host) closeChoice(ctx context.Context) error {
	var persons []int
	if err := h.tx.SelectContext(ctx, &persons, `
		UPDATE participants SET state = 'unchosen', at = $2 WHERE broadcast = $1 AND state = 'coming' RETURNING person`, h.inv.Broadcast, h.at); err != nil {
		return err
	}
	return errors.Join(h.filled(ctx, "close choice", len(persons)), h.tell(ctx, storage.InvitedUnchosen, persons...))
}

// offer gives what is free to those who wait longest, who have to accept. Nobody is offered a place of what has begun.
func (h *host) offer(ctx context.Context) error {
	if !h.at.Before(h.inv.Day) {
		return nil
	}
	var persons []int
	if err := h.tx.SelectContext(ctx, &persons, `
		WITH free AS (
			SELECT n, row_number() OVER (ORDER BY n) AS k FROM generate_series(1, $2) n
			WHERE NOT EXISTS (SELECT FROM participants o WHERE o.broadcast = $1 AND o.place = n)),
		next AS (
			SELECT person, row_number() OVER (ORDER BY rank) AS k FROM participants
			WHERE broadcast = $1 AND state = 'waiting' ORDER BY rank LIMIT (SELECT count(*) FROM free))
		UPDATE participants p SET state = 'offered', at = $3, place = free.n, due_at = NULL
		FROM free, next WHERE next.k = free.k AND p.broadcast = $1 AND p.person = next.person RETURNING p.person`, h.inv.Broadcast, h.inv.Places, h.at); err != nil {
		return err
	}
	for _, p := range persons {
		if err := h.overtaken(ctx, p); err != nil {
			return err
		}
	}
	return h.tell(ctx, storage.InvitedOffer, persons...)
}

// lapse takes back what was offered and not accepted in time, and offers it to the next.
func (h *host) lapse(ctx context.Context) error {
	var persons []int
	if err := h.tx.SelectContext(ctx, &persons, `
		UPDATE participants SET state = 'lapsed', at = $2, place = NULL, rank = NULL, due_at = NULL
		WHERE broadcast = $1 AND state = 'offered' AND due_at < $2 RETURNING person`, h.inv.Broadcast, h.at); err != nil || len(persons) == 0 {
		return err
	}
	for _, p := range persons {
		if err := h.overtaken(ctx, p); err != nil {
			return err
		}
		if err := audit(ctx, h.tx, h.at, "clock", "offer lapsed", subject(h.inv.Broadcast), nil, map[string]int{"person": p}); err != nil {
			return err
		}
	}
	return errors.Join(h.tell(ctx, storage.InvitedLapsed, persons...), h.offer(ctx))
}

// leaves takes the people out of every invitation who had their data deleted; what they held goes to the next. which is a condition over
// recipients x, of $1. It comes before their rows in the ledger are made nameless.
func (t *turn) leaves(ctx context.Context, which, id string) error {
	var ids []storage.BroadcastID
	if err := t.tx.SelectContext(ctx, &ids, `
		SELECT DISTINCT p.broadcast FROM participants p JOIN recipients x ON x.broadcast = p.broadcast AND x.person = p.person
		WHERE `+which+` ORDER BY p.broadcast`, id); err != nil {
		return err
	}
	for _, b := range ids {
		h, found, err := t.host(ctx, t.tx, t.at, "contact:"+string(t.key.Contact), b)
		if err != nil || !found {
			return err
		}
		if _, err := t.tx.ExecContext(ctx, `
			WITH gone AS (SELECT x.person FROM recipients x WHERE `+which+` AND x.broadcast = $2),
			told AS (UPDATE invited_notices n SET ended_at = $3 FROM gone WHERE n.broadcast = $2 AND n.person = gone.person AND n.ended_at IS NULL)
			UPDATE participants p SET reason = '', due_at = NULL, at = $3,
				state = CASE p.state WHEN 'attended' THEN 'attended' WHEN 'declined' THEN 'declined' ELSE 'withdrawn' END,
				place = CASE p.state WHEN 'attended' THEN p.place END, rank = CASE p.state WHEN 'attended' THEN p.rank END
			FROM gone WHERE p.broadcast = $2 AND p.person = gone.person`, id, b, t.at); err != nil {
			return err
		}
		if err := h.offer(ctx); err != nil {
			return err
		}
	}
	return nil
}
