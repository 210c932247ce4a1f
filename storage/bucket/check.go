package bucket

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"strings"
	"time"

	"titian/storage"
)

// Step is what Check was doing when it failed.
type Step string

// The steps of Check, and with each the right it needs.
const (
	StepList   Step = "s3:ListBucket"
	StepPut    Step = "s3:PutObject"
	StepGet    Step = "s3:GetObject"
	StepDelete Step = "s3:DeleteObject"
)

// Check lists, puts a few bytes, reads them back and deletes them: nil when the bucket serves. An error that is no
// Refused means that it cannot be reached.
func (b *Bucket) Check(ctx context.Context) (failed Step, err error) {
	enough := errors.New("enough")
	err = b.List(ctx, func(string, int64, time.Time) error { return enough })
	if err != nil && !errors.Is(err, enough) {
		return StepList, err
	}
	name := "check-" + strings.ToLower(rand.Text())
	if err := b.Put(ctx, name, func(w io.Writer) error { _, err := io.WriteString(w, name); return err }); err != nil {
		return StepPut, err
	}
	got, err := b.read(ctx, name)
	gone := b.Delete(context.WithoutCancel(ctx), name)
	switch {
	case err != nil:
		return StepGet, err
	case got != name:
		return StepGet, errors.Join(storage.ErrDown, errors.New("the bucket gives back other bytes than it was given"))
	case gone != nil:
		return StepDelete, gone
	}
	return "", nil
}

func (b *Bucket) read(ctx context.Context, name string) (string, error) {
	f, _, err := b.Open(ctx, name)
	if err != nil {
		return "", err
	}
	text, err := io.ReadAll(io.LimitReader(f, 1<<10))
	return string(text), errors.Join(err, f.Close())
}

// Versioned says whether the bucket keeps what is deleted or replaced.
func (b *Bucket) Versioned(ctx context.Context) (bool, error) {
	v, err := b.api.GetBucketVersioning(ctx, b.name)
	return v.Enabled(), wrap(ctx, "ask for versions of "+b.String(), err)
}
