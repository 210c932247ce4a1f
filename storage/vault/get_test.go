package vault_test

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"titian/storage/vault"
)

func TestAlteredOrCutFileIsNeverReadToItsEnd(t *testing.T) {
	v, dir := setup(t)
	id := vault.NewID()
	put(t, v, id, strings.Repeat("isi", 70_000))
	path := filepath.Join(dir, id[:2], id)
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
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
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := get(t, v, id); !errors.Is(err, vault.ErrAltered) {
			t.Errorf("%s: %v", name, err)
		}
	}
	put(t, v, id, "lagi") // putting it again heals it
	holds(t, v, id, "lagi")
}

func TestOneFileDoesNotPassForAnother(t *testing.T) {
	v, dir := setup(t)
	mine, theirs := vault.NewID(), vault.NewID()
	put(t, v, mine, "KTP saya")
	put(t, v, theirs, "KTP orang lain")
	if err := os.Rename(filepath.Join(dir, theirs[:2], theirs), filepath.Join(dir, mine[:2], mine)); err != nil {
		t.Fatal(err)
	}
	if got, err := get(t, v, mine); !errors.Is(err, vault.ErrAltered) || got != "" {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestFailingDiskIsNotCalledAltered(t *testing.T) {
	v, dir := setup(t)
	id := vault.NewID()
	if err := os.MkdirAll(filepath.Join(dir, id[:2], id), 0o700); err != nil { // reading a folder fails like a bad disk
		t.Fatal(err)
	}
	if _, err := get(t, v, id); err == nil || errors.Is(err, vault.ErrAltered) || errors.Is(err, vault.ErrMissing) {
		t.Errorf("got %v", err)
	}
}

func TestReaderStopsWhenItsContextEnds(t *testing.T) {
	v, _ := setup(t)
	id := vault.NewID()
	put(t, v, id, strings.Repeat("isi", 100_000))
	ctx, cancel := context.WithCancel(t.Context())
	r, err := v.Get(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if _, err := r.Read(make([]byte, 10)); err != nil {
		t.Fatal(err)
	}
	cancel()
	_, err = io.ReadAll(r)
	if !errors.Is(err, context.Canceled) || errors.Is(err, vault.ErrAltered) {
		t.Errorf("got %v", err)
	}
}

func TestDeletedFileIsGoneAndDeletingItAgainIsNoError(t *testing.T) {
	v, dir := setup(t)
	id := vault.NewID()
	put(t, v, id, "KTP")
	for range 2 {
		if err := v.Delete(t.Context(), id); err != nil {
			t.Fatal(err)
		}
	}
	leavesNothing(t, v, dir, id)
}

func list(t *testing.T, v *vault.Vault, olderThan time.Time) (out []string) {
	t.Helper()
	err := v.List(t.Context(), olderThan, func(id string, at time.Time) error {
		if !at.Before(olderThan) {
			t.Errorf("%s of %v is not before %v", id, at, olderThan)
		}
		out = append(out, id)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestListFindsWhatIsOlderAndOnlyFiles(t *testing.T) {
	v, dir := setup(t)
	day := 24 * time.Hour
	now := time.Now()
	var old []string
	for i := range 40 {
		id := vault.NewID()
		put(t, v, id, "x")
		if i%2 == 0 {
			old = append(old, id)
			if err := os.Chtimes(filepath.Join(dir, id[:2], id), now.Add(-2*day), now.Add(-2*day)); err != nil {
				t.Fatal(err)
			}
		}
	}
	slices.Sort(old)
	litter(t, dir, old[0], now.Add(-9*day))
	if got := list(t, v, now.Add(-day)); !slices.Equal(got, old) {
		t.Errorf("got %v, want %v", got, old)
	}
	if n := len(list(t, v, now.Add(time.Hour))); n != 40 {
		t.Errorf("%d files in all", n)
	}
	if n := len(list(t, v, now.Add(-3*day))); n != 0 {
		t.Errorf("%d files older than all", n)
	}
}

// litter lays about what Put never makes.
func litter(t *testing.T, dir, id string, at time.Time) {
	t.Helper()
	for _, path := range []string{"README", id[:2] + "/notes.txt", "tmp/" + id, "zz/" + id, "lost+found/" + id} {
		path = filepath.Join(dir, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, at, at); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("/etc/passwd", filepath.Join(dir, id[:2], id[:2]+strings.Repeat("a", 24))); err != nil {
		t.Fatal(err)
	}
}

func TestListMayDeleteStopAndBeCancelled(t *testing.T) {
	v, dir := setup(t)
	for range 5 {
		put(t, v, vault.NewID(), "x")
	}
	all, enough := time.Now().Add(time.Hour), errors.New("enough")
	seen := 0
	err := v.List(t.Context(), all, func(id string, _ time.Time) error {
		if seen++; seen == 3 {
			return enough
		}
		return v.Delete(t.Context(), id)
	})
	if !errors.Is(err, enough) || len(files(t, dir)) != 3 {
		t.Errorf("%v, %d left", err, len(files(t, dir)))
	}
	ctx, cancel := context.WithCancel(t.Context())
	err = v.List(ctx, all, func(string, time.Time) error { cancel(); return nil })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}
