package keys_test

import (
	"bytes"
	"io"
	"testing"
)

func BenchmarkSealOf900Bytes(b *testing.B) {
	k, plain, aad := fresh(b), text(900), []byte("conversation/01JABCDEF")
	b.SetBytes(900)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := k.Seal(plain, aad); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkOpenOf900Bytes(b *testing.B) {
	k, aad := fresh(b), "conversation/01JABCDEF"
	sealed := seal(b, k, string(text(900)), aad)
	b.SetBytes(900)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := k.Open(sealed, []byte(aad)); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkIndexOfAPhone(b *testing.B) {
	k := fresh(b)
	b.ReportAllocs()
	for b.Loop() {
		k.Index("phone", "+6281234567890")
	}
}

func BenchmarkStreamOf3MB(b *testing.B) {
	k, plain := fresh(b), text(3<<20)
	sealed := sealStream(b, k, plain, "file")
	b.Run("seal", func(b *testing.B) {
		b.SetBytes(int64(len(plain)))
		b.ReportAllocs()
		for b.Loop() {
			w, _ := k.SealStream(io.Discard, []byte("file"))
			_, _ = w.Write(plain)
			_ = w.Close()
		}
	})
	b.Run("open", func(b *testing.B) {
		b.SetBytes(int64(len(plain)))
		b.ReportAllocs()
		for b.Loop() {
			r, _ := k.OpenStream(bytes.NewReader(sealed), []byte("file"))
			if n, err := io.Copy(io.Discard, r); err != nil || n != int64(len(plain)) {
				b.Fatal(n, err)
			}
		}
	})
}
