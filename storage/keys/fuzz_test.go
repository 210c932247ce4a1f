package keys_test

import (
	"bytes"
	"io"
	"testing"

	"titian/storage/keys"
)

func FuzzParse(f *testing.F) {
	good := marshal(f, fresh(f))
	f.Add(good)
	f.Add(good[:len(good)/2])
	f.Add([]byte(`{"titian_keyset":1,"seal":{"primaryKeyId":1,"key":[{}]},"stream":{},"index":{}}`))
	f.Fuzz(func(t *testing.T, doc []byte) {
		k, err := keys.Parse(doc)
		if err != nil {
			if k != nil {
				t.Fatal("a keyset and an error")
			}
			return
		}
		opens(t, k, seal(t, k, "Siti", "row"), "row", "Siti")
		if again, err := keys.Parse(marshal(t, k)); err != nil || again.Name() != k.Name() {
			t.Fatalf("does not survive Marshal: %v", err)
		}
	})
}

func FuzzOpen(f *testing.F) {
	k := fresh(f)
	good := seal(f, k, "Siti", "row")
	check, err := k.Check()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add(check)
	f.Add(sealStream(f, k, text(100), "row"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if plain, err := k.Open(b, []byte("row")); err == nil && !bytes.Equal(b, good) {
			t.Fatalf("forged: %q", plain)
		}
		if k.Verify(b) == nil && !bytes.Equal(b, check) {
			t.Fatal("forged check")
		}
		r, err := k.OpenStream(bytes.NewReader(b), []byte("other row"))
		if err != nil {
			t.Fatal(err)
		}
		if plain, err := io.ReadAll(r); err == nil {
			t.Fatalf("forged stream: %q", plain)
		}
	})
}
