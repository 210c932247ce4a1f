package postgres

import (
	"context"
	"database/sql"
	"time"

	"github.com/jmoiron/sqlx"

	"titian/storage"
)

// host works at one invitation, which nobody else does meanwhile: its row is locked until the transaction ends.
type host struct {
	*DB
	inv   storage.Invitation
	tx    *sqlx.Tx
	at    time.Time
	actor string // as the audit names them
}

// host locks an invitation; false when there is none.
func (d *DB) host(ctx context.Context, tx *sqlx.Tx, at time.Time, actor string, id storage.BroadcastID) (*host, bool, error) {
	var row invitationRow
	found, err := some(tx.GetContext(ctx, &row, invitationsSelected+` WHERE i.broadcast = $1 FOR UPDATE OF i`, id))
	if !found {
		return nil, false, err
	}
	i, err := d.openInvitation(row)
	return &host{d, i, tx, at, actor}, err == nil, err
}

// guest is where a person stands.
type guest struct {
	Person int                      `db:"person"`
	State  storage.ParticipantState `db:"state"`
	Place  sql.NullInt64            `db:"place"`
}

// guest finds who is invited, a condition over recipients x, of $2, as they stand when every offer that is over has lapsed.
func (h *host) guest(ctx context.Context, which string, arg any) (g guest, found bool, err error) {
	if !h.inv.FilledAt.IsZero() {
		if err := h.lapse(ctx); err != nil {
			return g, false, err
		}
	}
	found, err = some(h.tx.GetContext(ctx, &g, `
		SELECT x.person, coalesce(p.state, '') AS state, p.place
		FROM recipients x LEFT JOIN participants p ON p.broadcast = x.broadcast AND p.person = x.person
		WHERE x.broadcast = $1 AND `+which, h.inv.Broadcast, arg))
	return g, found, err
}

// byContact is the person whose chat it is: also one whose owner moved there since.
const byContact = `(x.contact = $2 OR x.owner IN (SELECT s.owner FROM speaks_for s WHERE s.contact = $2))
	ORDER BY (x.contact = $2) DESC NULLS LAST, x.person LIMIT 1`

const byNumber = `x.owner = (SELECT r.owner FROM registrations r WHERE r.number = $2)`

func (t *turn) answerInvitation(ctx context.Context, e storage.AnswerInvitation) error {
	h, found, err := t.host(ctx, t.tx, t.at, "contact:"+string(t.key.Contact), e.Broadcast)
	if !found {
		t.out.Invitation.Refused = storage.InvitationUnknown
		return err
	}
	g, found, err := h.guest(ctx, byContact, string(t.key.Contact))
	if !found {
		t.out.Invitation.Refused = storage.InvitationUnknown
		return err
	}
	t.out.Invitation, err = h.answer(ctx, g, e.Coming, "")
	return err
}

// answer writes down whether a person comes. Nothing of it depends on what other people are told at the same time.
func (h *host) answer(ctx context.Context, g guest, coming bool, by string) (storage.InvitationOutcome, error) {
	out := storage.InvitationOutcome{Invitation: h.inv, Was: g.State, State: g.State}
	if h.inv.State == storage.BroadcastCancelled || h.inv.State == storage.BroadcastDraft || h.inv.State == storage.BroadcastConfirmed {
		out.Refused = storage.InvitationClosed
		return out, nil
	}
	var err error
	if out.State, out.Refused, err = h.next(ctx, g, coming); err != nil || out.Refused != "" {
		return out, err
	}
	if out.State != g.State {
		err = h.put(ctx, g, out.State, by, "")
	}
	if err != nil {
		return out, err
	}
	if out.State == storage.ParticipantWaiting {
		out.Waits, err = h.waits(ctx, g.Person)
	}
	return out, err
}

// next is what an answer makes of where a person stands.
func (h *host) next(ctx context.Context, g guest, coming bool) (storage.ParticipantState, storage.InvitationRefusal, error) {
	switch {
	case g.State == storage.ParticipantAttended, h.at.After(h.inv.Day.Add(24 * time.Hour)):
		return g.State, storage.InvitationLate, nil
	case !coming:
		switch g.State {
		case storage.ParticipantSilent, storage.ParticipantComing, storage.ParticipantUnchosen:
			return storage.ParticipantDeclined, "", nil
		case storage.ParticipantHeld, storage.ParticipantOffered, storage.ParticipantWaiting:
			return storage.ParticipantWithdrawn, "", nil
		}
		return g.State, "", nil
	}
	switch g.State {
	case storage.ParticipantHeld, storage.ParticipantComing, storage.ParticipantWaiting, storage.ParticipantUnchosen:
		return g.State, "", nil
	case storage.ParticipantOffered:
		return storage.ParticipantHeld, "", nil
	}
	switch {
	case h.at.After(h.inv.Deadline):
		return g.State, storage.InvitationLate, nil
	case h.inv.FilledAt.IsZero():
		return storage.ParticipantComing, "", nil
	case h.inv.Rule == storage.RuleStaff:
		return storage.ParticipantUnchosen, "", nil
	}
	free, err := h.free(ctx)
	if err != nil || free == 0 {
		return storage.ParticipantWaiting, "", err
	}
	return storage.ParticipantHeld, "", nil
}

// free is how many places nobody has or is offered.
func (h *host) free(ctx context.Context) (n int, err error) {
	err = h.tx.GetContext(ctx, &n, `SELECT $2 - count(*) FROM participants WHERE broadcast = $1 AND place IS NOT NULL`, h.inv.Broadcast, h.inv.Places)
	return n, err
}

// put writes down a new state. Who takes a place gets the lowest free number; who joins the waiting list stands at its end; a
// place that comes free is offered to the next.
func (h *host) put(ctx context.Context, g guest, to storage.ParticipantState, by, reason string) error {
	if _, err := h.tx.ExecContext(ctx, `
		WITH spoken AS (UPDATE recipients SET answered_at = $4 WHERE broadcast = $1 AND person = $2 AND $3 <> 'attended'),
		overtaken AS (UPDATE invited_notices SET ended_at = $4 WHERE broadcast = $1 AND person = $2 AND ended_at IS NULL)
		INSERT INTO participants AS p (broadcast, person, state, at, said_at, said_by, places, reason, rank, place)
		VALUES ($1, $2, $3, $4, $4, $5, $6, $7,
			CASE WHEN $3 IN ('held', 'waiting') AND $8 THEN (SELECT coalesce(max(o.rank), 0) + 1 FROM participants o WHERE o.broadcast = $1) END,
			CASE WHEN $3 IN ('held', 'attended') THEN coalesce((SELECT o.place FROM participants o WHERE o.broadcast = $1 AND o.person = $2),
				(SELECT min(n) FROM generate_series(1, $6) n WHERE NOT EXISTS (SELECT FROM participants o WHERE o.broadcast = $1 AND o.place = n))) END)
		ON CONFLICT (broadcast, person) DO UPDATE SET state = excluded.state, at = excluded.at, due_at = NULL,
			said_at = CASE WHEN excluded.state IN ('held', 'attended') AND p.place IS NOT NULL THEN p.said_at ELSE excluded.said_at END,
			said_by = excluded.said_by,
			reason = CASE excluded.reason WHEN '' THEN p.reason ELSE excluded.reason END,
			place = excluded.place,
			rank = CASE WHEN excluded.state IN ('held', 'attended') AND p.rank IS NOT NULL AND p.state IN ('held', 'offered', 'waiting') THEN p.rank ELSE excluded.rank END`,
		h.inv.Broadcast, g.Person, string(to), h.at, by, h.inv.Places, reason, h.inv.Rule != storage.RuleStaff); err != nil {
		return err
	}
	if by != "" {
		after := map[string]any{"person": g.Person, "state": to}
		if reason != "" {
			after["reason"] = true
		}
		if err := audit(ctx, h.tx, h.at, h.actor, "record invited", subject(h.inv.Broadcast), map[string]any{"state": g.State}, after); err != nil {
			return err
		}
	}
	if g.Place.Valid && to == storage.ParticipantWithdrawn {
		return h.offer(ctx)
	}
	return nil
}

// waits is a person's number on the waiting list; 0: they do not wait.
func (h *host) waits(ctx context.Context, person int) (n int, err error) {
	err = h.tx.GetContext(ctx, &n, `
		SELECT count(o.person) FROM participants p JOIN participants o ON o.broadcast = p.broadcast AND o.state = 'waiting' AND o.rank <= p.rank
		WHERE p.broadcast = $1 AND p.person = $2 AND p.state = 'waiting'`, h.inv.Broadcast, person)
	return n, err
}

// RecordInvited writes down, as the operator or for a command line, what RecordInvited would as an effect.
func (d *DB) RecordInvited(ctx context.Context, e storage.RecordInvited, by string) (out storage.InvitationOutcome, err error) {
	err = d.inTx(ctx, "record an answer", func(ctx context.Context, tx *sqlx.Tx) error {
		out, err = d.record(ctx, tx, d.at(), by, e)
		return err
	})
	return out, err
}

func (t *turn) recordInvited(ctx context.Context, e storage.RecordInvited) error {
	c, may, err := t.asStaff(ctx, storage.RoleOfficer, storage.RoleAdmin)
	if !may {
		return err
	}
	t.out.Invitation, err = t.record(ctx, t.tx, t.at, c.actor, e)
	t.out.Recorded = append(t.out.Recorded, storage.Recorded{Number: e.Number, InvitationOutcome: t.out.Invitation})
	return err
}

func (d *DB) record(ctx context.Context, tx *sqlx.Tx, at time.Time, by string, e storage.RecordInvited) (out storage.InvitationOutcome, err error) {
	h, found, err := d.host(ctx, tx, at, by, e.Broadcast)
	if !found {
		return storage.InvitationOutcome{Refused: storage.InvitationUnknown}, err
	}
	g, found, err := h.guest(ctx, byNumber, e.Number)
	if !found {
		return storage.InvitationOutcome{Refused: storage.InvitationUnknown, Invitation: h.inv}, err
	}
	switch e.State {
	case storage.ParticipantHeld:
		return h.choose(ctx, g, e.Reason)
	case storage.ParticipantAttended:
		return h.attended(ctx, g)
	}
	return h.answer(ctx, g, e.State == storage.ParticipantComing, by)
}

// choose gives a place to somebody whom staff chose among those who want to come.
func (h *host) choose(ctx context.Context, g guest, reason string) (storage.InvitationOutcome, error) {
	out := storage.InvitationOutcome{Invitation: h.inv, Was: g.State, State: g.State}
	free, err := h.free(ctx)
	switch {
	case err != nil:
		return out, err
	case h.inv.Rule != storage.RuleStaff:
		out.Refused = storage.InvitationNotRule
	case h.inv.State == storage.BroadcastCancelled, h.at.After(h.inv.Day):
		out.Refused = storage.InvitationClosed
	case h.tooSoon():
		out.Refused = storage.InvitationTooSoon
	case reason == "":
		out.Refused = storage.InvitationReason
	case g.State == storage.ParticipantHeld, g.State == storage.ParticipantAttended:
		return out, nil
	case g.State != storage.ParticipantComing && g.State != storage.ParticipantUnchosen:
		out.Refused = storage.InvitationNotComing
	case free == 0:
		out.Refused = storage.InvitationNoPlace
	default:
		out.State = storage.ParticipantHeld
		if err := h.put(ctx, g, out.State, h.actor, reason); err != nil {
			return out, err
		}
		return out, h.tell(ctx, storage.InvitedPlace, g.Person)
	}
	return out, nil
}

// tooSoon says whether the slower network is still on its way.
func (h *host) tooSoon() bool {
	if !h.inv.Opens.IsZero() {
		return h.at.Before(h.inv.Opens)
	}
	return h.inv.Attempted.IsZero()
}

// attended notes that a person was there: one with a place, or who took one that stayed free.
func (h *host) attended(ctx context.Context, g guest) (storage.InvitationOutcome, error) {
	out := storage.InvitationOutcome{Invitation: h.inv, Was: g.State, State: g.State}
	free, err := h.free(ctx)
	day := h.inv.Day.In(wita)
	switch {
	case err != nil || g.State == storage.ParticipantAttended:
		return out, err
	case h.at.Before(time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, wita)):
		out.Refused = storage.InvitationTooSoon
	case !g.Place.Valid && free == 0:
		out.Refused = storage.InvitationNoPlace
	default:
		out.State = storage.ParticipantAttended
		return out, h.put(ctx, g, out.State, h.actor, "")
	}
	return out, nil
}
