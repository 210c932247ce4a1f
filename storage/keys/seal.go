package keys

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// ErrSealed is returned when something does not open: another key, another aad, or altered since.
var ErrSealed = errors.New("does not open: sealed with another key, for another place, or altered")

// prefixBytes stand before everything sealed: a version byte, then the id of the key (tink's output prefix).
const (
	prefixBytes   = 5
	prefixVersion = 1
)

// Seal encrypts plain, 45 bytes longer, so that it opens only with the same aad: the name of the row it
// stands in, which is not stored.
func (k *Keyset) Seal(plain, aad []byte) ([]byte, error) {
	sealed, err := k.aead.Encrypt(plain, aad)
	if err != nil {
		return nil, fmt.Errorf("seal %d bytes: %w", len(plain), err)
	}
	return sealed, nil
}

// Open is the way back from Seal, with the keys of today and of before every rotation; ErrSealed otherwise.
func (k *Keyset) Open(sealed, aad []byte) ([]byte, error) {
	plain, err := k.aead.Decrypt(sealed, aad)
	if err == nil {
		return plain, nil
	}
	if id, ok := sealedWith(sealed); ok && !k.holds(id) {
		return nil, fmt.Errorf("%w: this keyset has no key %d", ErrSealed, id)
	}
	return nil, ErrSealed
}

// SealStream returns a writer that seals into w, in memory bounded whatever the length. Nothing is whole
// before Close returned nil; Close leaves w open.
func (k *Keyset) SealStream(w io.Writer, aad []byte) (io.WriteCloser, error) {
	sealed, err := k.streams.NewEncryptingWriter(w, aad)
	if err != nil {
		return nil, fmt.Errorf("seal a stream: %w", err)
	}
	return sealed, nil
}

// OpenStream is the way back from SealStream. What it gives before io.EOF is genuine but may be cut short:
// only io.EOF says that all of it was there. ErrSealed for a wrong key, aad or a change; an error of r as is.
func (k *Keyset) OpenStream(r io.Reader, aad []byte) (io.Reader, error) {
	src := &source{r: r}
	plain, err := k.streams.NewDecryptingReader(src, aad)
	if err != nil {
		return nil, fmt.Errorf("open a stream: %w", err)
	}
	return &openedStream{src: src, plain: plain}, nil
}

// openedStream keeps its first error: tink's reader answers io.EOF when read again after a bad last segment.
type openedStream struct {
	src   *source
	plain io.Reader
	err   error
}

func (s *openedStream) Read(p []byte) (int, error) {
	if s.err != nil {
		return 0, s.err
	}
	n, err := s.plain.Read(p)
	switch {
	case err == nil:
		return n, nil
	case s.src.err != nil:
		s.err = s.src.err
	case err == io.EOF:
		s.err = io.EOF
	default:
		s.err = ErrSealed
	}
	return n, s.err
}

// source remembers why reading stopped: tink says "no key fits" for a broken disk too.
type source struct {
	r   io.Reader
	err error
}

func (s *source) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	if err != nil && err != io.EOF {
		s.err = err
	}
	return n, err
}

func sealedWith(sealed []byte) (id uint32, ok bool) {
	if len(sealed) < prefixBytes || sealed[0] != prefixVersion {
		return 0, false
	}
	return binary.BigEndian.Uint32(sealed[1:prefixBytes]), true
}

func (k *Keyset) holds(id uint32) bool {
	for i := range k.handles.seal.Len() {
		if e, err := k.handles.seal.Entry(i); err == nil && e.KeyID() == id {
			return true
		}
	}
	return false
}

// sealsWith is the id of the key that seals today.
func (k *Keyset) sealsWith() (uint32, error) {
	e, err := k.handles.seal.Primary()
	if err != nil {
		return 0, fmt.Errorf("find the sealing key: %w", err)
	}
	return e.KeyID(), nil
}
