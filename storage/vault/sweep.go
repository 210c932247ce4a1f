package vault

import (
	"context"
	"fmt"
	"time"
)

// Delete removes a file for good; one that is not there is no error.
func (v *Vault) Delete(ctx context.Context, id string) error {
	if !ValidID(id) {
		return fmt.Errorf("delete file: %w", ErrID)
	}
	if err := v.store.Delete(ctx, id); err != nil {
		return fmt.Errorf("delete file %s: %w", id, err)
	}
	return nil
}

// List yields every file put before olderThan, by the clock of the store, in the order of their ids.
// The first error of yield ends it and is returned. yield may delete what it is given. Anything in the
// store that Put did not make is passed over.
func (v *Vault) List(ctx context.Context, olderThan time.Time, yield func(id string, modTime time.Time) error) error {
	err := v.store.List(ctx, func(name string, _ int64, at time.Time) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		if !ValidID(name) || !at.Before(olderThan) {
			return nil
		}
		return yield(name, at)
	})
	if err != nil {
		return fmt.Errorf("list the vault: %w", err)
	}
	return nil
}

// Sweep removes what processes that died left half written before olderThan.
func (v *Vault) Sweep(ctx context.Context, olderThan time.Time) error {
	if err := v.store.Sweep(ctx, olderThan); err != nil {
		return fmt.Errorf("sweep the vault: %w", err)
	}
	return nil
}
