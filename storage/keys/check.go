package keys

import (
	"bytes"
	"errors"
	"fmt"
)

// ErrOtherKeyset is returned when a check value was made with another keyset, or with a later rotation of
// this one; ErrOlderKeyset, which is also an ErrOtherKeyset, tells the second case.
var (
	ErrOtherKeyset = errors.New("sealed with another keyset")
	ErrOlderKeyset = fmt.Errorf("%w: with a later rotation of this one", ErrOtherKeyset)
	ErrBadCheck    = errors.New("the key check value is damaged")
)

const (
	checkVersion = 1
	checkAAD     = "titian key check"
	checkText    = "titian"
	checkHead    = 1 + indexBytes
)

// Check makes the value to store beside what the keyset seals: one byte of version, an index of a known
// value, a sealed known text. It tells nothing of the keys.
func (k *Keyset) Check() ([]byte, error) {
	known, err := k.known()
	if err != nil {
		return nil, fmt.Errorf("make the key check: %w", err)
	}
	sealed, err := k.Seal([]byte(checkText), []byte(checkAAD))
	if err != nil {
		return nil, fmt.Errorf("make the key check: %w", err)
	}
	return bytes.Join([][]byte{{checkVersion}, known, sealed}, nil), nil
}

// Verify says whether this keyset opens what stands beside the check value: nil, also after a rotation;
// ErrOtherKeyset or ErrOlderKeyset; ErrBadCheck when the value itself is damaged.
func (k *Keyset) Verify(check []byte) error {
	if len(check) <= checkHead || check[0] != checkVersion {
		return ErrBadCheck
	}
	known, err := k.known()
	if err != nil {
		return fmt.Errorf("verify the key check: %w", err)
	}
	if !bytes.Equal(known, check[1:checkHead]) {
		return ErrOtherKeyset
	}
	return k.verifySeal(check[checkHead:])
}

func (k *Keyset) verifySeal(sealed []byte) error {
	if _, err := k.Open(sealed, []byte(checkAAD)); err == nil {
		return nil
	}
	if id, ok := sealedWith(sealed); ok && !k.holds(id) {
		return ErrOlderKeyset
	}
	return ErrBadCheck
}

// stale says whether a check value that verifies was made before the last rotation. It is then replaced,
// so that a copy of the keyset from before it no longer passes.
func (k *Keyset) stale(check []byte) (bool, error) {
	today, err := k.sealsWith()
	if err != nil {
		return false, err
	}
	id, ok := sealedWith(check[checkHead:])
	return ok && id != today, nil
}

// checkName is the fingerprint of the keyset that made the check value; empty when it is damaged.
func checkName(check []byte) string {
	if len(check) <= checkHead {
		return ""
	}
	return shortName(check[1:checkHead])
}
