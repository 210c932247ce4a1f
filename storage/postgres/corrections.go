package postgres

import (
	"context"

	"github.com/lib/pq"

	"titian/storage"
)

type correctionRow struct {
	ID          string                `db:"id"`
	Application storage.ApplicationID `db:"application"`
	Field       string                `db:"field"`
	Before      []byte                `db:"before_sealed"`
	After       []byte                `db:"after_sealed"`
}

func correctionAAD(id, part string) string { return "corrections/" + part + "/" + id }

func (d *DB) openCorrection(row correctionRow) (c storage.Correction, err error) {
	c = storage.Correction{ID: row.ID, Field: row.Field}
	if c.Before, err = d.openText(row.Before, correctionAAD(row.ID, "before")); err != nil {
		return c, err
	}
	c.After, err = d.openText(row.After, correctionAAD(row.ID, "after"))
	return c, err
}

// corrected lays what staff wrote over a dossier: answers that hold, and documents brought to the counter.
func (d *DB) corrected(ctx context.Context, from reader, id storage.ApplicationID, dossier *storage.Dossier) error {
	var rows []correctionRow
	if err := from.SelectContext(ctx, &rows, `
		SELECT id, field, before_sealed, after_sealed FROM corrections WHERE application = $1 AND state = 'holds' ORDER BY at, id`, id); err != nil {
		return err
	}
	for _, row := range rows {
		c, err := d.openCorrection(row)
		if err != nil {
			return err
		}
		dossier.Apply(c)
	}
	var added []struct {
		Key   string         `db:"key"`
		Title string         `db:"title"`
		Files pq.StringArray `db:"files"`
	}
	if err := from.SelectContext(ctx, &added, `
		SELECT key, title, files FROM application_items WHERE application = $1 AND kind = 'document' AND added_by IS NOT NULL`, id); err != nil {
		return err
	}
	for _, a := range added {
		dossier.Adds(a.Key, a.Title, fileIDs(a.Files))
	}
	return nil
}

// asked are the corrections that wait for the word of an owner, by application.
func (d *DB) asked(ctx context.Context, from reader, list []storage.Application) (map[storage.ApplicationID][]storage.Correction, error) {
	var ids pq.StringArray
	for _, a := range list {
		ids = append(ids, string(a.ID))
	}
	var rows []correctionRow
	if err := from.SelectContext(ctx, &rows, `
		SELECT id, application, field, before_sealed, after_sealed FROM corrections
		WHERE application = ANY ($1) AND state = 'asked' ORDER BY at, id`, ids); err != nil {
		return nil, err
	}
	asked := map[storage.ApplicationID][]storage.Correction{}
	for _, row := range rows {
		c, err := d.openCorrection(row)
		if err != nil {
			return nil, err
		}
		asked[row.Application] = append(asked[row.Application], c)
	}
	return asked, nil
}

// correctAnswer writes an answer by staff. What stood empty holds at once and another officer accepts its section; what an
// owner wrote waits for their word; the KBLI is staff's own.
func (t *turn) correctAnswer(ctx context.Context, e storage.CorrectAnswer) error {
	o, a, may, err := t.atCounter(ctx, e.Application)
	if !may {
		return err
	}
	dossier, err := t.dossier(ctx, t.tx, a.ID)
	if err != nil {
		return err
	}
	before, known := dossier.Field(e.Field)
	switch {
	case !known || e.Value == "":
		return t.refuse(storage.RefusedUnknown)
	case before == e.Value:
		return t.refuse(storage.RefusedAlready)
	}
	c := storage.Correction{ID: t.id(), Field: e.Field, Before: before, After: e.Value}
	state := "holds"
	if before != "" && e.Field != storage.FieldKBLI {
		state = "asked"
	}
	if err := t.putCorrection(ctx, o, a, c, state); err != nil {
		return err
	}
	if err := t.did(ctx, o, "correct answer", a.ID, map[string]any{"field": e.Field}, map[string]any{"state": state}); err != nil {
		return err
	}
	switch {
	case state == "asked":
		err = t.tellOwner(ctx, a, storage.OwnerCorrected, c)
	case e.Field != storage.FieldKBLI:
		err = t.reopen(ctx, o, a, dossier.SectionOf(e.Field))
	}
	if err != nil {
		return err
	}
	if err := t.learnDossier(ctx, a.ID); err != nil {
		return err
	}
	t.out.Halal.Correction, t.out.Halal.Asked = c, state == "asked"
	return nil
}

func (t *turn) putCorrection(ctx context.Context, o officer, a applicationRow, c storage.Correction, state string) error {
	before, err := t.sealText(c.Before, correctionAAD(c.ID, "before"))
	if err != nil {
		return err
	}
	after, err := t.sealText(c.After, correctionAAD(c.ID, "after"))
	if err != nil {
		return err
	}
	if _, err := t.tx.ExecContext(ctx, `
		UPDATE corrections SET state = 'replaced', answered_at = $3 WHERE application = $1 AND field = $2 AND state = 'asked'`, a.ID, c.Field, t.at); err != nil {
		return err
	}
	_, err = t.tx.ExecContext(ctx, `
		INSERT INTO corrections (id, application, field, before_sealed, after_sealed, by, at, state) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		c.ID, a.ID, c.Field, before, after, o.ID, t.at, state)
	return err
}

// reopen has a section looked at again because an officer wrote in it. A section that is to be replaced by its owner stays so.
func (t *turn) reopen(ctx context.Context, o officer, a applicationRow, section string) error {
	_, err := t.tx.ExecContext(ctx, `
		UPDATE application_items i SET revision = revision + 1, added_by = $3, verdict = NULL
		WHERE application = $1 AND key = $2 AND NOT EXISTS (SELECT 1 FROM verdicts v WHERE v.id = i.verdict AND v.verdict = 'fix')`, a.ID, section, o.ID)
	return err
}

// answerCorrection notes what an owner said to a correction; one that is not asked any more is unknown.
func (t *turn) answerCorrection(ctx context.Context, e storage.AnswerCorrection) error {
	var row correctionRow
	found, err := some(t.tx.GetContext(ctx, &row, `
		SELECT id, application, field, before_sealed, after_sealed FROM corrections WHERE id = $1 AND state = 'asked'`, e.ID))
	if err != nil {
		return err
	}
	if !found {
		return t.refuse(storage.RefusedUnknown)
	}
	a, found, err := t.ownApplication(ctx, row.Application)
	if err != nil {
		return err
	}
	if !found {
		return t.refuse(storage.RefusedUnknown)
	}
	if t.out.Halal.Correction, err = t.openCorrection(row); err != nil {
		return err
	}
	dossier, err := t.dossier(ctx, t.tx, a.ID)
	if err != nil {
		return err
	}
	state := "declined"
	if stands, _ := dossier.Field(row.Field); stands != t.out.Halal.Correction.Before {
		state = "replaced" // by the owner, meanwhile
	} else if e.Agreed {
		state = "holds"
	}
	var answered bool
	if err := t.tx.GetContext(ctx, &answered, `
		WITH answered AS (UPDATE corrections SET state = $2, answered_at = $3 WHERE id = $1 AND state = 'asked' RETURNING 1)
		SELECT EXISTS (SELECT 1 FROM answered)`, e.ID, state, t.at); err != nil {
		return err
	}
	if !answered {
		return t.refuse(storage.RefusedUnknown)
	}
	if err := t.audit(ctx, "answer correction", string(a.ID), nil, map[string]any{"field": row.Field, "state": state}); err != nil {
		return err
	}
	if state == "replaced" {
		return t.refuse(storage.RefusedUnknown)
	}
	return t.learn(ctx, a.ID)
}
