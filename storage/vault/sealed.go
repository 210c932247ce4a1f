package vault

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
)

// Sealed opens a file as it stands in the store, still sealed, with its size: for a backup. ErrMissing. The caller closes it.
func (v *Vault) Sealed(ctx context.Context, id string) (file io.ReadCloser, sizeBytes int64, err error) {
	if !ValidID(id) {
		return nil, 0, fmt.Errorf("read sealed file: %w", ErrID)
	}
	f, size, err := v.store.Open(ctx, id)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, 0, fmt.Errorf("read sealed file %s: %w", id, ErrMissing)
	}
	if err != nil {
		return nil, 0, fmt.Errorf("read sealed file %s: %w", id, err)
	}
	return f, size, nil
}

// PutSealed puts back what Sealed gave, as whole or absent as Put does. Whether it opens, Get says.
func (v *Vault) PutSealed(ctx context.Context, id string, r io.Reader) error {
	if !ValidID(id) {
		return fmt.Errorf("put sealed file: %w", ErrID)
	}
	err := v.store.Put(ctx, id, func(to io.Writer) error {
		_, err := io.Copy(to, &bounded{ctx: ctx, r: r, left: math.MaxInt64})
		return err
	})
	if err != nil {
		return fmt.Errorf("put sealed file %s: %w", id, err)
	}
	return nil
}
