package keys_test

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"testing"
	"testing/iotest"

	"titian/storage/keys"
)

func sealStream(t testing.TB, k *keys.Keyset, plain []byte, aad string) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := k.SealStream(&out, []byte(aad))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(plain); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func openStream(t testing.TB, k *keys.Keyset, r io.Reader, aad string) ([]byte, error) {
	t.Helper()
	opened, err := k.OpenStream(r, []byte(aad))
	if err != nil {
		t.Fatal(err)
	}
	plain, err := io.ReadAll(opened)
	if n, again := opened.Read(make([]byte, 8)); err != nil && (n != 0 || !errors.Is(again, err)) {
		t.Errorf("read again after %v: %d, %v", err, n, again)
	}
	return plain, err
}

func text(n int) []byte { return bytes.Repeat([]byte("0123456789abcdef"), n/16+1)[:n] }

func TestStreamOfEveryLengthComesBack(t *testing.T) {
	k := fresh(t)
	const segment = 64<<10 - 16
	for _, n := range []int{0, 1, 100, segment - 41, segment - 40, segment - 39, segment, segment + 1, 2 * segment, 5*segment + 7} {
		sealed := sealStream(t, k, text(n), "file")
		for name, r := range map[string]io.Reader{
			"whole": bytes.NewReader(sealed), "in bits": iotest.HalfReader(bytes.NewReader(sealed)),
			"with its end": iotest.DataErrReader(bytes.NewReader(sealed)),
		} {
			if plain, err := openStream(t, k, r, "file"); err != nil || !bytes.Equal(plain, text(n)) {
				t.Errorf("%d bytes %s: got %d, %v", n, name, len(plain), err)
			}
		}
	}
}

func TestStreamOpensOnlyUnderItsOwnIdAndKeys(t *testing.T) {
	k := fresh(t)
	sealed := sealStream(t, k, text(1000), "file-a")
	if _, err := openStream(t, k, bytes.NewReader(sealed), "file-b"); !errors.Is(err, keys.ErrSealed) {
		t.Errorf("under another id: %v", err)
	}
	if _, err := openStream(t, fresh(t), bytes.NewReader(sealed), "file-a"); !errors.Is(err, keys.ErrSealed) {
		t.Errorf("with another keyset: %v", err)
	}
	if plain, err := openStream(t, rotated(t, k), bytes.NewReader(sealed), "file-a"); err != nil || len(plain) != 1000 {
		t.Errorf("after a rotation: %d, %v", len(plain), err)
	}
	late := sealStream(t, rotated(t, k), text(1000), "file-a")
	if _, err := openStream(t, k, bytes.NewReader(late), "file-a"); !errors.Is(err, keys.ErrSealed) {
		t.Errorf("sealed after a rotation, opened with before: %v", err)
	}
}

func TestStreamCutShortOrAlteredNeverEndsWell(t *testing.T) {
	k := fresh(t)
	sealed := sealStream(t, k, text(200_000), "file")
	for _, n := range []int{0, 1, 39, 40, 41, 56, 64 << 10, 64<<10 + 1, 128 << 10, 192 << 10, len(sealed) - 1} {
		if _, err := openStream(t, k, bytes.NewReader(sealed[:n]), "file"); !errors.Is(err, keys.ErrSealed) {
			t.Errorf("cut to %d bytes: %v", n, err)
		}
	}
	for i := 0; i < len(sealed); i += 997 {
		altered := slices.Clone(sealed)
		altered[i] ^= 0x10
		if _, err := openStream(t, k, bytes.NewReader(altered), "file"); !errors.Is(err, keys.ErrSealed) {
			t.Fatalf("altered at %d: %v", i, err)
		}
	}
	if _, err := openStream(t, k, bytes.NewReader(append(sealed, 0)), "file"); !errors.Is(err, keys.ErrSealed) {
		t.Errorf("one byte longer: %v", err)
	}
}

func TestABrokenDiskIsNotCalledAWrongKey(t *testing.T) {
	k := fresh(t)
	broken := errors.New("input/output error")
	sealed := sealStream(t, k, text(200_000), "file")
	for _, n := range []int{0, 10, 1000, 100_000} {
		r := io.MultiReader(bytes.NewReader(sealed[:n]), iotest.ErrReader(broken))
		if _, err := openStream(t, k, r, "file"); !errors.Is(err, broken) || errors.Is(err, keys.ErrSealed) {
			t.Errorf("broken after %d bytes: %v", n, err)
		}
	}
}

func TestAFullDiskIsToldToWhoSeals(t *testing.T) {
	full := errors.New("no space left on device")
	w, err := fresh(t).SealStream(&small{room: 100_000, err: full}, []byte("file"))
	if err == nil {
		_, err = w.Write(text(300_000))
	}
	if !errors.Is(err, full) {
		t.Errorf("got %v", err)
	}
}

type small struct {
	room int
	err  error
}

func (s *small) Write(p []byte) (int, error) {
	if len(p) > s.room {
		return 0, s.err
	}
	s.room -= len(p)
	return len(p), nil
}
