package keys

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
)

// CheckStore keeps the one key check value of a database.
type CheckStore interface {
	KeyCheck(ctx context.Context) ([]byte, error)          // empty when nothing was stored yet
	StoreKeyCheck(ctx context.Context, check []byte) error // replaces the stored one
}

// EnsureOptions say where the keyset is. A Literal wins over the file and is never written to it.
type EnsureOptions struct {
	Store   CheckStore
	Literal string // what TITIAN_KEYSET holds; may be empty
	Path    string // the keyset file, titian-data/keyset.json
}

// ErrNoKeyset is returned when the database was sealed with a keyset that is not there.
var ErrNoKeyset = errors.New("the keyset is missing")

// Refusal is why Titian does not start: a sentence an operator understands, over the sentinel behind it.
type Refusal struct {
	Sentence string
	Cause    error
}

func (r *Refusal) Error() string { return r.Sentence }
func (r *Refusal) Unwrap() error { return r.Cause }

// Ensure returns the keyset this database is sealed with. It makes one only when the database holds no check
// value, saves it before it stores the check value, and refuses (a Refusal) a missing, other or older one.
// The caller holds the migration lock. Dying between the two is healed by the next run, which finds the file.
func Ensure(ctx context.Context, o EnsureOptions) (*Keyset, error) {
	check, err := o.Store.KeyCheck(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the key check: %w", err)
	}
	k, err := o.find()
	switch {
	case err != nil:
		return nil, err
	case k == nil && len(check) > 0:
		return nil, o.missing(check)
	case k == nil:
		if k, err = o.create(); err != nil {
			return nil, err
		}
	}
	if err := o.match(ctx, k, check); err != nil {
		return nil, err
	}
	return k, nil
}

// find returns nil without an error when there is no keyset at all.
func (o EnsureOptions) find() (*Keyset, error) {
	if literal := strings.TrimSpace(o.Literal); literal != "" {
		k, err := Parse([]byte(literal))
		if err != nil {
			return nil, &Refusal{"TITIAN_KEYSET does not hold a keyset; it must be the whole content of a keyset.json", err}
		}
		return k, nil
	}
	k, err := LoadFile(o.Path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case errors.Is(err, ErrExposed):
		return nil, &Refusal{err.Error(), err}
	case errors.Is(err, ErrNotKeyset):
		return nil, &Refusal{o.Path + " is damaged or no keyset; put it back from the backup, and do not delete it before", err}
	}
	return k, err
}

// create returns what stands on the disk, not what was meant to.
func (o EnsureOptions) create() (*Keyset, error) {
	k, err := New()
	if err != nil {
		return nil, err
	}
	if err := k.SaveFile(o.Path); err != nil {
		return nil, err
	}
	return LoadFile(o.Path)
}

func (o EnsureOptions) match(ctx context.Context, k *Keyset, check []byte) error {
	if len(check) == 0 {
		return o.store(ctx, k)
	}
	if err := k.Verify(check); err != nil {
		return o.refuse(k, check, err)
	}
	stale, err := k.stale(check)
	if err != nil || !stale {
		return err
	}
	return o.store(ctx, k)
}

func (o EnsureOptions) store(ctx context.Context, k *Keyset) error {
	check, err := k.Check()
	if err != nil {
		return err
	}
	if err := o.Store.StoreKeyCheck(ctx, check); err != nil {
		return fmt.Errorf("store the key check: %w", err)
	}
	return nil
}

func (o EnsureOptions) missing(check []byte) error {
	return &Refusal{fmt.Sprintf("the database was sealed with keyset %s, and there is none at %s; put that file back, "+
		"e.g. from the backup, or set TITIAN_KEYSET to its content: without it nothing sealed can be read",
		checkName(check), o.Path), ErrNoKeyset}
}

func (o EnsureOptions) refuse(k *Keyset, check []byte, cause error) error {
	where := o.Path
	if strings.TrimSpace(o.Literal) != "" {
		where = "TITIAN_KEYSET"
	}
	switch {
	case errors.Is(cause, ErrOlderKeyset):
		return &Refusal{fmt.Sprintf("%s is an older copy of keyset %s, which was rotated since; "+
			"put the rotated one in its place, e.g. from the newest backup", where, k.Name()), cause}
	case errors.Is(cause, ErrOtherKeyset):
		return &Refusal{fmt.Sprintf("the database was sealed with another keyset (%s) than %s (%s); "+
			"put the right keyset back, e.g. from the backup", checkName(check), where, k.Name()), cause}
	default:
		return &Refusal{"the key check value in the database is damaged; restore the database from the backup " +
			"that belongs to keyset " + k.Name(), cause}
	}
}
