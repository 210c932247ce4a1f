package postgres

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"

	"titian/bot/chat"
	"titian/storage"
)

// clerk carries out what a person of the dinas, or the operator, decided.
type clerk struct {
	*DB
	tx    *sqlx.Tx
	when  time.Time
	actor string // as the audit names them
}

// operator is who works the program itself.
const operator = "operator"

// asStaff is the clerk of this turn's contact; false when they may not: not staff any more, or in none of the roles.
// Staff cannot change while it works.
func (t *turn) asStaff(ctx context.Context, roles ...storage.Role) (clerk, bool, error) {
	if err := lockStaff(ctx, t.tx); err != nil {
		return clerk{}, false, err
	}
	var me struct {
		ID   string       `db:"id"`
		Role storage.Role `db:"role"`
	}
	err := t.tx.GetContext(ctx, &me, `SELECT id, role FROM staff WHERE contact = $1 AND removed_at IS NULL`, t.key.Contact)
	if errors.Is(err, sql.ErrNoRows) || err == nil && !slices.Contains(roles, me.Role) {
		t.out.Staff.Refused = storage.RefusedRights
		return clerk{}, false, nil
	}
	return clerk{t.DB, t.tx, t.at, "staff:" + me.ID}, err == nil, err
}

func lockStaff(ctx context.Context, tx *sqlx.Tx) error {
	_, err := tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock($1)`, lockID("staff"))
	return err
}

// asOperator runs do as the operator, in a transaction of its own.
func (d *DB) asOperator(ctx context.Context, doing string, do func(context.Context, clerk) error) error {
	return d.inTx(ctx, doing, func(ctx context.Context, tx *sqlx.Tx) error {
		if err := lockStaff(ctx, tx); err != nil {
			return err
		}
		return do(ctx, clerk{d, tx, d.at(), operator})
	})
}

func (t *turn) inviteStaff(ctx context.Context, e storage.InviteStaff) error {
	c, may, err := t.asStaff(ctx, storage.RoleAdmin)
	if !may {
		return err
	}
	t.out.Staff, err = c.invite(ctx, e.Name, e.Role)
	return err
}

func (t *turn) removeStaff(ctx context.Context, e storage.RemoveStaff) error {
	c, may, err := t.asStaff(ctx, storage.RoleAdmin)
	if !may {
		return err
	}
	t.out.Staff, err = c.remove(ctx, e.Name, true)
	return err
}

// InviteStaff makes a one-time code for someone, as the operator.
func (d *DB) InviteStaff(ctx context.Context, name string, role storage.Role) (out storage.StaffOutcome, err error) {
	err = d.asOperator(ctx, "invite staff", func(ctx context.Context, c clerk) (err error) {
		out, err = c.invite(ctx, name, role)
		return err
	})
	return out, err
}

// RemoveStaff ends someone's rights at once, or withdraws their invitation, as the operator, who may remove the last admin.
func (d *DB) RemoveStaff(ctx context.Context, name string) (out storage.StaffOutcome, err error) {
	err = d.asOperator(ctx, "remove staff", func(ctx context.Context, c clerk) (err error) {
		out, err = c.remove(ctx, name, false)
		return err
	})
	return out, err
}

// invite makes a code; one that waits for the same person is withdrawn.
func (c clerk) invite(ctx context.Context, name string, role storage.Role) (out storage.StaffOutcome, err error) {
	out.Person = storage.Staff{Name: name, Role: role, Since: c.when}
	var taken bool
	if err := c.tx.GetContext(ctx, &taken, `
		SELECT EXISTS (SELECT 1 FROM staff WHERE lower(name) = lower($1) AND removed_at IS NULL)`, name); err != nil {
		return out, err
	}
	if taken {
		out.Refused = storage.RefusedTaken
		return out, nil
	}
	if _, err := c.withdraw(ctx, name); err != nil {
		return out, err
	}
	code := newCode()
	index, err := c.codeIndex("join", code)
	if err != nil {
		return out, err
	}
	if _, err := c.tx.ExecContext(ctx, `
		INSERT INTO codes (code_index, kind, name, role, made_by, made_at, expires_at) VALUES ($1, 'join', $2, $3, $4, $5, $6)`,
		index, name, role, c.actor, c.when, c.when.Add(storage.CodeLife)); err != nil {
		return out, err
	}
	out.Code = code
	return out, audit(ctx, c.tx, c.when, c.actor, "invite staff", name, nil, map[string]any{"role": role})
}

func (c clerk) withdraw(ctx context.Context, name string) (withdrawn int64, err error) {
	done, err := c.tx.ExecContext(ctx, `
		UPDATE codes SET ended_at = $2 WHERE kind = 'join' AND lower(name) = lower($1) AND ended_at IS NULL`, name, c.when)
	if err != nil {
		return 0, err
	}
	return done.RowsAffected()
}

func (c clerk) remove(ctx context.Context, name string, keepAdmin bool) (out storage.StaffOutcome, err error) {
	withdrawn, err := c.withdraw(ctx, name)
	if err != nil {
		return out, err
	}
	out.Person.Name = name
	if keepAdmin {
		var last bool
		if err := c.tx.GetContext(ctx, &last, `
			SELECT count(*) = 1 AND bool_and(lower(name) = lower($1)) FROM staff WHERE role = 'admin' AND removed_at IS NULL`, name); err != nil {
			return out, err
		}
		if last {
			out.Refused = storage.RefusedLastAdmin
			return out, nil
		}
	}
	var gone struct {
		ID   storage.StaffID `db:"id"`
		Name string          `db:"name"`
		Role storage.Role    `db:"role"`
	}
	err = c.tx.GetContext(ctx, &gone, `
		UPDATE staff SET removed_at = $2, removed_by = $3 WHERE lower(name) = lower($1) AND removed_at IS NULL
		RETURNING id, name, role`, name, c.when, c.actor)
	switch {
	case errors.Is(err, sql.ErrNoRows) && withdrawn == 0:
		out.Refused = storage.RefusedUnknown
		return out, nil
	case errors.Is(err, sql.ErrNoRows):
		return out, audit(ctx, c.tx, c.when, c.actor, "withdraw invitation", name, nil, nil)
	case err != nil:
		return out, err
	}
	out.Person = storage.Staff{ID: gone.ID, Name: gone.Name, Role: gone.Role}
	if err := audit(ctx, c.tx, c.when, c.actor, "remove staff", string(gone.ID), map[string]any{"name": gone.Name, "role": gone.Role}, nil); err != nil {
		return out, err
	}
	return out, announce(ctx, c.tx, TopicStaff)
}

// joinStaff makes the contact staff by a code, once.
func (t *turn) joinStaff(ctx context.Context, e storage.JoinStaff) error {
	misses, may, err := t.quota(ctx)
	if err != nil || !may {
		return errors.Join(err, t.missed(ctx, misses))
	}
	if err := lockStaff(ctx, t.tx); err != nil {
		return err
	}
	index, err := t.codeIndex("join", e.Code)
	if err != nil {
		return err
	}
	var person struct {
		Name    string       `db:"name"`
		Role    storage.Role `db:"role"`
		Already bool         `db:"already"`
	}
	err = t.tx.GetContext(ctx, &person, `
		SELECT name, role, EXISTS (SELECT 1 FROM staff WHERE contact = $3 AND removed_at IS NULL) AS already FROM codes
		WHERE code_index = $1 AND kind = 'join' AND ended_at IS NULL AND expires_at > $2`, index, t.at, t.key.Contact)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return t.missed(ctx, misses)
	case err != nil:
		return err
	case person.Already:
		t.out.Staff.Refused = storage.RefusedAlready
		return nil
	}
	id := storage.StaffID(t.id())
	t.out.Staff.Person = storage.Staff{ID: id, Name: person.Name, Role: person.Role, Contact: t.key.Contact, Since: t.at}
	if _, err := t.tx.ExecContext(ctx, `
		WITH used AS (UPDATE codes SET ended_at = $5 WHERE code_index = $6)
		INSERT INTO staff (id, contact, name, role, since) VALUES ($1, $2, $3, $4, $5)`,
		id, t.key.Contact, person.Name, person.Role, t.at, index); err != nil {
		return err
	}
	if err := t.audit(ctx, "join staff", string(id), nil, map[string]any{"name": person.Name, "role": person.Role}); err != nil {
		return err
	}
	return announce(ctx, t.tx, TopicStaff)
}

const staffColumns = `id, name, role, contact, since`

type staffRow struct {
	ID      storage.StaffID   `db:"id"`
	Name    string            `db:"name"`
	Role    storage.Role      `db:"role"`
	Contact storage.ContactID `db:"contact"`
	Since   time.Time         `db:"since"`
}

func (r staffRow) staff() storage.Staff {
	return storage.Staff{ID: r.ID, Name: r.Name, Role: r.Role, Contact: r.Contact, Since: r.Since.UTC()}
}

// Staff are those who may act now, then those who are invited (without an id), each by name.
func (d *DB) Staff(ctx context.Context) ([]storage.Staff, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	var rows []staffRow
	if err := d.fast.SelectContext(ctx, &rows, `
		SELECT `+staffColumns+` FROM (
			SELECT `+staffColumns+`, 0 AS part FROM staff WHERE removed_at IS NULL
			UNION ALL
			SELECT '', name, role, '', made_at, 1 FROM codes
			WHERE kind = 'join' AND ended_at IS NULL AND expires_at > $1) AS all_of_them
		ORDER BY part, lower(name)`, d.at()); err != nil {
		return nil, wrap("list staff", err)
	}
	list := make([]storage.Staff, len(rows))
	for i, r := range rows {
		list[i] = r.staff()
	}
	return list, nil
}

// StaffAt is who of the staff writes from a contact; storage.ErrNotFound when none does.
func (d *DB) StaffAt(ctx context.Context, contact storage.ContactID) (storage.Staff, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	var row staffRow
	err := d.fast.GetContext(ctx, &row, `
		SELECT `+staffColumns+` FROM staff WHERE contact = $1 AND removed_at IS NULL`, contact)
	return row.staff(), wrap("look for staff", err)
}

// StaffFrom is who of the staff writes from an address; storage.ErrNotFound when none does. Nobody is met by asking.
func (d *DB) StaffFrom(ctx context.Context, a chat.Address) (storage.Staff, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	const doing = "look for staff at an address"
	index, err := d.addressIndex(a)
	if err != nil {
		return storage.Staff{}, wrap(doing, err)
	}
	var row staffRow
	err = d.fast.GetContext(ctx, &row, `
		SELECT s.id, s.name, s.role, s.contact, s.since FROM staff s JOIN addresses a ON a.contact = s.contact
		WHERE a.network = $1 AND a.key_index = $2 AND s.removed_at IS NULL`, a.Network, index)
	return row.staff(), wrap(doing, err)
}

// Admins is how many admins there are. Fewer than two are a risk: one lost phone, and nobody can invite or remove.
func (d *DB) Admins(ctx context.Context) (int, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	var n int
	err := d.fast.GetContext(ctx, &n, `SELECT count(*) FROM staff WHERE role = 'admin' AND removed_at IS NULL`)
	return n, wrap("count admins", err)
}
