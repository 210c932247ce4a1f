package postgres

import (
	"context"
	"database/sql"
	"errors"
	"slices"

	"titian/storage"
)

// officer is the person of the dinas whose turn this is.
type officer struct {
	ID   storage.StaffID `db:"id"`
	Name string          `db:"name"`
	Role storage.Role    `db:"role"`
}

// deskRoles review files and give places. A companion only sees what was handed to them.
var (
	deskRoles = []storage.Role{storage.RoleOfficer, storage.RoleAdmin}
	allRoles  = storage.Roles
)

// atDesk is the officer of this turn's contact; false when they may not, which the outcome says. Nobody is made or
// unmade staff while it works.
func (t *turn) atDesk(ctx context.Context, roles []storage.Role) (o officer, may bool, err error) {
	if _, err := t.tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock_shared($1)`, lockID("staff")); err != nil {
		return o, false, err
	}
	err = t.tx.GetContext(ctx, &o, `SELECT id, name, role FROM staff WHERE contact = $1 AND removed_at IS NULL`, t.key.Contact)
	if errors.Is(err, sql.ErrNoRows) || err == nil && !slices.Contains(roles, o.Role) {
		return o, false, t.refuse(storage.RefusedRights)
	}
	return o, err == nil, err
}

// sees says whether an officer may know of an application: a companion, of those handed to them.
func (o officer) sees(a applicationRow) bool {
	return o.Role != storage.RoleCompanion || a.Pendamping == o.ID
}

// mover is what an officer is in the table of moves.
func (o officer) mover() storage.Mover {
	if o.Role == storage.RoleCompanion {
		return storage.MoverCompanion
	}
	return storage.MoverOfficer
}

// did writes down what an officer did to an application.
func (t *turn) did(ctx context.Context, o officer, action string, id storage.ApplicationID, before, after any) error {
	return audit(ctx, t.tx, t.at, "staff:"+string(o.ID), action, string(id), before, after)
}

// othersAtDesk says whether anyone else could accept what an officer added.
func (t *turn) othersAtDesk(ctx context.Context, o officer) (others bool, err error) {
	err = t.tx.GetContext(ctx, &others, `
		SELECT EXISTS (SELECT 1 FROM staff WHERE removed_at IS NULL AND id <> $1 AND role = ANY ($2))`, o.ID, list(deskRoles))
	return others, err
}
