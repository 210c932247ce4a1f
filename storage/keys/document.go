package keys

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/key"
	"github.com/tink-crypto/tink-go/v2/keyset"
)

// ErrNotKeyset is returned for a document that Marshal did not write, or that was damaged since.
var ErrNotKeyset = errors.New("not a Titian keyset")

const (
	documentVersion  = 1
	maxDocumentBytes = 1 << 20
)

// document is the stored form: three tink keysets in tink's own JSON, so that tinkey can read them too.
type document struct {
	Version int             `json:"titian_keyset"`
	Seal    json.RawMessage `json:"seal"`
	Stream  json.RawMessage `json:"stream"`
	Index   json.RawMessage `json:"index"`
}

// Parse reads what Marshal wrote; ErrNotKeyset otherwise. The error never quotes the document.
func Parse(b []byte) (*Keyset, error) {
	if len(b) > maxDocumentBytes {
		return nil, fmt.Errorf("%w: larger than %d bytes", ErrNotKeyset, maxDocumentBytes)
	}
	d, err := decode(b)
	if err != nil {
		return nil, err
	}
	h, err := d.handles()
	if err != nil {
		return nil, err
	}
	return assemble(h)
}

// Marshal writes the keyset in clear, as one line of JSON: the one place its secrets leave it.
func (k *Keyset) Marshal() ([]byte, error) {
	d := document{Version: documentVersion}
	for _, part := range []struct {
		to   *json.RawMessage
		from *keyset.Handle
	}{{&d.Seal, k.handles.seal}, {&d.Stream, k.handles.stream}, {&d.Index, k.handles.index}} {
		var b bytes.Buffer
		if err := insecurecleartextkeyset.Write(part.from, keyset.NewJSONWriter(&b)); err != nil {
			return nil, fmt.Errorf("write the keyset: %w", err)
		}
		*part.to = b.Bytes()
	}
	return json.Marshal(d)
}

// decode refuses what it does not know: dropping an unknown member would lose it at the next rotation.
func decode(b []byte) (document, error) {
	var d document
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	if dec.Decode(&d) != nil {
		return d, ErrNotKeyset
	}
	if _, err := dec.Token(); err != io.EOF {
		return d, fmt.Errorf("%w: something follows it", ErrNotKeyset)
	}
	if d.Version != documentVersion {
		return d, fmt.Errorf("%w: its version is %d, this program knows %d", ErrNotKeyset, d.Version, documentVersion)
	}
	return d, nil
}

func (d document) handles() (h handles, err error) {
	if h.seal, err = handle(d.Seal, sealParameters); err != nil {
		return h, fmt.Errorf("%w: its sealing keys are %w", ErrNotKeyset, err)
	}
	if h.stream, err = handle(d.Stream, streamParameters); err != nil {
		return h, fmt.Errorf("%w: its file keys are %w", ErrNotKeyset, err)
	}
	if h.index, err = handle(d.Index, indexParameters); err != nil {
		return h, fmt.Errorf("%w: its index key is %w", ErrNotKeyset, err)
	}
	if h.index.Len() != 1 {
		return h, fmt.Errorf("%w: it has %d index keys, and must have one", ErrNotKeyset, h.index.Len())
	}
	return h, nil
}

var (
	errUnreadable = errors.New("unreadable") // tink's own text could quote a key
	errOtherKind  = errors.New("of another kind than this program makes")
)

// handle reads one tink keyset and lets only keys of the given parameters pass: others could name a remote
// service, a weak cipher or a segment of gigabytes.
func handle(b []byte, parameters func() (key.Parameters, error)) (*keyset.Handle, error) {
	want, err := parameters()
	if err != nil {
		return nil, err
	}
	h, err := insecurecleartextkeyset.Read(keyset.NewJSONReader(bytes.NewReader(b)))
	if err != nil {
		return nil, errUnreadable
	}
	for i := range h.Len() {
		e, err := h.Entry(i)
		if err != nil {
			return nil, errUnreadable
		}
		if !want.Equal(e.Key().Parameters()) {
			return nil, errOtherKind
		}
	}
	return h, nil
}
