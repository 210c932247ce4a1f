package vault_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"titian/storage/keys"
	"titian/storage/vault"
)

const room = 1 << 20

func sealer(t testing.TB) vault.Sealer {
	t.Helper()
	k, err := keys.New()
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func opened(t testing.TB, dir string, s vault.Sealer) *vault.Vault {
	t.Helper()
	v, err := vault.Open(dir, s)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func setup(t testing.TB) (*vault.Vault, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "vault")
	return opened(t, dir, sealer(t)), dir
}

func put(t testing.TB, v *vault.Vault, id, text string) vault.Stored {
	t.Helper()
	stored, err := v.Put(t.Context(), id, strings.NewReader(text), room)
	if err != nil {
		t.Fatal(err)
	}
	return stored
}

func get(t testing.TB, v *vault.Vault, id string) (string, error) {
	t.Helper()
	r, err := v.Get(t.Context(), id)
	if err != nil {
		return "", err
	}
	b, err := io.ReadAll(r)
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	return string(b), err
}

func holds(t testing.TB, v *vault.Vault, id, want string) {
	t.Helper()
	if got, err := get(t, v, id); err != nil || got != want {
		t.Fatalf("got %d bytes, %v; want %d", len(got), err, len(want))
	}
}

// files are all files under the vault, arriving ones too.
func files(t testing.TB, dir string) (out []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			out = append(out, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestFileComesBackAsItWasPutAndLiesSealedUnderItsId(t *testing.T) {
	v, dir := setup(t)
	for _, text := range []string{"", "K", "foto KTP 7471010101900001", strings.Repeat("panjang ", 50_000)} {
		id := vault.NewID()
		sum := sha256.Sum256([]byte(text))
		if s := put(t, v, id, text); s.SizeBytes != int64(len(text)) || s.SHA256 != hex.EncodeToString(sum[:]) {
			t.Errorf("stored %+v", s)
		}
		holds(t, v, id, text)
		b, err := os.ReadFile(filepath.Join(dir, id[:2], id))
		if err != nil || (len(text) > 10 && bytes.Contains(b, []byte(text[:10]))) {
			t.Errorf("on the disk: %v, readable", err)
		}
	}
}

func TestEverythingOnTheDiskIsForItsOwnerOnly(t *testing.T) {
	v, dir := setup(t)
	put(t, v, vault.NewID(), "KTP")
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		want := fs.FileMode(0o600)
		if e.IsDir() {
			want = 0o700
		}
		if st, err := e.Info(); err != nil || st.Mode().Perm() != want {
			t.Errorf("%s: %v, %v", path, st.Mode(), err)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestOnlyAnIdEverBecomesAPath(t *testing.T) {
	v, dir := setup(t)
	outside := filepath.Join(filepath.Dir(dir), "secret")
	if err := os.WriteFile(outside, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	good := vault.NewID()
	for _, id := range []string{
		"", ".", "..", "/", "../secret", "../../etc/passwd", "/etc/passwd", "tmp", "tmp/" + good, good[:25], good + "a",
		good[:25] + "/", good[:25] + "\x00", good[:25] + ".", good[:25] + "A", good[:25] + "1", good[:25] + " ", good[:24] + "é",
		"..%2f..%2f..%2fetc%2fpasswd", `..\..\secret`, strings.Repeat("../", 8) + "ab", strings.ToUpper(good), "..aaaaaaaaaaaaaaaaaaaaaaaa",
	} {
		_, err := v.Put(t.Context(), id, strings.NewReader("x"), room)
		_, got := v.Get(t.Context(), id)
		for _, err := range []error{err, got, v.Delete(t.Context(), id)} {
			if !errors.Is(err, vault.ErrID) {
				t.Errorf("%q: %v", id, err)
			}
		}
	}
	if left := files(t, filepath.Dir(dir)); len(left) != 1 || left[0] != outside {
		t.Errorf("files: %v", left)
	}
}

func TestIdsAreValidAndNeverTheSame(t *testing.T) {
	seen := map[string]bool{}
	for range 10_000 {
		id := vault.NewID()
		if !vault.ValidID(id) || seen[id] {
			t.Fatalf("%q", id)
		}
		seen[id] = true
	}
}

func TestPuttingTheSameIdAgainIsHarmless(t *testing.T) {
	v, dir := setup(t)
	id := vault.NewID()
	first := put(t, v, id, "nota")
	if again := put(t, v, id, "nota"); again != first {
		t.Errorf("%+v, then %+v", first, again)
	}
	holds(t, v, id, "nota")
	if n := len(files(t, dir)); n != 1 {
		t.Errorf("%d files", n)
	}
}

func TestWhoReadsKeepsTheirFileWhileItIsReplacedOrDeleted(t *testing.T) {
	v, _ := setup(t)
	id, old := vault.NewID(), strings.Repeat("lama", 100_000)
	put(t, v, id, old)
	r, err := v.Get(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	put(t, v, id, "baru")
	if err := v.Delete(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if b, err := io.ReadAll(r); err != nil || string(b) != old {
		t.Errorf("got %d bytes, %v", len(b), err)
	}
}

func TestManyPutsOfOneIdLeaveOneWholeFile(t *testing.T) {
	v, dir := setup(t)
	id := vault.NewID()
	var wg sync.WaitGroup
	for i := range 16 {
		wg.Go(func() {
			text := strings.Repeat(fmt.Sprintf("%02d", i), 100_000)
			if _, err := v.Put(t.Context(), id, strings.NewReader(text), room); err != nil {
				t.Error(err)
			}
			if got, err := get(t, v, id); err != nil || len(got) != len(text) || strings.Count(got, got[:2]) < 100_000 {
				t.Errorf("%d bytes, %v", len(got), err)
			}
		})
	}
	wg.Wait()
	if n := len(files(t, dir)); n != 1 {
		t.Errorf("%d files", n)
	}
}

func TestMissingFileIsSaidToBeMissing(t *testing.T) {
	v, _ := setup(t)
	if _, err := get(t, v, vault.NewID()); !errors.Is(err, vault.ErrMissing) {
		t.Error(err)
	}
}

func TestLargeFilePassesInBoundedMemory(t *testing.T) {
	v, _ := setup(t)
	const size = 20 << 20
	id := vault.NewID()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	stored, err := v.Put(t.Context(), id, io.LimitReader(endless{}, size), size)
	if err != nil || stored.SizeBytes != size {
		t.Fatalf("%+v, %v", stored, err)
	}
	r, err := v.Get(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if n, err := io.Copy(io.Discard, r); err != nil || n != size {
		t.Fatalf("%d, %v", n, err)
	}
	runtime.ReadMemStats(&after)
	if used := after.TotalAlloc - before.TotalAlloc; used > 2<<20 {
		t.Errorf("allocated %d bytes in all", used)
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

func TestCheckLeavesNothingAndNamesWhatFails(t *testing.T) {
	v, dir := setup(t)
	if err := v.Check(t.Context()); err != nil || len(files(t, dir)) != 0 {
		t.Errorf("%v, %v", err, files(t, dir))
	}
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if err := v.Check(t.Context()); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("without its folder: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := v.Check(ctx); err == nil {
		t.Error("cancelled")
	}
}

func TestSpaceIsWhatTheDiskHas(t *testing.T) {
	if s, err := vault.SpaceAt(t.TempDir()); err != nil || s.FreeBytes <= 0 || s.TotalBytes < s.FreeBytes {
		t.Errorf("%+v, %v", s, err)
	}
}
