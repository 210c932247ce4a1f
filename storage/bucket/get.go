package bucket

import (
	"context"
	"io"

	"github.com/minio/minio-go/v7"
)

// Open begins to read a file; fs.ErrNotExist when there is none. Reading it is storage.ErrDown when the line breaks:
// io.EOF says that every byte of it came. The caller closes it before ctx ends.
func (b *Bucket) Open(ctx context.Context, name string) (file io.ReadCloser, sizeBytes int64, err error) {
	body, about, _, err := b.api.GetObject(ctx, b.name, b.folder+name, minio.GetObjectOptions{})
	if err != nil {
		return nil, 0, wrap(ctx, "open "+name, err)
	}
	return &download{ReadCloser: body, ctx: ctx, name: name}, about.Size, nil
}

type download struct {
	io.ReadCloser
	ctx  context.Context
	name string
}

func (d *download) Read(p []byte) (int, error) {
	n, err := d.ReadCloser.Read(p)
	if err != nil && err != io.EOF {
		err = wrap(d.ctx, "read "+d.name, err)
	}
	return n, err
}
