package vault

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
)

// Get opens a file; ErrMissing when there is none. Reading returns ErrAltered when it is not what was put,
// at whatever byte that shows: only io.EOF says that all of it was read and genuine. The caller closes it.
func (v *Vault) Get(ctx context.Context, id string) (io.ReadCloser, error) {
	if !ValidID(id) {
		return nil, fmt.Errorf("get file: %w", ErrID)
	}
	f, _, err := v.store.Open(ctx, id)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("get file %s: %w", id, ErrMissing)
	}
	if err != nil {
		return nil, fmt.Errorf("get file %s: %w", id, err)
	}
	o := &opened{id: id, file: f}
	o.sealed.r = &bounded{ctx: ctx, r: f, left: math.MaxInt64}
	if o.plain, err = v.sealer.OpenStream(&o.sealed, []byte(id)); err != nil {
		return nil, errors.Join(o.explain(err), f.Close())
	}
	return o, nil
}

// opened is a file being read.
type opened struct {
	id     string
	file   io.ReadCloser
	sealed remembering
	plain  io.Reader
	err    error // the first one stays
}

func (o *opened) Read(p []byte) (int, error) {
	if o.err != nil {
		return 0, o.err
	}
	n, err := o.plain.Read(p)
	if err != nil {
		o.err = o.explain(err)
	}
	return n, o.err
}

func (o *opened) Close() error { return o.file.Close() }

// explain tells a failing store and a cancelled reader from an altered file.
func (o *opened) explain(err error) error {
	switch {
	case o.sealed.err != nil:
		return fmt.Errorf("get file %s: %w", o.id, o.sealed.err)
	case err == io.EOF:
		return io.EOF
	default:
		return fmt.Errorf("get file %s: %w: %w", o.id, ErrAltered, err)
	}
}

// remembering keeps the error its reader failed with: who reads through it may say something else.
type remembering struct {
	r   io.Reader
	err error
}

func (s *remembering) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	if err != nil && err != io.EOF {
		s.err = err
	}
	return n, err
}
