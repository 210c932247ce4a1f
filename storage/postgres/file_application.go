package postgres

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"github.com/lib/pq"

	"titian/storage"
)

// fileApplication files a complete application, goes on with a parked one, or takes what was sent back.
func (t *turn) fileApplication(ctx context.Context, e storage.FileApplication) error {
	if err := t.speaksFor(ctx, e.Owner); err != nil {
		return err
	}
	completed := utc(e.CompletedAt)
	if e.CompletedAt.IsZero() {
		completed = t.at
	}
	if e.Application == "" {
		if err := t.parkedOf(ctx, e.Owner, e.Programme, &e.Application); err != nil {
			return err
		}
	}
	var a applicationRow
	if e.Application != "" {
		var found bool
		var err error
		if a, found, err = t.lockApplication(ctx, e.Application); err != nil {
			return err
		} else if !found || a.Owner != e.Owner {
			return t.refuse(storage.RefusedUnknown)
		}
	}
	switch a.State {
	case storage.StateFixing, storage.StateReturned:
		return t.replace(ctx, a, e, completed)
	}
	return t.fileFirst(ctx, a, e, completed)
}

// parkedOf finds the application of an owner that was parked in a programme, or before there was one.
func (t *turn) parkedOf(ctx context.Context, owner storage.OwnerID, programme storage.ProgrammeID, id *storage.ApplicationID) error {
	_, err := some(t.tx.GetContext(ctx, id, `
		SELECT id FROM applications WHERE owner = $1 AND state = 'parked' AND (programme IS NULL OR $2 IN ('', programme))
		ORDER BY programme NULLS LAST LIMIT 1`, owner, programme))
	return err
}

// fileFirst files what was never filed.
func (t *turn) fileFirst(ctx context.Context, a applicationRow, e storage.FileApplication, completed time.Time) error {
	p, open, err := t.programmeFor(ctx, e.Programme, completed)
	switch {
	case err != nil:
		return err
	case !open:
		return t.refuse(storage.RefusedClosed)
	case e.Dossier.Applicant.NIK == "":
		return t.refuse(storage.RefusedNIK)
	case !storage.MayMove(a.State, storage.StateSubmitted, storage.MoverOwner):
		return firstErr(t.dropUnused(ctx, e.Owner, fileIDs(dossierFiles(e.Dossier))), t.refuse(storage.RefusedMove))
	}
	id := a.ID
	if id == "" {
		id = storage.ApplicationID(t.id())
	}
	s, err := t.sealApplication(id, p.ID, e)
	if err != nil {
		return err
	}
	number, err := t.nextApplicationNumber(ctx)
	if err != nil {
		return err
	}
	if _, err := t.tx.ExecContext(ctx, `
		INSERT INTO applications (id, number, owner, contact, programme, state, since, product, filed_at, rank_at, lot, nik_index, nib_index,
			flow_version, list_version, files, dossier_sealed, answers_sealed)
		VALUES ($1, $2, $3, $4, $5, 'submitted', $6, $7, $6, $8, $9, $10, $11, $12, $13, $14, $15, $16)
		ON CONFLICT (id) DO UPDATE SET number = excluded.number, contact = excluded.contact, programme = excluded.programme,
			state = excluded.state, since = excluded.since, reason_sealed = NULL, product = excluded.product, filed_at = excluded.filed_at,
			rank_at = excluded.rank_at, lot = excluded.lot, nik_index = excluded.nik_index, nib_index = excluded.nib_index,
			flow_version = excluded.flow_version, list_version = excluded.list_version, files = excluded.files,
			dossier_sealed = excluded.dossier_sealed, answers_sealed = excluded.answers_sealed`,
		id, number, e.Owner, t.key.Contact, p.ID, t.at, e.Product, completed, s.lot, s.nik, s.nib,
		e.FlowVersion, e.ListVersion, dossierFiles(e.Dossier), s.dossier, s.answers); err != nil {
		return err
	}
	if err := t.surroundApplication(ctx, id, e, nil); err != nil {
		return err
	}
	if err := t.seekAgreement(ctx, id, e.Dossier.Supervisor); err != nil {
		return err
	}
	if err := t.audit(ctx, "file application", string(id), moved(a.State), map[string]any{
		"state": storage.StateSubmitted, "number": number, "items": itemKeys(e.Items)}); err != nil {
		return err
	}
	if err := t.tell(ctx, t.tx, storage.NoticeHalal, string(id)); err != nil {
		return err
	}
	t.out.Owner = e.Owner
	return t.learn(ctx, id)
}

// programmeFor locks the programme that is meant, or the current one; false when it takes no applications at that time.
func (t *turn) programmeFor(ctx context.Context, id storage.ProgrammeID, at time.Time) (storage.Programme, bool, error) {
	if id == "" {
		p, found, err := currentProgramme(ctx, t.tx, at)
		if !found {
			return p, false, err
		}
		id = p.ID
	}
	p, found, err := lockProgramme(ctx, t.tx, t.at, id)
	return p, found && p.OpenAt(at), err
}

// replace takes what was sent back. When the last of it is there the file goes back to review: in its rank if that was in
// time, else in that of the message that brought it. With SiHalal's wishes the place stays, and staff carry it on.
func (t *turn) replace(ctx context.Context, a applicationRow, e storage.FileApplication, completed time.Time) error {
	if e.Dossier.Applicant.NIK == "" {
		return t.refuse(storage.RefusedNIK)
	}
	if err := t.carryAgreement(ctx, a.ID, &e.Dossier.Supervisor); err != nil {
		return err
	}
	s, err := t.sealApplication(a.ID, a.Programme, e)
	if err != nil {
		return err
	}
	old, err := t.filesOf(ctx, a.ID)
	if err != nil {
		return err
	}
	if _, err := t.tx.ExecContext(ctx, `
		UPDATE applications SET contact = $2, product = $3, lot = $4, nik_index = $5, nib_index = $6, flow_version = $7, list_version = $8,
			files = $9, dossier_sealed = $10, answers_sealed = $11 WHERE id = $1`,
		a.ID, t.key.Contact, e.Product, s.lot, s.nik, s.nib, e.FlowVersion, e.ListVersion, dossierFiles(e.Dossier), s.dossier, s.answers); err != nil {
		return err
	}
	if err := t.surroundApplication(ctx, a.ID, e, old); err != nil {
		return err
	}
	if err := t.seekAgreement(ctx, a.ID, e.Dossier.Supervisor); err != nil {
		return err
	}
	if err := t.audit(ctx, "replace items", string(a.ID), moved(a.State), map[string]any{"items": itemKeys(e.Items)}); err != nil {
		return err
	}
	t.out.Owner = e.Owner
	if err := t.afterReplacing(ctx, &a, completed, storage.MoverOwner); err != nil {
		return err
	}
	return t.learn(ctx, a.ID)
}

// afterReplacing carries a file on when nothing is left to be replaced.
func (t *turn) afterReplacing(ctx context.Context, a *applicationRow, completed time.Time, by storage.Mover) error {
	left, err := t.toFix(ctx, a.ID)
	if err != nil || left > 0 {
		return err
	}
	if a.State == storage.StateFixing {
		if moved, err := t.move(ctx, a, storage.StateSubmitted, by); !moved {
			return err
		}
		if _, err := t.tx.ExecContext(ctx, `
			UPDATE applications a SET rank_at = $2 WHERE id = $1 AND EXISTS (SELECT 1 FROM owner_notices k
				WHERE k.application = a.id AND k.kind = 'fix' AND k.ended_at IS NULL AND k.due_at < $2)`, a.ID, completed); err != nil {
			return err
		}
	}
	if err := t.overtaken(ctx, a.ID, storage.OwnerFix, storage.OwnerReturned, storage.OwnerLapsed); err != nil {
		return err
	}
	return t.tellOfFile(ctx, *a, storage.NoticeReplaced)
}

// surroundApplication stores what goes with an application: items, tasks, consents, files. Files that it names no longer
// are given up.
func (t *turn) surroundApplication(ctx context.Context, id storage.ApplicationID, e storage.FileApplication, old []storage.FileID) error {
	if err := t.putItems(ctx, id, e.Items); err != nil {
		return err
	}
	if err := t.putTasks(ctx, id, e.Tasks); err != nil {
		return err
	}
	for _, c := range e.Consents {
		if err := t.consent(ctx, e.Owner, c); err != nil {
			return err
		}
	}
	named, err := t.filesOf(ctx, id)
	if err != nil {
		return err
	}
	if _, err := t.tx.ExecContext(ctx, `
		UPDATE files SET owner = $1 WHERE id = ANY ($2) AND contact = $3 AND owner IS NULL AND deleted_at IS NULL`,
		e.Owner, list(named), t.key.Contact); err != nil {
		return err
	}
	gone := slices.DeleteFunc(old, func(f storage.FileID) bool { return slices.Contains(named, f) })
	return t.dropUnused(ctx, e.Owner, gone)
}

// filesOf are the files an application names: of its items and of its dossier.
func (t *turn) filesOf(ctx context.Context, id storage.ApplicationID) ([]storage.FileID, error) {
	var files []storage.FileID
	err := t.tx.SelectContext(ctx, &files, `
		SELECT unnest(files) FROM application_items WHERE application = $1
		UNION SELECT unnest(files) FROM applications WHERE id = $1`, id)
	return files, err
}

// dropUnused gives up files that neither the owner's registration nor any of their applications names.
func (t *turn) dropUnused(ctx context.Context, owner storage.OwnerID, ids []storage.FileID) error {
	if len(ids) == 0 {
		return nil
	}
	var unused []storage.FileID
	if err := t.tx.SelectContext(ctx, &unused, `
		SELECT id FROM unnest($2::text[]) AS id
		EXCEPT SELECT unnest(photos) FROM registrations WHERE owner = $1
		EXCEPT SELECT unnest(files || certificate_file) FROM applications WHERE owner = $1
		EXCEPT SELECT unnest(i.files) FROM application_items i JOIN applications a ON a.id = i.application WHERE a.owner = $1`,
		owner, list(ids)); err != nil {
		return err
	}
	return t.dropFiles(ctx, storage.DropFiles{IDs: unused})
}

// nextApplicationNumber takes the next number of the year in WITA, gapless as that of a registration.
func (t *turn) nextApplicationNumber(ctx context.Context) (string, error) {
	year := t.at.In(wita).Year()
	var n int
	err := t.tx.GetContext(ctx, &n, `
		INSERT INTO application_numbers AS r (year, last) VALUES ($1, 1)
		ON CONFLICT (year) DO UPDATE SET last = r.last + 1
		RETURNING last`, year)
	return fmt.Sprintf("HAL-%04d-%06d", year, n), err
}

// sealed is what of an application must not be read, and by what it is found.
type sealed struct {
	dossier, answers, nik, nib []byte
	lot                        string
}

func (t *turn) sealApplication(id storage.ApplicationID, programme storage.ProgrammeID, e storage.FileApplication) (s sealed, err error) {
	if s.dossier, err = t.sealJSON(e.Dossier, applicationAAD("dossier", id)); err != nil {
		return s, err
	}
	if s.answers, err = t.sealJSON(e.Answers, applicationAAD("answers", id)); err != nil {
		return s, err
	}
	if s.nik, err = t.index("nik", string(e.Dossier.Applicant.NIK)); err != nil {
		return s, err
	}
	s.lot = lot(programme, s.nik)
	s.nib, err = t.indexOrNone("nib", string(e.Dossier.Applicant.NIB))
	return s, err
}

// lot decides between files of one moment: nobody can choose it, and no order of arrival changes it.
func lot(programme storage.ProgrammeID, nik []byte) string {
	sum := sha256.Sum256(append([]byte(string(programme)+"\x00"), nik...))
	return hex.EncodeToString(sum[:])
}

// dossierFiles are the files a dossier names.
func dossierFiles(d storage.Dossier) pq.StringArray {
	ids := pq.StringArray{}
	add := func(f storage.FileID) {
		if f != "" && !slices.Contains(ids, string(f)) {
			ids = append(ids, string(f))
		}
	}
	for _, m := range d.Materials {
		add(m.Photo)
	}
	for _, p := range d.Products {
		add(p.Photo)
	}
	for _, doc := range d.Documents {
		for _, f := range doc.Files {
			add(f)
		}
	}
	return ids
}

func itemKeys(items []storage.Item) []string {
	keys := make([]string, len(items))
	for i, item := range items {
		keys[i] = item.Key
	}
	return keys
}

// moved is a state as an audit row knows it; none before the first.
func moved(s storage.ApplicationState) any {
	if s == "" {
		return nil
	}
	return map[string]any{"state": s}
}
