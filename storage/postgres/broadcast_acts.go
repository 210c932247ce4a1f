package postgres

import (
	"context"
	"fmt"

	"titian/storage"
	"titian/storage/segment"
)

// writeBroadcast stores a draft, or changes one: a new edition, which nobody has confirmed.
func (t *turn) writeBroadcast(ctx context.Context, e storage.WriteBroadcast) error {
	o, may, err := t.atDesk(ctx, deskRoles)
	out := &t.out.Broadcast
	if !may {
		out.Refused = storage.RefusedNotStaff
		return err
	}
	b := e.Broadcast
	b.MadeBy, b.Audience, b.Places = string(o.ID), e.Audience.String(), 0
	return t.orNothing(ctx, func() (bool, error) {
		if b.ID == 0 {
			b.ID, out.Refused, err = t.draft(ctx, t.tx, b)
		} else {
			out.Refused, err = t.redraft(ctx, b)
		}
		if out.Refused != "" || err != nil {
			return false, err
		}
		if b.File != nil {
			if _, err := t.tx.ExecContext(ctx, `
				UPDATE files SET contact = 'broadcast', purpose = 'broadcast' WHERE id = $1 AND contact = $2 AND owner IS NULL`,
				b.File.Vault, t.key.Contact); err != nil {
				return false, err
			}
		}
		if i := e.Invitation; i.Places > 0 {
			i.Broadcast = b.ID
			if _, out.Invited, err = t.invite(ctx, t.tx, i, b.MadeBy); out.Invited != "" || err != nil {
				return false, err
			}
		}
		return true, t.showBroadcast(ctx, b.ID, e.Audience)
	})
}

// redraft changes a draft, or one that was confirmed and not started.
func (t *turn) redraft(ctx context.Context, b storage.Broadcast) (storage.BroadcastRefusal, error) {
	was, none, err := t.lockBroadcast(ctx, t.tx, b.ID)
	switch {
	case none != "" || err != nil:
		return none, err
	case was.State != storage.BroadcastDraft && was.State != storage.BroadcastConfirmed:
		return storage.RefusedState, nil
	}
	file, err := fileOf(b)
	if err != nil {
		return "", err
	}
	text, err := t.sealText(b.Text, broadcastAAD(b.ID))
	if err != nil {
		return "", err
	}
	if _, err := t.tx.ExecContext(ctx, `
		WITH uninvited AS (DELETE FROM invitations WHERE broadcast = $1)
		UPDATE broadcasts SET state = 'draft', audience = $2, text_sealed = $3, file = $4, places = 0, send_at = $5, made_by = $6,
			confirmed_by = '', confirmed_at = NULL, asked_at = NULL, edition = edition + 1
		WHERE id = $1`, b.ID, b.Audience, text, file, timeOrNull(b.SendAt), b.MadeBy); err != nil {
		return "", err
	}
	return "", audit(ctx, t.tx, t.at, b.MadeBy, "edit broadcast", subject(b.ID),
		map[string]any{"audience": was.Audience, "edition": was.Edition}, map[string]any{"audience": b.Audience, "edition": was.Edition + 1})
}

// moveBroadcast does an act of staff.
func (t *turn) moveBroadcast(ctx context.Context, e storage.MoveBroadcast) error {
	o, may, err := t.atDesk(ctx, deskRoles)
	out := &t.out.Broadcast
	if !may {
		out.Refused = storage.RefusedNotStaff
		return err
	}
	b, none, err := t.lockBroadcast(ctx, t.tx, e.ID)
	if out.Refused = none; none != "" || err != nil {
		return err
	}
	by := string(o.ID)
	err = t.orNothing(ctx, func() (bool, error) {
		out.Refused, err = t.act(ctx, e, b, by)
		return out.Refused == "", err
	})
	if err == nil && out.Refused == storage.RefusedUnconfirmed {
		out.Refused, err = t.asksOthers(ctx, b, by)
	}
	if err != nil {
		return err
	}
	return t.showBroadcast(ctx, e.ID, e.Audience)
}

func (t *turn) act(ctx context.Context, e storage.MoveBroadcast, b storage.Broadcast, by string) (storage.BroadcastRefusal, error) {
	waits := b.State == storage.BroadcastDraft || b.State == storage.BroadcastConfirmed
	switch e.Act {
	case storage.BroadcastSend, storage.BroadcastApprove, storage.BroadcastDecline:
		switch {
		case !waits:
			return storage.RefusedState, nil
		case b.Edition != e.Edition:
			return storage.RefusedEdition, nil
		}
	}
	switch e.Act {
	case storage.BroadcastSend:
		return t.start(ctx, t.tx, b.ID, e.Audience, by)
	case storage.BroadcastApprove:
		if refused, err := t.moveLocked(ctx, t.tx, b, by, confirming); refused != "" || err != nil {
			return refused, err
		}
		if refused, err := t.start(ctx, t.tx, b.ID, e.Audience, by); refused != "" || err != nil {
			return refused, err
		}
		return "", t.tellOne(ctx, storage.StaffID(b.MadeBy), storage.NoticeApproved, edition(b)+"/"+by)
	case storage.BroadcastDecline:
		return t.declines(ctx, b, by)
	case storage.BroadcastPause:
		return t.moveLocked(ctx, t.tx, b, by, pausing)
	case storage.BroadcastResume:
		return t.moveLocked(ctx, t.tx, b, by, resuming)
	case storage.BroadcastCancel:
		return t.moveLocked(ctx, t.tx, b, by, cancelling)
	case storage.BroadcastRetry:
		return t.moveLocked(ctx, t.tx, b, by, retrying(&t.out.Broadcast.Again))
	}
	return storage.RefusedState, nil
}

// asksOthers has the other officers told that a draft waits for one of them, once for each edition.
func (t *turn) asksOthers(ctx context.Context, b storage.Broadcast, by string) (storage.BroadcastRefusal, error) {
	t.out.Broadcast.Asked = true
	if !b.AskedAt.IsZero() {
		return "", nil
	}
	if _, err := t.tx.ExecContext(ctx, `UPDATE broadcasts SET asked_at = $2 WHERE id = $1`, b.ID, t.at); err != nil {
		return "", err
	}
	if err := t.tell(ctx, t.tx, storage.NoticeBroadcast, edition(b)); err != nil {
		return "", err
	}
	return "", audit(ctx, t.tx, t.at, by, "ask to confirm broadcast", subject(b.ID), nil, map[string]int{"edition": b.Edition})
}

// declines gives a draft back to who made it.
func (t *turn) declines(ctx context.Context, b storage.Broadcast, by string) (storage.BroadcastRefusal, error) {
	switch {
	case b.AskedAt.IsZero():
		return storage.RefusedState, nil
	case b.MadeBy == by:
		return storage.RefusedSamePerson, nil
	}
	if _, err := t.tx.ExecContext(ctx, `UPDATE broadcasts SET asked_at = NULL, edition = edition + 1 WHERE id = $1`, b.ID); err != nil {
		return "", err
	}
	if err := audit(ctx, t.tx, t.at, by, "decline broadcast", subject(b.ID), nil, map[string]int{"edition": b.Edition}); err != nil {
		return "", err
	}
	return "", t.tellOne(ctx, storage.StaffID(b.MadeBy), storage.NoticeDeclined, edition(b)+"/"+by)
}

// edition names that of a broadcast in a notice.
func edition(b storage.Broadcast) string { return fmt.Sprintf("%d/%d", b.ID, b.Edition) }

// showBroadcast puts a broadcast as it is now into the outcome.
func (t *turn) showBroadcast(ctx context.Context, id storage.BroadcastID, e segment.Expr) (err error) {
	out := &t.out.Broadcast
	if out.Broadcast, _, err = t.lockBroadcast(ctx, t.tx, id); err != nil {
		return err
	}
	if out.Broadcast.Places > 0 {
		if out.Invitation, err = t.invitation(ctx, t.tx, id); err != nil {
			return err
		}
	}
	if out.Broadcast.StartedAt.IsZero() {
		if e != nil {
			out.Plan, err = t.plan(ctx, e, out.Broadcast.Former)
		}
		return err
	}
	out.Counts, err = t.counts(ctx, t.tx, id)
	return err
}

// orNothing does something of this turn; when it comes to nothing, what it did until then is undone.
func (t *turn) orNothing(ctx context.Context, do func() (done bool, err error)) error {
	if _, err := t.tx.ExecContext(ctx, `SAVEPOINT tried`); err != nil {
		return err
	}
	done, err := do()
	if err != nil || done {
		return err
	}
	_, err = t.tx.ExecContext(ctx, `ROLLBACK TO SAVEPOINT tried`)
	return err
}
