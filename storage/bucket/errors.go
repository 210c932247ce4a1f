package bucket

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"

	"github.com/minio/minio-go/v7"

	"titian/storage"
)

// Refused is an answer of the store that is no file and no outage: a wrong key, a missing right, no such bucket. It is
// storage.ErrDown too: an operator must mend it, and until then everybody waits.
type Refused struct{ Code string }

func (r *Refused) Error() string { return "the bucket says " + r.Code }

// Unwrap makes it an outage.
func (r *Refused) Unwrap() error { return storage.ErrDown }

// wrap says what was being done: fs.ErrNotExist for a file that is not there, the caller's own ctx error, else storage.ErrDown.
func wrap(ctx context.Context, doing string, err error) error {
	if err == nil {
		return nil
	}
	if ended := ctx.Err(); ended != nil {
		return fmt.Errorf("%s: %w", doing, ended)
	}
	if told, ok := errors.AsType[minio.ErrorResponse](err); ok && told.Code != "" {
		if told.Code == "NoSuchKey" {
			return fmt.Errorf("%s: %w", doing, fs.ErrNotExist)
		}
		if told.StatusCode < http.StatusInternalServerError {
			return fmt.Errorf("%s: %w", doing, &Refused{told.Code})
		}
	}
	return fmt.Errorf("%s: %w: %w", doing, storage.ErrDown, err)
}
