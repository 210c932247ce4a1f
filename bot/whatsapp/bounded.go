package whatsapp

import (
	"errors"
	"io"
	"net/http"
)

var errTooLarge = errors.New("the file is larger than it said")

// bounded ends a download that goes on beyond the largest file: the library reads all of it into memory, and how large it is
// only its sender says.
type bounded struct{ http.RoundTripper }

// sealOf is what sealing adds to a file, and more.
const sealOf = 1 << 10

func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := b.RoundTripper.RoundTrip(r)
	if err == nil {
		answer.Body = &boundedBody{answer.Body, MaxFileBytes + sealOf}
	}
	return answer, err
}

type boundedBody struct {
	io.ReadCloser
	left int
}

func (b *boundedBody) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errTooLarge
	}
	n, err := b.ReadCloser.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}
