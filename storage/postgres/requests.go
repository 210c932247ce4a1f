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

// stopAnnouncements writes the withdrawal for the contact and each of its owners, and takes effect at once.
func (t *turn) stopAnnouncements(ctx context.Context, e storage.StopAnnouncements) error {
	var owners []storage.OwnerID
	if err := t.tx.SelectContext(ctx, &owners, `
		UPDATE registrations r SET announcements = false
		FROM speaks_for s WHERE s.owner = r.owner AND s.contact = $1
		RETURNING r.owner`, t.key.Contact); err != nil {
		return err
	}
	c := e.Consent
	c.Purpose, c.Given = "announcements", false
	for _, owner := range append([]storage.OwnerID{""}, owners...) {
		if err := t.consent(ctx, owner, c); err != nil {
			return err
		}
	}
	return t.audit(ctx, "stop announcements", string(t.key.Contact), nil, nil)
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
	return t.audit(ctx, "show", string(e.Owner), nil, nil)
}
