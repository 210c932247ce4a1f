package bucket

import (
	"context"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
)

// List yields every file of the folder, in the order of their names and with the store's own time of putting; folders
// within it are passed over. The first error of yield ends it and is returned. yield may delete what it is given.
func (b *Bucket) List(ctx context.Context, yield func(name string, sizeBytes int64, at time.Time) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	for object := range b.api.ListObjectsIter(ctx, b.name, minio.ListObjectsOptions{Prefix: b.folder}) {
		if object.Err != nil {
			return wrap(ctx, "list "+b.String(), object.Err)
		}
		name, ok := b.own(object.Key)
		if !ok {
			continue
		}
		if err := yield(name, object.Size, object.LastModified.UTC()); err != nil {
			return err
		}
	}
	return wrap(ctx, "list "+b.String(), ctx.Err())
}

// own is the name of a file of the folder; false for the folder and for what lies deeper.
func (b *Bucket) own(key string) (name string, ok bool) {
	name, ok = strings.CutPrefix(key, b.folder)
	return name, ok && name != "" && !strings.Contains(name, "/")
}

const uploadsPage = 1000

// Sweep lets go of the parts of uploads that began before olderThan and were never finished: their process died.
func (b *Bucket) Sweep(ctx context.Context, olderThan time.Time) error {
	key, id := "", ""
	for {
		page, err := b.api.ListMultipartUploads(ctx, b.name, b.folder, key, id, "", uploadsPage)
		if err != nil {
			return wrap(ctx, "list unfinished uploads of "+b.String(), err)
		}
		for _, u := range page.Uploads {
			if _, mine := b.own(u.Key); !mine || !u.Initiated.Before(olderThan) {
				continue
			}
			if err := b.api.AbortMultipartUpload(ctx, b.name, u.Key, u.UploadID); err != nil && !isGone(err) {
				return wrap(ctx, "let go of an unfinished upload", err)
			}
		}
		if !page.IsTruncated {
			return nil
		}
		key, id = page.NextKeyMarker, page.NextUploadIDMarker
	}
}

func isGone(err error) bool { return minio.ToErrorResponse(err).Code == "NoSuchUpload" }
