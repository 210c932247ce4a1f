package bucket

import "context"

// Unfinished counts uploads whose parts are kept.
func (b *Bucket) Unfinished(ctx context.Context) (int, error) {
	page, err := b.api.ListMultipartUploads(ctx, b.name, "", "", "", "", uploadsPage)
	return len(page.Uploads), err
}
