package postgres

import (
	"context"
	"database/sql"

	"github.com/jmoiron/sqlx"

	"titian/bot/chat"
	"titian/flows/answer"
	"titian/storage"
)

type participantRow struct {
	Person     int                      `db:"person"`
	Owner      storage.OwnerID          `db:"owner"`
	Number     string                   `db:"number"`
	Name       string                   `db:"name"`
	Business   string                   `db:"business"`
	Kecamatan  string                   `db:"kecamatan"`
	Phone      []byte                   `db:"phone_sealed"`
	Network    chat.Network             `db:"network"`
	Sent       storage.RecipientState   `db:"sent"`
	Cause      storage.Cause            `db:"cause"`
	State      storage.ParticipantState `db:"state"`
	Rank       int                      `db:"rank"`
	Waits      int                      `db:"waits"`
	Registered sql.NullTime             `db:"filed_at"`
	SaidAt     sql.NullTime             `db:"said_at"`
	SaidBy     string                   `db:"said_by"`
	Reason     string                   `db:"reason"`
	Due        sql.NullTime             `db:"due_at"`
}

// invitedSelected reads everybody who was invited, recipients x with participants p and registrations r.
const invitedSelected = `
	SELECT x.person, coalesce(x.owner, '') AS owner, coalesce(r.number, '') AS number, coalesce(r.name, '') AS name, coalesce(r.business, '') AS business,
		coalesce(r.kecamatan, '') AS kecamatan, r.phone_sealed, x.network, x.state AS sent, x.cause, coalesce(p.state, '') AS state,
		coalesce(p.rank, 0) AS rank, CASE p.state WHEN 'waiting' THEN rank() OVER (PARTITION BY p.state ORDER BY p.rank) ELSE 0 END AS waits,
		r.filed_at, p.said_at, coalesce(s.name, p.said_by, '') AS said_by, coalesce(p.reason, '') AS reason, p.due_at
	FROM recipients x LEFT JOIN participants p ON p.broadcast = x.broadcast AND p.person = x.person
	LEFT JOIN registrations r ON r.owner = x.owner LEFT JOIN staff s ON 'staff:' || s.id = p.said_by`

// Participants are those who answered an invitation, as they stand on the list: who has a place, in the order of their ranks, then
// who was offered one, who waits, and the others.
func (d *DB) Participants(ctx context.Context, id storage.BroadcastID) (storage.Invitation, []storage.Participant, error) {
	return d.invitedList(ctx, "list participants of "+subject(id), id, "", invitedSelected+`
		WHERE x.broadcast = $1 AND p.person IS NOT NULL
		ORDER BY array_position(ARRAY['attended', 'held', 'offered', 'waiting', 'coming', 'unchosen', 'lapsed', 'withdrawn', 'declined'],
			CASE p.state WHEN 'attended' THEN 'held' ELSE p.state END), p.rank NULLS LAST, p.person`)
}

// Standings count everybody who got an invitation, or answered it without.
func (d *DB) Standings(ctx context.Context, id storage.BroadcastID) (storage.Standings, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	var rows []struct {
		State storage.ParticipantState `db:"state"`
		N     int                      `db:"n"`
	}
	if err := d.fast.SelectContext(ctx, &rows, `
		SELECT coalesce(p.state, '') AS state, count(*) AS n
		FROM recipients x LEFT JOIN participants p ON p.broadcast = x.broadcast AND p.person = x.person
		WHERE x.broadcast = $1 AND (x.sent_at IS NOT NULL OR p.person IS NOT NULL) GROUP BY 1`, id); err != nil {
		return nil, wrap("count who answered an invitation", err)
	}
	all := storage.Standings{}
	for _, r := range rows {
		all[r.State] = r.N
	}
	return all, nil
}

// ToCall are those whom the bot may not, or could not, reach: the invitation itself while they did not answer, or that a place
// is theirs or offered to them. It stands in the audit who took the list.
func (d *DB) ToCall(ctx context.Context, id storage.BroadcastID, by string) (storage.Invitation, []storage.Participant, error) {
	return d.invitedList(ctx, "list whom to call of "+subject(id), id, by, invitedSelected+`
		WHERE x.broadcast = $1 AND r.owner IS NOT NULL AND (
			p.person IS NULL AND (x.state IN ('failed', 'blocked', 'unsure') OR x.state = 'skipped' AND x.cause NOT IN ('had_it', 'late', 'cancelled'))
			OR p.state IN ('held', 'offered', 'waiting') AND EXISTS (
				SELECT FROM invited_notices n WHERE n.broadcast = x.broadcast AND n.person = x.person AND n.ended_at IS NULL AND n.delivered_at IS NULL
				  AND (n.refused_at IS NOT NULL OR n.kind = 'offer' AND n.at < $2)))
		ORDER BY p.person IS NULL, x.person`, d.at().Add(-d.clocks.CallAt))
}

func (d *DB) invitedList(ctx context.Context, doing string, id storage.BroadcastID, by, query string, args ...any) (i storage.Invitation, list []storage.Participant, err error) {
	err = d.inTx(ctx, doing, func(ctx context.Context, tx *sqlx.Tx) error {
		var rows []participantRow
		if i, err = d.invitation(ctx, tx, id); err != nil {
			return err
		}
		if err := tx.SelectContext(ctx, &rows, query, append([]any{id}, args...)...); err != nil {
			return err
		}
		if list, err = d.openParticipants(i, rows, by != ""); err != nil || by == "" {
			return err
		}
		return audit(ctx, tx, d.at(), by, "take call list", subject(id), nil, map[string]int{"people": len(list)})
	})
	return i, list, err
}

func (d *DB) openParticipants(i storage.Invitation, rows []participantRow, phones bool) ([]storage.Participant, error) {
	list := make([]storage.Participant, len(rows))
	for n, r := range rows {
		p := storage.Participant{Person: r.Person, Number: r.Number, Reached: storage.Reached{Name: r.Name, Business: r.Business}, Kecamatan: r.Kecamatan,
			Network: r.Network, Sent: r.Sent, Cause: r.Cause, State: r.State, Waits: r.Waits, Rank: r.Rank, Registered: orZero(r.Registered),
			SaidAt: orZero(r.SaidAt), SaidBy: r.SaidBy, Reason: r.Reason, Due: orZero(r.Due)}
		if !i.FilledAt.IsZero() && r.Number != "" {
			p.Lot = storage.Lot(i.Seed, r.Number)
		}
		if phones {
			phone, err := d.openText(r.Phone, registrationAAD("phone", r.Owner))
			if err != nil {
				return nil, err
			}
			p.Phone = answer.Phone(phone)
		}
		list[n] = p
	}
	return list, nil
}

// InvitedNumbered are the numbers of the registrations that a broadcast went to, or would have, and that end in these six digits: one a
// year at most.
func (d *DB) InvitedNumbered(ctx context.Context, id storage.BroadcastID, digits string) (numbers []string, err error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	err = d.fast.SelectContext(ctx, &numbers, `
		SELECT r.number FROM registrations r JOIN recipients x ON x.owner = r.owner AND x.broadcast = $1
		WHERE right(r.number, 6) = $2 ORDER BY r.number`, id, digits)
	return numbers, wrap("find who is meant by the end of a number", err)
}

// OpenInvitations are those that a contact was invited to and that are not over, the one that was sent last at the front.
func (d *DB) OpenInvitations(ctx context.Context, c storage.ContactID) ([]storage.Invited, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	list, err := d.invitedTo(ctx, d.fast, `
		SELECT v.*, coalesce(p.state, '') AS stands, x.sent_at
		FROM (`+invitationsSelected+`) v
		JOIN LATERAL (SELECT x.person, x.sent_at FROM recipients x WHERE x.broadcast = v.broadcast AND (x.contact = $1 OR x.owner IN (SELECT s.owner FROM speaks_for s WHERE s.contact = $1))
			ORDER BY (x.contact = $1) DESC NULLS LAST, x.person LIMIT 1) x ON true
		LEFT JOIN participants p ON p.broadcast = v.broadcast AND p.person = x.person
		WHERE v.state IN ('running', 'paused', 'done') AND v.day > $2
		ORDER BY x.sent_at DESC NULLS LAST, v.broadcast DESC`, c, d.at())
	return list, wrap("find the invitations of a contact", err)
}

// invitedOf are all invitations that an owner was sent or answered, over or not, the newest first.
func (t *turn) invitedOf(ctx context.Context, owner storage.OwnerID) ([]storage.Invited, error) {
	return t.invitedTo(ctx, t.tx, `
		SELECT v.*, coalesce(p.state, '') AS stands, x.sent_at
		FROM (`+invitationsSelected+`) v
		JOIN recipients x ON x.broadcast = v.broadcast AND x.owner = $1
		LEFT JOIN participants p ON p.broadcast = v.broadcast AND p.person = x.person
		WHERE x.sent_at IS NOT NULL OR p.state IS NOT NULL
		ORDER BY v.day DESC, v.broadcast DESC`, owner)
}

// invitedTo reads invitations with the place of one person in them.
func (d *DB) invitedTo(ctx context.Context, from sqlx.QueryerContext, query string, args ...any) ([]storage.Invited, error) {
	var rows []struct {
		invitationRow
		Stands storage.ParticipantState `db:"stands"`
		SentAt sql.NullTime             `db:"sent_at"`
	}
	if err := sqlx.SelectContext(ctx, from, &rows, query, args...); err != nil {
		return nil, err
	}
	list := make([]storage.Invited, len(rows))
	for n, r := range rows {
		i, err := d.openInvitation(r.invitationRow)
		if err != nil {
			return nil, err
		}
		list[n] = storage.Invited{Invitation: i, State: r.Stands, SentAt: orZero(r.SentAt)}
	}
	return list, nil
}

// InvitationOf is the invitation that a message in a contact's chat was about: the invitation itself or what came after it;
// storage.ErrNotFound when it was about none.
func (d *DB) InvitationOf(ctx context.Context, c storage.ContactID, n chat.Network, ref string) (id storage.BroadcastID, err error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	err = d.fast.GetContext(ctx, &id, `
		SELECT x.broadcast FROM recipients x JOIN invitations i ON i.broadcast = x.broadcast
		WHERE x.network = $2 AND x.ref = $3 AND x.ref <> '' AND x.contact = $1
		UNION ALL
		SELECT n.broadcast FROM invited_notices n JOIN recipients x ON x.broadcast = n.broadcast AND x.person = n.person
		WHERE n.ref = $3 AND n.ref <> '' AND $1 = `+invitedContact+` LIMIT 1`, string(c), n, ref)
	return id, wrap("find the invitation of a message", err)
}
