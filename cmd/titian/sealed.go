package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"titian/storage"
	"titian/storage/vault"
)

// sealed opens the vault's files for delivery: a store that fails is down, and
// only a file that is lost or altered is an error for good.
type sealed struct{ vault *vault.Vault }

func (s sealed) Get(ctx context.Context, id string) (io.ReadCloser, error) {
	r, err := s.vault.Get(ctx, id)
	if err != nil {
		return nil, passing(err)
	}
	return sealedReader{r}, nil
}

type sealedReader struct{ io.ReadCloser }

func (r sealedReader) Read(b []byte) (int, error) {
	n, err := r.ReadCloser.Read(b)
	if err != nil && err != io.EOF {
		err = passing(err)
	}
	return n, err
}

func passing(err error) error {
	for _, lasting := range []error{vault.ErrID, vault.ErrMissing, vault.ErrAltered, vault.ErrTooLarge} {
		if errors.Is(err, lasting) {
			return err
		}
	}
	return fmt.Errorf("%w: %w", storage.ErrDown, err)
}
