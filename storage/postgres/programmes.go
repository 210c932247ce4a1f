package postgres

import (
	"context"
	"database/sql"
	"time"

	"titian/storage"
)

// programmesSelected reads programmes p as a programmeRow; $1 is the time.
const programmesSelected = `
	SELECT p.id, p.name, p.year, p.quota, p.opens, p.closes,
	       (SELECT count(*) FROM places l WHERE l.programme = p.id AND l.released_at IS NULL) AS taken,
	       (SELECT count(*) FROM applications a WHERE a.programme = p.id AND ` + ranked + `) AS queued
	FROM programmes p`

type programmeRow struct {
	ID     storage.ProgrammeID `db:"id"`
	Name   string              `db:"name"`
	Year   int                 `db:"year"`
	Quota  int                 `db:"quota"`
	Opens  sql.NullTime        `db:"opens"`
	Closes sql.NullTime        `db:"closes"`
	Taken  int                 `db:"taken"`
	Queued int                 `db:"queued"`
}

func (r programmeRow) programme() storage.Programme {
	return storage.Programme{ID: r.ID, Name: r.Name, Year: r.Year, Quota: r.Quota, Opens: orZero(r.Opens), Closes: orZero(r.Closes),
		Taken: r.Taken, Queued: r.Queued}
}

// Programmes are all of them, the latest year first.
func (d *DB) Programmes(ctx context.Context) ([]storage.Programme, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	list, err := programmes(ctx, d.fast, d.at())
	return list, wrap("list programmes", err)
}

// CurrentProgramme is the one that takes applications at a time: of several, that of the latest year, opened last.
// storage.ErrNotFound when none does.
func (d *DB) CurrentProgramme(ctx context.Context, now time.Time) (storage.Programme, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	p, found, err := currentProgramme(ctx, d.fast, utc(now))
	if err == nil && !found {
		err = storage.ErrNotFound
	}
	return p, wrap("find the current programme", err)
}

func programmes(ctx context.Context, from reader, at time.Time) ([]storage.Programme, error) {
	var rows []programmeRow
	if err := from.SelectContext(ctx, &rows, programmesSelected+` ORDER BY p.year DESC, p.opens DESC NULLS LAST, p.id`, at); err != nil {
		return nil, err
	}
	list := make([]storage.Programme, len(rows))
	for i, r := range rows {
		list[i] = r.programme()
	}
	return list, nil
}

func currentProgramme(ctx context.Context, from reader, at time.Time) (storage.Programme, bool, error) {
	list, err := programmes(ctx, from, at)
	for _, p := range list {
		if p.OpenAt(at) {
			return p, true, nil
		}
	}
	return storage.Programme{}, false, err
}

// lockProgramme locks a programme, so that nobody else gives a place, files or withdraws in it; false when there is none.
func lockProgramme(ctx context.Context, tx reader, at time.Time, id storage.ProgrammeID) (storage.Programme, bool, error) {
	var locked storage.ProgrammeID
	found, err := some(tx.GetContext(ctx, &locked, `SELECT id FROM programmes WHERE id = $1 FOR UPDATE`, id))
	if !found {
		return storage.Programme{}, false, err
	}
	var row programmeRow
	err = tx.GetContext(ctx, &row, programmesSelected+` WHERE p.id = $2`, at, id)
	return row.programme(), err == nil, err
}

func (t *turn) setProgramme(ctx context.Context, e storage.SetProgramme) error {
	c, may, err := t.asStaff(ctx, storage.RoleAdmin)
	if !may {
		t.out.Halal.Refused = storage.RefusedRights
		return err
	}
	t.out.Halal.Refused, err = c.setProgramme(ctx, e.Programme)
	return err
}

// SetProgramme makes or changes a year's facilitation, as the operator.
func (d *DB) SetProgramme(ctx context.Context, p storage.Programme) (refused storage.Refusal, err error) {
	err = d.asOperator(ctx, "set a programme", func(ctx context.Context, c clerk) (err error) {
		refused, err = c.setProgramme(ctx, p)
		return err
	})
	return refused, err
}

// setProgramme changes the programme of that id, or else of that name and year, or makes one. One of a later year opens
// with its year unless a day is named. A quota below the places that are held is refused: none is ever taken back.
func (c clerk) setProgramme(ctx context.Context, p storage.Programme) (storage.Refusal, error) {
	if p.Opens.IsZero() && p.Year > c.when.In(wita).Year() {
		p.Opens = time.Date(p.Year, 1, 1, 0, 0, 0, 0, wita)
	}
	id := p.ID
	if id == "" {
		if _, err := some(c.tx.GetContext(ctx, &id, `
			SELECT id FROM programmes WHERE year = $1 AND lower(name) = lower($2)`, p.Year, p.Name)); err != nil {
			return "", err
		}
	}
	was, known, err := lockProgramme(ctx, c.tx, c.when, id)
	switch {
	case err != nil:
		return "", err
	case !known && p.ID != "":
		return storage.RefusedUnknown, nil
	case p.Quota < was.Taken:
		return storage.RefusedFull, nil
	case p.Name == "" || p.Quota < 0 || !p.Opens.IsZero() && !p.Closes.IsZero() && !p.Opens.Before(p.Closes):
		return storage.RefusedUnknown, nil
	}
	var taken bool
	if err := c.tx.GetContext(ctx, &taken, `
		SELECT EXISTS (SELECT 1 FROM programmes WHERE year = $1 AND lower(name) = lower($2) AND id <> $3)`, p.Year, p.Name, id); err != nil {
		return "", err
	}
	if taken {
		return storage.RefusedTaken, nil
	}
	var before any
	if known {
		before = programmeFacts(was)
	} else {
		id = storage.ProgrammeID(c.id())
	}
	err = c.reaching(ctx, c.tx, c.when, c.when, []storage.ProgrammeID{id}, func() error { return c.putProgramme(ctx, id, p) })
	if err != nil {
		return "", err
	}
	return storage.RefusedNothing, audit(ctx, c.tx, c.when, c.actor, "set programme", string(id), before, programmeFacts(p))
}

func (c clerk) putProgramme(ctx context.Context, id storage.ProgrammeID, p storage.Programme) error {
	_, err := c.tx.ExecContext(ctx, `
		INSERT INTO programmes (id, name, year, quota, opens, closes, set_by, set_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (id) DO UPDATE SET name = excluded.name, year = excluded.year, quota = excluded.quota, opens = excluded.opens,
			closes = excluded.closes, set_by = excluded.set_by, set_at = excluded.set_at`,
		id, p.Name, p.Year, p.Quota, timeOrNull(p.Opens), timeOrNull(p.Closes), c.actor, c.when)
	return err
}

func programmeFacts(p storage.Programme) map[string]any {
	facts := map[string]any{"name": p.Name, "year": p.Year, "quota": p.Quota}
	if !p.Opens.IsZero() {
		facts["opens"] = p.Opens.UTC()
	}
	if !p.Closes.IsZero() {
		facts["closes"] = p.Closes.UTC()
	}
	return facts
}

func timeOrNull(t time.Time) sql.NullTime { return sql.NullTime{Time: utc(t), Valid: !t.IsZero()} }
