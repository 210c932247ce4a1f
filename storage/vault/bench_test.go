package vault_test

import (
	"io"
	"strings"
	"testing"

	"titian/storage/vault"
)

const photoBytes = 300 << 10

func BenchmarkPutOfAPhoto(b *testing.B) {
	v, _ := setup(b)
	photo := strings.Repeat("x", photoBytes)
	b.SetBytes(photoBytes)
	b.ReportAllocs()
	for b.Loop() {
		put(b, v, vault.NewID(), photo)
	}
}

func BenchmarkGetOfAPhoto(b *testing.B) {
	v, _ := setup(b)
	id := vault.NewID()
	put(b, v, id, strings.Repeat("x", photoBytes))
	b.SetBytes(photoBytes)
	b.ReportAllocs()
	for b.Loop() {
		r, err := v.Get(b.Context(), id)
		if err != nil {
			b.Fatal(err)
		}
		if n, err := io.Copy(io.Discard, r); err != nil || n != photoBytes {
			b.Fatal(n, err)
		}
		_ = r.Close()
	}
}
