package vault

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Check puts a file, reads it back and deletes it: nil when the store and the keys both serve.
func (v *Vault) Check(ctx context.Context) error {
	const text = "titian"
	id := NewID()
	if _, err := v.Put(ctx, id, strings.NewReader(text), int64(len(text))); err != nil {
		return fmt.Errorf("check the vault: %w", err)
	}
	got, err := v.read(ctx, id)
	if err == nil && got != text {
		err = ErrAltered
	}
	if err = errors.Join(err, v.Delete(context.WithoutCancel(ctx), id)); err != nil {
		return fmt.Errorf("check the vault: %w", err)
	}
	return nil
}

func (v *Vault) read(ctx context.Context, id string) (string, error) {
	r, err := v.Get(ctx, id)
	if err != nil {
		return "", err
	}
	b, err := io.ReadAll(r)
	return string(b), errors.Join(err, r.Close())
}
