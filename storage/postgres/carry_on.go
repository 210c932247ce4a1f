package postgres

import (
	"context"

	"titian/storage"
)

// moveApplication carries an application on after its place was given, or refuses it: handed, applied, returned, issued,
// refused. Every other move has an effect of its own.
func (t *turn) moveApplication(ctx context.Context, e storage.MoveApplication) error {
	o, a, may, err := t.theirs(ctx, e.Application)
	if !may {
		return err
	}
	if e.At.IsZero() {
		e.At = t.at
	}
	do := map[storage.ApplicationState]carry{
		storage.StateHanded: t.hand, storage.StateApplied: t.apply, storage.StateReturned: t.returnItems,
		storage.StateIssued: t.issue, storage.StateRefused: t.turnDown,
	}[e.To]
	if do == nil || !storage.MayMove(a.State, e.To, o.mover()) {
		return t.refuse(storage.RefusedMove)
	}
	if o.Role != storage.RoleCompanion && a.ClaimedBy != "" && a.ClaimedBy != o.ID {
		t.out.Halal.HeldBy = a.ClaimedName
		return t.refuse(storage.RefusedClaimed)
	}
	if e.To == storage.StateRefused {
		return t.reaching(ctx, a, func() error { return t.carryOn(ctx, o, a, e, do) })
	}
	return t.carryOn(ctx, o, a, e, do)
}

// carry is what a move does besides, and what the owner is told of it.
type carry func(context.Context, officer, *applicationRow, storage.MoveApplication) (storage.OwnerNoticeKind, storage.Refusal, error)

func (t *turn) carryOn(ctx context.Context, o officer, a applicationRow, e storage.MoveApplication, do carry) error {
	before := a.State
	kind, refused, err := do(ctx, o, &a, e)
	if err != nil || refused != "" {
		return firstErr(err, t.refuse(refused))
	}
	if done, err := t.move(ctx, &a, e.To, o.mover()); !done {
		return err
	}
	if err := t.did(ctx, o, "move application", a.ID, moved(before), moveFacts(e)); err != nil {
		return err
	}
	if e.To == storage.StateRefused {
		if err := t.overtaken(ctx, a.ID); err != nil {
			return err
		}
		if err := t.releasePlace(ctx, a, "refused"); err != nil {
			return err
		}
	}
	if err := t.tellOwner(ctx, a, kind, nil); err != nil {
		return err
	}
	return t.learn(ctx, a.ID)
}

// theirs locks an application for a member of staff who may know of it and carry it on; false when they may not.
func (t *turn) theirs(ctx context.Context, id storage.ApplicationID) (o officer, a applicationRow, may bool, err error) {
	if o, may, err = t.atDesk(ctx, allRoles); !may {
		return o, a, false, err
	}
	a, found, err := t.lockApplication(ctx, id)
	if err != nil {
		return o, a, false, err
	}
	if !found || !o.sees(a) {
		return o, a, false, t.refuse(storage.RefusedUnknown)
	}
	return o, a, true, nil
}

// moveFacts are what an audit row says of a move: numbers and codes, and of words only that there were some.
func moveFacts(e storage.MoveApplication) map[string]any {
	facts := map[string]any{"state": e.To, "at": utc(e.At)}
	for name, value := range map[string]string{"person": e.Person, "sihalal": e.SiHalal, "code": e.Code, "certificate": e.Certificate} {
		if value != "" {
			facts[name] = value
		}
	}
	if len(e.Items) > 0 {
		facts["items"] = e.Items
	}
	return facts
}

// hand gives an application to a pendamping: staff of that role, or somebody known by name only.
func (t *turn) hand(ctx context.Context, _ officer, a *applicationRow, e storage.MoveApplication) (storage.OwnerNoticeKind, storage.Refusal, error) {
	name, good := storage.StaffName(e.Person)
	if !good {
		return "", storage.RefusedReason, nil
	}
	var person officer
	if _, err := some(t.tx.GetContext(ctx, &person, `
		SELECT id, name, role FROM staff WHERE lower(name) = lower($1) AND role = 'pendamping' AND removed_at IS NULL`, name)); err != nil {
		return "", "", err
	}
	if person.ID != "" {
		name = person.Name
	}
	if a.State == storage.StateHanded {
		if a.Pendamping == person.ID && a.HandedTo == name {
			return "", storage.RefusedAlready, nil
		}
		if err := t.overtaken(ctx, a.ID, storage.OwnerHanded); err != nil {
			return "", "", err
		}
	}
	if _, err := t.tx.ExecContext(ctx, `
		UPDATE applications SET pendamping = nullif($2, ''), handed_to = $3, handed_at = $4 WHERE id = $1`, a.ID, person.ID, name, utc(e.At)); err != nil {
		return "", "", err
	}
	a.Pendamping = person.ID
	if person.ID == "" {
		return storage.OwnerHanded, "", nil
	}
	return storage.OwnerHanded, "", t.tellOne(ctx, person.ID, storage.NoticeHanded, string(a.ID)+"/"+t.id())
}

// apply notes that an application is in SiHalal, or is there again with what was wanted.
func (t *turn) apply(ctx context.Context, _ officer, a *applicationRow, e storage.MoveApplication) (storage.OwnerNoticeKind, storage.Refusal, error) {
	if e.SiHalal == "" && a.SiHalal == "" {
		return "", storage.RefusedReason, nil
	}
	left, err := t.toFix(ctx, a.ID)
	if err != nil {
		return "", "", err
	}
	if left > 0 {
		return "", storage.RefusedUnseen, nil
	}
	if err := t.overtaken(ctx, a.ID, storage.OwnerReturned); err != nil {
		return "", "", err
	}
	_, err = t.tx.ExecContext(ctx, `
		UPDATE applications SET sihalal = coalesce(nullif($2, ''), sihalal), sihalal_code = coalesce(nullif($3, ''), sihalal_code) WHERE id = $1`,
		a.ID, e.SiHalal, e.Code)
	return storage.OwnerApplied, "", err
}

// returnItems opens the named items again: only they are asked for, and the place stays.
func (t *turn) returnItems(ctx context.Context, o officer, a *applicationRow, e storage.MoveApplication) (storage.OwnerNoticeKind, storage.Refusal, error) {
	if len(e.Items) == 0 || e.Reason == "" {
		return "", storage.RefusedReason, nil
	}
	items := make([]storage.Item, len(e.Items))
	for i, key := range e.Items {
		item, found, err := t.item(ctx, a.ID, key)
		if err != nil || !found {
			return "", storage.RefusedUnknown, err
		}
		items[i] = item
	}
	for _, item := range items {
		if err := t.judge(ctx, o, a.ID, item, storage.GiveVerdict{Verdict: storage.VerdictFix, Words: e.Reason}); err != nil {
			return "", "", err
		}
	}
	_, err := t.tx.ExecContext(ctx, `
		UPDATE applications SET sihalal_code = coalesce(nullif($2, ''), sihalal_code) WHERE id = $1`, a.ID, e.Code)
	return storage.OwnerReturned, "", err
}

// issue notes the certificate and keeps its PDF with the owner's files.
func (t *turn) issue(ctx context.Context, _ officer, a *applicationRow, e storage.MoveApplication) (storage.OwnerNoticeKind, storage.Refusal, error) {
	if e.Certificate == "" {
		return "", storage.RefusedReason, nil
	}
	_, err := t.tx.ExecContext(ctx, `
		WITH kept AS (UPDATE files SET owner = $6 WHERE id = $4 AND contact = $7 AND owner IS NULL AND deleted_at IS NULL)
		UPDATE applications SET certificate = $2, issued_at = $3, certificate_file = $4, sihalal_code = coalesce(nullif($5, ''), sihalal_code) WHERE id = $1`,
		a.ID, e.Certificate, utc(e.At), e.File, e.Code, a.Owner, t.key.Contact)
	return storage.OwnerIssued, "", err
}

// turnDown keeps why an application was refused.
func (t *turn) turnDown(ctx context.Context, _ officer, a *applicationRow, e storage.MoveApplication) (storage.OwnerNoticeKind, storage.Refusal, error) {
	if e.Reason == "" {
		return "", storage.RefusedReason, nil
	}
	reason, err := t.sealText(e.Reason, applicationAAD("reason", a.ID))
	if err != nil {
		return "", "", err
	}
	_, err = t.tx.ExecContext(ctx, `
		UPDATE applications SET reason_sealed = $2, sihalal_code = coalesce(nullif($3, ''), sihalal_code) WHERE id = $1`, a.ID, reason, e.Code)
	return storage.OwnerRefused, "", err
}

// noteCode records SiHalal's status code of an application that is with SiHalal.
func (t *turn) noteCode(ctx context.Context, e storage.NoteCode) error {
	o, a, may, err := t.theirs(ctx, e.Application)
	if !may {
		return err
	}
	if a.State != storage.StateApplied && a.State != storage.StateReturned {
		return t.refuse(storage.RefusedMove)
	}
	if e.Code == "" || e.Code == a.SiHalalCode {
		return t.refuse(storage.RefusedAlready)
	}
	if _, err := t.tx.ExecContext(ctx, `UPDATE applications SET sihalal_code = $2 WHERE id = $1`, a.ID, e.Code); err != nil {
		return err
	}
	if err := t.did(ctx, o, "note code", a.ID, map[string]any{"code": a.SiHalalCode}, map[string]any{"code": e.Code}); err != nil {
		return err
	}
	if err := t.overtaken(ctx, a.ID, storage.OwnerCode); err != nil {
		return err
	}
	if err := t.tellOwner(ctx, a, storage.OwnerCode, nil); err != nil {
		return err
	}
	return t.learn(ctx, a.ID)
}
