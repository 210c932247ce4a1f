package vault

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
)

// Stored is what was put, before sealing.
type Stored struct {
	SizeBytes int64
	SHA256    string // of the plain content, lower-case hex
}

// Put seals r under id, at most limitBytes of it, in bounded memory. When it returns nil the file survives a
// power cut; on any error (ErrID, ErrTooLarge, of ctx, of r, of the store) nothing is left behind. Putting the
// same id again replaces the file in one step, so a repeated Put is harmless.
func (v *Vault) Put(ctx context.Context, id string, r io.Reader, limitBytes int64) (stored Stored, err error) {
	if !ValidID(id) {
		return Stored{}, fmt.Errorf("put file: %w", ErrID)
	}
	err = v.store.Put(ctx, id, func(to io.Writer) (err error) {
		stored, err = v.seal(to, id, &bounded{ctx: ctx, r: r, left: limitBytes})
		return err
	})
	if err != nil {
		return Stored{}, fmt.Errorf("put file %s: %w", id, err)
	}
	return stored, nil
}

func (v *Vault) seal(to io.Writer, id string, r io.Reader) (Stored, error) {
	sealed, err := v.sealer.SealStream(to, []byte(id))
	if err != nil {
		return Stored{}, err
	}
	sum := sha256.New()
	n, err := io.Copy(io.MultiWriter(sum, sealed), r)
	if err != nil {
		return Stored{}, err // and no Close: what was cut short must not look whole
	}
	if err := sealed.Close(); err != nil {
		return Stored{}, err
	}
	return Stored{SizeBytes: n, SHA256: hex.EncodeToString(sum.Sum(nil))}, nil
}

// bounded reads until its limit or until ctx is done, whichever comes first.
type bounded struct {
	ctx  context.Context
	r    io.Reader
	left int64
}

func (b *bounded) Read(p []byte) (int, error) {
	if err := b.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := b.r.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return 0, ErrTooLarge
	}
	return n, err
}
