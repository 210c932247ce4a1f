package postgres

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"

	"titian/bot/chat"
	"titian/storage"
	"titian/storage/segment"
)

type invitationRow struct {
	Broadcast storage.BroadcastID    `db:"broadcast"`
	Event     []byte                 `db:"event_sealed"`
	Day       time.Time              `db:"day"`
	Places    int                    `db:"places"`
	Rule      storage.Rule           `db:"rule"`
	Seed      string                 `db:"seed"`
	Opens     sql.NullTime           `db:"opens"`
	Deadline  time.Time              `db:"deadline"`
	FilledAt  sql.NullTime           `db:"filled_at"`
	State     storage.BroadcastState `db:"state"`
	Attempted sql.NullTime           `db:"attempted"`
}

// invitationsSelected reads invitations i as an invitationRow. A broadcast that is done has attempted everybody.
const invitationsSelected = `
	SELECT i.broadcast, i.event_sealed, i.day, i.places, i.rule, i.seed, i.opens, i.deadline, i.filled_at, b.state,
	       coalesce(i.attempted_at, CASE b.state WHEN 'done' THEN b.ended_at END) AS attempted
	FROM invitations i JOIN broadcasts b ON b.id = i.broadcast`

func eventAAD(id storage.BroadcastID) string { return fmt.Sprintf("invitations/event/%d", id) }

func (d *DB) openInvitation(r invitationRow) (storage.Invitation, error) {
	event, err := d.openText(r.Event, eventAAD(r.Broadcast))
	return storage.Invitation{Broadcast: r.Broadcast, Event: event, Day: r.Day.UTC(), Places: r.Places, Rule: r.Rule, Seed: r.Seed,
		Opens: orZero(r.Opens), Deadline: r.Deadline.UTC(), FilledAt: orZero(r.FilledAt), State: r.State, Attempted: orZero(r.Attempted)}, err
}

// Invite makes an invitation of a draft, or changes what it promises. Its seed is drawn here, anew at each change, so that
// nobody chooses it.
func (d *DB) Invite(ctx context.Context, i storage.Invitation, by string) (made storage.Invitation, refused storage.InvitationRefusal, err error) {
	err = d.inTx(ctx, "invite", func(ctx context.Context, tx *sqlx.Tx) (err error) {
		made, refused, err = d.invite(ctx, tx, i, by)
		return err
	})
	return made, refused, err
}

func (d *DB) invite(ctx context.Context, tx *sqlx.Tx, i storage.Invitation, by string) (storage.Invitation, storage.InvitationRefusal, error) {
	if i.Rule == "" {
		i.Rule = storage.RuleLot
	}
	if !slices.Contains(storage.Rules, i.Rule) || i.Places < 1 || i.Event == "" || i.Day.IsZero() || !i.Deadline.After(d.at()) ||
		i.Deadline.After(i.Day) || !i.Opens.IsZero() && (i.Opens.After(i.Deadline) || !i.Opens.After(d.at())) {
		return i, storage.InvitationWrong, nil
	}
	var seed [16]byte
	if _, err := rand.Read(seed[:]); err != nil {
		return i, "", err
	}
	i.Seed, i.State = hex.EncodeToString(seed[:]), storage.BroadcastDraft
	b, none, err := d.lockBroadcast(ctx, tx, i.Broadcast)
	switch {
	case err != nil:
		return i, "", err
	case none != "":
		return i, storage.InvitationUnknown, nil
	case b.State != storage.BroadcastDraft:
		return i, storage.InvitationFixed, nil
	}
	event, err := d.sealText(i.Event, eventAAD(i.Broadcast))
	if err != nil {
		return i, "", err
	}
	if _, err := tx.ExecContext(ctx, `
		WITH placed AS (UPDATE broadcasts SET places = $4 WHERE id = $1)
		INSERT INTO invitations (broadcast, event_sealed, day, places, rule, seed, opens, deadline, made_by, made_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
		ON CONFLICT (broadcast) DO UPDATE SET event_sealed = excluded.event_sealed, day = excluded.day, places = excluded.places,
			rule = excluded.rule, seed = excluded.seed, opens = excluded.opens, deadline = excluded.deadline,
			made_by = excluded.made_by, made_at = excluded.made_at`,
		i.Broadcast, event, utc(i.Day), i.Places, i.Rule, i.Seed, timeOrNull(i.Opens), utc(i.Deadline), by, d.at()); err != nil {
		return i, "", err
	}
	return i, "", audit(ctx, tx, d.at(), by, "invite", subject(i.Broadcast), nil,
		map[string]any{"places": i.Places, "rule": i.Rule, "seed_sha256": i.Commitment(), "deadline": i.Deadline.UTC()})
}

// Invitation reads that of a broadcast; storage.ErrNotFound when it invites nobody.
func (d *DB) Invitation(ctx context.Context, id storage.BroadcastID) (storage.Invitation, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	i, err := d.invitation(ctx, d.fast, id)
	return i, wrap("read the invitation of "+subject(id), err)
}

func (d *DB) invitation(ctx context.Context, from reader, id storage.BroadcastID) (storage.Invitation, error) {
	var row invitationRow
	if err := from.GetContext(ctx, &row, invitationsSelected+` WHERE i.broadcast = $1`, id); err != nil {
		return storage.Invitation{}, err
	}
	return d.openInvitation(row)
}

// promised says why a broadcast with places may not start: its invitation is missing, or the last of its recipients would be
// attempted only when the places are given.
func (d *DB) promised(ctx context.Context, tx *sqlx.Tx, b storage.Broadcast) (storage.BroadcastRefusal, error) {
	if b.Places == 0 {
		return "", nil
	}
	i, err := d.invitation(ctx, tx, b.ID)
	if found, err := some(err); !found {
		return storage.RefusedNoRule, err
	}
	from := later(d.at(), b.SendAt)
	ends := from
	if d.takes != nil {
		due, err := d.dueByNetwork(ctx, tx, b.ID)
		if err != nil {
			return "", err
		}
		ends = d.takes(due, from)
	}
	if i.Shortfall(ends) > 0 {
		return storage.RefusedDeadline, nil
	}
	return "", nil
}

// UseEstimate gives the database what says when a broadcast to so many people ends that begins then. Call it before any is
// started; without it a broadcast counts as sent at once.
func (d *DB) UseEstimate(ends func(due map[chat.Network]int, from time.Time) time.Time) {
	d.takes = ends
}

func (d *DB) dueByNetwork(ctx context.Context, tx *sqlx.Tx, id storage.BroadcastID) (map[chat.Network]int, error) {
	var rows []struct {
		Network chat.Network `db:"network"`
		N       int          `db:"n"`
	}
	err := tx.SelectContext(ctx, &rows, `SELECT network, count(*) AS n FROM recipients WHERE broadcast = $1 AND state = 'pending' GROUP BY network`, id)
	due := make(map[chat.Network]int, len(rows))
	for _, r := range rows {
		due[r.Network] = r.N
	}
	return due, err
}

// Shortfall is by how much a broadcast that started now would miss what its invitation promises; 0 or less: it would not.
func (d *DB) Shortfall(ctx context.Context, id storage.BroadcastID, e segment.Expr) (time.Duration, error) {
	b, err := d.Broadcast(ctx, id)
	if err != nil {
		return 0, err
	}
	i, err := d.Invitation(ctx, id)
	if err != nil || d.takes == nil {
		return i.Shortfall(d.at()), err
	}
	plan, err := d.PlanBroadcast(ctx, e, b.Former)
	if err != nil {
		return 0, err
	}
	due := map[chat.Network]int{}
	for _, c := range plan.Counts {
		if c.State == storage.RecipientPending {
			due[c.Network] += c.N
		}
	}
	return i.Shortfall(d.takes(due, later(d.at(), b.SendAt))), nil
}
