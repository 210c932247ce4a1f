package keys

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
)

// Name is a short public fingerprint, the same before and after a rotation: what operators compare.
func (k *Keyset) Name() string { return k.name }

// Format prints the name only, under every verb: %+v and %#v would otherwise walk down to the keys.
func (k Keyset) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "Keyset("+k.name+")") }

// LogValue logs the name only.
func (k Keyset) LogValue() slog.Value { return slog.StringValue("Keyset(" + k.name + ")") }

// MarshalText refuses, so that no JSON, XML or flag ever holds a keyset: Marshal is the one way out.
func (k Keyset) MarshalText() ([]byte, error) {
	return nil, errors.New("a keyset is written by Marshal and SaveFile only")
}
