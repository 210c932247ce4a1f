package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
)

// inTx runs do in one transaction of at most callTimeout. One that collided with another (deadlock, serialization) is
// run again, up to three times in all: do must not leave anything behind but through tx.
func (d *DB) inTx(ctx context.Context, doing string, do func(context.Context, *sqlx.Tx) error) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	var err error
	for range 3 {
		if err = d.once(ctx, do); !collided(err) {
			break
		}
	}
	return wrap(doing, err)
}

func (d *DB) once(ctx context.Context, do func(context.Context, *sqlx.Tx) error) error {
	tx, err := d.fast.BeginTxx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // after Commit it does nothing; otherwise the first error counts
	if err := do(ctx, tx); err != nil {
		return err
	}
	return tx.Commit()
}

// at is the time of now as it is stored: UTC, in microseconds.
func (d *DB) at() time.Time { return d.now().UTC().Truncate(time.Microsecond) }

var errNoKeys = errors.New("the database was given no keys")

func (d *DB) seal(plain []byte, aad string) ([]byte, error) {
	if d.keys == nil {
		return nil, errNoKeys
	}
	return d.keys.Seal(plain, []byte(aad))
}

func (d *DB) open(sealed []byte, aad string) ([]byte, error) {
	if d.keys == nil {
		return nil, errNoKeys
	}
	plain, err := d.keys.Open(sealed, []byte(aad))
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", aad, err)
	}
	return plain, nil
}

// sealText seals a text; an empty one is nothing.
func (d *DB) sealText(text, aad string) ([]byte, error) {
	if text == "" {
		return nil, nil
	}
	return d.seal([]byte(text), aad)
}

func (d *DB) openText(sealed []byte, aad string) (string, error) {
	if sealed == nil {
		return "", nil
	}
	plain, err := d.open(sealed, aad)
	return string(plain), err
}

func (d *DB) sealJSON(v any, aad string) ([]byte, error) {
	plain, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	return d.seal(plain, aad)
}

func (d *DB) openJSON(sealed []byte, aad string, v any) error {
	plain, err := d.open(sealed, aad)
	if err != nil {
		return err
	}
	if json.Unmarshal(plain, v) != nil {
		return fmt.Errorf("read %s: not the JSON it should be", aad)
	}
	return nil
}

func (d *DB) index(kind, value string) ([]byte, error) {
	if d.keys == nil {
		return nil, errNoKeys
	}
	return d.keys.Index(kind, value), nil
}
