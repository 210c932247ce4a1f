package vault

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
)

// Sealed opens a file as it stands on the disk, still sealed, with its size: for a backup. ErrMissing. The caller closes it.
func (v *Vault) Sealed(id string) (file io.ReadCloser, sizeBytes int64, err error) {
	if !ValidID(id) {
		return nil, 0, fmt.Errorf("read sealed file: %w", ErrID)
	}
	f, err := os.Open(v.path(id))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, 0, fmt.Errorf("read sealed file %s: %w", id, ErrMissing)
	}
	if err != nil {
		return nil, 0, fmt.Errorf("read sealed file %s: %w", id, err)
	}
	st, err := f.Stat()
	if err != nil {
		return nil, 0, errors.Join(fmt.Errorf("read sealed file %s: %w", id, err), f.Close())
	}
	return f, st.Size(), nil
}

// PutSealed puts back what Sealed gave, as whole or absent as Put does. Whether it opens, Get says.
func (v *Vault) PutSealed(ctx context.Context, id string, r io.Reader) error {
	if !ValidID(id) {
		return fmt.Errorf("put sealed file: %w", ErrID)
	}
	a, err := v.newAside()
	if err != nil {
		return fmt.Errorf("put sealed file %s: %w", id, err)
	}
	defer a.discard()
	if _, err = io.Copy(a.file, &bounded{ctx: ctx, r: r, left: math.MaxInt64}); err == nil {
		err = v.settle(ctx, a, id)
	}
	if err != nil {
		return fmt.Errorf("put sealed file %s: %w", id, err)
	}
	return nil
}
