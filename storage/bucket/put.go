package bucket

import (
	"bytes"
	"context"
	"crypto/md5"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"io"

	"github.com/minio/minio-go/v7"
)

// partBytes is what is held in memory and sent at once. A store takes 10,000 parts, so a file may have 80 GB.
const partBytes = 8 << 20

// Put keeps what write writes. The file stands under its name, in place of any before, only when all of it arrived: an
// error of write, which is returned as it is, leaves nothing. After storage.ErrDown it may be there, and then whole.
func (b *Bucket) Put(ctx context.Context, name string, write func(io.Writer) error) error {
	u := &upload{ctx: ctx, b: b, key: b.folder + name}
	defer u.abandon()
	if err := write(u); err != nil {
		return err
	}
	return wrap(ctx, "put "+name, u.finish())
}

// upload sends a small file at once, a larger one in parts that show only when the last one is there.
type upload struct {
	ctx   context.Context
	b     *Bucket
	key   string
	buf   []byte
	id    string // of an upload in parts; "": not begun, or over
	parts []minio.CompletePart
}

func (u *upload) Write(p []byte) (n int, err error) {
	for n < len(p) {
		if len(u.buf) == partBytes {
			if err := u.part(); err != nil {
				return n, wrap(u.ctx, "put "+u.key, err)
			}
		}
		more := p[n:min(len(p), n+partBytes-len(u.buf))]
		u.buf = append(u.buf, more...)
		n += len(more)
	}
	return n, nil
}

// part sends what is held. The sums let the store refuse what changed on the way.
func (u *upload) part() (err error) {
	if u.id == "" {
		if u.id, err = u.b.api.NewMultipartUpload(u.ctx, u.b.name, u.key, minio.PutObjectOptions{}); err != nil {
			return err
		}
	}
	md5, sha := sums(u.buf)
	done, err := u.b.api.PutObjectPart(u.ctx, u.b.name, u.key, u.id, len(u.parts)+1, bytes.NewReader(u.buf), int64(len(u.buf)),
		minio.PutObjectPartOptions{Md5Base64: md5, Sha256Hex: sha, DisableContentSha256: true}) // the sum is given
	if err != nil {
		return err
	}
	u.parts = append(u.parts, minio.CompletePart{PartNumber: done.PartNumber, ETag: done.ETag})
	u.buf = u.buf[:0]
	return nil
}

func (u *upload) finish() error {
	if err := u.ctx.Err(); err != nil {
		return err
	}
	if u.id == "" {
		md5, sha := sums(u.buf)
		_, err := u.b.api.PutObject(u.ctx, u.b.name, u.key, bytes.NewReader(u.buf), int64(len(u.buf)), md5, sha,
			minio.PutObjectOptions{DisableContentSha256: true})
		return err
	}
	if err := u.part(); err != nil {
		return err
	}
	_, err := u.b.api.CompleteMultipartUpload(u.ctx, u.b.name, u.key, u.id, u.parts, minio.PutObjectOptions{})
	if err == nil {
		u.id = ""
	}
	return err
}

// abandon lets go of parts that will never be a file; Sweep does it for those whose process died.
func (u *upload) abandon() {
	if u.id == "" {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(u.ctx), u.b.patience)
	defer cancel()
	_ = u.b.api.AbortMultipartUpload(ctx, u.b.name, u.key, u.id)
}

func sums(b []byte) (md5Base64, sha256Hex string) {
	m, s := md5.Sum(b), sha256.Sum256(b)
	return base64.StdEncoding.EncodeToString(m[:]), hex.EncodeToString(s[:])
}
