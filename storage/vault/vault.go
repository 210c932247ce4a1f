// Package vault keeps people's files (a KTP, a photo of a product, an invoice) sealed in a store, a disk or a bucket.
//
// It imports nothing of this module: what seals and what stores are interfaces, and a file is named by a random id that
// tells nothing. What stands in the store is whole or absent, whenever the process dies; a file read back is
// the one that was put, or an error. It does not know whose file it is, nor whether any row still needs it.
package vault

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"strings"
	"time"
)

// Sealer seals what is written and opens it again, only under the same aad. Its writer is whole after
// Close; its reader ends in io.EOF only when all of it was there.
type Sealer interface {
	SealStream(w io.Writer, aad []byte) (io.WriteCloser, error)
	OpenStream(r io.Reader, aad []byte) (io.Reader, error)
}

// Store keeps files by their ids. Several processes may share one, and call it concurrently; vaulttest holds one to it.
type Store interface {
	// Put keeps what write writes, in place of any file of that id, in one step; an error of write, returned as it is,
	// leaves nothing and changes nothing.
	Put(ctx context.Context, id string, write func(io.Writer) error) error
	// Open is fs.ErrNotExist when there is none. Its reader ends in io.EOF only after every byte.
	Open(ctx context.Context, id string) (file io.ReadCloser, sizeBytes int64, err error)
	// Delete of a file that is not there is no error.
	Delete(ctx context.Context, id string) error
	// List yields what is there in the order of names, perhaps also what Put did not make; yield may delete it.
	List(ctx context.Context, yield func(name string, sizeBytes int64, at time.Time) error) error
	// Sweep removes what writers that died left half written before olderThan.
	Sweep(ctx context.Context, olderThan time.Time) error
}

// The errors a caller chooses by; those of the store come through as they are.
var (
	ErrID       = errors.New("not the id of a file")
	ErrMissing  = errors.New("no such file")
	ErrAltered  = errors.New("the file was altered, cut short, or sealed with another key")
	ErrTooLarge = errors.New("the file is larger than allowed")
)

// Vault seals what goes into a store and opens what comes out. It is safe for concurrent use.
type Vault struct {
	store  Store
	sealer Sealer
}

// On is a vault on any store.
func On(store Store, s Sealer) *Vault { return &Vault{store, s} }

// Open is a vault on a folder, as OpenDisk has it.
func Open(dir string, s Sealer) (*Vault, error) {
	d, err := OpenDisk(dir)
	if err != nil {
		return nil, err
	}
	return On(d, s), nil
}

const (
	idLength   = 26
	idAlphabet = "abcdefghijklmnopqrstuvwxyz234567"
)

// NewID returns a random id, 130 bits in 26 letters and digits: it cannot be guessed and tells nothing.
func NewID() string { return strings.ToLower(rand.Text()) }

// ValidID says whether an id has the form NewID gives: no other string ever becomes a path.
func ValidID(id string) bool {
	return len(id) == idLength && strings.Trim(id, idAlphabet) == ""
}
