package keys

import (
	"encoding/hex"
	"fmt"
	"strings"
)

const (
	indexBytes       = 32
	fingerprintBytes = 4
)

// Index is the keyed blind index of a value, 32 bytes: equal values of a kind ("nik", "phone", "address")
// have equal indexes, and without the keyset none can be computed. It survives every rotation. The value
// must be in its one normal form. A kind is a constant of the program, and holds no zero byte.
func (k *Keyset) Index(kind, value string) []byte {
	if strings.IndexByte(kind, 0) >= 0 {
		panic("keys: an index kind with a zero byte in it")
	}
	index, err := k.compute(kind, value)
	if err != nil { // assemble has computed one with this very key
		panic(fmt.Sprintf("keys: index of a %s: %v", kind, err))
	}
	return index
}

func (k *Keyset) compute(kind, value string) ([]byte, error) {
	in := make([]byte, 0, len(kind)+1+len(value))
	in = append(in, kind...)
	in = append(in, 0)
	in = append(in, value...)
	return k.prf.ComputePrimaryPRF(in, indexBytes)
}

// known is the index of a value everyone knows: it names the keyset without telling anything of it.
func (k *Keyset) known() ([]byte, error) {
	return k.compute("keyset", "titian")
}

func (k *Keyset) fingerprint() (string, error) {
	known, err := k.known()
	if err != nil {
		return "", err
	}
	return shortName(known), nil
}

func shortName(known []byte) string {
	return hex.EncodeToString(known[:fingerprintBytes])
}
