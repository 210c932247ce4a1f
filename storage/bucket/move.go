package bucket

import (
	"context"

	"github.com/minio/minio-go/v7"
)

// maxCopy is what a store copies at once; more is copied in parts.
const maxCopy = 5 << 30

// Delete removes a file; one that is not there is no error. In a bucket that keeps versions the old ones stay.
func (b *Bucket) Delete(ctx context.Context, name string) error {
	return wrap(ctx, "delete "+name, b.api.RemoveObject(ctx, b.name, b.folder+name, minio.RemoveObjectOptions{}))
}

// Rename gives a file another name, in place of any that has it. Stores cannot rename: they copy, and then the first one
// is deleted. A process that dies in between leaves both, each whole.
func (b *Bucket) Rename(ctx context.Context, from, to string) error {
	if err := b.copy(ctx, b.folder+from, b.folder+to); err != nil {
		return wrap(ctx, "rename "+from+" to "+to, err)
	}
	return b.Delete(ctx, from)
}

func (b *Bucket) copy(ctx context.Context, from, to string) error {
	about, err := b.api.StatObject(ctx, b.name, from, minio.StatObjectOptions{})
	if err != nil {
		return err
	}
	dst, src := minio.CopyDestOptions{Bucket: b.name, Object: to}, minio.CopySrcOptions{Bucket: b.name, Object: from}
	if about.Size <= maxCopy {
		_, err = b.api.Client.CopyObject(ctx, dst, src)
	} else {
		_, err = b.api.ComposeObject(ctx, dst, src)
	}
	return err
}
