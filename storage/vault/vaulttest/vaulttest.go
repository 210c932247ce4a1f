// Package vaulttest holds a store to what vault.Store promises. It is for tests only.
package vaulttest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"titian/storage/keys"
	"titian/storage/vault"
)

const limit = 64 << 20

// Large is more than any store holds in memory of one file.
const Large = 20 << 20

// shelf is a vault on the store under test.
type shelf struct {
	*testing.T
	store vault.Store
	*vault.Vault
}

// Run runs the suite; open gives an empty store each time.
func Run(t *testing.T, open func(*testing.T) vault.Store) {
	sealer := newSealer(t)
	for _, each := range []struct {
		name string
		test func(*shelf)
	}{
		{"a file comes back as it was put and lies sealed", comesBack},
		{"a file of many parts passes in bounded memory", passesLarge},
		{"a missing file is said to be missing, and deleting it is no error", missing},
		{"an altered, cut or lengthened file is never read to its end", altered},
		{"one file does not pass for another, nor with another keyset", swapped},
		{"what breaks while it arrives leaves nothing", breaks},
		{"what breaks while it arrives leaves the file that was there", breaksOver},
		{"a reader stops when its context ends", stops},
		{"many puts of one id leave one whole file", race},
		{"the list is in order, may delete, stop and be cancelled", lists},
		{"a sealed file goes out and back", sealed},
		{"a sweep leaves what is whole", sweeps},
	} {
		t.Run(each.name, func(t *testing.T) {
			store := open(t)
			each.test(&shelf{t, store, vault.On(store, sealer)})
		})
	}
}

func newSealer(t testing.TB) vault.Sealer {
	k, err := keys.New()
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func (s *shelf) put(id, text string) {
	s.Helper()
	if _, err := s.Put(s.Context(), id, strings.NewReader(text), limit); err != nil {
		s.Fatal(err)
	}
}

func (s *shelf) get(id string) (string, error) {
	s.Helper()
	r, err := s.Get(s.Context(), id)
	if err != nil {
		return "", err
	}
	b, err := io.ReadAll(r)
	return string(b), errors.Join(err, r.Close())
}

func (s *shelf) holds(id, want string) {
	s.Helper()
	if got, err := s.get(id); err != nil || got != want {
		s.Fatalf("got %d bytes, want %d: %v", len(got), len(want), err)
	}
}

// raw is a file as the store has it.
func (s *shelf) raw(id string) []byte {
	s.Helper()
	f, size, err := s.Sealed(s.Context(), id)
	if err != nil {
		s.Fatal(err)
	}
	b, err := io.ReadAll(f)
	if err := errors.Join(err, f.Close()); err != nil || int64(len(b)) != size {
		s.Fatalf("%d bytes of %d: %v", len(b), size, err)
	}
	return b
}

func (s *shelf) tamper(id string, b []byte) {
	s.Helper()
	if err := s.PutSealed(s.Context(), id, bytes.NewReader(b)); err != nil {
		s.Fatal(err)
	}
}

// all are the ids of what stands in the store.
func (s *shelf) all() (ids []string) {
	s.Helper()
	err := s.List(s.Context(), time.Now().Add(time.Hour), func(id string, _ time.Time) error { ids = append(ids, id); return nil })
	if err != nil {
		s.Fatal(err)
	}
	return ids
}

func comesBack(s *shelf) {
	for _, text := range []string{"", "K", "foto KTP milik Contoh Satu", strings.Repeat("panjang ", 50_000)} {
		id := vault.NewID()
		s.put(id, text)
		s.holds(id, text)
		if len(text) > 10 && bytes.Contains(s.raw(id), []byte(text[:10])) {
			s.Error("it can be read without the keyset")
		}
		s.put(id, text+"!")
		s.holds(id, text+"!")
	}
}

func passesLarge(s *shelf) {
	id := vault.NewID()
	stored, err := s.Put(s.Context(), id, io.LimitReader(endless{}, Large), Large)
	if err != nil || stored.SizeBytes != Large {
		s.Fatalf("%+v, %v", stored, err)
	}
	r, err := s.Get(s.Context(), id)
	if err != nil {
		s.Fatal(err)
	}
	defer r.Close()
	if n, err := io.Copy(io.Discard, r); err != nil || n != Large {
		s.Errorf("%d bytes come back: %v", n, err)
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

func missing(s *shelf) {
	id := vault.NewID()
	if _, err := s.get(id); !errors.Is(err, vault.ErrMissing) {
		s.Error(err)
	}
	if _, _, err := s.store.Open(s.Context(), id); !errors.Is(err, fs.ErrNotExist) {
		s.Error(err)
	}
	s.put(id, "KTP")
	for range 2 {
		if err := s.Delete(s.Context(), id); err != nil {
			s.Fatal(err)
		}
	}
	if _, err := s.get(id); !errors.Is(err, vault.ErrMissing) || len(s.all()) != 0 {
		s.Errorf("%v; there are %v", err, s.all())
	}
}

func altered(s *shelf) {
	id := vault.NewID()
	s.put(id, strings.Repeat("isi", 70_000))
	good := s.raw(id)
	flipped := func(i int) []byte {
		b := slices.Clone(good)
		b[i] ^= 4
		return b
	}
	for name, b := range map[string][]byte{
		"nothing left": {}, "one byte": good[:1], "the header only": good[:40], "half": good[:len(good)/2],
		"a whole segment": good[:64<<10], "all but the last byte": good[:len(good)-1], "one byte more": append(slices.Clone(good), 0),
		"altered at the start": flipped(0), "altered inside": flipped(len(good) / 2), "altered at the end": flipped(len(good) - 1),
		"zeros after a power cut": make([]byte, len(good)), "in clear": []byte("isi"),
	} {
		s.tamper(id, b)
		if _, err := s.get(id); !errors.Is(err, vault.ErrAltered) {
			s.Errorf("%s: %v", name, err)
		}
	}
	s.put(id, "lagi") // putting it again heals it
	s.holds(id, "lagi")
}

func swapped(s *shelf) {
	mine, theirs := vault.NewID(), vault.NewID()
	s.put(mine, "KTP saya")
	s.put(theirs, "KTP orang lain")
	s.tamper(mine, s.raw(theirs))
	if got, err := s.get(mine); !errors.Is(err, vault.ErrAltered) || got != "" {
		s.Errorf("got %q, %v", got, err)
	}
	other := &shelf{s.T, s.store, vault.On(s.store, newSealer(s))}
	if _, err := other.get(theirs); !errors.Is(err, vault.ErrAltered) {
		s.Errorf("with another keyset: %v", err)
	}
}

// broken are ways in which a file does not arrive; each says whether err is the one it must come to.
func (s *shelf) broken(size int64, each func(name string, put func(id string) error, want error)) {
	reset := errors.New("connection reset")
	some := func() io.Reader { return io.LimitReader(endless{}, size) }
	each("the line breaks", func(id string) error {
		_, err := s.Put(s.Context(), id, io.MultiReader(some(), iotest.ErrReader(reset)), limit)
		return err
	}, reset)
	each("it is too large", func(id string) error {
		_, err := s.Put(s.Context(), id, some(), size-1)
		return err
	}, vault.ErrTooLarge)
	each("it is cancelled", func(id string) error {
		ctx, cancel := context.WithCancel(s.Context())
		defer cancel()
		_, err := s.Put(ctx, id, io.MultiReader(some(), reading(func([]byte) (int, error) { cancel(); return 0, io.EOF })), limit)
		return err
	}, context.Canceled)
	each("its decoder panics", func(id string) (err error) {
		defer func() { err = recover().(error) }()
		_, _ = s.Put(s.Context(), id, io.MultiReader(some(), reading(func([]byte) (int, error) { panic(reset) })), limit)
		return nil
	}, reset)
}

type reading func(p []byte) (int, error)

func (r reading) Read(p []byte) (int, error) { return r(p) }

func breaks(s *shelf) {
	for _, size := range []int64{1, 100_000, Large} {
		s.broken(size, func(name string, put func(string) error, want error) {
			id := vault.NewID()
			if err := put(id); !errors.Is(err, want) {
				s.Errorf("%s after %d bytes: %v", name, size, err)
			}
			if _, err := s.get(id); !errors.Is(err, vault.ErrMissing) || len(s.all()) != 0 {
				s.Errorf("%s after %d bytes: %v; there are %v", name, size, err, s.all())
			}
		})
	}
}

func breaksOver(s *shelf) {
	id := vault.NewID()
	s.put(id, "lama")
	for _, size := range []int64{1, Large} {
		s.broken(size, func(name string, put func(string) error, want error) {
			if err := put(id); !errors.Is(err, want) {
				s.Errorf("%s: %v", name, err)
			}
			s.holds(id, "lama")
		})
	}
}

func stops(s *shelf) {
	id := vault.NewID()
	s.put(id, strings.Repeat("isi", 1_000_000))
	ctx, cancel := context.WithCancel(s.Context())
	r, err := s.Get(ctx, id)
	if err != nil {
		s.Fatal(err)
	}
	defer r.Close()
	if _, err := r.Read(make([]byte, 10)); err != nil {
		s.Fatal(err)
	}
	cancel()
	if _, err = io.ReadAll(r); !errors.Is(err, context.Canceled) || errors.Is(err, vault.ErrAltered) {
		s.Errorf("got %v", err)
	}
}

func race(s *shelf) {
	id := vault.NewID()
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			text := strings.Repeat(fmt.Sprintf("%02d", i), 100_000)
			if _, err := s.Put(s.Context(), id, strings.NewReader(text), limit); err != nil {
				s.Error(err)
			}
			if got, err := s.get(id); err != nil || len(got) != len(text) || strings.Count(got, got[:2]) < 100_000 {
				s.Errorf("%d bytes, %v", len(got), err)
			}
		})
	}
	wg.Wait()
	if n := len(s.all()); n != 1 {
		s.Errorf("%d files", n)
	}
}

func lists(s *shelf) {
	var put []string
	for range 5 {
		id := vault.NewID()
		s.put(id, "x")
		put = append(put, id)
	}
	slices.Sort(put)
	if got := s.all(); !slices.Equal(got, put) {
		s.Errorf("got %v, want %v", got, put)
	}
	if err := s.List(s.Context(), time.Now().Add(-time.Hour), func(id string, _ time.Time) error { return errors.New(id) }); err != nil {
		s.Errorf("older than an hour: %v", err)
	}
	enough, seen := errors.New("enough"), 0
	err := s.List(s.Context(), time.Now().Add(time.Hour), func(id string, _ time.Time) error {
		if seen++; seen == 3 {
			return enough
		}
		return s.Delete(s.Context(), id)
	})
	if !errors.Is(err, enough) || !slices.Equal(s.all(), put[2:]) {
		s.Errorf("%v, left are %v", err, s.all())
	}
	ctx, cancel := context.WithCancel(s.Context())
	err = s.List(ctx, time.Now().Add(time.Hour), func(string, time.Time) error { cancel(); return nil })
	if !errors.Is(err, context.Canceled) {
		s.Errorf("cancelled: %v", err)
	}
}

func sealed(s *shelf) {
	id := vault.NewID()
	s.put(id, "nota")
	b := s.raw(id)
	if err := s.Delete(s.Context(), id); err != nil {
		s.Fatal(err)
	}
	s.tamper(id, b)
	s.holds(id, "nota")
	if _, _, err := s.Sealed(s.Context(), vault.NewID()); !errors.Is(err, vault.ErrMissing) {
		s.Error(err)
	}
}

func sweeps(s *shelf) {
	id := vault.NewID()
	s.put(id, "nota")
	if err := s.Sweep(s.Context(), time.Now().Add(time.Hour)); err != nil {
		s.Fatal(err)
	}
	s.holds(id, "nota")
}
