// Package vault keeps people's files (a KTP, a photo of a product, an invoice) sealed on a disk, and says
// what an arriving file really is.
//
// It imports nothing of this module: what seals is an interface, and a file is named by a random id that
// tells nothing. What stands on the disk is whole or absent, whenever the process dies; a file read back is
// the one that was put, or an error. It does not know whose file it is, nor whether any row still needs it.
package vault

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// Sealer seals what is written and opens it again, only under the same aad. Its writer is whole after
// Close; its reader ends in io.EOF only when all of it was there.
type Sealer interface {
	SealStream(w io.Writer, aad []byte) (io.WriteCloser, error)
	OpenStream(r io.Reader, aad []byte) (io.Reader, error)
}

// The errors a caller chooses by.
var (
	ErrID       = errors.New("not the id of a file")
	ErrMissing  = errors.New("no such file")
	ErrAltered  = errors.New("the file was altered, cut short, or sealed with another key")
	ErrTooLarge = errors.New("the file is larger than allowed")
)

// Vault is a folder of sealed files: ab/abcdef… under its root, and tmp for those still arriving. Several
// processes may share one folder. It is safe for concurrent use.
type Vault struct {
	root   string
	tmp    string
	sealer Sealer
}

// Open makes the folder when it is not there, and removes what a crash left half written.
func Open(dir string, s Sealer) (*Vault, error) {
	v := &Vault{root: dir, tmp: filepath.Join(dir, "tmp"), sealer: s}
	if err := os.MkdirAll(v.tmp, 0o700); err != nil {
		return nil, fmt.Errorf("open the vault: %w", err)
	}
	if err := v.sweepAside(); err != nil {
		return nil, fmt.Errorf("open the vault: %w", err)
	}
	return v, nil
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

func (v *Vault) shard(id string) string { return filepath.Join(v.root, id[:2]) }
func (v *Vault) path(id string) string  { return filepath.Join(v.root, id[:2], id) }

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
