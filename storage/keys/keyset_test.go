package keys_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"titian/storage/keys"
)

func fresh(t testing.TB) *keys.Keyset {
	t.Helper()
	k, err := keys.New()
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func rotated(t testing.TB, k *keys.Keyset) *keys.Keyset {
	t.Helper()
	next, err := k.Rotate()
	if err != nil {
		t.Fatal(err)
	}
	return next
}

func marshal(t testing.TB, k *keys.Keyset) []byte {
	t.Helper()
	b, err := k.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func seal(t testing.TB, k *keys.Keyset, plain, aad string) []byte {
	t.Helper()
	sealed, err := k.Seal([]byte(plain), []byte(aad))
	if err != nil {
		t.Fatal(err)
	}
	return sealed
}

func opens(t testing.TB, k *keys.Keyset, sealed []byte, aad, want string) {
	t.Helper()
	plain, err := k.Open(sealed, []byte(aad))
	if err != nil || string(plain) != want {
		t.Fatalf("got %q, %v; want %q", plain, err, want)
	}
}

func staysShut(t testing.TB, k *keys.Keyset, sealed []byte, aad string) {
	t.Helper()
	if plain, err := k.Open(sealed, []byte(aad)); !errors.Is(err, keys.ErrSealed) || plain != nil {
		t.Fatalf("got %q, %v; want ErrSealed", plain, err)
	}
}

func TestWhatIsSealedOpensOnlyInItsOwnRow(t *testing.T) {
	k := fresh(t)
	sealed := seal(t, k, "7471010101900001", "contact/1")
	opens(t, k, sealed, "contact/1", "7471010101900001")
	staysShut(t, k, sealed, "contact/2")
	staysShut(t, k, sealed, "")
	staysShut(t, fresh(t), sealed, "contact/1")
	if bytes.Contains(sealed, []byte("7471")) || len(sealed) != 16+45 {
		t.Errorf("sealed is %d bytes: %q", len(sealed), sealed)
	}
}

func TestNothingSealedStillHidesThatItWasNothing(t *testing.T) {
	k := fresh(t)
	opens(t, k, seal(t, k, "", "row"), "row", "")
}

func TestTheSameTextSealedTwiceLooksDifferent(t *testing.T) {
	k := fresh(t)
	if bytes.Equal(seal(t, k, "Siti", "row"), seal(t, k, "Siti", "row")) {
		t.Error("equal")
	}
}

func TestEveryAlteredBitIsNoticed(t *testing.T) {
	k := fresh(t)
	sealed := seal(t, k, "nasi bungkus", "row")
	for i := range sealed {
		for bit := range 8 {
			altered := slices.Clone(sealed)
			altered[i] ^= 1 << bit
			staysShut(t, k, altered, "row")
		}
	}
	for n := range sealed {
		staysShut(t, k, sealed[:n], "row")
	}
	staysShut(t, k, append(slices.Clone(sealed), 0), "row")
}

func TestRotationOpensTheOldAndSealsWithTheNew(t *testing.T) {
	old := fresh(t)
	now := rotated(t, old)
	opens(t, now, seal(t, old, "lama", "row"), "row", "lama")
	sealed := seal(t, now, "baru", "row")
	opens(t, now, sealed, "row", "baru")
	staysShut(t, old, sealed, "row")
	_, err := old.Open(sealed, []byte("row"))
	if !strings.Contains(err.Error(), "this keyset has no key ") {
		t.Errorf("a replica with the older keyset is not told so: %v", err)
	}
}

func TestTwentyRotationsLaterTheFirstSealStillOpens(t *testing.T) {
	k := fresh(t)
	first := seal(t, k, "pertama", "row")
	for range 20 {
		k = rotated(t, k)
	}
	k, err := keys.Parse(marshal(t, k))
	if err != nil {
		t.Fatal(err)
	}
	opens(t, k, first, "row", "pertama")
}

func TestIndexFindsAgainWhatItIndexed(t *testing.T) {
	k := fresh(t)
	now := rotated(t, k)
	index := k.Index("phone", "+6281234567890")
	if len(index) != 32 || !bytes.Equal(index, now.Index("phone", "+6281234567890")) {
		t.Errorf("%x is not what the rotated keyset computes", index)
	}
	for name, other := range map[string][]byte{
		"another kind":         k.Index("nik", "+6281234567890"),
		"another value":        k.Index("phone", "+6281234567891"),
		"another keyset":       fresh(t).Index("phone", "+6281234567890"),
		"a shifted boundary":   k.Index("phon", "e+6281234567890"),
		"a zero in the value":  k.Index("phone", "\x00+6281234567890"),
		"an empty kind":        k.Index("", "+6281234567890"),
		"nothing in the value": k.Index("phone", ""),
	} {
		if bytes.Equal(index, other) {
			t.Errorf("%s has the same index", name)
		}
	}
}

func TestIndexKindWithAZeroByteIsAMistakeOfTheProgram(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	fresh(t).Index("phone\x00", "1")
}

func TestKeysetIsTheSameAfterMarshalAndParse(t *testing.T) {
	k := rotated(t, fresh(t))
	b := marshal(t, k)
	again, err := keys.Parse(append([]byte(" \n"), append(b, "\r\n"...)...))
	if err != nil {
		t.Fatal(err)
	}
	if bytes.ContainsAny(b, "\n") || !bytes.Equal(b, marshal(t, again)) {
		t.Error("the document is not one stable line")
	}
	opens(t, again, seal(t, k, "Siti", "row"), "row", "Siti")
	if again.Name() != k.Name() || !bytes.Equal(again.Index("nik", "1"), k.Index("nik", "1")) {
		t.Error("another index key")
	}
}

func TestEveryGoroutineMayUseOneKeyset(t *testing.T) {
	k := fresh(t)
	want := k.Index("nik", "1")
	var wg sync.WaitGroup
	for i := range 16 {
		wg.Go(func() {
			row := fmt.Sprint(i)
			for range 50 {
				opens(t, k, seal(t, k, row, row), row, row)
				if !bytes.Equal(want, k.Index("nik", "1")) {
					t.Error("another index")
				}
			}
		})
	}
	wg.Wait()
}
