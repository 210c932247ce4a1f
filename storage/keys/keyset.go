// Package keys holds the keyset: what seals everything that must not be readable on a stolen disk or in a
// stolen dump, and what makes the blind indexes by which a sealed NIK or phone can still be found.
//
// It wraps tink and imports nothing else of this module. It never logs, never reads the environment, and
// never says a key in an error, a print or JSON. Lose the keyset and everything sealed with it is lost.
package keys

import (
	"fmt"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/aead/xaesgcm"
	"github.com/tink-crypto/tink-go/v2/key"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/prf"
	"github.com/tink-crypto/tink-go/v2/prf/hmacprf"
	"github.com/tink-crypto/tink-go/v2/streamingaead"
	"github.com/tink-crypto/tink-go/v2/streamingaead/aesgcmhkdf"
	"github.com/tink-crypto/tink-go/v2/tink"
)

// Keyset seals what must not be readable on a stolen disk, and makes blind indexes. It is safe for
// concurrent use and never changes: Rotate makes another one.
type Keyset struct {
	handles *handles
	aead    tink.AEAD
	streams tink.StreamingAEAD
	prf     prf.Set
	name    string
}

// handles are the three tink keysets: for rows and records, for files, for blind indexes.
type handles struct{ seal, stream, index *keyset.Handle }

const (
	keyBytes     = 32
	saltBytes    = 12       // with GCM's own 12: 192 random bits a message
	segmentBytes = 64 << 10 // an open stream holds two or three segments, whatever the file's size
)

// New makes a fresh keyset. Records are sealed with XAES-256-GCM and not AES-256-GCM: its 192-bit random
// nonce has no limit of 2³² messages a key, so a bot that seals every answer never has to rotate in time.
func New() (*Keyset, error) {
	seal, err := grown(keyset.NewManager(), sealParameters)
	if err != nil {
		return nil, fmt.Errorf("make the sealing key: %w", err)
	}
	stream, err := grown(keyset.NewManager(), streamParameters)
	if err != nil {
		return nil, fmt.Errorf("make the file key: %w", err)
	}
	index, err := grown(keyset.NewManager(), indexParameters)
	if err != nil {
		return nil, fmt.Errorf("make the index key: %w", err)
	}
	return assemble(handles{seal, stream, index})
}

// Rotate returns a keyset that seals with new keys and still opens what the old ones sealed; the index key
// stays. Every replica needs the result before one of them seals with it: stop them all, or the others
// cannot open what it writes.
func (k *Keyset) Rotate() (*Keyset, error) {
	seal, err := grown(keyset.NewManagerFromHandle(k.handles.seal), sealParameters)
	if err != nil {
		return nil, fmt.Errorf("rotate the sealing key: %w", err)
	}
	stream, err := grown(keyset.NewManagerFromHandle(k.handles.stream), streamParameters)
	if err != nil {
		return nil, fmt.Errorf("rotate the file key: %w", err)
	}
	return assemble(handles{seal, stream, k.handles.index})
}

// grown adds a fresh key and makes it the one that seals.
func grown(m *keyset.Manager, parameters func() (key.Parameters, error)) (*keyset.Handle, error) {
	p, err := parameters()
	if err != nil {
		return nil, err
	}
	id, err := m.AddNewKeyFromParameters(p)
	if err != nil {
		return nil, err
	}
	if err := m.SetPrimary(id); err != nil {
		return nil, err
	}
	return m.Handle()
}

func assemble(h handles) (*Keyset, error) {
	k := &Keyset{handles: &h}
	var err error
	if k.aead, err = aead.New(h.seal); err != nil {
		return nil, fmt.Errorf("use the sealing keys: %w", err)
	}
	if k.streams, err = streamingaead.New(h.stream); err != nil {
		return nil, fmt.Errorf("use the file keys: %w", err)
	}
	set, err := prf.NewPRFSet(h.index)
	if err != nil {
		return nil, fmt.Errorf("use the index key: %w", err)
	}
	k.prf = *set
	if k.name, err = k.fingerprint(); err != nil {
		return nil, fmt.Errorf("use the index key: %w", err)
	}
	return k, nil
}

func sealParameters() (key.Parameters, error) {
	return xaesgcm.NewParameters(xaesgcm.VariantTink, saltBytes)
}

func streamParameters() (key.Parameters, error) {
	return aesgcmhkdf.NewParameters(aesgcmhkdf.ParametersOpts{
		KeySizeInBytes:        keyBytes,
		DerivedKeySizeInBytes: keyBytes,
		HKDFHashType:          aesgcmhkdf.SHA256,
		SegmentSizeInBytes:    segmentBytes,
	})
}

func indexParameters() (key.Parameters, error) {
	return hmacprf.NewParameters(keyBytes, hmacprf.SHA256)
}
