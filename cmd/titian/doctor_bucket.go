package main

import (
	"context"
	"errors"

	"titian/storage/bucket"
)

// buckets looks at every store that is configured: reachable, and each act allowed.
func (x *checkup) buckets(ctx context.Context) {
	if x.Bucket != "" {
		if b, err := x.vaultBucket(); err == nil && x.bucketServes(ctx, "bucket", b) {
			x.versions(ctx, b)
		}
	}
	if inStore(x.Backup) {
		if b, err := x.bucket("TITIAN_BACKUP", x.Backup); err == nil {
			x.bucketServes(ctx, "backup", b)
		}
	}
}

// bucketServes puts a few bytes, reads them back and deletes them.
func (x *checkup) bucketServes(ctx context.Context, name string, b *bucket.Bucket) bool {
	ctx, cancel := context.WithTimeout(ctx, lookWithin)
	defer cancel()
	step, err := b.Check(ctx)
	refused, ok := errors.AsType[*bucket.Refused](err)
	switch {
	case err == nil:
		x.ok(name, "%s menjawab dan dapat ditulis, dibaca dan dihapus", b)
		return true
	case !ok:
		x.wrong(name, "curl -sS -o /dev/null "+quoted(b.Endpoint()), "%s tidak menjawab (%v)", b, err)
	case refused.Code == "NoSuchBucket":
		x.wrong(name, x.aws("s3 mb s3://"+b.Name()), "%s tidak ada", b)
	case refused.Code == "InvalidAccessKeyId":
		x.wrong(name, x.aws("s3 ls s3://"+b.Name()), "AWS_ACCESS_KEY_ID tidak dikenal oleh %s", b)
	case refused.Code == "SignatureDoesNotMatch":
		x.wrong(name, x.aws("s3 ls s3://"+b.Name()), "AWS_SECRET_ACCESS_KEY bukan milik AWS_ACCESS_KEY_ID")
	case refused.Code == "RequestTimeTooSkewed":
		x.wrong(name, "timedatectl set-ntp true", "jam mesin ini terlalu jauh berbeda dari jam %s", b)
	case refused.Code == "AccessDenied":
		x.wrong(name, x.aws("s3api get-bucket-policy --bucket "+b.Name()), "kunci itu tidak punya izin %s pada %s", step, b)
	default:
		x.wrong(name, x.aws("s3 ls s3://"+b.Name()), "%s menolak %s (%s)", b, step, refused.Code)
	}
	return false
}

// versions would keep what people have erased. A store that does not know versions has none.
func (x *checkup) versions(ctx context.Context, b *bucket.Bucket) {
	ctx, cancel := context.WithTimeout(ctx, lookWithin)
	defer cancel()
	if kept, err := b.Versioned(ctx); err == nil && kept {
		x.heed("versions", x.aws("s3api put-bucket-versioning --bucket "+b.Name()+" --versioning-configuration Status=Suspended"),
			"%s menyimpan versi lama: berkas yang diminta dihapus masih ada di sana", b)
	}
}

// aws is a command of the store's own tool.
func (x *checkup) aws(command string) string {
	if x.Store.Endpoint == "" {
		return "aws " + command
	}
	return "aws --endpoint-url " + quoted(x.Store.Endpoint) + " " + command
}
