package postgres

import (
	"context"
	"strconv"

	"titian/storage"
)

// askOfficer stores the wish and opens its thread; a report, which only admins see, has none. The owner is named only when this contact speaks for it.
func (t *turn) askOfficer(ctx context.Context, e storage.AskOfficer) error {
	var id string
	if err := t.tx.GetContext(ctx, &id, `
		INSERT INTO wishes (contact, owner, reason, question, at)
		VALUES ($1, (SELECT owner FROM speaks_for WHERE contact = $1 AND owner = $2), $3, $4, $5)
		RETURNING id::text`,
		t.key.Contact, e.Owner, e.Reason, e.Where, t.at); err != nil {
		return err
	}
	kind := storage.NoticeWish
	if e.Reason == "report" {
		kind = storage.NoticeReport
	} else {
		wish, err := strconv.ParseInt(id, 10, 64)
		if err != nil {
			return err
		}
		if answered, err := t.wishThread(ctx, wish, e.Words); answered || err != nil {
			return err
		}
	}
	return t.tell(ctx, t.tx, kind, id)
}

// announcements writes that a contact wants none any more, or wants them again, for itself and each of its owners. It takes
// effect at once, also on what is queued.
func (t *turn) announcements(ctx context.Context, wanted bool, c storage.Consent) error {
	var owners []storage.OwnerID
	if err := t.tx.SelectContext(ctx, &owners, `
		WITH stops AS (UPDATE contacts SET stopped_at = CASE WHEN $2 THEN NULL ELSE coalesce(stopped_at, $3) END,
			reminders_off_at = CASE WHEN $2 THEN NULL ELSE coalesce(reminders_off_at, $3) END WHERE id = $1)
		UPDATE registrations r SET announcements = $2
		FROM speaks_for s WHERE s.owner = r.owner AND s.contact = $1
		RETURNING r.owner`, t.key.Contact, wanted, t.at); err != nil {
		return err
	}
	c.Purpose, c.Given = "announcements", wanted
	for _, owner := range append([]storage.OwnerID{""}, owners...) {
		if err := t.consent(ctx, owner, c); err != nil {
			return err
		}
	}
	act := "stop announcements"
	if wanted {
		act = "start announcements"
	}
	return t.audit(ctx, act, string(t.key.Contact), nil, nil)
}

// showOwner reads what is stored about an owner, and that it was read stands in the audit.
func (t *turn) showOwner(ctx context.Context, e storage.ShowOwner) error {
	if err := t.speaksFor(ctx, e.Owner); err != nil {
		return err
	}
	var row registrationRow
	if err := t.tx.GetContext(ctx, &row, `
		SELECT `+registrationColumns+` FROM registrations WHERE owner = $1`, e.Owner); err != nil {
		return err
	}
	r, err := t.openRegistration(row)
	if err != nil {
		return err
	}
	t.out.Owner, t.out.Number, t.out.Registration = r.Owner, r.Number, &r
	if t.out.Invited, err = t.invitedOf(ctx, e.Owner); err != nil {
		return err
	}
	return t.audit(ctx, "show", string(e.Owner), nil, nil)
}
